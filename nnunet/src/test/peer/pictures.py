"""What follows training on datasets of pictures, done by nnunetv2 and by Fiducia on the same files, and compared.

  python pictures.py FIDUCIA OUT png|tif

Makes a dataset of pictures with regions, or one of TIFF stacks, trains two small models with Fiducia, adds
stray voxels to the validation cases, and gives both sides the same files: ensemble, scores, best
configuration, post-processing, each side also applying the other's.
"""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

FIDUCIA, TOP, ENDING = sys.argv[1], Path(sys.argv[2]).resolve() / sys.argv[3], '.' + sys.argv[3]
NAME = 'Dataset906_Pictures'
SHAPE, LABELS, MODELS = {
    '.png': ((1, 40, 40), {'labels': {'background': 0, 'any': [1, 2], 'cube': [2]}, 'regions_class_order': [1, 2]},
             [('nnUNetTrainer', '2d'), ('nnUNetTrainerNoMirroring', '2d')]),
    '.tif': ((12, 40, 40), {'labels': {'background': 0, 'ball': 1, 'cube': 2}},
             [('nnUNetTrainer', '2d'), ('nnUNetTrainer', '3d_fullres')])}[ENDING]
FOLDS = (0, 1)
for kind in ('raw', 'preprocessed', 'results'):
    os.environ[f'nnUNet_{kind}'] = str(TOP / 'theirs' / kind)

import numpy as np
import nnunetv2.evaluation.find_best_configuration as best
import tifffile
from nnunetv2.ensembling.ensemble import ensemble_folders
from nnunetv2.evaluation.evaluate_predictions import compute_metrics_on_folder2
from nnunetv2.postprocessing.remove_connected_components import apply_postprocessing_to_folder, load_pickle
from skimage import io

from json_values import compare


def fiducia(side, *args):
    subprocess.run([FIDUCIA, 'nnunet', *map(str, args), '--quiet'], check=True, stdout=subprocess.DEVNULL, env={
        **os.environ, **{f'nnUNet_{k}': str(TOP / side / k) for k in ('raw', 'preprocessed', 'results')}})


def read(path):
    return tifffile.imread(path) if path.suffix == '.tif' else io.imread(path)


def write(path, array):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == '.tif':
        tifffile.imwrite(path, array.astype(np.uint8), compression='zlib')
        path.with_suffix('.json').write_text('{"spacing": [2.0, 1.0, 1.0]}')
    else:
        io.imsave(path, array.astype(np.uint8), check_contrast=False)


def make():
    raw = TOP / 'ours' / 'raw' / NAME
    random = np.random.RandomState(7)
    z, y, x = np.indices(SHAPE)
    for k in range(6):
        part = 'Ts' if k == 5 else 'Tr'
        label = np.zeros(SHAPE, int)
        label[(x - 14 - k) ** 2 + (y - 15) ** 2 + 4 * (z - SHAPE[0] // 2) ** 2 < 60] = 1
        label[(abs(x - 28) < 5) & (abs(y - 24 + k) < 6) & (abs(z - SHAPE[0] // 2) < 3)] = 2
        image = 30 + 60 * label + random.randint(0, 60, SHAPE)
        if SHAPE[0] == 1:
            label, image = label[0], image[0]
        write(raw / f'labels{part}' / f'case_{k}{ENDING}', label)
        write(raw / f'images{part}' / f'case_{k}_0000{ENDING}', image)
    if ENDING == '.tif':
        for part in ('Tr', 'Ts'):
            folder = raw / f'images{part}'
            for file in list(folder.glob('*.json')):
                file.rename(folder / file.name.replace('_0000', ''))
    (raw / 'dataset.json').write_text(json.dumps(
        {'channel_names': {'0': 'light'}, 'numTraining': 5, 'file_ending': ENDING, **LABELS}))


def train():
    plans_file = TOP / 'ours' / 'preprocessed' / NAME / 'nnUNetPlans.json'
    fiducia('ours', 'plan', '-d', 906)
    plans = json.loads(plans_file.read_text())
    names = sorted({c for _, c in MODELS})
    for name in names:
        kwargs = plans['configurations'][name]['architecture']['arch_kwargs']
        kwargs['features_per_stage'] = [8] * kwargs['n_stages']
        plans['configurations'][name]['batch_size'] = 2
    plans_file.write_text(json.dumps(plans))
    fiducia('ours', 'preprocess', '-d', 906, '-c', *names)
    for trainer, name in MODELS:
        for fold in FOLDS:
            fiducia('ours', 'train', 906, name, fold, '-tr', trainer, '--epochs', 3, '--iterations', 20, '--npz')
            model = TOP / 'ours' / 'results' / NAME / f'{trainer}__nnUNetPlans__{name}'
            for file in (model / f'fold_{fold}' / 'validation').glob('*' + ENDING):
                spots(file)


def spots(file):
    """Adds stray voxels, so that post-processing has something to remove."""
    array = read(file)
    plane = array if array.ndim == 2 else array[0]
    plane[0, 0] = 1
    plane[-1, 0:2] = 2
    write(file, array)


def spacing(path):
    sidecar = path.with_suffix('.json')
    return json.loads(sidecar.read_text())['spacing'] if sidecar.exists() else 'none'


def same(what, a, b):
    a, b = (sorted(Path(p).glob('*' + ENDING)) for p in (a, b))
    assert [p.name for p in a] == [p.name for p in b] and a, (a, b)
    worst = 0
    for p, q in zip(a, b):
        x, y = read(p), read(q)
        assert x.shape == y.shape and x.dtype == y.dtype, (p, x.shape, x.dtype, y.shape, y.dtype)
        worst = max(worst, int(np.sum(x != y)))
        if ENDING == '.tif' and spacing(p) != spacing(q):
            print(f'  {what}: spacing of {p.stem}', spacing(p), spacing(q))
    assert worst == 0, (what, worst)
    print(f'{what}: {len(a)} label maps, no voxel differs', flush=True)


def main():
    shutil.rmtree(TOP, ignore_errors=True)
    make()
    train()
    shutil.copytree(TOP / 'ours', TOP / 'theirs')
    pair = []
    for k, (trainer, name) in enumerate(MODELS):
        pair.append(TOP / f'out_{k}')
        fiducia('ours', 'predict', '-i', TOP / 'ours' / 'raw' / NAME / 'imagesTs', '-o', pair[k], '-d', 906,
                '-tr', trainer, '-c', name, '-f', FOLDS[0], '--save_probabilities')
    ensemble_folders([str(p) for p in pair], str(TOP / 'mean_theirs'), True, 1)
    fiducia('ours', 'ensemble', '-i', *pair, '-o', TOP / 'mean_ours', '--save_npz')
    same('ensemble', TOP / 'mean_theirs', TOP / 'mean_ours')
    x, y = (np.load(TOP / s / 'case_5.npz')['probabilities'] for s in ('mean_theirs', 'mean_ours'))
    print('  averaged probabilities differ by at most', float(np.abs(x - y).max()))
    labels = TOP / 'ours' / 'raw' / NAME / 'labelsTs'
    description = TOP / 'mean_ours' / 'dataset.json', TOP / 'mean_ours' / 'plans.json'
    compute_metrics_on_folder2(str(labels), str(TOP / 'mean_theirs'), *map(str, description), num_processes=1)
    fiducia('ours', 'evaluate', labels, TOP / 'mean_ours', '-djfile', description[0], '-pfile', description[1])
    compare('scores of the ensemble', TOP / 'mean_theirs' / 'summary.json', TOP / 'mean_ours' / 'summary.json', ('_file',))

    trainers, names = (list(dict.fromkeys(m[k] for m in MODELS)) for k in (0, 1))
    best.find_best_configuration(NAME, best.dumb_trainer_config_plans_to_trained_models_dict(
        trainers, names, ['nnUNetPlans']), True, 1, True, FOLDS)
    fiducia('ours', 'find-best-configuration', NAME, '-c', *names, '-tr', *trainers, '-f', *FOLDS)
    ours, theirs = (TOP / s / 'results' / NAME for s in ('ours', 'theirs'))
    compare('inference_information.json', theirs / 'inference_information.json', ours / 'inference_information.json',
            ('_file',))
    for folder in [p.relative_to(theirs) for p in (*theirs.glob('*/crossval*'), *theirs.glob('ensembles/*'))]:
        compare(f'{folder}/summary.json', theirs / folder / 'summary.json', ours / folder / 'summary.json', ('_file',))
        same(f'{folder}', theirs / folder, ours / folder)
        if (theirs / folder / 'postprocessing.json').exists():
            compare('postprocessing.json', theirs / folder / 'postprocessing.json', ours / folder / 'postprocessing.json')
            steps = [load_pickle(str(p / folder / 'postprocessing.pkl')) for p in (theirs, ours)]
            assert steps[0] == steps[1], steps
            print('  steps', steps[1][1])
            same('postprocessed', theirs / folder / 'postprocessed', ours / folder / 'postprocessed')
            apply_postprocessing_to_folder(str(ours / folder), str(TOP / 'pp_theirs'), *steps[1], num_processes=1)
            fiducia('ours', 'apply-postprocessing', '-i', ours / folder, '-o', TOP / 'pp_ours', '-pp_pkl_file',
                    theirs / folder / 'postprocessing.pkl')
            same("each other's post-processing", TOP / 'pp_theirs', TOP / 'pp_ours')


if __name__ == '__main__':
    main()
