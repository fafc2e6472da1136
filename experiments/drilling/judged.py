"""Bills of judged runs and their scores: what the tables of this folder share.

Scores are total cost over total metres. Intervals are the middle 95 % of a paired bootstrap over
wells: wells are drawn with replacement, the bills of all drillers and all seeds come along.
"""
import json
import os
import random

RESAMPLES = 2000
BASELINES = ("constant", "section", "advisor", "clairvoyant")


def load(runs, name, file="evaluation.json"):
    with open(os.path.join(runs, name, file)) as text:
        return json.load(text)


def bills(evaluation, world, driller, factor):
    """Cost and metres of every scenario at `factor` times the rig rate."""
    one = evaluation[world]["drillers"][driller]["scenarios"]
    rate = evaluation[world]["rig_rate_USD_per_day"] / 24 * factor
    price = evaluation[world]["bit_price_USD"]
    return [price * b + rate * h for b, h in zip(one["bits"], one["hours"])], one["metres"]


def show(value, low, high, unit="", digits=1):
    return f"{value:.{digits}f}{unit} [{low:.{digits}f}, {high:.{digits}f}]"


def estimate(scores):
    drawn = sorted(scores[1:])
    return scores[0], drawn[int(0.025 * RESAMPLES)], drawn[int(0.975 * RESAMPLES)]


class Judged:
    """Scores of everybody on one set of scenarios at one rig rate: element 0 of a list is the score
    itself, the others are those of the resamples, the same resamples for everybody."""

    def __init__(self, evaluations, world, factor):
        self.count = len(evaluations[0][world]["drillers"]["policy"]["scenarios"]["cost"])
        source = random.Random(1)
        self.draws = [range(self.count)] + [
            [source.randrange(self.count) for _ in range(self.count)] for _ in range(RESAMPLES)]
        self.policy = [self.scores(bills(e, world, "policy", factor)) for e in evaluations]
        self.mean = [sum(s) / len(s) for s in zip(*self.policy)]
        self.baseline = {b: self.scores(bills(evaluations[0], world, b, factor)) for b in BASELINES}

    def scores(self, bill):
        cost, metres = bill[0].__getitem__, bill[1].__getitem__
        return [sum(map(cost, d)) / sum(map(metres, d)) for d in self.draws]

    def difference(self, name):
        return estimate([p - b for p, b in zip(self.mean, self.baseline[name])])

    def recovered(self, policy):
        return estimate([100 * (f - p) / (f - c) for f, p, c in zip(
            self.baseline["constant"], policy, self.baseline["clairvoyant"])])


def assert_frozen(evaluations, frozen, worlds):
    """Everybody was judged on what was frozen, and the baselines' bills are those of then."""
    for evaluation in evaluations:
        for world in worlds:
            assert evaluation[world]["scenario_hash"] == frozen[world]["scenario_hash"]
            for name in BASELINES:
                assert (evaluation[world]["drillers"][name]["scenarios"]["cost"] ==
                        frozen[world]["drillers"][name]["scenarios"]["cost"])
