"""Makes the scans, models and expected label maps of CadsSegmentationTest, cads.zip.

  python make_cads_fixture.py OUT.zip [SCAN ...]

Six scans of one made body in six orientations with odd spacings, and one that lies on CADS's grid; models
of tasks 552, 553, 556, 557 and 558 in CADS's layout, whose encoder and decoder are seeded and whose last
layer is fitted to the body's labels; and what cads_reference.py makes of them. Weights are multiples of
1/64, so that they compress well.
"""
import json
import os
import sys
import tempfile
import zipfile

import nibabel as nib
import numpy as np
import torch
from nnunetv2.utilities.get_network_from_plans import get_network_from_plans
from nnunetv2.utilities.plans_handling.plans_handler import PlansManager

import cads_reference

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, '..', '..', 'main', 'resources', 'io', 'fiducia', 'anatomy', 'task', 'cads.json')
SIZE_MM = np.array([76.0, 66.0, 84.0])
SPACING = [2.0, 1.7, 1.7]  # of the plans, (z, y, x), so that nnU-Net has something to resample
CT = {'mean': 100.0, 'std': 300.0, 'percentile_00_5': -900.0, 'percentile_99_5': 900.0, 'min': -1000.0,
      'max': 1000.0, 'median': 60.0}
# What the body is made of: centre and radii in mm as shares of the size (R, A, S), HU.
BLOBS = [((.5, .5, .5), (.48, .48, 2.0), -60), ((.5, .52, .84), (.3, .32, .18), 250), ((.3, .45, .22), (.16, .2, .13), 450),
         ((.74, .45, .3), (.14, .17, .13), 650), ((.5, .82, .45), (.06, .06, .05), 450), ((.5, .12, .5), (.1, .1, 2.0), 850),
         ((.72, .75, .55), (.13, .14, .11), 110), ((.72, .75, .55), (.045, .05, .04), -60), ((.25, .8, .5), (.05, .05, .05), 110)]
BRAIN, BIG, OTHER, SPINE, BREAST = 250, 450, 650, 850, 110
# Label of each task by HU; what is not here is background.
LABELS = {'552': {SPINE: 15}, '553': {BRAIN: 9, BIG: 17, OTHER: 16}, '556': {BIG: 6, SPINE: 1, BRAIN: 7},
          '557': {BRAIN: 2, SPINE: 6}, '558': {BRAIN: 5, OTHER: 20, BIG: 4}}
# Of most tasks the number is a good enough seed.
SEEDS = {'556': 3}
# Orientation, spacing along the file's axes, rotation about S in degrees, origin.
SCANS = {'ras': ('RAS', (2.3, 2.1, 2.6), 0, (-40.5, 10.25, 7)), 'lps': ('LPS', (1.5, 1.5, 3), 0, (0, 0, 0)),
         'pir': ('PIR', (2.71, 1.37, 2.2), 0, (5, 5, 5)), 'sal': ('SAL', (3.3, 1.9, 2.05), 0, (1, -200, 30)),
         'ilp': ('ILP', (1.25, 2.5, 2.5), 0, (100, 0, -9)), 'oblique': ('RPS', (2.4, 2.2, 2.3), 12, (3, 2, 1)),
         'nohead': ('LAI', (2.2, 2.6, 2.5), 0, (0, 8, 0)), 'prepared': ('RAS', (1.5, 1.5, 1.5), 0, (0, 0, 0))}


def body(points, head=True):
    """HU at points (..., 3) in mm, with soft edges."""
    hu = np.full(points.shape[:-1], -1000.0)
    for centre, radii, value in BLOBS:
        if value == BRAIN and not head:
            continue
        d = (points / SIZE_MM - np.array(centre)) / np.array(radii)
        r = np.sqrt((d ** 2).sum(-1))
        inside = np.clip((1 - r) * 20 + .5, 0, 1)
        hu = hu * (1 - inside) + value * inside
    return hu


def scan(codes, spacing, degrees, origin, head=True):
    """A scan in an orientation. The body turns with an oblique grid, as CADS takes its axes for straight."""
    ornt = nib.orientations.axcodes2ornt(codes)
    axes = ornt[:, 0].astype(int)
    shape = [int(SIZE_MM[a] / s) for a, s in zip(axes, spacing)]
    index = np.stack(np.meshgrid(*[np.arange(n) for n in shape], indexing='ij'), -1)
    points = np.zeros(index.shape)
    affine = np.eye(4)
    affine[:3, :3] = 0
    for file_axis, (a, sign) in enumerate(zip(axes, ornt[:, 1])):
        along = index[..., file_axis] * spacing[file_axis]
        points[..., a] = along if sign > 0 else SIZE_MM[a] - 2 - along
        affine[a, file_axis] = sign * spacing[file_axis]
    t = np.deg2rad(degrees)
    turn = np.array([[np.cos(t), -np.sin(t), 0], [np.sin(t), np.cos(t), 0], [0, 0, 1]])
    affine[:3, :3] = turn @ affine[:3, :3]
    affine[:3, 3] = origin
    return nib.Nifti1Image(np.rint(body(points, head)).astype(np.int16), affine)


def plans(dataset):
    architecture = {
        'network_class_name': 'dynamic_network_architectures.architectures.unet.ResidualEncoderUNet',
        'arch_kwargs': {
            'n_stages': 2, 'features_per_stage': [8, 8], 'conv_op': 'torch.nn.modules.conv.Conv3d',
            'kernel_sizes': [[3, 3, 3], [3, 3, 3]], 'strides': [[1, 1, 1], [2, 2, 2]], 'n_blocks_per_stage': [1, 1],
            'n_conv_per_stage_decoder': [1], 'conv_bias': True, 'norm_op': 'torch.nn.modules.instancenorm.InstanceNorm3d',
            'norm_op_kwargs': {'eps': 1e-05, 'affine': True}, 'dropout_op': None, 'dropout_op_kwargs': None,
            'nonlin': 'torch.nn.LeakyReLU', 'nonlin_kwargs': {'inplace': True}},
        '_kw_requires_import': ['conv_op', 'norm_op', 'dropout_op', 'nonlin']}
    resampling = {'resampling_fn_data': 'resample_data_or_seg_to_shape', 'resampling_fn_seg': 'resample_data_or_seg_to_shape',
                  'resampling_fn_data_kwargs': {'is_seg': False, 'order': 3, 'order_z': 0, 'force_separate_z': None},
                  'resampling_fn_seg_kwargs': {'is_seg': True, 'order': 1, 'order_z': 0, 'force_separate_z': None},
                  'resampling_fn_probabilities': 'resample_data_or_seg_to_shape',
                  'resampling_fn_probabilities_kwargs': {'is_seg': False, 'order': 1, 'order_z': 0, 'force_separate_z': None}}
    configuration = {'data_identifier': 'nnUNetPlans_3d_fullres', 'preprocessor_name': 'DefaultPreprocessor', 'batch_size': 2,
                     'patch_size': [32, 32, 32], 'median_image_size_in_voxels': [42.0, 38.0, 44.0], 'spacing': SPACING,
                     'normalization_schemes': ['CTNormalization'], 'use_mask_for_norm': [False], **resampling,
                     'architecture': architecture, 'batch_dice': False}
    return {'dataset_name': dataset, 'plans_name': 'nnUNetResEncUNetLPlans', 'original_median_spacing_after_transp': SPACING,
            'original_median_shape_after_transp': [42, 38, 44], 'image_reader_writer': 'NibabelIOWithReorient',
            'transpose_forward': [0, 1, 2], 'transpose_backward': [0, 1, 2],
            'configurations': {'3d_fullres': configuration}, 'experiment_planner_used': 'nnUNetPlannerResEncL',
            'label_manager': 'LabelManager', 'foreground_intensity_properties_per_channel': {'0': CT}}


def coarse(state):
    return {k: torch.round(v * 64) / 64 for k, v in state.items()}


def make_model(task, t, folder):
    labels = {'background': 0, **{name: int(k) for k, name in t['classes'].items()}}
    dataset = {'channel_names': {'0': 'CT'}, 'labels': labels, 'numTraining': 1, 'file_ending': '.nii.gz', 'name': t['folder']}
    p = plans(t['folder'])
    manager = PlansManager(p)
    configuration = manager.get_configuration('3d_fullres')
    torch.manual_seed(SEEDS.get(task, int(task)))
    network = get_network_from_plans(
        configuration.network_arch_class_name, configuration.network_arch_init_kwargs,
        configuration.network_arch_init_kwargs_req_import, 1, len(labels), deep_supervision=False)
    network.load_state_dict(coarse(network.state_dict()))
    fit(network, task)
    network.load_state_dict(coarse(network.state_dict()))
    os.makedirs(os.path.join(folder, 'fold_all'))
    for name, content in (('plans.json', p), ('dataset.json', dataset)):
        with open(os.path.join(folder, name), 'w') as out:
            json.dump(content, out)
    torch.save({'network_weights': network.state_dict(), 'optimizer_state': None, 'grad_scaler_state': None, 'logging': {},
                '_best_ema': None, 'current_epoch': 1, 'trainer_name': 'nnUNetTrainerNoMirroring',
                'init_args': {'configuration': '3d_fullres', 'fold': 'all'}, 'inference_allowed_mirroring_axes': None},
               os.path.join(folder, 'fold_all', 'checkpoint_final.pth'))


def fit(network, task):
    """Fits the last layer to the labels of the body in patches, the features as they are."""
    index = np.stack(np.meshgrid(*[np.arange(32) for _ in range(3)], indexing='ij'), -1)
    layer = network.decoder.seg_layers[-1]
    seen = []
    kept = np.random.default_rng(int(task)).choice(32 ** 3, 2500, replace=False)
    hook = layer.register_forward_hook(lambda m, i, o: seen.append(i[0][0].flatten(1)[:, kept].T.clone()))
    wanted = []
    steps = [np.arange(0, max(1, int(SIZE_MM[2 - a] / SPACING[a]) - 32 + 9), 8) for a in range(3)]
    with torch.no_grad():
        for z in steps[0]:
            for y in steps[1]:
                for x in steps[2]:
                    points = (index + (z, y, x)) * np.array(SPACING)
                    hu = np.rint(body(points[..., ::-1]))
                    patch = (np.clip(hu, CT['percentile_00_5'], CT['percentile_99_5']) - CT['mean']) / CT['std']
                    network(torch.from_numpy(patch[None, None]).float())
                    target = np.zeros(hu.shape, int)
                    for value, label in LABELS[task].items():
                        target[np.abs(hu - value) < 60] = label
                    wanted.append(target.ravel()[kept])
    hook.remove()
    features = torch.cat(seen)
    target = torch.from_numpy(np.concatenate(wanted))
    count = torch.bincount(target, minlength=layer.weight.shape[0]).float()
    # Rare labels count for more, but not as much as frequent ones.
    loss = torch.nn.CrossEntropyLoss(weight=torch.where(count > 0, count.clamp(min=1) ** -0.5, torch.zeros_like(count)))
    flat = torch.nn.Linear(features.shape[1], layer.weight.shape[0])
    with torch.no_grad():
        flat.weight.zero_()
        flat.bias[:] = torch.where(count > 0, 0.0, -30.0)
    optimiser = torch.optim.LBFGS(flat.parameters(), max_iter=150)

    def step():
        optimiser.zero_grad()
        value = loss(flat(features), target)
        value.backward()
        return value
    optimiser.step(step)
    with torch.no_grad():
        layer.weight[:] = flat.weight.reshape(layer.weight.shape)
        layer.bias[:] = flat.bias


def main():
    torch.set_num_threads(1)
    with open(TABLE) as file:
        table = {t['name']: t for t in json.load(file)['tasks']}
    with tempfile.TemporaryDirectory() as top:
        models = os.path.join(top, 'weights', 'reference')
        for task in LABELS:
            t = table[task]
            make_model(task, t, os.path.join(models, t['folder'],
                                             f"{t['trainer']}__{t['plans']}__{t['configuration']}"))
        os.makedirs(os.path.join(top, 'scans'))
        for name, (codes, spacing, degrees, origin) in SCANS.items():
            if len(sys.argv) > 2 and name not in sys.argv[2:]:
                continue
            file = os.path.join(top, 'scans', name + '.nii.gz')
            nib.save(scan(codes, spacing, degrees, origin, name != 'nohead'), file)
            tasks = ['556', '557', '558'] if name in ('ras', 'nohead') else ['556']
            cads_reference.run(file, os.path.join(top, 'expected'), tasks, models)
        with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED, compresslevel=9) as out:
            for folder, _, files in sorted(os.walk(top)):
                for f in sorted(files):
                    path = os.path.join(folder, f)
                    info = zipfile.ZipInfo(os.path.relpath(path, top))
                    info.compress_type = zipfile.ZIP_DEFLATED
                    with open(path, 'rb') as content:
                        out.writestr(info, content.read())


if __name__ == '__main__':
    main()
