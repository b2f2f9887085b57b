"""What segment-anything's generator of all masks, and its decoder with more mask tokens, make of weights by formula.

  python sam_everything_reference.py --write everything.json
      expectations for MaskGeneratorTest and AutomaticSegmenterTest of module promptable
  python sam_everything_reference.py --compare --fiducia PATH/fiducia --image FILE.nii.gz [--slice K]
      [--iou T] [--stability T] [--points N] [--crop-layers N] [--scratch DIR]
      a whole run of 'fiducia sam everything' on a real image against the original, with the weights of the
      expectations. Other boxes, a predicted IoU that differs by more than 1e-3, or more than two pixels with another
      label are an error

Python needs what sam_reference.py needs.
"""
import argparse
import json
import math
import subprocess
import sys
from pathlib import Path

import nibabel
import numpy
import torch
from segment_anything import SamAutomaticMaskGenerator, SamPredictor
from segment_anything.modeling import MaskDecoder, PromptEncoder, Sam, TwoWayTransformer

from sam_reference import build, vit

TOKENS = 7


def formula(model, spread=True):
    """The weights of EverythingFormulaWeights: uniform by a hash; spread: scaled so that masks differ by their point."""
    state = model.state_dict()
    for i, name in enumerate(sorted(state)):
        t = state[name]
        j = torch.arange(t.numel(), dtype=torch.float64)
        if name.startswith('mask_decoder.output_upscaling') and t.dim() == 4:
            j = torch.floor(j / 4)
        b = torch.sin(12.9898 * j + 78.233 * i) * 43758.5453
        b = 2 * (b - torch.floor(b)) - 1
        if 'gaussian' in name:
            b = b * 0.6
        elif t.dim() > 1:
            b = b * math.sqrt(3 * t.shape[0] / t.numel())
        elif name.endswith('.weight'):
            b = 1 + 0.1 * b
        else:
            b = 0.1 * b
        if spread and name.startswith('mask_decoder') and name.endswith(('q_proj.weight', 'k_proj.weight')):
            b = b * 3
        elif spread and 'output_hypernetworks' in name and name.endswith('layers.2.weight'):
            b = b * 32
        elif spread and 'output_hypernetworks' in name and name.endswith('layers.2.bias'):
            b = b - 0.4
        state[name] = b.reshape(t.shape).float()
    model.load_state_dict(state)
    model.eval()
    return state


def picture(height, width, phase=0.0):
    """Smooth 8-bit values by formula; the tests have the same."""
    g = numpy.arange(height * width).reshape(height, width)
    x, y = g % width, g // width
    values = 100 + 60 * numpy.sin(0.11 * x + phase) * numpy.cos(0.13 * y) + 40 * numpy.sin(0.05 * x + 0.21 * y)
    return numpy.rint(numpy.clip(values, 0, 255)).astype(numpy.uint8)


def runs(mask):
    """Lengths of runs row by row, beginning with the zeros."""
    flat = numpy.concatenate([[0], mask.ravel().astype(int)])
    changes = numpy.flatnonzero(numpy.diff(flat))
    return numpy.diff(numpy.concatenate([[0], changes, [mask.size]])).tolist()


def generate(model, grey, settings):
    generator = SamAutomaticMaskGenerator(model, **settings)
    return generator.generate(numpy.repeat(grey[:, :, None], 3, axis=2))


def everything(model, name, shape, **settings):
    found = generate(model, picture(*shape), settings)
    print(name, shape, len(found), flush=True)
    return {'name': name, 'height': shape[0], 'width': shape[1], 'settings': settings,
            'masks': [{'box': [int(m['bbox'][0]), int(m['bbox'][1]), int(m['bbox'][0] + m['bbox'][2]),
                               int(m['bbox'][1] + m['bbox'][3])],
                       'iou': round(m['predicted_iou'], 6), 'stability': round(m['stability_score'], 6),
                       'point': [round(v, 4) for v in m['point_coords'][0]],
                       'crop': [m['crop_box'][0], m['crop_box'][1], m['crop_box'][0] + m['crop_box'][2],
                                m['crop_box'][1] + m['crop_box'][3]],
                       'area': int(m['area']), 'runs': runs(m['segmentation'])} for m in found]}


def sam(side, tokens):
    """A small SAM with a number of mask tokens."""
    grid = side // 16
    return Sam(image_encoder=vit(side, 32, 3, 2, 3, [1]),
               prompt_encoder=PromptEncoder(embed_dim=256, image_embedding_size=(grid, grid),
                                            input_image_size=(side, side), mask_in_chans=16),
               mask_decoder=MaskDecoder(num_multimask_outputs=tokens - 1, transformer_dim=256, iou_head_depth=3,
                                        iou_head_hidden_dim=256,
                                        transformer=TwoWayTransformer(depth=2, embedding_dim=256, mlp_dim=2048,
                                                                      num_heads=8)))


@torch.no_grad()
def automatic():
    """Softmax over the tokens of a network that gets no prompt, at the size of the picture."""
    model = sam(128, TOKENS)
    formula(model, spread=False)
    predictor = SamPredictor(model)
    slices = []
    for k in range(3):
        predictor.set_image(numpy.repeat(picture(60, 80, 0.7 * k)[:, :, None], 3, axis=2))
        sparse, dense = model.prompt_encoder(points=None, boxes=None, masks=None)
        low, _ = model.mask_decoder.predict_masks(image_embeddings=predictor.features,
                                                  image_pe=model.prompt_encoder.get_dense_pe(),
                                                  sparse_prompt_embeddings=sparse, dense_prompt_embeddings=dense)
        p = model.postprocess_masks(low, predictor.input_size, predictor.original_size).softmax(1)[0].numpy()
        labels = p.argmax(0)
        slices.append({'samples': [[round(float(v), 6) for v in c.ravel()[(numpy.arange(24) * 7919 + 13) % c.size]]
                                   for c in p],
                       'counts': numpy.bincount(labels.ravel(), minlength=TOKENS).tolist(),
                       'sums': [round(float(p[c][labels == c].sum()), 4) for c in range(TOKENS)]})
        print('automatic', slices[-1]['counts'], slices[-1]['sums'], flush=True)
    return {'height': 60, 'width': 80, 'slices': slices}


def write(path):
    model = build('tiny')
    formula(model)
    usual = {'points_per_side': 9, 'pred_iou_thresh': 0.0, 'stability_score_thresh': 0.3}
    document = {'made_by': 'promptable/src/test/peer/sam_everything_reference.py --write', 'cases': [
        everything(model, 'duplicates', (96, 128), **usual),
        everything(model, 'fewer duplicates', (96, 128), **usual | {'box_nms_thresh': 0.4}),
        everything(model, 'predicted iou', (96, 128), **usual | {'pred_iou_thresh': 0.1}),
        everything(model, 'stability', (96, 128), **usual | {'stability_score_thresh': 0.75}),
        everything(model, 'stability with another offset', (96, 128),
                   **usual | {'stability_score_thresh': 0.75, 'stability_score_offset': 0.5}),
        everything(model, 'small regions', (128, 90), **usual | {'min_mask_region_area': 200}),
        everything(model, 'small batches', (96, 128), **usual | {'pred_iou_thresh': 0.1, 'points_per_batch': 5}),
        everything(model, 'crops', (150, 200), **usual | {'points_per_side': 5, 'crop_n_layers': 1}),
        everything(model, 'two layers of crops', (150, 200),
                   **usual | {'points_per_side': 8, 'crop_n_layers': 2, 'crop_n_points_downscale_factor': 2,
                              'crop_overlap_ratio': 0.5, 'crop_nms_thresh': 0.5, 'min_mask_region_area': 100})],
        'automatic': automatic()}
    json.dump(document, open(path, 'w'), separators=(',', ':'))


def compare(given):
    top = given.scratch.resolve()
    top.mkdir(parents=True, exist_ok=True)
    model = build('tiny')
    torch.save(formula(model), top / 'weights.pth')
    image = nibabel.load(given.image)
    data = numpy.asarray(image.dataobj, dtype=numpy.float32)
    k = data.shape[2] // 2 if given.slice is None else given.slice
    low, high = float(numpy.percentile(data, 1)), float(numpy.percentile(data, 99))
    grey = numpy.rint(numpy.clip((data[:, :, k] - low) / (high - low), 0, 1) * 255).astype(numpy.uint8).T
    subprocess.run([given.fiducia, 'sam', 'everything', '--weights', top / 'weights.pth', '--image', given.image,
                    '--slice', str(k), '--window', repr(low), repr(high), '--points-per-side', str(given.points),
                    '--iou', str(given.iou), '--stability', str(given.stability), '--crop-layers',
                    str(given.crop_layers), '-o', top / 'out', '--overwrite', '-q'], check=True)
    expected = generate(model, grey, {'points_per_side': given.points, 'pred_iou_thresh': given.iou,
                                      'stability_score_thresh': given.stability, 'crop_n_layers': given.crop_layers})
    expected.sort(key=lambda m: -m['area'])
    name = given.image.name.removesuffix('.nii.gz').removesuffix('.nii')
    found = json.load(open(top / 'out' / f'{name}.json'))['masks']
    labels = numpy.zeros(grey.shape, int)
    for i, m in enumerate(expected):
        labels[m['segmentation']] = i + 1
    ours = numpy.asarray(nibabel.load(top / 'out' / f'{name}.nii.gz').dataobj)[:, :, k].T
    boxes = [[m['bbox'][0], m['bbox'][1], m['bbox'][0] + m['bbox'][2], m['bbox'][1] + m['bbox'][3]] for m in expected]
    same = [m['box'] for m in found] == boxes
    worst = max((abs(a['predicted_iou'] - b['predicted_iou']) for a, b in zip(found, expected)), default=0)
    other = int((ours != labels).sum())
    print(f'{len(found)} masks, original {len(expected)}; boxes equal: {same}; largest difference of predicted IoU '
          f'{worst:.1e}; pixels with another label {other} of {labels.size}')
    sys.exit(not same or worst > 1e-3 or other > 2)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--write', type=Path)
    parser.add_argument('--compare', action='store_true')
    parser.add_argument('--fiducia', type=Path)
    parser.add_argument('--image', type=Path)
    parser.add_argument('--slice', type=int)
    parser.add_argument('--iou', type=float, default=0)
    parser.add_argument('--stability', type=float, default=0.3)
    parser.add_argument('--points', type=int, default=16)
    parser.add_argument('--crop-layers', type=int, default=0)
    parser.add_argument('--scratch', type=Path, default=Path('sam-everything'))
    given = parser.parse_args()
    if given.write:
        write(given.write)
    else:
        compare(given)


if __name__ == '__main__':
    main()
