"""The fixture of this module's tests: tiny models, two synthetic scans and what the real TotalSegmentator makes of them.

  python make_fixture.py OUT

OUT is src/test/resources/io/fiducia/anatomy/fixture. Nothing in it comes from a patient. Needs torch, nnunetv2 2.8
and TotalSegmentator 2.18; runs for some minutes. The README that is written beside the files names them.
"""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import torch
from scipy import ndimage

import compare_totalsegmentator as peer
import make_standins as standins
from standin_images import oriented
from standin_labels import Case, resampled

# structure -> (center and half axes in mm, HU); later ones lie on top. The body is 116 x 134 x 140 mm.
SHAPES = {
    'body_trunc': ((0, 0, 0), (54, 63, 80), 30),
    'body_extremities': ((-52, 0, 0), (7, 9, 80), 30),
    'lung_upper_lobe_left': ((-24, 8, 52), (18, 24, 20), -750),
    'lung_lower_lobe_right': ((24, 8, 52), (18, 24, 20), -750),
    'liver': ((22, 14, 8), (24, 26, 24), 120),
    'spleen': ((-30, -12, 12), (14, 16, 18), 200),
    'kidney_left': ((-24, -26, -22), (11, 11, 17), 300),
    'heart': ((-6, 22, 30), (15, 15, 13), 390),
    'aorta': ((-4, -14, 0), (7, 7, 90), 480),
    'autochthon_left': ((-20, -48, 0), (15, 10, 80), 75),
    'colon': ((2, 30, -36), (30, 16, 14), -250),
    'rib_left_5': ((-44, 10, 26), (6, 26, 6), 800),
    'vertebrae_L1': ((0, -40, -24), (11, 11, 14), 1000),
    'vertebrae_T12': ((0, -40, 14), (11, 11, 14), 1250),
}
PARTS = {1.5: [24, 32, 40], 3.0: [16, 24, 24], 6.0: [8, 12, 16]}
DATASETS = [298, 297, 300, 291, 292, 293, 294, 295, 299, 8]
RUNS = {  # name -> (image, flags)
    'total': ('scan_lsp', '--ml'),
    'total_fast': ('scan_pir', '--fast --ml'),
    'total_fast_statistics': ('scan_lsp', '--fast --statistics --ml -sii'),
    'total_roi': ('scan_pir', '--roi_subset liver aorta'),
    'liver_vessels': ('scan_lsp', '--task liver_vessels --ml'),
    'body': ('scan_pir', '--task body'),
}


def scan(spacing, shape, seed):
    """A synthetic scan in closest canonical order and its masks."""
    grid = np.meshgrid(*[(np.arange(n) - (n - 1) / 2) * s for n, s in zip(shape, spacing)], indexing='ij')
    hu, owner = np.full(shape, -1000.0), np.full(shape, -1)
    for i, (center, half, value) in enumerate(SHAPES.values()):
        power = 4 if i == 0 else 2
        inside = sum(np.abs((g - c) / h) ** power for g, c, h in zip(grid, center, half)) <= 1
        hu[inside], owner[inside] = value, i
    rng = np.random.RandomState(seed)
    hu = ndimage.gaussian_filter(hu, 2.0 / np.asarray(spacing)) + rng.normal(0, 8, shape)
    masks = {name: owner == i for i, name in enumerate(SHAPES)}
    masks['body_trunc'] = (owner >= 0) & ~masks['body_extremities']
    masks['liver_vessels'] = masks['liver'] & (np.abs(grid[0] - 22) < 6)
    masks['liver_tumor'] = masks['liver'] & (grid[1] > 24)
    hu[masks['liver_vessels']] += 90
    hu[masks['liver_tumor'] & ~masks['liver_vessels']] -= 70
    return Case(np.rint(hu), spacing, masks)


def image_of(case, codes):
    affine = np.diag([*case.spacing, 1.0])
    affine[:3, 3] = (-61.5, -70.25, 12.75)
    image = nib.Nifti1Image(case.image.astype(np.int16), affine)
    image.header.set_xyzt_units('mm')
    return oriented(image, codes)


def labels_of(case, names):
    result = np.zeros(case.image.shape, np.uint8)
    for i, name in enumerate(names, 1):
        if name in case.masks:
            result[case.masks[name]] = i
    return result


def pairs_of(cases, names, spacing):
    pairs = []
    for case in cases:
        image, labels = resampled(case, labels_of(case, names), list(reversed(spacing)))
        seg = np.ascontiguousarray(labels.transpose(2, 1, 0))
        places = {int(v): np.flatnonzero(seg.ravel() == v) for v in np.unique(seg)}
        pairs.append((standins.normalized(image, 'CT'), seg, places))
    return pairs


def settings_of(number, entry):
    spacing = list(reversed(entry['spacing'])) if entry['spacing'] else [3.0, 2.0, 2.0]
    patch = PARTS.get(spacing[0] if len(set(spacing)) == 1 else None, [12, 24, 20])
    settings = standins.flat_configuration(f"{entry['plans']}_3d_fullres", patch, spacing, 'CT', 8, 8,
                                           standins.strides_of(patch, spacing, 3), False)
    plan = standins.plans(number, {**entry, 'grid': (spacing, patch)}, False)
    return {**plan, 'configurations': {entry['configuration']: settings}}, settings


def trunk(spacing, patch, strides, cases, coarser):
    """Weights of a network that knows all shapes at a spacing."""
    names = [*SHAPES, 'liver_vessels', 'liver_tumor']
    settings = standins.flat_configuration('x', patch, spacing, 'CT', 8, 8, strides, False)
    plan = {**standins.plans(298, standins.datasets()[298], False), 'configurations': {'3d_fullres': settings}}
    net = standins.network(plan, '3d_fullres', len(names) + 1, 1)
    if coarser:
        standins.take(net, coarser)
    standins.fit(net, pairs_of(cases, names, spacing), patch, 80 if coarser else 400, 1e-2, 1, background=0.1)
    return net.state_dict()


def make_model(number, entry, folder, cases, trunks):
    plan, settings = settings_of(number, entry)
    names = [entry['labels'][i] for i in range(1, max(entry['labels']) + 1)]
    spacing, patch = settings['spacing'], settings['patch_size']
    if str(spacing) not in trunks:
        trunks[str(spacing)] = trunk(spacing, patch, settings['pool_op_kernel_sizes'], cases,
                                     next(iter(trunks.values()), None))
    net = standins.network(plan, entry['configuration'], len(names) + 1, number)
    standins.take(net, trunks[str(spacing)])
    loss = standins.solve_head(net, pairs_of(cases, names, spacing), patch, number)
    print(number, 'loss', round(loss, 3), flush=True)
    where = folder / entry['folder'] / f"{entry['trainer']}__{entry['plans']}__{entry['configuration']}"
    (where / 'fold_0').mkdir(parents=True)
    data = standins.dataset_json(entry)
    (where / 'plans.json').write_text(json.dumps(plan, indent=1))
    (where / 'dataset.json').write_text(json.dumps(data, indent=1))
    torch.save(standins.checkpoint(net, entry, plan, data, 0, False), where / 'fold_0' / 'checkpoint_final.pth')


def run_upstream(out, work, name):
    image, flags = RUNS[name]
    target = out / 'expected' / name / ('seg.nii.gz' if '--ml' in flags else '')
    target.parent.mkdir(parents=True, exist_ok=True)
    env = {**peer.environment(work, name), 'TOTALSEG_WEIGHTS_PATH': str((out / 'weights').resolve())}
    command = [str(Path(sys.executable).parent / 'TotalSegmentator'), '-i', str(out / f'{image}.nii.gz'), '-o', str(target),
               '-d', 'cpu', '-nr', '1', '-ns', '1', *flags.split()]
    subprocess.run(command, env=env, check=True, cwd=work, capture_output=True)
    for file in sorted(target.parent.rglob('*.nii.gz') if target.is_file() else target.rglob('*.nii.gz')):
        values, counts = np.unique(np.asarray(nib.load(file).dataobj), return_counts=True)
        print(name, file.name, dict(zip(values.tolist(), counts.tolist())), flush=True)
    assert not (work / 'upstream' / f'{name}.network').exists()


def main():
    out = Path(sys.argv[1]).resolve()
    work = Path(os.environ.get('FIXTURE_WORK', 'anatomy-fixture'))
    (work / 'upstream').mkdir(parents=True, exist_ok=True)
    cases = [scan((4.0, 5.0, 6.0), (30, 28, 24), 1), scan((4.6, 4.6, 5.5), (27, 31, 26), 2)]
    if '--expected' not in sys.argv:
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        nib.save(image_of(cases[0], 'LSP'), out / 'scan_lsp.nii.gz')
        nib.save(image_of(cases[1], 'PIR'), out / 'scan_pir.nii.gz')
        table, trunks = standins.datasets(), {}
        for number in DATASETS:
            make_model(number, table[number], out / 'weights', cases, trunks)
    shutil.rmtree(out / 'expected', ignore_errors=True)
    for name in RUNS:
        run_upstream(out, work, name)
    (out / 'README.md').write_text(README)


README = """# Fixture of module anatomy

Written by `src/test/peer/make_fixture.py`; nothing in it comes from a patient.

- `scan_lsp.nii.gz` (stored along L, S, P; 4 x 6 x 5 mm) and `scan_pir.nii.gz` (stored along P, I, R; 4.6 x 5.5 x 4.6 mm):
  synthetic CT-like scans, int16.
- `weights/`: models in TotalSegmentator's layout (old flat plans, its folder and trainer names, its class counts) with
  three stages of 8 features: 291 to 295 (total, 1.5 mm), 297 (3 mm), 298 (6 mm), 299 and 300 (body), 8 (liver_vessels).
- `expected/NAME/`: what TotalSegmentator 2.18.0 (nnunetv2 2.8.1, torch 2.10, CPU) writes with these weights:

| name | image | flags | files |
|---|---|---|---|
""" + ''.join(f"| `{n}` | `{i}.nii.gz` | `{f}` | {'`seg.nii.gz`' if '--ml' in f else 'one file for each structure'}"
              f"{', `statistics.json`' if '--statistics' in f else ''} |\n" for n, (i, f) in RUNS.items())

if __name__ == '__main__':
    main()
