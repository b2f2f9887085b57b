"""The speed comparison's model and image: a 512x512x150 synthetic CT (0.8x0.8x3 mm) and a 25-class standard plan
(128 voxels cubed, six stages of 32 to 320 features, 1.5 mm) with random weights.

  python make_big.py OUT [predict]

With 'predict', nnunetv2 segments it as 'nnUNetv2_predict_from_modelfolder' does; else compare by hand:
  fiducia nnunet predict -i OUT/images -o OUT/ours -m OUT/model -f 0 --disable_tta
"""
import json
import sys
from pathlib import Path

import make_models as mm
import numpy as np
import SimpleITK as sitk
import torch


def main():
    out = Path(sys.argv[1])
    (out / 'images').mkdir(parents=True, exist_ok=True)
    rng = np.random.RandomState(3)
    z, y, x = np.ogrid[:150, :512, :512]
    body = ((y - 256) / 190.) ** 2 + ((x - 256) / 230.) ** 2 < 1
    ct = np.where(np.broadcast_to(body, (150, 512, 512)), 40, -1000).astype(np.int16)
    for _ in range(40):
        c, r, v = rng.rand(3) * [150, 300, 300] + [0, 100, 100], rng.rand(3) * [20, 40, 40] + 8, rng.randint(-800, 900)
        inside = ((z - c[0]) / r[0]) ** 2 + ((y - c[1]) / r[1]) ** 2 + ((x - c[2]) / r[2]) ** 2 < 1
        ct[inside & body] = v
    ct += rng.randint(-15, 16, ct.shape).astype(np.int16)
    image = sitk.GetImageFromArray(ct)
    image.SetSpacing((0.8, 0.8, 3.0))
    sitk.WriteImage(image, str(out / 'images' / 'ct_0000.nii.gz'))
    plan = mm.plans({'3d_fullres': mm.configuration([128] * 3, [1.5] * 3, ['CTNormalization'],
                                                    mm.isotropic([32, 64, 128, 256, 320, 320]))},
                    'SimpleITKIO', [mm.CT])
    dataset = {'channel_names': {'0': 'CT'}, 'labels': {'background': 0, **{f'organ{i}': i for i in range(1, 25)}},
               'numTraining': 1, 'file_ending': '.nii.gz'}
    mm.save(out / 'model', plan, dataset, '3d_fullres', [0], None, [], 0)


if __name__ == '__main__':
    if 'predict' in sys.argv:
        top = Path(sys.argv[1])
        from nnunetv2.inference.predict_from_raw_data import predict_entry_point_modelfolder
        sys.argv[1:] = ['-i', str(top / 'images'), '-o', str(top / 'theirs'), '-m', str(top / 'model'), '-f', '0',
                        '--disable_tta', '-device', 'cpu', '-npp', '1', '-nps', '1']
        predict_entry_point_modelfolder()
    else:
        main()
