"""Checks that nnU-Net takes a starting point of 'fiducia totalsegmentator source' or 'cads source' for the
model that it was made from.

  python check_source.py ORIGINAL MODEL IMAGE OUT [FOLD]

ORIGINAL is the public model's folder (TRAINER__PLANS__CONFIG), MODEL what 'source' wrote, IMAGE a NIfTI file
(in the order right, anterior, superior, as both tools show images to nnU-Net), OUT a folder that does not
exist, FOLD the fold of ORIGINAL (default 0). Checks that torch.load(weights_only=True) reads the checkpoint
and finds the same tensors, that the plans have the same values, and that stock nnunetv2 predicts the same
voxels with both. Exit code 1 if anything differs. Needs nnunetv2 2.8 and torch.
"""
import os
import shutil
import sys
from pathlib import Path

for variable in ('nnUNet_raw', 'nnUNet_preprocessed', 'nnUNet_results'):
    os.environ.setdefault(variable, '/nonexistent')

import nibabel
import numpy as np
import torch
from batchgenerators.utilities.file_and_folder_operations import load_json
from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
from nnunetv2.utilities.plans_handling.plans_handler import PlansManager

torch.set_num_threads(2)

CONFIGURATION = ['batch_size', 'patch_size', 'median_image_size_in_voxels', 'spacing', 'normalization_schemes',
                 'use_mask_for_norm', 'network_arch_class_name', 'network_arch_init_kwargs', 'batch_dice']
PLANS = ['dataset_name', 'original_median_spacing_after_transp', 'original_median_shape_after_transp',
         'transpose_forward', 'transpose_backward', 'foreground_intensity_properties_per_channel']


def plain(value):
    """Values as JSON has them, and the class of a network without its module, which nnU-Net has renamed."""
    if isinstance(value, str):
        return value.rsplit('.', 1)[-1] if value.startswith('dynamic_network_architectures') else value
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value


def compare_plans(original, model, name):
    faults = []
    a, b = (PlansManager(load_json(str(f / 'plans.json'))) for f in (original, model))
    for owners, keys in (((a, b), PLANS), ((a.get_configuration(name), b.get_configuration(name)), CONFIGURATION)):
        for key in keys:
            before, after = (plain(getattr(o, key)) for o in owners)
            if before != after:
                faults.append(f'{key}: {before} before, {after} now')
    return faults


def compare_weights(original, model, fold):
    before = torch.load(original / f'fold_{fold}' / 'checkpoint_final.pth', map_location='cpu', weights_only=False)
    after = torch.load(model / 'fold_0' / 'checkpoint_final.pth', map_location='cpu', weights_only=True)
    a, b = before['network_weights'], after['network_weights']
    faults = [] if list(a) == list(b) else ['the names of the tensors differ']
    faults += [f'{n} differs' for n in a if n in b and not torch.equal(a[n], b[n])]
    faults += [f'{k} is there' for k in ('optimizer_state', 'grad_scaler_state', 'logging') if k in after]
    print(len(a), 'tensors compared')
    return faults, before['init_args']['configuration']


def predict(folder, fold, image, out):
    predictor = nnUNetPredictor(device=torch.device('cpu'), allow_tqdm=False, use_mirroring=False)
    predictor.initialize_from_trained_model_folder(str(folder), (fold,))
    predictor.predict_from_files_sequential([[str(image)]], [str(out)])
    return np.asarray(nibabel.load(str(out) + '.nii.gz').dataobj)


def main():
    original, model, image, out = map(Path, sys.argv[1:5])
    fold = sys.argv[5] if len(sys.argv) > 5 else '0'
    out.mkdir(parents=True)
    shutil.copy(image, out / 'case_0000.nii.gz')
    faults, name = compare_weights(original, model, fold)
    faults += compare_plans(original, model, name)
    a = predict(original, fold, out / 'case_0000.nii.gz', out / 'original')
    b = predict(model, '0', out / 'case_0000.nii.gz', out / 'model')
    different = int((a != b).sum()) if a.shape == b.shape else a.size
    print(f'{a.size} voxels, {len(np.unique(a))} labels, {different} voxels differ')
    faults += [f'{different} voxels differ'] if different else []
    for fault in faults:
        print('FAULT', fault)
    sys.exit(1 if faults else 0)


if __name__ == '__main__':
    main()
