"""Compares 'fiducia universeg segment --plain' with PyTorch: the network written down again from its paper and the
released names, slices scaled by torch's interpolate.

  python plain_reference.py --fiducia PATH/fiducia [--scratch DIR]

Makes a support of two-dimensional and three-dimensional cases of several sizes, weights by formula, and prints the
largest difference of probabilities; more than 1e-4 is an error. Python must have torch, numpy and nibabel.
"""
import argparse
import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

import nibabel
import numpy
import torch
import torch.nn.functional as F

LEVELS, WIDTH, SIDE = 4, 16, 128


def shapes():
    out = {}
    for part, count in (('enc', LEVELS), ('dec', LEVELS - 1)):
        for i in range(count):
            channels = 3 if part == 'enc' and i == 0 else (2 if part == 'enc' else 4) * WIDTH
            block = f'{part}_blocks.{i}.'
            out[block + 'cross.cross_conv.weight'] = (WIDTH, channels, 3, 3)
            out[block + 'cross.cross_conv.bias'] = (WIDTH,)
            for side in ('target', 'support'):
                out[f'{block}{side}.vmapped.conv.weight'] = (WIDTH, WIDTH, 3, 3)
                out[f'{block}{side}.vmapped.conv.bias'] = (WIDTH,)
    out['out_conv.conv.weight'] = (1, WIDTH, 1, 1)
    out['out_conv.conv.bias'] = (1,)
    return out


def formula():
    """The weights of the fixtures in the tests."""
    weights = {}
    for i, (name, shape) in enumerate(sorted(shapes().items())):
        count = math.prod(shape)
        b = torch.sin(0.37 * torch.arange(count, dtype=torch.float64) + i)
        scale = math.sqrt(3 * shape[0] / count) if len(shape) > 1 else 0.1
        weights[name] = (b * scale).reshape(shape).float()
    return weights


def block(weights, name, u, v):
    joined = torch.cat([u.expand(len(v), -1, -1, -1), v], 1)
    z = F.conv2d(joined, weights[name + 'cross.cross_conv.weight'], weights[name + 'cross.cross_conv.bias'], padding=1)

    def branch(side, x):
        key = f'{name}{side}.vmapped.conv.'
        return F.leaky_relu(F.conv2d(x, weights[key + 'weight'], weights[key + 'bias'], padding=1), 0.01)
    return branch('target', z.mean(0, keepdim=True)), branch('support', z)


def network(weights, target, support):
    u, v, skips = target, support, []
    for i in range(LEVELS):
        if i:
            u, v = F.max_pool2d(u, 2), F.max_pool2d(v, 2)
        u, v = block(weights, f'enc_blocks.{i}.', u, v)
        skips.append((u, v))
    for i in range(LEVELS - 1):
        su, sv = skips[LEVELS - 2 - i]
        up = [F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=True) for x in (u, v)]
        u, v = block(weights, f'dec_blocks.{i}.', torch.cat([up[0], su], 1), torch.cat([up[1], sv], 1))
    return F.conv2d(u, weights['out_conv.conv.weight'], weights['out_conv.conv.bias'])


def scaled(slice_yx, mode):
    x = torch.from_numpy(numpy.ascontiguousarray(slice_yx, dtype=numpy.float32))[None, None]
    if mode == 'label':
        return F.interpolate(x, (SIDE, SIDE), mode='nearest')
    x = (x - x.min()) / (x.max() - x.min())
    return F.interpolate(x, (SIDE, SIDE), mode='bilinear', align_corners=False)


def picture(random, shape):
    grid = numpy.meshgrid(*[numpy.linspace(0, 4, n) for n in shape], indexing='ij')
    return (100 * numpy.sin(sum((i + 1) * g for i, g in enumerate(grid)) + random.uniform(0, 6))
            + 10 * random.standard_normal(shape)).astype(numpy.float32)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--fiducia', type=Path, required=True)
    parser.add_argument('--scratch', type=Path, default=Path('plain-reference'))
    given = parser.parse_args()
    top = given.scratch.resolve()
    shutil.rmtree(top, ignore_errors=True)
    data = top / 'Dataset701_Plain'
    for folder in ('imagesTr', 'labelsTr'):
        (data / folder).mkdir(parents=True)
    json.dump({'channel_names': {'0': 'MRI'}, 'labels': {'background': 0, 'A': 1, 'B': 2}, 'numTraining': 4,
               'file_ending': '.nii.gz'}, open(data / 'dataset.json', 'w'))
    random = numpy.random.default_rng(5)
    support = {1: [], 2: []}
    for c, shape in enumerate([(128, 128, 1), (100, 140, 1), (200, 90, 3), (128, 128, 2)]):
        image = picture(random, shape)
        label = numpy.where(image > 60, 1, numpy.where(image < -70, 2, 0)).astype(numpy.uint8)
        for folder, array, end in (('imagesTr', image, '_0000'), ('labelsTr', label, '')):
            nibabel.save(nibabel.Nifti1Image(array, numpy.eye(4)), data / folder / f'case_{c}{end}.nii.gz')
        for k in range(shape[2]):
            for value in support:
                if (label[:, :, k] == value).any():
                    support[value].append(torch.cat([scaled(image[:, :, k].T, 'image'),
                                                     scaled(label[:, :, k].T == value, 'label')], 1))
    target = picture(random, (150, 110, 3))
    nibabel.save(nibabel.Nifti1Image(target, numpy.eye(4)), top / 'target.nii.gz')
    weights = formula()
    torch.save(weights, top / 'weights.pt')
    subprocess.run([given.fiducia, 'universeg', 'segment', '--plain', '--weights', top / 'weights.pt', '--support', data,
                    '--image', top / 'target.nii.gz', '-o', top / 'out', '--save-probabilities', '-q'], check=True)
    ours = numpy.asarray(nibabel.load(top / 'out' / 'target_probabilities.nii.gz').dataobj)
    worst = 0
    expected = numpy.zeros(target.shape + (2,), numpy.float32)
    for s, value in enumerate(support):
        for k in range(target.shape[2]):
            p = torch.sigmoid(network(weights, scaled(target[:, :, k].T, 'image'), torch.cat(support[value])))
            expected[:, :, k, s] = F.interpolate(p, target.shape[1::-1], mode='bilinear',
                                                 align_corners=False)[0, 0].T.numpy()
    worst = float(abs(ours - expected).max())
    labels = numpy.asarray(nibabel.load(top / 'out' / 'target.nii.gz').dataobj)
    best = numpy.where(expected.max(-1) > 0.5, expected.argmax(-1) + 1, 0)
    print(f'largest difference of probabilities {worst:.2e}, labels equal {(labels == best).mean():.6f}, '
          f'structures {numpy.bincount(best.ravel(), minlength=3).tolist()}')
    sys.exit(worst > 1e-4)


if __name__ == '__main__':
    main()
