#!/usr/bin/env python3
"""Can a small classifier tell the event classes of a data set apart on wells that it has not seen?

    classify.py DATA [--window 60] [--test 0.34] [--seed 0] [--json FILE]

It sees readings only: no true values, no labels of activity or faults, no depth (which would name
the well). A window is `--window` seconds that end at a row; its class is the kind of the event that
goes on in that row, or "normal". Of each channel it gets mean, spread, slope, and how far the mean
lies from that of the twenty minutes before. Whole wells are held out. The control is the same
classifier, trained on the same windows with their classes dealt out at random.
"""
import argparse
import glob
import json
import os

import h5py
import numpy as np

try:
    from sklearn.ensemble import HistGradientBoostingClassifier
except ImportError:
    HistGradientBoostingClassifier = None

PAST = 1200  # s
PER_WELL = 4000  # windows of one class and well, at most: longer events repeat themselves
LEFT_OUT = {"hole_depth", "hole_depth_vertical", "bit_depth", "bit_depth_vertical", "returns_depth",
            "stroke_count", "line_wear", "inclination", "azimuth", "dogleg_severity"}


def files_of(path):
    if os.path.isfile(path):
        return [path]
    found = sorted(glob.glob(os.path.join(path, "*.h5"))) or sorted(
        glob.glob(os.path.join(path, "data", "*.h5")))
    assert found, f"there is no *.h5 in {path}"
    return found


def wells_of(path):
    """Groups of wells: the file itself, or those below its root."""
    for name in files_of(path):
        with h5py.File(name) as f:
            groups = [f] if "time" in f else [g for g in f.values() if "time" in g]
            for group in groups:
                yield group


def kinds_of(group):
    """Names of the event kinds by their number, from the label's own description."""
    words = group["labels/event"].attrs["flag_meanings"]
    words = (words.decode() if isinstance(words, bytes) else str(words)).split()
    values = np.atleast_1d(group["labels/event"].attrs["flag_values"])
    return {int(v): w for v, w in zip(values, words) if 0 <= v < 100}


def window_sums(x, length):
    """Sums over the `length` rows that end at each row, and their number of finite readings."""
    good = np.isfinite(x)
    value = np.where(good, x, 0)
    ramp = np.arange(len(x)) * 1.0
    out = []
    for series in (value, value * value, value * ramp, good * 1.0):
        total = np.concatenate([[0], np.cumsum(series)])
        out.append(total[length:] - total[:-length])
    return out


def features_of(x, rows, length):
    """Mean, spread, slope and distance from the past of the windows that end at `rows`."""
    middle = np.nanmean(x) if np.isfinite(x).any() else 0.0
    s, ss, st, n = (v[rows - length + 1] for v in window_sums(x - middle, length))
    past, _, _, past_n = (v[rows - length - PAST + 1] for v in window_sums(x - middle, PAST))
    n1, past_n1 = np.maximum(n, 1), np.maximum(past_n, 1)
    mean = s / n1
    centre = rows - (length - 1) / 2
    slope = (st - centre * s) / (length * (length**2 - 1) / 12)
    spread = np.sqrt(np.maximum(ss / n1 - mean**2, 0))
    columns = [mean + middle, spread, slope, mean - past / past_n1]
    return [np.where(n > 0, c, np.nan) for c in columns]


def windows_of(group, length, rng):
    code = group["labels/event"][:].astype(int)
    kind = np.where(code >= 100, code - 100, code)
    last = np.arange(PAST + length, len(code), 20)
    rows = np.concatenate([
        rng.permutation(last[kind[last] == k])[:PER_WELL] for k in np.unique(kind[last])
    ]) if len(last) else last
    rows.sort()
    names = [n for n in group if isinstance(group[n], h5py.Dataset) and n != "time"
             and n not in LEFT_OUT and group[n].shape == code.shape]
    columns = []
    for name in names:
        columns += features_of(group[name][:].astype(np.float64), rows, length)
    return names, np.array(columns, np.float32).T, kind[rows]


def softmax_fit(x, y, classes, rounds=400):
    """Softmax regression, by Nesterov's gradient descent, every class of the same weight."""
    mean, sd = np.nanmean(x, 0), np.nanstd(x, 0)
    sd[~(sd > 0)] = 1

    def scaled(v):
        v = np.clip(np.nan_to_num((v - mean) / sd), -8, 8)
        return np.concatenate([v, np.ones((len(v), 1))], 1)

    a = scaled(x)
    hot = (y[:, None] == classes[None, :]).astype(float)
    weight = (hot / hot.sum(0)).sum(1, keepdims=True) / len(classes)
    w = np.zeros((a.shape[1], len(classes)))
    speed = np.zeros_like(w)
    for _ in range(rounds):
        ahead = w + 0.9 * speed
        z = a @ ahead
        p = np.exp(z - z.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        speed = 0.9 * speed - 0.05 * (a.T @ (weight * (p - hot)) + 1e-4 * ahead)
        w = w + speed
    return lambda v: classes[np.argmax(scaled(v) @ w, 1)]


def forest_fit(x, y, seed):
    model = HistGradientBoostingClassifier(max_iter=60, max_leaf_nodes=15, class_weight="balanced",
                                           random_state=seed)
    return model.fit(x, y).predict


def scores(truth, guess, classes):
    rows = []
    for k in classes:
        hit = np.sum((truth == k) & (guess == k))
        recall = hit / max(1, np.sum(truth == k))
        precision = hit / max(1, np.sum(guess == k))
        f1 = 2 * precision * recall / max(1e-12, precision + recall)
        rows.append((precision, recall, f1, int(np.sum(truth == k))))
    return float(np.mean([r[2] for r in rows])), rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data")
    parser.add_argument("--window", type=int, default=60)
    parser.add_argument("--test", type=float, default=0.34)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", default="")
    ask = parser.parse_args()
    rng = np.random.default_rng(ask.seed)

    sets, kinds, names = [], {}, None
    for group in wells_of(ask.data):
        kinds.update(kinds_of(group))
        well_names, x, y = windows_of(group, ask.window, rng)
        assert names in (None, well_names), "wells differ in their channels"
        names = well_names
        sets.append((x, y))
    held = max(1, round(ask.test * len(sets)))
    assert len(sets) > held, f"{len(sets)} well: there is none left to train on"
    order = rng.permutation(len(sets))
    part = [np.concatenate([sets[i][j] for i in chosen]) for chosen in (order[held:], order[:held])
            for j in (0, 1)]
    x, y, x_test, y_test = part
    classes = np.array([k for k in np.unique(y) if np.sum(y == k) >= 50 and np.sum(y_test == k) >= 50])
    gone = sorted(set(np.unique(np.concatenate([y, y_test]))) - set(classes))
    keep, keep_test = np.isin(y, classes), np.isin(y_test, classes)
    x, y, x_test, y_test = x[keep], y[keep], x_test[keep_test], y_test[keep_test]
    mixed = rng.permutation(y)
    label = {int(k): kinds.get(int(k), "normal" if k == 0 else str(k)) for k in classes}

    print(f"{len(sets)} wells, {held} of them held out; {len(names)} channels; windows of "
          f"{ask.window} s: {len(y)} to train, {len(y_test)} to test")
    if gone:
        print("too rare in one of the parts (fewer than 50 windows), left out: "
              + ", ".join(kinds.get(int(k), str(k)) for k in gone))
    result = {"wells": len(sets), "held_out": held, "window_s": ask.window, "seed": ask.seed,
              "classes": list(label.values()), "left_out": [kinds.get(int(k), str(k)) for k in gone]}
    fits = {"softmax": lambda a, b: softmax_fit(a, b, classes)}
    if HistGradientBoostingClassifier:
        fits["boosted trees"] = lambda a, b: forest_fit(a, b, ask.seed)
    for name, fit in fits.items():
        macro, rows = scores(y_test, fit(x, y)(x_test), classes)
        control, _ = scores(y_test, fit(x, mixed)(x_test), classes)
        print(f"\n{name}: macro-F1 {macro:.3f}, with shuffled labels {control:.3f}\n")
        print(f"| class | precision | recall | F1 | windows |\n|---|---|---|---|---|")
        for k, (precision, recall, f1, count) in zip(classes, rows):
            print(f"| {label[int(k)]} | {precision:.3f} | {recall:.3f} | {f1:.3f} | {count} |")
        result[name] = {"macro_f1": macro, "shuffled": control,
                        "f1": {label[int(k)]: r[2] for k, r in zip(classes, rows)}}
    if ask.json:
        with open(ask.json, "w") as out:
            json.dump(result, out, indent=1)


if __name__ == "__main__":
    main()
