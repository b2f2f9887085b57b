"""The tiny models of PredictorTest and what stock nnunetv2 predicts with them.

  python make_fixtures.py OUT

OUT is nnunet/src/test/resources/peer. Images are synthetic: two bright ellipsoids in noise. For each
NAME: model/, images/, in a cascade its first stage 3d_lowres/ and what that predicts in previous/, stock/ (nnunetv2 2.8.1, torch 2.10.0) and single/ (its
sums in single precision), label maps only.
"""
import json
import shutil
import sys
from pathlib import Path

import make_models as mm
import numpy as np
import SimpleITK as sitk

SMALL = [4, 8]
Z = ['ZScoreNormalization']


def models():
    full = mm.configuration([16, 16, 16], [1.0, 1.1, 0.9], Z, mm.isotropic(SMALL))
    low = mm.configuration([8, 16, 8], [1.8, 1.9, 1.7], Z, mm.isotropic(SMALL))
    flat = mm.architecture([[3, 3]] * 2, [[1, 1], [2, 2]], SMALL)
    cascade = {'inherits_from': '3d_fullres', 'previous_stage': '3d_lowres'}
    two = mm.configuration([16, 16, 16], [1.2, 1.0, 1.4], Z * 2, mm.isotropic(SMALL), True)
    itk = 'SimpleITKIO'
    regions = {'background': 0, 'whole': [1, 2], 'core': 2}
    return {
        'channels': (mm.plans({'3d_fullres': two}, 'NibabelIO', [mm.MR] * 2, (2, 0, 1)), {'0': 'A', '1': 'B'}, mm.HIPPO,
                     '3d_fullres', [0], (1,)),
        'regions': (mm.plans({'3d_fullres': mm.configuration([16, 16, 16], [1.3, 1.0, 1.0], Z,
                                                             mm.isotropic(SMALL, True))},
                             'SimpleITKIOWithReorient', [mm.MR]), {'0': 'A'}, regions, '3d_fullres', [0, 1], (0, 1, 2)),
        'flat': (mm.plans({'2d': mm.configuration([16, 16], [0.9, 1.1], Z, flat)}, itk, [mm.MR]), {'0': 'A'}, mm.HIPPO,
                 '2d', [0], (0, 1)),
        'cascade': (mm.plans({'3d_fullres': full, '3d_lowres': low, '3d_cascade_fullres': cascade}, itk, [mm.MR]),
                    {'0': 'A'}, mm.HIPPO, '3d_cascade_fullres', [0], None)}


def case(folder, channels, oblique):
    rng = np.random.RandomState(7)
    z, y, x = np.mgrid[:20, :26, :22]
    label = np.zeros(z.shape, np.uint8)
    label[((z - 9) / 6.) ** 2 + ((y - 12) / 8.) ** 2 + ((x - 10) / 7.) ** 2 < 1] = 1
    label[((z - 11) / 4.) ** 2 + ((y - 14) / 5.) ** 2 + ((x - 8) / 4.) ** 2 < 1] = 2
    files = []
    for c in range(channels):
        image = (200 * (label > 0) + 150 * (label == 2) * (1 - 2 * c) + 60 * rng.randn(*z.shape) + 300).astype(np.int16)
        image[:2], image[:, -3:] = 0, 0
        files.append((image, folder / f'case_{c:04d}.nii.gz'))
    truth = folder.parent / 'truth.nii.gz'
    for array, file in files + [(label, truth)]:
        out = sitk.GetImageFromArray(array)
        out.SetSpacing((1.0, 1.2, 1.5))
        out.SetOrigin((-12.5, 30.25, 8.0))
        if oblique:
            out.SetDirection((0, -1, 0, 0, 0, 1, -1, 0, 0))
        sitk.WriteImage(out, str(file), useCompression=True)
    return [([str(f) for _, f in files], str(truth))]


def main():
    out = Path(sys.argv[1])
    for name, (plan, channels, labels, configuration_name, folds, axes) in models().items():
        top = out / name
        shutil.rmtree(top, ignore_errors=True)
        (top / 'images').mkdir(parents=True)
        cases = case(top / 'images', len(channels), name == 'regions')
        dataset = {'channel_names': channels, 'labels': labels, 'numTraining': 1, 'file_ending': '.nii.gz'}
        if name == 'regions':
            dataset['regions_class_order'] = [1, 2]
        previous = None
        if name == 'cascade':
            mm.save(top / '3d_lowres', plan, dataset, '3d_lowres', folds, axes, cases)
            previous = top / 'previous'
            mm.predict(top / '3d_lowres', top / 'images', previous, tuple(folds))
        mm.save(top / 'model', plan, dataset, configuration_name, folds, axes, cases, 600 if name == 'flat' else 100)
        for kind in ('stock', 'single'):
            mm.predict(top / 'model', top / 'images', top / kind, tuple(folds), previous, single=kind == 'single')
        for file in list(top.glob('*/predict_from_raw_data_args.json')) + [top / 'truth.nii.gz'] + [
                top / k / n for k in ('stock', 'single', 'previous') for n in ('plans.json', 'dataset.json')]:
            file.unlink(missing_ok=True)
        found = sitk.GetArrayFromImage(sitk.ReadImage(str(top / 'stock' / 'case.nii.gz')))
        print(name, json.dumps({int(v): int(n) for v, n in zip(*np.unique(found, return_counts=True))}), flush=True)


if __name__ == '__main__':
    main()
