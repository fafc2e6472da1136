#!/usr/bin/env python3
"""Tables that pandas wrote, as data sets, as tables again, and windows of them: against numpy, pandas
and h5py. Also prints how fast rows become text here and there; that is no test.

ctest: timeout 900
"""
import json
import os
import subprocess
import sys
import tempfile
import time

try:
    import h5py
    import numpy as np
    import pandas as pd
    import xarray
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

IDRILL = os.environ["IDRILL"]
WINDOWS = os.path.join(os.environ["IDR_BUILD"], "tests", "data_windows")
ROWS = 40_000
KLBF, PSI = 4448.2216152605, 6894.757293168361
random = np.random.default_rng(1)

work = tempfile.TemporaryDirectory()
os.chdir(work.name)


def run(*words, code=0):
    done = subprocess.run([IDRILL, *words], capture_output=True, text=True)
    assert done.returncode == code, (words, done.stdout, done.stderr)
    return done.stdout + done.stderr


# ---- in: what h5py reads is what pandas wrote, in SI ----
start = pd.Timestamp("2024-02-28T12:00:00Z")
table = pd.DataFrame({
    "Date": (start + pd.to_timedelta(np.arange(ROWS), unit="s")).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "Hole depth": 1000 + np.arange(ROWS) * 0.003,
    "WOB": random.normal(20, 3, ROWS).round(2),
    "SPP": random.normal(2500, 100, ROWS).round(1),
    "Mud T": random.normal(120, 5, ROWS),
    "Gamma": random.normal(80, 10, ROWS).round(1),
})
table.loc[random.random(ROWS) < 0.05, "WOB"] = np.nan
table.loc[100:300, "Gamma"] = np.nan
table.to_csv("in.csv", index=False, na_rep="-999.25")
with open("map.yaml", "w") as out:
    out.write("""
time: {column: Date, format: iso8601}
columns:
  - {column: Hole depth, channel: hole_depth, unit: m}
  - {column: WOB, channel: wob, unit: klbf}
  - {column: SPP, channel: standpipe_pressure, unit: psi}
  - {column: Mud T, channel: MTOA, unit: degF}
  - {column: Gamma, channel: gamma_ray, unit: API}
""")
print(run("convert", "in.csv", "well.h5", "convert.channel_map=map.yaml").strip())
si = {"hole_depth": table["Hole depth"], "wob": table["WOB"] * KLBF,
      "standpipe_pressure": table["SPP"] * PSI,
      "mud_temperature_out": (table["Mud T"] - 32) / 1.8 + 273.15, "gamma_ray": table["Gamma"]}
with h5py.File("well.h5") as f:
    stored = {name: f[name][:] for name in si}
    assert (f["time"][:] == np.arange(ROWS)).all()
for name, wanted in si.items():
    np.testing.assert_allclose(stored[name], wanted.to_numpy(), rtol=1.2e-7, err_msg=name)
with xarray.open_dataset("well.h5") as d:
    assert d.time.values[0] == np.datetime64("2024-02-28T12:00:00"), d.time.values[0]
    assert d.wob.attrs["units"] == "N"

# ---- out: the same floats in SI, seven digits in display units ----
run("convert", "well.h5", "si.csv")
back = pd.read_csv("si.csv")
assert list(back.columns[:2]) == ["time [s]", "hole_depth [m]"], back.columns
for name in si:
    column = next(c for c in back.columns if c.startswith(name + " ["))
    assert np.array_equal(back[column].to_numpy(np.float32), stored[name], equal_nan=True), name
run("convert", "well.h5", "field.csv", "convert.units=display")
shown = pd.read_csv("field.csv")
np.testing.assert_allclose(shown["wob [kN]"], stored["wob"].astype(float) * 1e-3, rtol=5e-7)
np.testing.assert_allclose(shown["mud_temperature_out [degC]"],
                           stored["mud_temperature_out"].astype(float) - 273.15, rtol=5e-7)

# ---- there and back: the same content, the same hash ----
run("convert", "si.csv", "again.h5", "convert.name=well")
with h5py.File("again.h5") as f:
    for name in si:
        assert np.array_equal(f[name][:], stored[name], equal_nan=True), name
root = [h5py.File(name).attrs["root"] for name in ("well.h5", "again.h5")]
assert root[0] == root[1], root

# ---- down-sampling ----
bins = np.arange(ROWS) // 60
for by in ("mean", "min", "max", "last"):
    run("convert", "well.h5", "down.csv", "convert.every=60", f"convert.by={by}")
    down = pd.read_csv("down.csv")
    wanted = pd.DataFrame({k: v.astype(float) for k, v in stored.items()}).groupby(bins).agg(by)
    assert len(down) == len(wanted) == (ROWS + 59) // 60
    assert (down["time [s]"] == np.arange(len(down)) * 60).all()
    for name in si:
        column = next(c for c in down.columns if c.startswith(name + " ["))
        np.testing.assert_allclose(down[column], wanted[name], rtol=2e-7, err_msg=f"{by} {name}")

# ---- JSON Lines ----
run("convert", "well.h5", "rows.jsonl", "convert.columns=wob,gamma_ray", "convert.from=90",
    "convert.to=120", "convert.time=iso8601")
rows = [json.loads(line) for line in open("rows.jsonl")]
assert len(rows) == 30 and rows[0]["time [ISO 8601]"] == "2024-02-28T12:01:30Z"
for i, row in enumerate(rows):
    for name, key in (("wob", "wob [N]"), ("gamma_ray", "gamma_ray [API]")):
        value = stored[name][90 + i]
        assert row[key] is None if np.isnan(value) else np.float32(row[key]) == value

# ---- the line to Parquet that the README gives ----
try:
    import pyarrow  # noqa: F401
    xarray.open_dataset("well.h5").to_dataframe().to_parquet("well.parquet")
    parquet = pd.read_parquet("well.parquet")
    assert np.array_equal(parquet["wob"].to_numpy(), stored["wob"], equal_nan=True)
    assert str(parquet.index[0]) == "2024-02-28 12:00:00", parquet.index[0]
    print("Parquet: one line, the same floats")
except ImportError:
    print("Parquet: not tried, there is no pyarrow")


# ---- windows and statistics ----
def windows(*overrides, rank=0, size=1, columns=3, length=50):
    done = subprocess.run([WINDOWS, "well.h5", "7", "0", str(rank), str(size), ".", *overrides],
                          capture_output=True, check=True)
    record = np.dtype([("well", "<i8"), ("row", "<i8"), ("value", "<f4", (length, columns))])
    return np.frombuffer(done.stdout, record), done.stderr.decode().split("\n")


names = ["hole_depth", "gamma_ray", "wob"]
ask = ["window.columns=" + ",".join(names), "window.length=50", "window.stride=35",
       "window.first=11", "window.cache=1"]
whole, lines = windows(*ask)
slices = np.stack([stored[name] for name in names], axis=1)
for at in whole:
    assert np.array_equal(at["value"], slices[at["row"]:at["row"] + 50], equal_nan=True), at["row"]
starts = np.arange(11, ROWS - 49, 35)
assert np.array_equal(np.sort(whole["row"]), starts)
assert not np.array_equal(whole["row"], starts)
for size in (2, 4):
    parts = np.concatenate([windows(*ask, rank=r, size=size)[0]["row"] for r in range(size)])
    assert np.array_equal(parts, whole["row"]), size
for name, line in zip(names, lines):
    word, count, empty, mean, sd, low, high = line.split()
    values = stored[name][11:].astype(float)
    good = values[~np.isnan(values)]
    assert word == name and int(count) == len(good) and int(empty) == len(values) - len(good)
    np.testing.assert_allclose([float(x) for x in (mean, sd, low, high)],
                               [good.mean(), good.std(ddof=1), good.min(), good.max()], rtol=1e-12)

# ---- how fast: told, not tested ----
wide = pd.DataFrame({c: random.normal(100, 10, 100_000).astype(np.float32).round(2)
                     for c in "abcdefghij"})
channels = ["hole_depth", "bit_depth", "block_position", "pit_volume", "gamma_ray", "resistivity",
            "mud_density_in", "mud_density_out", "ecd", "ecd_shoe"]
wide.columns = [f"{c} [{u}]" for c, u in zip(channels, ["m", "m", "m", "m3", "API", "ohm.m"]
                                             + ["kg/m3"] * 4)]
wide["gamma_ray [API]"] = wide["gamma_ray [API]"].clip(0, 250)
for c in wide.columns[6:]:
    wide[c] += 1000
wide["block_position [m]"] = (wide["block_position [m]"] - 80).clip(0, 40)
wide.insert(0, "time [s]", np.arange(len(wide)))
begin = time.perf_counter()
wide.to_csv("wide.csv", index=False)
theirs = len(wide) / (time.perf_counter() - begin)
begin = time.perf_counter()
run("convert", "wide.csv", "wide.h5")
read = len(wide) / (time.perf_counter() - begin)
begin = time.perf_counter()
run("convert", "wide.h5", "wide-again.csv")
ours = len(wide) / (time.perf_counter() - begin)
print(f"10 channels, rows/s: pandas to_csv {theirs:.0f}, HDF5 to CSV {ours:.0f} "
      f"({ours / theirs:.1f} times), CSV to HDF5 {read:.0f}")
