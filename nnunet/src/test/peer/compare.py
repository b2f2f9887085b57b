"""Runs 'fiducia nnunet predict' on the models of make_models.py and compares label maps.

  python compare.py FIDUCIA OUT [--bf16] [NAME ...]

Prints, for each model, the share of voxels that agree and the smallest Dice of any structure:
--compat fp16 against stock nnunetv2, the default against nnunetv2 with single-precision sums, the
default against stock; and how far saved probabilities are from nnunetv2's. With --bf16 also '--precision
bf16' against the default.
"""
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import SimpleITK as sitk


def labels(folder):
    return {p.name: sitk.ReadImage(str(p)) for p in sorted(folder.glob('*.nii.gz'))}


def agreement(a, b):
    a, b = labels(a), labels(b)
    assert a.keys() == b.keys() and a, (a.keys(), b.keys())
    same = total = 0
    dice = 1.0
    for name in a:
        x, y = a[name], b[name]
        assert np.allclose(x.GetOrigin(), y.GetOrigin(), atol=1e-4), (name, x.GetOrigin(), y.GetOrigin())
        assert np.allclose(x.GetSpacing(), y.GetSpacing(), atol=1e-6)
        assert np.allclose(x.GetDirection(), y.GetDirection(), atol=1e-6)
        p, q = sitk.GetArrayFromImage(x), sitk.GetArrayFromImage(y)
        assert p.dtype == q.dtype, (p.dtype, q.dtype)
        same += np.sum(p == q)
        total += p.size
        for v in np.union1d(np.unique(p), np.unique(q)):
            if v:
                dice = min(dice, 2 * np.sum((p == v) & (q == v)) / (np.sum(p == v) + np.sum(q == v)))
    return f'{100 * same / total:9.5f} % Dice >= {dice:.6f}'


def run(fiducia, top, out, *flags):
    model = json.loads((top / 'model' / 'plans.json').read_text())
    previous = ['-prev_stage_predictions', str(top / 'previous')] if (top / 'previous').exists() else []
    folds = sorted(p.name[5:] for p in (top / 'model').glob('fold_*'))
    subprocess.run([fiducia, 'nnunet', 'predict', '-i', str(top / 'images'), '-o', str(top / out), '-m',
                    str(top / 'model'), '--quiet', '--overwrite', '-f', *folds, *previous, *flags], check=True)
    return top / out


def probabilities(a, b):
    worst = 0.0
    for p in sorted(b.glob('*.npz')):
        x, y = np.load(a / p.name)['probabilities'], np.load(p)['probabilities']
        assert x.shape == y.shape and x.dtype == y.dtype, (x.shape, y.shape)
        worst = max(worst, float(np.abs(x - y).max()))
        with open(a / (p.stem + '.pkl'), 'rb') as f, open(b / (p.stem + '.pkl'), 'rb') as g:
            mine, theirs = pickle.load(f), pickle.load(g)
        assert mine.keys() == theirs.keys(), (mine.keys(), theirs.keys())
    return worst


def main():
    fiducia, out = sys.argv[1], Path(sys.argv[2])
    bf16 = '--bf16' in sys.argv
    named = [name for name in sys.argv[3:] if name != '--bf16']
    names = named or sorted(p.name for p in out.iterdir() if (p / 'single').exists())
    for name in names:
        top = out / name
        save = ['--save_probabilities'] if list((top / 'stock').glob('*.npz')) else []
        half = run(fiducia, top, 'fiducia_fp16', '--compat', 'fp16', *save)
        plain = run(fiducia, top, 'fiducia')
        print(f'{name:12} fp16/stock {agreement(half, top / "stock")}  default/single '
              f'{agreement(plain, top / "single")}  default/stock {agreement(plain, top / "stock")}', flush=True)
        if bf16:
            fast = run(fiducia, top, 'fiducia_bf16', '--precision', 'bf16')
            print(f'{"":12} bf16/default {agreement(fast, plain)}', flush=True)
        if save:
            print(f'{"":12} probabilities differ by at most {probabilities(half, top / "stock"):.2e}', flush=True)


if __name__ == '__main__':
    main()
