"""What follows training, done by nnunetv2 and by Fiducia on the same files, and compared.

  python interchange.py FIDUCIA DATA OUT

OUT is where make_models.py put its model 'hippocampus' and where compare.py was run on it; DATA holds
Dataset004_Hippocampus. The model's folds 0 and 1 play two configurations. Each side's predictions are
read by the other side's ensemble, both find the best configuration, each applies the other's
post-processing and installs the other's zip.
"""
import filecmp
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

FIDUCIA, DATA, OUT = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]).resolve()
WORK = OUT / 'interchange'
NAME = 'Dataset004_Hippocampus'
for kind in ('raw', 'preprocessed', 'results'):
    os.environ[f'nnUNet_{kind}'] = str(WORK / 'theirs' / kind)

import numpy as np
import SimpleITK as sitk
import nnunetv2.evaluation.find_best_configuration as best
from nnunetv2.ensembling.ensemble import ensemble_folders
from nnunetv2.model_sharing.model_export import export_pretrained_model
from nnunetv2.model_sharing.model_import import install_model_from_zip_file
from nnunetv2.postprocessing.remove_connected_components import apply_postprocessing_to_folder, load_pickle

from json_values import compare


def fiducia(side, *args):
    subprocess.run([FIDUCIA, 'nnunet', *map(str, args), '--quiet'], check=True, stdout=subprocess.DEVNULL, env={
        **os.environ, **{f'nnUNet_{k}': str(WORK / side / k) for k in ('raw', 'preprocessed', 'results')}})


def same(what, a, b):
    a, b = (sorted(Path(p).glob('*.nii.gz')) for p in (a, b))
    assert [p.name for p in a] == [p.name for p in b] and a
    worst = 0
    for p, q in zip(a, b):
        x, y = (sitk.GetArrayFromImage(sitk.ReadImage(str(f))) for f in (p, q))
        worst = max(worst, int(np.sum(x != y)))
    assert worst == 0, (what, worst)
    print(f'{what}: {len(a)} label maps, no voxel differs', flush=True)


def spots(path):
    """Adds stray voxels, so that post-processing has something to remove."""
    for file in path.glob('*.nii.gz'):
        image = sitk.ReadImage(str(file))
        array = sitk.GetArrayFromImage(image)
        array[0, 0, 0] = 1
        array[1:3, 2, 2] = 2
        out = sitk.GetImageFromArray(array)
        out.CopyInformation(image)
        sitk.WriteImage(out, str(file))


def prepare():
    shutil.rmtree(WORK, ignore_errors=True)
    top = OUT / 'hippocampus'
    cases = sorted(p.name[:-7] for p in (top / 'stock').glob('*.nii.gz'))
    for side in ('theirs', 'ours'):
        base = WORK / side
        labels = base / 'raw' / NAME / 'labelsTr'
        gt = base / 'preprocessed' / NAME / 'gt_segmentations'
        for folder in (labels, gt):
            folder.mkdir(parents=True)
            for case in cases:
                shutil.copy(DATA / NAME / 'labelsTr' / f'{case}.nii.gz', folder)
        plans = json.loads((top / 'model' / 'plans.json').read_text())
        plans['dataset_name'] = NAME
        plans['configurations']['2d'] = plans['configurations']['3d_fullres']
        (base / 'preprocessed' / NAME / 'nnUNetPlans.json').write_text(json.dumps(plans))
        for k, configuration in enumerate(('2d', '3d_fullres')):
            model = base / 'results' / NAME / f'nnUNetTrainer__nnUNetPlans__{configuration}'
            fold = model / 'fold_0'
            shutil.copytree(top / 'model' / f'fold_{k}', fold)
            (model / 'plans.json').write_text(json.dumps(plans))
            shutil.copy(top / 'model' / 'dataset.json', model)
            (model / 'dataset_fingerprint.json').write_text('{}')
            (fold / 'progress.png').write_bytes(b'png')
            if side == 'theirs':
                fiducia('theirs', 'predict', '-i', top / 'images', '-o', fold / 'validation', '-m', top / 'model',
                        '-f', k, '--save_probabilities')
                spots(fold / 'validation')
                (fold / 'validation' / 'summary.json').write_text('{}')
            else:
                shutil.copytree(Path(str(fold).replace('/ours/', '/theirs/')) / 'validation', fold / 'validation')


def main():
    prepare()
    top = OUT / 'hippocampus'
    pair = [str(top / 'fiducia_fp16'), str(top / 'stock')]
    ensemble_folders(pair, str(WORK / 'mean_theirs'), True, 1)
    fiducia('ours', 'ensemble', '-i', *pair, '-o', WORK / 'mean_ours', '--save_npz')
    same('ensemble of both', WORK / 'mean_theirs', WORK / 'mean_ours')
    for file in sorted((WORK / 'mean_theirs').glob('*.npz')):
        x, y = (np.load(f)['probabilities'] for f in (file, WORK / 'mean_ours' / file.name))
        print('  averaged probabilities differ by at most', float(np.abs(x - y).max()))

    models = best.dumb_trainer_config_plans_to_trained_models_dict(['nnUNetTrainer'], ['2d', '3d_fullres'], ['nnUNetPlans'])
    best.find_best_configuration(NAME, models, True, 1, True, (0,))
    fiducia('ours', 'find-best-configuration', NAME, '-c', '2d', '3d_fullres', '-f', '0')
    theirs, ours = (WORK / s / 'results' / NAME for s in ('theirs', 'ours'))
    compare('inference_information.json', theirs / 'inference_information.json', ours / 'inference_information.json',
            ('_file',))
    for folder in [p.relative_to(theirs) for p in theirs.glob('*/crossval*')] + [
            p.relative_to(theirs) for p in theirs.glob('ensembles/*')]:
        compare(f'{folder}/summary.json', theirs / folder / 'summary.json', ours / folder / 'summary.json', ('_file',))
        same(f'{folder}', theirs / folder, ours / folder)
        if (theirs / folder / 'postprocessing.json').exists():
            compare('postprocessing.json', theirs / folder / 'postprocessing.json', ours / folder / 'postprocessing.json')
            assert load_pickle(str(theirs / folder / 'postprocessing.pkl')) == load_pickle(
                str(ours / folder / 'postprocessing.pkl'))
            same('postprocessed', theirs / folder / 'postprocessed', ours / folder / 'postprocessed')
            apply_postprocessing_to_folder(str(theirs / folder), str(WORK / 'pp_theirs'),
                                           *load_pickle(str(ours / folder / 'postprocessing.pkl')), num_processes=1)
            fiducia('ours', 'apply-postprocessing', '-i', theirs / folder, '-o', WORK / 'pp_ours', '-pp_pkl_file',
                    theirs / folder / 'postprocessing.pkl')
            same("each other's post-processing", WORK / 'pp_theirs', WORK / 'pp_ours')
            print('  steps', load_pickle(str(ours / folder / 'postprocessing.pkl'))[1])

    export_pretrained_model(NAME, str(WORK / 'theirs.zip'), ('2d', '3d_fullres'), folds=(0,))
    fiducia('ours', 'export-model', '-d', NAME, '-o', WORK / 'ours.zip', '-c', '2d', '3d_fullres', '-f', '0')
    fiducia('ours', 'import-model', WORK / 'theirs.zip', '--results', WORK / 'from_theirs')
    import nnunetv2.model_sharing.model_import as model_import
    model_import.nnUNet_results = str(WORK / 'from_ours')
    install_model_from_zip_file(str(WORK / 'ours.zip'))
    a, b = ({str(p.relative_to(WORK / k)) for p in (WORK / k).rglob('*') if p.is_file()}
            for k in ('from_theirs', 'from_ours'))
    print('zip: only theirs', sorted(a - b), 'only ours', sorted(b - a))
    for name in a & b:
        if name.endswith('.pth'):
            assert filecmp.cmp(WORK / 'from_theirs' / name, WORK / 'from_ours' / name, False)


if __name__ == '__main__':
    main()
