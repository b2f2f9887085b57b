"""Whether the Python original loads what 'fiducia sam adapt' writes, and answers alike.

  python sam_adapted.py --fiducia PATH/fiducia --dataset DatasetNNN_Name --scratch DIR [--method lora]
      adapts a small ViT with weights by formula, loads weights.pth strictly into segment_anything's network and
      compares it on one image of the dataset with 'fiducia sam segment'. A difference of probabilities above 1e-4
      is an error, and so is an adaptation that changed nothing

Python needs what sam_reference.py needs.
"""
import argparse
import subprocess
import sys
from pathlib import Path

import nibabel
import numpy
import torch

from sam_reference import answer, build, formula


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--fiducia', required=True)
    parser.add_argument('--dataset', type=Path, required=True)
    parser.add_argument('--scratch', type=Path, required=True)
    parser.add_argument('--method', default='lora', choices=['decoder', 'lora', 'full'])
    given = parser.parse_args()
    top = given.scratch.resolve()
    top.mkdir(parents=True, exist_ok=True)
    model = build('tiny')
    before = {name: t.clone() for name, t in formula(model).items()}
    torch.save(before, top / 'before.pth')
    cases = sorted(f.name.removesuffix('_0000.nii.gz') for f in (given.dataset / 'imagesTr').glob('*_0000.nii.gz'))[:3]
    command = [given.fiducia, 'sam', 'adapt', '--dataset', given.dataset, '--weights', top / 'before.pth', '--method',
               given.method, '--iterations', '6', '--learning-rate', '0.001', '--cases', *cases, '-o', top / 'adapted',
               '--overwrite', '-q']
    subprocess.run(command + (['--all'] if given.method == 'lora' else []), check=True)
    state = torch.load(top / 'adapted' / 'weights.pth', weights_only=True)
    model.load_state_dict(state, strict=True)
    model.eval()
    changed = [name for name in before if not torch.equal(before[name], state[name])]
    file = given.dataset / 'imagesTr' / f'{cases[0]}_0000.nii.gz'
    data = numpy.asarray(nibabel.load(file).dataobj, dtype=numpy.float32)
    k = data.shape[2] // 2
    low, high = float(numpy.percentile(data, 1)), float(numpy.percentile(data, 99))
    grey = numpy.rint(numpy.clip((data[:, :, k] - low) / (high - low), 0, 1) * 255).astype(numpy.uint8).T
    height, width = grey.shape
    box = [width // 4, height // 4, 3 * width // 4, 2 * height // 3]
    subprocess.run([given.fiducia, 'sam', 'segment', '--plain', '--weights', top / 'adapted', '--image', file, '--slice',
                    str(k), '--window', repr(low), repr(high), '--box', *map(str, box), '--multimask',
                    '--save-probabilities', '-o', top / 'out', '--overwrite', '-q'], check=True)
    expected, iou, _ = answer(model, 'sam', grey, box=numpy.array(box), multimask=True)
    name = file.name.removesuffix('.nii.gz')
    ours = numpy.asarray(nibabel.load(top / 'out' / f'{name}_probabilities.nii.gz').dataobj)
    ours = ours.reshape(ours.shape[:3] + (-1,))[:, :, k]
    worst = float(abs(ours - expected.transpose(2, 1, 0)).max())
    print(f'{given.method}: {len(state)} tensors load strictly, {len(changed)} changed, largest difference of '
          f'probabilities {worst:.2e}')
    sys.exit(worst > 1e-4 or not changed)


if __name__ == '__main__':
    main()
