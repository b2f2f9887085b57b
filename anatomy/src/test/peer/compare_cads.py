"""Compares 'fiducia cads' with CADS's steps, done here with numpy, SciPy and nnunetv2's own predictor.

  python compare_cads.py DATA WORK --fiducia PATH [--rows IMAGE:TASK ...]

DATA holds cads_labels.json's folder as ../specs and the reference scans; WORK holds cads/reference (the weights of
make_standins.py --cads). The steps follow a description of CADS (murong-xu/CADS 7480324); no code of it
was used. SciPy's zoom keeps its default border here, as in CADS. Exit code 1 if a row has fewer than 0.9999
equal voxels.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

for variable in ('nnUNet_raw', 'nnUNet_preprocessed', 'nnUNet_results'):
    os.environ.setdefault(variable, '/nonexistent')

import nibabel as nib
import numpy as np
import torch
from nnunetv2.imageio.simpleitk_reader_writer import SimpleITKIO
from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
from scipy import ndimage

import standin_images

torch.set_num_threads(1)
ROWS = ['ct_sm_RAS:551', 'ct_sm_PIR:556', 'ct_odd_LSP:553', 'ct_thick_LPS:554', 'ct_sm_LPS:559', 'ct_sm_SRA:557',
        'head_LPS:558', 'ct_odd_SRA:552', 'ct_sm_IPR:555']


def to_grid(image):
    """int32 array on the 1.5 mm grid in closest canonical order, and the shape it had before."""
    turned = nib.as_closest_canonical(image)
    data = np.asarray(turned.get_fdata())
    spacing = np.linalg.norm(turned.affine[:3, :3], axis=0)
    return ndimage.zoom(data, spacing / 1.5, order=3).astype(np.int32), data.shape


def from_grid(labels, shape, image):
    factor = np.divide(shape, labels.shape)
    back = ndimage.zoom(labels, factor, order=0)
    assert back.shape == tuple(shape)
    turned = nib.Nifti1Image(back.astype(np.uint8), nib.as_closest_canonical(image).affine)
    way = nib.orientations.ornt_transform(nib.io_orientation(turned.affine), nib.io_orientation(image.affine))
    return np.asarray(turned.as_reoriented(way).dataobj)


def predict(model, array, scratch):
    file = scratch / 'scan_0000.nii.gz'
    nib.save(nib.Nifti1Image(array, np.diag([1.5, 1.5, 1.5, 1.0])), file)
    predictor = nnUNetPredictor(tile_step_size=0.5, use_gaussian=True, use_mirroring=False,
                                perform_everything_on_device=False, device=torch.device('cpu'), allow_tqdm=False)
    predictor.initialize_from_trained_model_folder(str(model), ('all',))
    data, properties = SimpleITKIO().read_images([str(file)])
    return predictor.predict_single_npy_array(data, properties).transpose(2, 1, 0).astype(np.uint8)


def close_holes(labels, value):
    def fill(mask):
        return mask | (ndimage.binary_fill_holes(mask) & (labels == 0))
    mask = fill(labels == value)
    for axis in (2, 0, 1):
        for k in range(mask.shape[axis]):
            index = tuple(k if a == axis else slice(None) for a in range(3))
            mask[index] |= ndimage.binary_fill_holes(mask[index]) & (labels[index] == 0)
    labels[fill(mask)] = value


def drop_components(labels, rules):
    for value in sorted(map(int, rules)):
        rule = rules[str(value)]
        if rule.get('fill_holes'):
            close_holes(labels, value)
        numbered, n = ndimage.label(labels == value, np.ones((3, 3, 3)))
        sizes = np.bincount(numbered.ravel(), minlength=n + 1)
        dropping = False
        for rank, k in enumerate(sorted(range(1, n + 1), key=lambda k: -sizes[k]), 1):
            dropping |= rank > rule.get('max_components', n) or sizes[k] < rule['min_voxels']
            if dropping:
                labels[numbered == k] = 0


def gated(task, labels, others):
    brain = others[553] == 9
    if brain.sum() >= 2000:
        center = np.argwhere(brain).mean(0).astype(int)
        reach = (100, 100, 133 if task == 557 else 200)
        keep = np.zeros(labels.shape, bool)
        keep[tuple(slice(max(0, c - r), c + r) for c, r in zip(center, reach))] = True
    elif task == 558 and (cervical := np.isin(others[552], range(14, 25))).any():
        keep = np.arange(labels.shape[2]) >= np.flatnonzero(cervical.any((0, 1)))[0]
    else:
        keep = False
    return np.where(keep, labels, 0)


def reference(tasks, models, task, image, scratch):
    array, shape = to_grid(image)
    results = {}
    for number in sorted({task, *tasks[str(task)].get('needs', [])}):
        entry = tasks[str(number)]
        model = models / entry['dataset_folder'] / f"{entry['trainer']}__{entry['plans']}__{entry['config']}"
        labels = predict(model, array, scratch)
        drop_components(labels, entry['component_filter'])
        results[number] = gated(number, labels, results) if number in (557, 558) else labels
    return {k: from_grid(v, shape, image) for k, v in results.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('data', type=Path)
    parser.add_argument('work', type=lambda p: Path(p).resolve())
    parser.add_argument('--fiducia', required=True)
    parser.add_argument('--rows', nargs='+', default=ROWS)
    options = parser.parse_args()
    tasks = json.loads((options.data.parent / 'specs/cads_labels.json').read_text())['tasks']
    models = options.work / 'cads' / 'reference'
    standin_images.make(options.data, options.work / 'images')
    failed = False
    for row in options.rows:
        name, task = row.split(':')
        folder = options.work / 'cads-runs' / row.replace(':', '_')
        shutil.rmtree(folder / 'out', ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        file = options.work / 'images' / f'{name}.nii.gz'
        image = nib.load(file)
        done = subprocess.run([options.fiducia, 'cads', '-in', str(file), '-out', str(folder / 'out'), '-task', task,
                               '--weights', str(options.work / 'cads')], capture_output=True, text=True)
        (folder / 'log').write_text(done.stdout + done.stderr)
        for number, expected in reference(tasks, models, int(task), image, folder).items():
            result = folder / 'out' / name / f'{name}_part_{number}.nii.gz'
            if not result.exists():
                print(f'{row} {number}: FAILED, no file (exit {done.returncode})', flush=True)
                failed = True
                continue
            ours = nib.load(result)
            same = ours.shape == expected.shape and np.array_equal(ours.affine, image.affine)
            equal = float((np.asarray(ours.dataobj) == expected).mean()) if same else 0.0
            failed |= equal < 0.9999
            print(f'{row} {number}: equal {equal:.6f} labels {len(np.unique(expected)) - 1}'
                  f" {'ok' if equal >= 0.9999 else 'FAILED'}", flush=True)
    sys.exit(failed)


if __name__ == '__main__':
    main()
