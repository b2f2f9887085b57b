"""Writes post.json: label maps before and after TotalSegmentator's and CADS's clean-up.

  python make_post_fixtures.py ../resources/io/fiducia/anatomy/post/post.json

TotalSegmentator's results come from the functions of the installed package (2.18); CADS's from the
implementations with scipy below, which follow the rules as they are published, not CADS's code. Arrays are
uint8, x fastest, deflated, base64. Needs TotalSegmentator, scipy, nibabel.
"""
import base64
import contextlib
import io
import json
import sys
import tempfile
import zlib
from pathlib import Path

import nibabel as nib
import numpy as np
from scipy import ndimage
from totalsegmentator import libs
from totalsegmentator import postprocessing as post
from totalsegmentator.map_to_binary import class_map

RANDOM = np.random.default_rng(14)


def pack(array):
    """An (x, y, z) array as text, x fastest."""
    data = np.ascontiguousarray(array.transpose(2, 1, 0)).astype(np.uint8)
    return base64.b64encode(zlib.compress(data.tobytes(), 9)).decode()


def image(array, spacing):
    made = nib.Nifti1Image(array, np.diag(list(spacing) + [1.0]))
    made.header.set_zooms(spacing)
    return made


def blobs(shape, labels, smooth=1.6, quantile=0.8):
    """Blobs of several labels, some of which touch."""
    fields = np.stack([ndimage.gaussian_filter(RANDOM.standard_normal(shape), smooth) for _ in range(labels)])
    winner = fields.argmax(0)
    inside = fields.max(0) > np.quantile(fields.max(0), quantile)
    return np.where(inside, winner + 1, 0).astype(np.uint8)


def spine(shape, labels, radius, gap, mixed=False):
    """A column of discs, labelled from below in the order given."""
    x, y, z = np.meshgrid(*[np.arange(n) for n in shape], indexing='ij')
    out = np.zeros(shape, np.uint8)
    for n, label in enumerate(labels):
        middle = 3 + n * gap
        disc = (np.abs(z - middle) <= 1) & ((x - shape[0] / 2 - 0.4 * n) ** 2 + (y - shape[1] / 2) ** 2 <= radius ** 2)
        out[disc] = label
        if mixed and n % 2 == 0 and n + 1 < len(labels):
            out[disc & (x > shape[0] / 2)] = labels[n + 1]
    return out


def case(name, before, after, spacing, **more):
    return {'name': name, 'shape_xyz': list(before.shape), 'spacing_xyz': [float(s) for s in spacing],
            'before': pack(before), 'after': pack(after), **more}


def total():
    cases = []
    shape = (23, 19, 17)
    names = {1: 'a', 2: 'b', 3: 'c'}
    for seed in range(3):
        data = blobs(shape, 3)
        after = post.keep_largest_blob_multilabel(data.copy(), names, ['b'], quiet=True)
        cases.append(case('keep_largest', data, after, (1, 1, 1), label=2))
    ties = np.zeros((5, 5, 5), np.uint8)
    # Equal blobs whose order differs between x fastest and z fastest.
    ties[0, 0, 4] = ties[0, 1, 4] = 2
    ties[4, 0, 0] = ties[4, 1, 0] = 2
    ties[2, 4, 2] = 2
    cases.append(case('keep_largest', ties, post.keep_largest_blob_multilabel(ties.copy(), names, ['b'], quiet=True), (1, 1, 1), label=2))
    for spacing, volume in [((1.5, 1.5, 1.5), 200), ((1, 1, 1), 12), ((0.8, 0.8, 3), 11.52), ((2, 2, 2), 64), ((0.7, 0.9, 1.1), 30)]:
        data = blobs(shape, 3, 1.1)
        zooms = image(data, spacing).header.get_zooms()
        after = post.remove_small_blobs_multilabel(data.copy(), names, ['a', 'c'], interval=[volume / np.prod(zooms), 1e10], quiet=True)
        cases.append(case('remove_small', data, after, spacing, labels=[1, 3], mm3=volume))
    for spacing, distance in [((1, 1, 1), 1), ((1.5, 1.5, 1.5), 3.2), ((0.7, 0.7, 1), 4), ((2, 2, 3), 10)]:
        data = blobs(shape, 3)
        mask = np.zeros(shape, np.uint8)
        mask[RANDOM.integers(0, 23, 3), RANDOM.integers(0, 19, 3), RANDOM.integers(0, 17, 3)] = 1
        zooms = image(data, spacing).header.get_zooms()
        steps = int(distance / np.mean(zooms))
        assert steps >= 1
        after = post.remove_outside_of_mask(data.copy(), mask, addon=steps)
        cases.append(case('keep_near', data, after, spacing, mask=pack(mask), mm=distance, steps=steps))
    return cases


def vertebrae():
    cases = []
    classes = class_map['vertebrae_pp']
    columns = [
        ('apart', [24, 23, 22, 21], 4, 5, False, (1.5, 1.5, 1.5)),
        ('mixed', [24, 23, 22, 21], 4, 5, True, (1.5, 1.5, 1.5)),
        ('no_l5', [20, 19, 18, 17], 4, 5, True, (1.5, 1.5, 1.5)),
        ('c1', [4, 3, 2, 1], 4, 5, True, (1.5, 1.5, 1.5)),
        ('small', [24, 23, 22, 21], 2, 5, True, (1, 1, 1)),
        ('many', [3, 2, 5, 2], 4, 5, True, (1.5, 1.5, 1.5)),
        ('fine', [24, 23, 22], 5, 7, True, (0.8, 1.3, 0.7)),
        ('coarse', [24, 23, 22], 5, 7, False, (2.1, 1.1, 3.5)),
        ('uneven', [12, 11, 10], 4, 6, False, (1.2, 0.9, 1.0)),
        ('tiny', [24, 23], 0, 5, True, (0.4, 0.4, 0.4)),
    ]
    for name, labels, radius, gap, mixed, spacing in columns:
        data = spine((24, 22, 26), labels, radius, gap, mixed)
        if name in ('small', 'many'):
            data[1, 1, 1] = 7
            data[1, 2, 1] = 8
        zooms = image(data, spacing).header.get_zooms()
        after = post.postprocess_vertebrae_pp(data.copy(), classes, voxel_volume=np.prod(zooms), voxel_spacing=zooms)
        cases.append(case('separate', data, after, spacing, case=name))
        body = (blobs(data.shape, 2, 2.5, 0.3) == 1).astype(np.uint8)
        refined = post.refine_vertebrae_pp_with_body_mask(data.copy(), body, classes, voxel_spacing=zooms)
        cases.append(case('refine', data, refined, spacing, case=name, mask=pack(body)))
    # Two bodies at one height: the order of equals decides.
    for labels in ([24, 24], [1, 2]):
        data = np.zeros((20, 12, 12), np.uint8)
        data[12:18, 1:6, 3:6] = labels[0]
        data[1:7, 6:11, 3:6] = labels[1]
        data[14:18, 1:6, 3:6] = 5
        zooms = image(data, (1.5, 1.5, 1.5)).header.get_zooms()
        after = post.postprocess_vertebrae_pp(data.copy(), classes, voxel_volume=np.prod(zooms), voxel_spacing=zooms)
        cases.append(case('separate', data, after, (1.5, 1.5, 1.5), case='equal height'))
    return cases


def derived():
    cases = []
    for shape, at_border in [((26, 24, 20), False), ((20, 18, 14), True)]:
        x, y, z = np.meshgrid(*[np.arange(n) for n in shape], indexing='ij')
        body = (((x - shape[0] / 2) / (shape[0] / 2.6)) ** 2 + ((y - shape[1] / 2) / (shape[1] / (1.8 if at_border else 2.6))) ** 2 <= 1)
        body = (body & ((z > 2) | at_border)).astype(np.uint8)
        # Densities as multiples of 10 HU above -400, so that one byte holds them.
        density = np.clip(ndimage.gaussian_filter(RANDOM.standard_normal(shape), 0.8) * 60 + 35, 0, 255).astype(np.uint8)
        density[RANDOM.random(shape) < 0.02] = 20  # exactly -200
        density[RANDOM.random(shape) < 0.02] = 65  # exactly 250
        ct = density.astype(np.int16) * 10 - 400
        after = post.extract_skin(image(ct, (1, 1, 1)), image(body, (1, 1, 1))).get_fdata().astype(np.uint8)
        cases.append(case('skin', body, after, (1, 1, 1), density=pack(density)))
    data = RANDOM.integers(0, 16, (9, 8, 7)).astype(np.uint8)
    erased = post.remove_auxiliary_labels(image(data, (1, 1, 1)), 'appendicular_bones').get_fdata()
    cases.append(case('auxiliary', data, erased, (1, 1, 1)))
    data = RANDOM.integers(0, 118, (9, 8, 7)).astype(np.uint8)
    after = libs.reorder_multilabel_like_v1(data, class_map['total'], class_map['total_v1'])
    cases.append(case('version_1', data, after, (1, 1, 1)))
    return cases


def cads_filter(data, label, minimum, allowed):
    numbers, count = ndimage.label(data == label, np.ones((3, 3, 3)))
    sizes = np.bincount(numbers.ravel())[1:]
    order = np.argsort(-sizes, kind='stable')
    out = data.copy()
    for rank, c in enumerate(order):
        if sizes[c] < minimum or (allowed and rank + 1 > allowed):
            for later in order[rank:]:
                out[numbers == later + 1] = 0
            break
    return out


def cads_holes(data, label):
    out = data.copy()

    def step(fill):
        filled = fill(out == label)
        out[filled & (out == 0)] = label

    def slices(axis):
        def fill(mask):
            moved = np.moveaxis(mask, axis, 0)
            return np.moveaxis(np.stack([ndimage.binary_fill_holes(s) for s in moved]), 0, axis)
        return fill

    step(ndimage.binary_fill_holes)
    for axis in (2, 0, 1):
        step(slices(axis))
    step(ndimage.binary_fill_holes)
    return out


def cads():
    cases = []
    shape = (21, 18, 16)
    for minimum, allowed, smooth in [(1, 0, 1.0), (20, 0, 1.0), (5, 2, 1.0), (1, 1, 1.3), (100000, 0, 1.5), (30, 3, 1.4)]:
        data = blobs(shape, 2, smooth, 0.7)
        cases.append(case('cads_filter', data, cads_filter(data, 2, minimum, allowed), (1.5, 1.5, 1.5), label=2, min=minimum, allowed=allowed))
    for quantile in (0.4, 0.5, 0.6):
        data = blobs(shape, 3, 1.0, quantile)
        data[data == 3] = 2
        cases.append(case('cads_holes', data, cads_holes(data, 2), (1.5, 1.5, 1.5), label=2))
    return cases


def groups():
    """Names of TotalSegmentator's groups, as combine_masks asks for them."""
    found = {}
    for group in ('ribs', 'vertebrae', 'vertebrae_ribs', 'lung', 'lung_left', 'lung_right', 'pelvis', 'body'):
        asked = []

        class Folder:
            def is_file(self):
                return False

            def __truediv__(self, name):
                asked.append(name.removesuffix('.nii.gz'))
                return Path(FOLDER) / 'one.nii.gz'

        with tempfile.TemporaryDirectory() as FOLDER:
            nib.save(image(np.ones((2, 2, 2), np.uint8), (1, 1, 1)), Path(FOLDER) / 'one.nii.gz')
            libs.combine_masks(Folder(), group)
        found[group] = list(dict.fromkeys(asked))
    return found


with contextlib.redirect_stdout(io.StringIO()):
    made = {'cases': total() + vertebrae() + derived() + cads(), 'groups': groups()}
target = Path(sys.argv[1])
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text(json.dumps(made, indent=0) + '\n')
print(len(made['cases']), 'cases,', target.stat().st_size, 'bytes')
