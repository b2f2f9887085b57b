"""Seconds of one patch in nnunetv2's standard 3D network, as PatchTiming measures them here."""
import os
import time

import torch
from dynamic_network_architectures.architectures.unet import PlainConvUNet

torch.set_num_threads(os.cpu_count())
net = PlainConvUNet(1, 6, [32, 64, 128, 256, 320, 320], torch.nn.Conv3d, 3, [1, 2, 2, 2, 2, 2], 2, 25, 2, True,
                    torch.nn.InstanceNorm3d, {'eps': 1e-5, 'affine': True}, None, None, torch.nn.LeakyReLU,
                    {'inplace': True}, deep_supervision=False).eval()
x = torch.randn(1, 1, 128, 128, 128)
with torch.inference_mode():
    for _ in range(3):
        start, cpu = time.time(), time.process_time()
        net(x)
        print(f'nnunetv2 {time.time() - start:.2f} s, {time.process_time() - cpu:.2f} s of processor time', flush=True)
