"""Writes statistics.json: what TotalSegmentator's get_basic_statistics writes for small images.

  python make_statistics_fixtures.py ../resources/io/fiducia/anatomy/statistics/statistics.json

Labels are uint8, images float32, x fastest; these and the files' texts are deflated, base64. Needs TotalSegmentator 2.18, nibabel, scipy.
"""
import base64
import json
import sys
import tempfile
import warnings
import zlib
from pathlib import Path

import nibabel as nib
import numpy as np
from scipy import ndimage
from totalsegmentator.map_to_binary import class_map
from totalsegmentator.statistics import get_basic_statistics

warnings.filterwarnings('ignore', category=RuntimeWarning)
RANDOM = np.random.default_rng(3)
SHAPE = (19, 17, 15)
TASK = 'heartchambers_highres'


def pack(array, kind):
    data = np.ascontiguousarray(array.transpose(2, 1, 0)).astype(kind)
    return base64.b64encode(zlib.compress(data.tobytes(), 9)).decode()


def labels():
    out = np.zeros(SHAPE, np.uint8)
    out[5:9, 4:9, 5:9] = 1
    out[9:12, 6:11, 4:9] = 2
    out[10:14, 3:5, 4:6] = 3  # three layers from the border: inside
    out[6:9, 10:12, 9:13] = 4  # touches the upper z border
    out[2:5, 9:10, 4:5] = 5  # touches the lower x border
    out[12, 10, 10] = 6
    # Label 7 does not occur; label 9 is no class.
    out[6:8, 12:13, 5:6] = 9
    return out


def images():
    # Coarse steps, so that the file stays small.
    noise = np.round(ndimage.gaussian_filter(RANDOM.standard_normal(SHAPE), 1) * 60) / 60
    yield 'ct', np.round(noise * 900 + 40), (1.5, 1.5, 1.5)
    yield 'fractions', np.round((noise * 300 - 3) * 4) / 4, (0.7, 0.8123, 1.1)
    yield 'large', np.round(noise * 60000), (1, 1.25, 3)
    yield 'huge', np.where(noise > 0.3, 3e9, np.round(noise * 1000)), (2, 2, 2)
    yield 'constant', np.full(SHAPE, 7.0), (3, 3, 3)


def main():
    seg = labels()
    made_images = list(images())
    cases = []
    for name, image, spacing in made_images:
        # nibabel gives float64 of what the file holds; ours holds single precision.
        made = nib.Nifti1Image(image.astype(np.float32), np.diag(list(spacing) + [1.0]))
        for metric in ('mean', 'median'):
            for border in (True, False):
                for normalized in (False, True):
                    for extra in (False, True):
                        if extra and metric == 'median':
                            continue
                        with tempfile.TemporaryDirectory() as folder:
                            file = Path(folder) / 'statistics.json'
                            get_basic_statistics(seg, made, file, True, TASK, border, None, metric, normalized, extra)
                            text = file.read_text()
                        cases.append({'image': name, 'median': metric == 'median', 'border': border,
                                      'normalized': normalized, 'extra': extra,
                                      'text': base64.b64encode(zlib.compress(text.encode(), 9)).decode()})
    result = {
        'shape_xyz': SHAPE, 'labels': pack(seg, np.uint8),
        'classes': {str(k): v for k, v in class_map[TASK].items()},
        'images': {n: {'spacing_xyz': s, 'data': pack(i, '<f4')} for n, i, s in made_images},
        'cases': cases}
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=0) + '\n')
    print(len(cases), 'cases,', target.stat().st_size, 'bytes')


main()
