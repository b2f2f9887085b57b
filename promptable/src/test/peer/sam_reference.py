"""What the Python originals of the SAM family make of the same weights and pictures.

  python sam_reference.py --write reference.json
      small expectations for the tests of module promptable, by segment-anything, mobilesam-mirror, Pillow,
      scikit-image and OpenCV
  python sam_reference.py --compare MODEL --fiducia PATH/fiducia --image FILE.nii.gz [--slice K] [--scratch DIR]
      a whole run of 'fiducia sam segment' on a real image against the original, with weights by formula; MODEL is
      vit_b, vit_l, vit_h, vit_t, medsam or litemedsam. A difference of probabilities above 1e-4 is an error
  python sam_reference.py --time MODEL
      seconds for one picture and milliseconds for one click, on two threads

Python needs torch, torchvision, numpy, nibabel, pillow, segment-anything, mobilesam-mirror, timm, scikit-image and
opencv-python-headless.
"""
import argparse
import json
import math
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import cv2
import nibabel
import numpy
import torch
import torch.nn.functional as F
from mobile_sam.modeling import TinyViT
from mobile_sam.modeling.tiny_vit_sam import Conv2d_BN
from PIL import Image
from segment_anything import SamPredictor
from segment_anything.modeling import ImageEncoderViT, MaskDecoder, PromptEncoder, Sam, TwoWayTransformer
from skimage import transform

SIZES = {'vit_b': (768, 12, 12, [2, 5, 8, 11]), 'medsam': (768, 12, 12, [2, 5, 8, 11]),
         'vit_l': (1024, 24, 16, [5, 11, 17, 23]), 'vit_h': (1280, 32, 16, [7, 15, 23, 31])}


def formula(model):
    """The weights of SamFormulaWeights."""
    state = model.state_dict()
    for i, name in enumerate(sorted(state)):
        t = state[name]
        if t.dim() == 0:
            state[name] = torch.zeros_like(t)
            continue
        b = torch.sin(0.37 * torch.arange(t.numel(), dtype=torch.float64) + i)
        if t.dim() > 1:
            b = b * math.sqrt(3 * t.shape[0] / t.numel())
        elif name.endswith('.weight') or name.endswith('.running_var'):
            b = 1 + 0.1 * b
        else:
            b = 0.1 * b
        state[name] = b.reshape(t.shape).float()
    model.load_state_dict(state)
    # Once more: going into evaluation mode is when TinyViT looks its attention biases up.
    model.train()
    model.eval()
    return state


def sam(encoder, side, grid):
    return Sam(image_encoder=encoder,
               prompt_encoder=PromptEncoder(embed_dim=256, image_embedding_size=(grid, grid),
                                            input_image_size=(side, side), mask_in_chans=16),
               mask_decoder=MaskDecoder(num_multimask_outputs=3, transformer_dim=256, iou_head_depth=3,
                                        iou_head_hidden_dim=256,
                                        transformer=TwoWayTransformer(depth=2, embedding_dim=256, mlp_dim=2048,
                                                                      num_heads=8)))


def vit(side, dim, depth, heads, window, blocks):
    return ImageEncoderViT(img_size=side, embed_dim=dim, depth=depth, num_heads=heads, mlp_ratio=4, window_size=window,
                           global_attn_indexes=blocks, use_rel_pos=True, out_chans=256,
                           norm_layer=partial(torch.nn.LayerNorm, eps=1e-6))


def tiny_vit(lite):
    # LiteMedSAM's differs in its stem alone: 256 pixels at full resolution instead of 1024 at a quarter.
    encoder = TinyViT(img_size=1024, in_chans=3, num_classes=1000, embed_dims=[64, 128, 160, 320], depths=[2, 2, 6, 2],
                      num_heads=[2, 4, 5, 10], window_sizes=[7, 7, 14, 7], drop_path_rate=0.0)
    if lite:
        encoder.patch_embed.seq = torch.nn.Sequential(Conv2d_BN(3, 32, 1, 1, 0), torch.nn.GELU(),
                                                      Conv2d_BN(32, 64, 1, 1, 0))
    return encoder


def build(name):
    if name == 'tiny':
        model = sam(vit(128, 32, 3, 2, 3, [1]), 128, 8)
    elif name == 'vit_t':
        model = sam(tiny_vit(False), 1024, 64)
        model.image_encoder.img_size = 1024
    elif name == 'litemedsam':
        model = sam(tiny_vit(True), 256, 64)
    else:
        dim, depth, heads, blocks = SIZES[name]
        model = sam(vit(1024, dim, depth, heads, 14, blocks), 1024, 64)
    return model


@torch.no_grad()
def answer(model, kind, grey, points=None, labels=None, box=None, mask=None, multimask=False):
    """Logits or (MedSAM) probabilities at the picture's size, predicted quality, low-resolution logits."""
    rgb = numpy.repeat(grey[:, :, None], 3, axis=2)
    height, width = grey.shape
    if kind == 'sam':
        predictor = SamPredictor(model)
        predictor.set_image(rgb)
        full, iou, low = predictor.predict(points, labels, box, mask, multimask, return_logits=True)
        return 1 / (1 + numpy.exp(-full.astype(numpy.float64))), iou, low
    side = model.prompt_encoder.input_image_size[0]
    if kind == 'medsam':
        small = transform.resize(rgb, (side, side), order=3, preserve_range=True, mode='constant', anti_aliasing=True)
        scaled = box / numpy.array([width, height, width, height]) * side
    else:
        scale = side / max(height, width)
        new = int(width * scale + 0.5), int(height * scale + 0.5)
        small = cv2.resize(rgb, new, interpolation=cv2.INTER_AREA)
        scaled = (box * scale).astype(int).astype(float)
    small = (small - small.min()) / max(small.max() - small.min(), 1e-8)
    small = numpy.pad(small, ((0, side - small.shape[0]), (0, side - small.shape[1]), (0, 0)))
    embedding = model.image_encoder(torch.tensor(small).float().permute(2, 0, 1)[None])
    sparse, dense = model.prompt_encoder(points=None, boxes=torch.tensor(scaled[None]).float(), masks=None)
    low, iou = model.mask_decoder(image_embeddings=embedding, image_pe=model.prompt_encoder.get_dense_pe(),
                                  sparse_prompt_embeddings=sparse, dense_prompt_embeddings=dense,
                                  multimask_output=False)
    if kind == 'medsam':
        full = F.interpolate(torch.sigmoid(low), size=(height, width), mode='bilinear', align_corners=False)
    else:
        full = torch.sigmoid(F.interpolate(low[..., :new[1], :new[0]], size=(height, width), mode='bilinear',
                                           align_corners=False))
    return full[0].numpy().astype(numpy.float64), iou[0].numpy(), low[0].numpy()


def picture(height, width):
    """8-bit values by formula; the tests have the same."""
    g = numpy.arange(height * width).reshape(height, width)
    return numpy.rint(127.5 + 127.5 * numpy.sin(0.37 * (g % width) + 0.11 * (g // width)
                                                + 0.0013 * (g % width) * (g // width))).astype(numpy.uint8)


def samples(array):
    """Some values of the last two axes, at places that the tests compute too."""
    height, width = array.shape[-2:]
    return [[round(float(a[(i * 7919 + 13) % (height * width) // width, (i * 7919 + 13) % (height * width) % width]), 7)
             for i in range(24)] for a in array]


def case(model_name, kind, shape, **prompts):
    model = build(model_name)
    formula(model)
    full, iou, low = answer(model, kind, picture(*shape), **prompts)
    return {'model': model_name, 'kind': kind, 'height': shape[0], 'width': shape[1],
            'points': numpy.asarray(prompts.get('points', [])).tolist(),
            'labels': numpy.asarray(prompts.get('labels', [])).tolist(),
            'box': numpy.asarray(prompts.get('box', [])).tolist(), 'multimask': prompts.get('multimask', False),
            'iou': [round(float(v), 7) for v in iou], 'low': samples(low), 'probabilities': samples(full),
            'inside': [int((a > 0.5).sum()) for a in full]}


def resizes():
    out = []
    for shape, new in [((9, 13), (6, 5)), ((9, 13), (20, 31)), ((9, 13), (9, 20)), ((40, 30), (8, 6)), ((7, 5), (3, 11))]:
        grey = picture(*shape)
        for method in ('pillow', 'skimage', 'area'):
            if method == 'pillow':
                # Pillow takes the other direction first where one grows and one shrinks; SAM keeps the aspect.
                if shape == (7, 5):
                    continue
                values = numpy.asarray(Image.fromarray(grey).resize(new[::-1], Image.BILINEAR))
            elif method == 'skimage':
                values = transform.resize(numpy.repeat(grey[:, :, None], 3, axis=2), new, order=3, preserve_range=True,
                                          mode='constant', anti_aliasing=True)[:, :, 0].round(6)
            else:
                values = cv2.resize(grey, new[::-1], interpolation=cv2.INTER_AREA)
            out.append({'method': method, 'from': shape, 'to': new, 'values': values.ravel().tolist()})
    grey = picture(16, 12)
    for new in [(8, 6), (4, 3), (4, 4)]:
        out.append({'method': 'area', 'from': (16, 12), 'to': new,
                    'values': cv2.resize(grey, new[::-1], interpolation=cv2.INTER_AREA).ravel().tolist()})
    bright = numpy.maximum(picture(9, 13), 60)
    out.append({'method': 'skimage-bright', 'from': (9, 13), 'to': (20, 31),
                'values': transform.resize(bright, (20, 31), order=3, preserve_range=True, mode='constant',
                                           anti_aliasing=True).round(6).ravel().tolist()})
    return out


def write(path):
    box = numpy.array([20, 15, 60, 50])
    points, labels = numpy.array([[30, 40], [70, 20]]), numpy.array([1, 0])
    document = {'made_by': 'promptable/src/test/peer/sam_reference.py --write', 'resizes': resizes(), 'cases': []}
    for made in (('tiny', 'sam', (70, 90), {'points': points, 'labels': labels, 'multimask': True}),
                 ('tiny', 'sam', (90, 70), {'box': box}),
                 ('tiny', 'sam', (200, 150), {'points': points, 'labels': labels, 'box': box}),
                 ('tiny', 'medsam', (70, 90), {'box': box}), ('tiny', 'medsam', (200, 150), {'box': box}),
                 ('litemedsam', 'litemedsam', (70, 90), {'box': box}),
                 ('litemedsam', 'litemedsam', (300, 201), {'box': box}),
                 ('vit_t', 'sam', (70, 90), {'points': points, 'labels': labels, 'multimask': True})):
        document['cases'].append(case(*made[:3], **made[3]))
        json.dump(document, open(path, 'w'), separators=(',', ':'))
        print(*made[:3], document['cases'][-1]['iou'], document['cases'][-1]['inside'], flush=True)
    mobile = build('vit_t')
    print('MobileSAM parameters', sum(p.numel() for p in mobile.parameters()),
          'encoder', sum(p.numel() for p in mobile.image_encoder.parameters()))


def compare(given):
    kind = given.compare if given.compare in ('medsam', 'litemedsam') else 'sam'
    top = given.scratch.resolve()
    top.mkdir(parents=True, exist_ok=True)
    model = build(given.compare)
    state = formula(model)
    torch.save(state, top / 'weights.pth')
    image = nibabel.load(given.image)
    data = numpy.asarray(image.dataobj, dtype=numpy.float32)
    k = data.shape[2] // 2 if given.slice is None else given.slice
    low, high = float(numpy.percentile(data, 1)), float(numpy.percentile(data, 99))
    grey = numpy.rint(numpy.clip((data[:, :, k] - low) / (high - low), 0, 1) * 255).astype(numpy.uint8).T
    height, width = grey.shape
    box = [width // 4, height // 4, 3 * width // 4, 2 * height // 3]
    prompts = {'box': numpy.array(box)}
    command = [given.fiducia, 'sam', 'segment', '--plain', '--weights', top / 'weights.pth', '--model', given.compare,
               '--image', given.image, '--slice', str(k), '--window', repr(low), repr(high), '--box', *map(str, box),
               '--save-probabilities', '-o', top / 'out', '--overwrite', '-q']
    if kind == 'sam':
        prompts |= {'points': numpy.array([[width // 2, height // 2]]), 'labels': numpy.array([1]), 'multimask': True}
        command += ['--point', str(width // 2), str(height // 2), '1', '--multimask']
    subprocess.run(command, check=True)
    expected, iou, _ = answer(model, kind, grey, **prompts)
    name = given.image.name.removesuffix('.nii.gz').removesuffix('.nii')
    ours = numpy.asarray(nibabel.load(top / 'out' / f'{name}_probabilities.nii.gz').dataobj)
    ours = ours.reshape(ours.shape[:3] + (-1,))[:, :, k]
    worst = float(abs(ours - expected.transpose(2, 1, 0)).max())
    mask = numpy.asarray(nibabel.load(top / 'out' / f'{name}.nii.gz').dataobj)[:, :, k].T
    equal = float((mask == (expected[int(iou.argmax())] > 0.5)).mean())
    print(f'{given.compare}: largest difference of probabilities {worst:.2e}, mask equal {equal:.6f}, '
          f'predicted quality {[round(float(v), 5) for v in iou]}, inside {(expected > 0.5).sum((1, 2)).tolist()}')
    sys.exit(worst > 1e-4)


@torch.no_grad()
def timing(name):
    torch.set_num_threads(2)
    model = build(name)
    model.eval()
    side = model.prompt_encoder.input_image_size[0]
    for _ in range(3):
        start = time.time()
        embedding = model.image_encoder(torch.full((1, 3, side, side), 0.1))
        encoder = time.time() - start
        click = 9
        for _ in range(5):
            start = time.time()
            sparse, dense = model.prompt_encoder(points=(torch.tensor([[[50., 40.]]]), torch.tensor([[1]])), boxes=None,
                                                 masks=None)
            model.mask_decoder(image_embeddings=embedding, image_pe=model.prompt_encoder.get_dense_pe(),
                               sparse_prompt_embeddings=sparse, dense_prompt_embeddings=dense, multimask_output=True)
            click = min(click, time.time() - start)
        print(f'{name}: encoder {encoder:.2f} s, click {1000 * click:.1f} ms')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--write', type=Path)
    parser.add_argument('--compare')
    parser.add_argument('--time')
    parser.add_argument('--fiducia', type=Path)
    parser.add_argument('--image', type=Path)
    parser.add_argument('--slice', type=int)
    parser.add_argument('--scratch', type=Path, default=Path('sam-reference'))
    given = parser.parse_args()
    if given.write:
        write(given.write)
    elif given.compare:
        compare(given)
    else:
        timing(given.time)


if __name__ == '__main__':
    main()
