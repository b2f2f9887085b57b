"""Writes zoom.csv, mirrored.csv and nearest.csv: checksums of what scipy.ndimage.zoom makes of a formula's image,
mode="nearest", and "mirror" in mirrored.csv.

  python make_zoom_fixtures.py ../resources/io/fiducia/resample

The image is v(i) = (37 i i + 11 i) mod 101 over the voxels i with x fastest, set to -1024 in the lower half
along z ("plateau"), as in tests of other classes. Arrays are indexed (x, y, z), as nibabel and so
TotalSegmentator and CADS index them: scipy's rounding depends on it. Checksums are CRC-32 of the results as
little-endian float32, x fastest. Run on x86-64. Needs scipy (1.17.1).
"""
import sys
import zlib
from pathlib import Path

import numpy as np
from scipy import ndimage


def crc(array, kind):
    return zlib.crc32(np.ascontiguousarray(array.transpose(2, 1, 0)).astype(kind).tobytes())


def image(shape_xyz, plateau):
    i = np.arange(np.prod(shape_xyz), dtype=np.int64)
    data = ((37 * i * i + 11 * i) % 101).astype(np.float64).reshape(shape_xyz[::-1])
    if plateau:
        data[: data.shape[0] // 2] = -1024
    return data.transpose(2, 1, 0)


def zoom(data, target, order, mode='nearest'):
    # zoom() rounds the product of size and factor.
    factor = [t / n for t, n in zip(target, data.shape)]
    # A factor of exactly 1 along every axis would skip the work.
    if tuple(target) == data.shape:
        factor[0] = np.nextafter(1.0, 2.0)
    out = ndimage.zoom(data, factor, order=order, mode=mode)
    assert out.shape == tuple(target), (out.shape, target)
    return out


def nearest():
    """One checksum for each input size: the index maps to 1 to 40 voxels, one byte a voxel."""
    result = []
    for n in range(1, 41):
        maps = [zoom(np.arange(n, dtype=np.float64).reshape(n, 1, 1), (m, 1, 1), 0).ravel() for m in range(1, 41)]
        result.append(zlib.crc32(np.concatenate(maps).astype(np.uint8).tobytes()))
    return result


rows = ['fromX,fromY,fromZ,toX,toY,toZ,order,plateau,crc,crcInt,middle']
pairs = [((9, 7, 5), (6, 10, 7)), ((9, 7, 5), (9, 7, 5)), ((1, 6, 4), (3, 1, 8)), ((7, 1, 11), (14, 2, 1)),
         ((23, 19, 40), (17, 38, 61))]
for shape, target in pairs:
    for order in range(6):
        for plateau in (False, True):
            out = zoom(image(shape, plateau), target, order)
            middle = tuple(t // 2 for t in target)
            rows.append(','.join(str(v) for v in (*shape, *target, order, str(plateau).lower(), crc(out, '<f4'),
                                                  crc(out.astype(np.int32), '<f4'), float(out[middle]))))
mirrored = ['fromX,fromY,fromZ,toX,toY,toZ,plateau,crcInt,sum']
for shape, target in [*pairs, ((22, 2, 3), (20, 5, 9)), ((30, 5, 280), (41, 6, 190))]:
    for plateau in (False, True):
        out = zoom(image(shape, plateau), target, 3, 'mirror').astype(np.int32)
        mirrored.append(','.join(str(v) for v in (*shape, *target, str(plateau).lower(), crc(out, '<f4'), out.sum())))
folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
(folder / 'zoom.csv').write_text('\n'.join(rows) + '\n')
(folder / 'mirrored.csv').write_text('\n'.join(mirrored) + '\n')
(folder / 'nearest.csv').write_text('from,crc\n' + ''.join(f'{n + 1},{c}\n' for n, c in enumerate(nearest())))
