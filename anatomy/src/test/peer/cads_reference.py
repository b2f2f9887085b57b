"""CADS's flow on one CT scan, for the tests of package anatomy.cads.

  python cads_reference.py SCAN.nii.gz OUT_DIR TASK... --models DIR

Written from a description of CADS (murong-xu/CADS 7480324), of which no code was used, on top of nibabel,
SciPy and nnunetv2; it writes OUT_DIR/CASE_part_TASK.nii.gz. DIR holds CADS's folders of weights
(DatasetNNN_Name/TRAINER__PLANS__CONFIGURATION/fold_all). cads.json among the program's resources says
which labels and thresholds a task has.

What differs from CADS, on purpose, as docs/cads.md says: SciPy gives 0 where rounding takes the last
sample of an axis beyond its last voxel; here such a sample is the last voxel. Components beyond the 255th
are counted.
"""
import argparse
import json
import os
import tempfile

import nibabel as nib
import numpy as np
import torch
from nibabel.orientations import apply_orientation, inv_ornt_aff, io_orientation, ornt_transform
from nnunetv2.imageio.simpleitk_reader_writer import SimpleITKIO
from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
from scipy import ndimage

GRID = 1.5
HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, '..', '..', 'main', 'resources', 'io', 'fiducia', 'anatomy', 'task', 'cads.json')
CORNERS = np.ones((3, 3, 3))


def is_prepared(image):
    affine = image.affine
    return bool(np.allclose(np.diag(affine)[:3], GRID) and nib.aff2axcodes(affine) == ('R', 'A', 'S')
                and np.all(affine[:3, 3] == 0))


def zoom(array, factor, order):
    """CADS's zoom. SciPy's mode "constant", its default, is "mirror" but for the zeros."""
    return ndimage.zoom(array, factor, order=order, mode='mirror')


def prepare(image):
    """The array (R, A, S) on CADS's grid, its affine, and the way back."""
    data = image.get_fdata()
    if is_prepared(image):
        return data, image.affine, lambda labels: labels
    to_ras = ornt_transform(io_orientation(image.affine), nib.orientations.axcodes2ornt('RAS'))
    turned = apply_orientation(data, to_ras)
    turned_affine = image.affine @ inv_ornt_aff(to_ras, image.shape)
    spacing = np.sqrt((turned_affine[:3, :3] ** 2).sum(axis=0))
    zoomed = zoom(turned, spacing / GRID, 3)
    back = ornt_transform(nib.orientations.axcodes2ornt('RAS'), io_orientation(image.affine))

    def restore(labels):
        factor = [n / m for n, m in zip(turned.shape, labels.shape)]
        restored = zoom(labels, factor, 0)
        assert restored.shape == turned.shape
        return apply_orientation(restored, back)
    return zoomed.astype(np.int32), np.diag([GRID, GRID, GRID, 1.0]), restore


def predict(model, array, affine, scratch):
    """Labels (R, A, S) by stock nnU-Net, read as SimpleITK reads the file."""
    file = os.path.join(scratch, 'case_0000.nii.gz')
    nib.save(nib.Nifti1Image(array, affine), file)
    predictor = nnUNetPredictor(tile_step_size=0.5, use_gaussian=True, use_mirroring=False,
                                perform_everything_on_device=False, device=torch.device('cpu'), verbose=False,
                                allow_tqdm=False)
    predictor.initialize_from_trained_model_folder(model, use_folds=('all',), checkpoint_name='checkpoint_final.pth')
    image, properties = SimpleITKIO().read_images([file])
    labels = predictor.predict_single_npy_array(image, properties)
    return np.transpose(labels, (2, 1, 0)).astype(np.uint8)


def filled(mask, free):
    """A mask with its holes, where nothing else is: in 3-D, in the slices along S, R, A, in 3-D again."""
    mask = mask | (ndimage.binary_fill_holes(mask) & free)
    for axis in (2, 0, 1):
        slices = np.moveaxis(mask, axis, 0).copy()
        allowed = np.moveaxis(free, axis, 0)
        for i in range(len(slices)):
            slices[i] |= ndimage.binary_fill_holes(slices[i]) & allowed[i]
        mask = np.moveaxis(slices, 0, axis)
    return mask | (ndimage.binary_fill_holes(mask) & free)


def filter_components(labels, rules):
    for label, rule in sorted((int(k), v) for k, v in rules.items()):
        if rule.get('fill_holes'):
            labels[filled(labels == label, labels == 0)] = label
        components, count = ndimage.label(labels == label, structure=CORNERS)
        sizes = np.bincount(components.ravel(), minlength=count + 1)[1:]
        order = sorted(range(count), key=lambda c: -sizes[c])
        for rank, c in enumerate(order):
            if rank >= rule.get('max_components', count) or sizes[c] < rule['min_voxels']:
                labels[np.isin(components, [k + 1 for k in order[rank:]])] = 0
                break
    return labels


def around_brain(labels, brain, reach):
    centre = [int(c) for c in np.argwhere(brain).mean(axis=0)]
    box = tuple(slice(max(0, c - r), c + r) for c, r in zip(centre, reach))
    kept = np.zeros_like(labels)
    kept[box] = labels[box]
    return kept


def gate(task, labels, done):
    if task not in ('557', '558'):
        return labels
    brain = done['553'] == 9
    if brain.sum() >= 2000:
        return around_brain(labels, brain, (100, 100, 133 if task == '557' else 200))
    if task == '558':
        spine = np.argwhere((done['552'] >= 14) & (done['552'] <= 24))
        if len(spine):
            labels[:, :, :spine[:, 2].min()] = 0
            return labels
    return np.zeros_like(labels)


def run(scan, out, tasks, models, postprocess=True):
    """Writes the label maps of tasks and of those that they need."""
    torch.set_num_threads(1)
    with open(TABLE) as file:
        table = {t['name']: t for t in json.load(file)['tasks']}
    wanted = set(tasks)
    for task in tasks:
        wanted.update(table[task]['needs'])
    image = nib.load(scan)
    array, affine, restore = prepare(image)
    case = os.path.basename(scan).removesuffix('.nii.gz').removesuffix('_0000')
    os.makedirs(out, exist_ok=True)
    done = {}
    for task in sorted(wanted):
        t = table[task]
        model = os.path.join(models, t['folder'], f"{t['trainer']}__{t['plans']}__{t['configuration']}")
        with tempfile.TemporaryDirectory() as scratch:
            labels = predict(model, array, affine, scratch)
        before = voxels(labels)
        if postprocess:
            labels = gate(task, filter_components(labels, t.get('components', {})), done)
        done[task] = labels
        print(case, task, 'voxels by label:', before, 'after post-processing', voxels(labels), flush=True)
        nib.save(nib.Nifti1Image(restore(labels).astype(np.uint8), image.affine),
                 os.path.join(out, f'{case}_part_{task}.nii.gz'))


def voxels(labels):
    return {int(k): int(n) for k, n in zip(*np.unique(labels, return_counts=True)) if k}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('scan')
    parser.add_argument('out')
    parser.add_argument('tasks', nargs='+')
    parser.add_argument('--models', required=True)
    parser.add_argument('--no-postprocessing', action='store_true')
    args = parser.parse_args()
    run(args.scan, args.out, args.tasks, args.models, not args.no_postprocessing)


if __name__ == '__main__':
    main()
