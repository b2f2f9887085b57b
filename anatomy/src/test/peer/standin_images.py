"""Images in many orientations and spacings, made of the reference scans, for comparisons with TotalSegmentator.

  python standin_images.py DATA OUT
"""
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel.orientations import axcodes2ornt, io_orientation, ornt_transform
from scipy import ndimage


def oriented(image, codes):
    """The same scan stored along other axes, e.g. PIR."""
    return image.as_reoriented(ornt_transform(io_orientation(image.affine), axcodes2ornt(codes)))


def resampled(image, spacing):
    """The scan at another spacing (mm along its own axes), voxel centers kept where the affine says they are."""
    zooms = np.asarray(image.header.get_zooms()[:3], float)
    shape = np.floor((np.asarray(image.shape) - 1) * zooms / spacing).astype(int) + 1
    factor = np.asarray(spacing) / zooms
    data = ndimage.affine_transform(np.asarray(image.dataobj).astype(np.float32), factor, output_shape=tuple(shape), order=1)
    affine = image.affine.copy()
    affine[:3, :3] = affine[:3, :3] * factor
    return nib.Nifti1Image(np.rint(data).astype(np.int16), affine)


def oblique(image, degrees=(7.0, -11.0)):
    """The same voxels under an affine turned about x and z."""
    a, b = np.radians(degrees)
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_z = np.array([[np.cos(b), -np.sin(b), 0], [np.sin(b), np.cos(b), 0], [0, 0, 1]])
    affine = image.affine.copy()
    affine[:3, :3] = about_z @ about_x @ affine[:3, :3]
    return nib.Nifti1Image(np.asarray(image.dataobj), affine)


def images(data):
    reference = data / 'totalsegmentator-reference'
    small, whole = nib.load(reference / 'example_ct_sm.nii.gz'), nib.load(reference / 'example_ct.nii.gz')
    resonance = nib.load(reference / 'example_mr_sm.nii.gz')
    for codes in ('RAS', 'LPS', 'LSP', 'PIR', 'SRA', 'AIL', 'IPR'):
        yield f'ct_sm_{codes}', oriented(small, codes)
    odd = resampled(small.slicer[8:112, 10:94, :], (1.1, 0.9, 2.7))
    thick = resampled(whole.slicer[:, :, 20:], (2.3, 2.3, 5.0))
    for codes in ('RAS', 'SRA', 'LSP'):
        yield f'ct_odd_{codes}', oriented(odd, codes)
    for codes in ('LPS', 'PIR'):
        yield f'ct_thick_{codes}', oriented(thick, codes)
    yield 'ct_oblique', oblique(small)
    yield 'ct_RAS', whole
    yield 'ct_LPS', oriented(whole, 'LPS')
    yield 'mr_sm', resonance
    yield 'mr_PIR', oriented(resonance, 'PIR')
    yield 'mr_odd_LSP', oriented(resampled(resonance, (2.2, 1.7, 3.6)), 'LSP')
    yield 'head_LPS', nib.load(data / 'Dataset901_HeadNeckOAR' / 'imagesTr' / 'hn_020_0000.nii.gz')


def make(data, out):
    out.mkdir(parents=True, exist_ok=True)
    for name, image in images(Path(data)):
        if not (out / f'{name}.nii.gz').exists():
            nib.save(image, out / f'{name}.nii.gz')


if __name__ == '__main__':
    make(Path(sys.argv[1]), Path(sys.argv[2]))
