"""Binary morphology of batchgeneratorsv2 0.3.6's cascade augmentation, for PreviousStageNoiseTest.

python previous_stage.py > ../resources/io/fiducia/learn/augment/previous_stage.txt
Each line: shape, operator, radius, voxels set, and the sum of their flat indices modulo 1000003.
"""
import numpy as np, torch
from skimage.morphology import ball, disk
from batchgeneratorsv2.transforms.nnunet import random_binary_operator as r

OPERATORS = {'DILATE': r.binary_dilation_torch, 'ERODE': r.binary_erosion_torch,
             'CLOSE': r.binary_closing_torch, 'OPEN': r.binary_opening_torch}
torch.set_num_threads(1)
for shape, share in (((9, 20, 70), 0.004), ((24, 21, 33), 0.9), ((40, 67), 0.02), ((130, 31), 0.85)):
    i = np.arange(np.prod(shape), dtype=np.int64)
    mask = ((i * 7919 + i // 13 * 104729) % 100003 < share * 100003).reshape(shape)
    for name, op in OPERATORS.items():
        for radius in (1.0, 1.3, 1.5, 2.0, 3.7, 5.25, 7.9):
            element = ball(radius, dtype=bool) if len(shape) == 3 else disk(radius, dtype=bool)
            out = op(torch.from_numpy(mask), torch.from_numpy(element)).numpy().ravel()
            print('x'.join(map(str, shape)), share, name, radius, out.sum(), np.flatnonzero(out).sum() % 1000003)
