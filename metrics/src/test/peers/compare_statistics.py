"""Checks a compare.json against scipy and statsmodels, from the same metrics.csv files.

usage: compare_statistics.py compare.json FOLDER_A FOLDER_B
"""
import csv
import json
import sys
import warnings

import numpy as np
import scipy
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

warnings.filterwarnings("ignore")


def read(folder):
    table = {}
    with open(folder + "/metrics.csv", newline="") as f:
        for row in csv.DictReader(f):
            value = float(row["value"]) if row["value"] else np.nan
            table[row["structure"], row["metric"], row["case"]] = value
    return table


def relative(ours, theirs):
    return abs(ours - theirs) / max(abs(theirs), 1e-12)


report = json.load(open(sys.argv[1]))
a, b = read(sys.argv[2]), read(sys.argv[3])
worst = dict.fromkeys(["mean", "wilcoxon", "permutation", "holm", "bca", "t", "detectable"], 0.0)
families = {}
for c in report["comparisons"]:
    keys = [k for k in a if k[0] == c["structure"] and k[1] == c["metric"] and k in b]
    pairs = np.array([(a[k], b[k]) for k in keys])
    pairs = pairs[np.isfinite(pairs).all(axis=1)]
    assert len(pairs) == c["n"], (c["structure"], c["metric"], len(pairs), c["n"])
    d = pairs[:, 1] - pairs[:, 0]
    worst["mean"] = max(worst["mean"], relative(c["mean_difference"], d.mean()))
    exact = np.count_nonzero(d) <= 50
    w = stats.wilcoxon(d, method="exact" if exact else "approx").pvalue
    worst["wilcoxon"] = max(worst["wilcoxon"], relative(c["p_wilcoxon"], w))
    families.setdefault(c["metric"], []).append((w, c["p_holm"]))
    if len(d) <= 18:
        p = stats.permutation_test((d,), np.mean, permutation_type="samples", n_resamples=np.inf)
        worst["permutation"] = max(worst["permutation"], relative(c["p_permutation"], p.pvalue))
    ci = stats.bootstrap((d,), np.mean, method="BCa", n_resamples=20000, rng=1)
    ci = ci.confidence_interval
    width = ci.high - ci.low
    worst["bca"] = max(worst["bca"], abs(c["ci_low"] - ci.low) / width,
                       abs(c["ci_high"] - ci.high) / width)
    t = stats.ttest_1samp(d, 0).confidence_interval(0.95)
    worst["t"] = max(worst["t"], relative(c["t_low"], t.low), relative(c["t_high"], t.high))
    e = TTestPower().solve_power(nobs=len(d), alpha=0.05, power=0.8) * d.std(ddof=1)
    worst["detectable"] = max(worst["detectable"],
                              relative(c["smallest_detectable_difference"], e))
for pairs in families.values():
    holm = multipletests([p for p, _ in pairs], method="holm")[1]
    worst["holm"] = max([worst["holm"]] + [relative(ours, theirs)
                                           for (_, ours), theirs in zip(pairs, holm)])
print("scipy", scipy.__version__, len(report["comparisons"]), "comparisons")
print("largest relative difference (BCa: share of the interval's width)")
for name, value in worst.items():
    print(f"  {name:12s} {value:.2e}")
