"""Small nnU-Net models with nnunetv2's own network classes and preprocessing, and what stock nnunetv2
predicts with them, for comparison with 'fiducia nnunet predict'.

  python make_models.py DATA OUT [NAME ...]

DATA holds Dataset004_Hippocampus, Dataset901_HeadNeckOAR and totalsegmentator-reference. For each
model NAME, OUT/NAME/ gets model/ (plans.json, dataset.json, fold_N/checkpoint_final.pth), images/,
stock/ (nnunetv2 as it is) and single/ (nnunetv2 with accumulators in single precision). The weights
come from a minute of plain training, so that labels look like labels; nothing depends on how good
they are. Needs nnunetv2 2.8 and torch.
"""
import json
import os
import shutil
import sys
from pathlib import Path

os.environ.setdefault('nnUNet_raw', '/nonexistent')
os.environ.setdefault('nnUNet_preprocessed', '/nonexistent')
os.environ.setdefault('nnUNet_results', '/nonexistent')

import numpy as np
import SimpleITK as sitk
import torch
from nnunetv2.inference import predict_from_raw_data as upstream
from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer
from nnunetv2.utilities.label_handling.label_handling import convert_labelmap_to_one_hot, determine_num_input_channels
from nnunetv2.utilities.plans_handling.plans_handler import PlansManager

torch.set_num_threads(2)


def architecture(kernels, strides, features, residual=False):
    dims = len(kernels[0])
    conv = f'torch.nn.modules.conv.Conv{dims}d'
    stages = len(features)
    kwargs = {
        'n_stages': stages, 'features_per_stage': features, 'conv_op': conv, 'kernel_sizes': kernels,
        'strides': strides, 'conv_bias': True,
        'norm_op': f'torch.nn.modules.instancenorm.InstanceNorm{dims}d',
        'norm_op_kwargs': {'eps': 1e-05, 'affine': True}, 'dropout_op': None, 'dropout_op_kwargs': None,
        'nonlin': 'torch.nn.LeakyReLU', 'nonlin_kwargs': {'inplace': True}}
    name = 'ResidualEncoderUNet' if residual else 'PlainConvUNet'
    if residual:
        kwargs['n_blocks_per_stage'] = [1, 2, 2, 2][:stages]
        kwargs['n_conv_per_stage_decoder'] = [1] * (stages - 1)
    else:
        kwargs['n_conv_per_stage'] = [2] * stages
        kwargs['n_conv_per_stage_decoder'] = [2] * (stages - 1)
    return {'network_class_name': f'dynamic_network_architectures.architectures.unet.{name}',
            'arch_kwargs': kwargs, '_kw_requires_import': ['conv_op', 'norm_op', 'dropout_op', 'nonlin']}


def configuration(patch, spacing, schemes, net, mask=False):
    seg = {'is_seg': True, 'order': 1, 'order_z': 0, 'force_separate_z': None}
    return {
        'data_identifier': 'x', 'preprocessor_name': 'DefaultPreprocessor', 'batch_size': 2,
        'patch_size': patch, 'median_image_size_in_voxels': [float(p) for p in patch], 'spacing': spacing,
        'normalization_schemes': schemes, 'use_mask_for_norm': [mask] * len(schemes),
        'resampling_fn_data': 'resample_data_or_seg_to_shape',
        'resampling_fn_data_kwargs': {'is_seg': False, 'order': 3, 'order_z': 0, 'force_separate_z': None},
        'resampling_fn_seg': 'resample_data_or_seg_to_shape', 'resampling_fn_seg_kwargs': seg,
        'resampling_fn_probabilities': 'resample_data_or_seg_to_shape',
        'resampling_fn_probabilities_kwargs': dict(seg, is_seg=False), 'architecture': net, 'batch_dice': False}


def plans(configurations, reader, intensities, transpose=(0, 1, 2)):
    transpose = list(transpose)
    return {
        'dataset_name': 'Dataset999_Peer', 'plans_name': 'nnUNetPlans',
        'original_median_spacing_after_transp': [1.0, 1.0, 1.0],
        'original_median_shape_after_transp': [40, 50, 35], 'image_reader_writer': reader,
        'transpose_forward': transpose, 'transpose_backward': [transpose.index(i) for i in range(3)],
        'configurations': configurations, 'experiment_planner_used': 'ExperimentPlanner',
        'label_manager': 'LabelManager',
        'foreground_intensity_properties_per_channel': {
            str(c): dict(zip(('mean', 'std', 'percentile_00_5', 'percentile_99_5', 'min', 'max', 'median'), i))
            for c, i in enumerate(intensities)}}


K3, S1, S2 = [3, 3, 3], [1, 1, 1], [2, 2, 2]
CT = (60.0, 180.0, -800.0, 900.0, -1000.0, 2000.0, 50.0)
MR = (500.0, 200.0, 0.0, 1500.0, 0.0, 3000.0, 480.0)
HIPPO = {'background': 0, 'Anterior': 1, 'Posterior': 2}


def isotropic(features, residual=False):
    n = len(features)
    return architecture([K3] * n, [S1] + [S2] * (n - 1), features, residual)


def hippocampus(data, folder, names, change=lambda image, label: ([image], label)):
    base = data / 'Dataset004_Hippocampus'
    cases = []
    for name in names:
        image = sitk.ReadImage(str(base / 'imagesTr' / f'{name}_0000.nii.gz'))
        label = sitk.ReadImage(str(base / 'labelsTr' / f'{name}.nii.gz'))
        channels, label = change(image, label)
        files = []
        for c, channel in enumerate(channels):
            files.append(str(folder / f'{name}_{c:04d}.nii.gz'))
            sitk.WriteImage(channel, files[-1])
        truth = str(folder.parent / f'{name}_truth.nii.gz')
        sitk.WriteImage(label, truth)
        cases.append((files, truth))
    return cases


def with_cropped_second_channel(image, label):
    array = sitk.GetArrayFromImage(image).astype(np.float32)
    array[:3], array[:, -4:], array[..., :5] = 0, 0, 0
    second = np.abs(np.gradient(array, axis=1)).astype(np.float32)
    out = []
    for a in (array, second):
        channel = sitk.GetImageFromArray(a)
        channel.CopyInformation(image)
        out.append(channel)
    return out, label


def anisotropic(image, label):
    out = []
    for i in (image, label):
        array = sitk.GetArrayFromImage(i)[::4]
        thick = sitk.GetImageFromArray(array)
        thick.SetSpacing((0.8, 0.9, 4.0))
        thick.SetOrigin(i.GetOrigin())
        thick.SetDirection(i.GetDirection())
        out.append(thick)
    return [out[0]], out[1]


def cases_of(name, data, folder):
    names = ['hippocampus_001', 'hippocampus_003']
    if name == 'ct':
        base = data / 'totalsegmentator-reference'
        shutil.copy(base / 'example_ct_sm.nii.gz', folder / 'ct_0000.nii.gz')
        seg = sitk.ReadImage(str(base / 'example_seg.nii.gz'))
        array = sitk.GetArrayFromImage(seg)
        keep = [v for v, n in sorted(zip(*np.unique(array, return_counts=True)), key=lambda t: -t[1]) if v][:24]
        small = np.zeros_like(array)
        for i, v in enumerate(sorted(keep)):
            small[array == v] = i + 1
        out = sitk.GetImageFromArray(small)
        out.CopyInformation(seg)
        sitk.WriteImage(out, str(folder.parent / 'ct_truth.nii.gz'))
        return [([str(folder / 'ct_0000.nii.gz')], str(folder.parent / 'ct_truth.nii.gz'))]
    if name == 'headneck':
        base = data / 'Dataset901_HeadNeckOAR'
        case = sorted(p.name[:-12] for p in (base / 'imagesTr').iterdir())[1]
        shutil.copy(base / 'imagesTr' / f'{case}_0000.nii.gz', folder)
        return [([str(folder / f'{case}_0000.nii.gz')], str(base / 'labelsTr' / f'{case}.nii.gz'))]
    change = {'channels': with_cropped_second_channel, 'anisotropic': anisotropic}.get(name)
    return hippocampus(data, folder, names, change) if change else hippocampus(data, folder, names)


def models():
    z = ['ZScoreNormalization']
    ct = ['CTNormalization']
    thin = architecture([[1, 3, 3], K3, K3], [S1, [1, 2, 2], [1, 2, 2]], [8, 16, 32])
    flat = architecture([[3, 3]] * 3, [[1, 1], [2, 2], [2, 2]], [8, 16, 32])
    full = configuration([40, 56, 40], [1.0, 1.0, 1.0], z, isotropic([8, 16, 32]))
    low = configuration([24, 32, 24], [1.7, 1.7, 1.7], z, isotropic([8, 16, 32]))
    cascade = {'inherits_from': '3d_fullres', 'previous_stage': '3d_lowres'}
    itk = 'SimpleITKIO'
    return {
        'ct': (plans({'3d_fullres': configuration([64, 64, 64], [1.5, 1.5, 1.5], ct, isotropic([8, 16, 32, 64]))},
                     'NibabelIOWithReorient', [CT]),
               {'0': 'CT'}, {'background': 0, **{f'organ{i}': i for i in range(1, 25)}}, '3d_fullres', [0], None),
        'hippocampus': (plans({'3d_fullres': full}, itk, [MR]), {'0': 'MRI'}, HIPPO, '3d_fullres', [0, 1, 2],
                        (0, 1, 2)),
        'headneck': (plans({'3d_fullres': configuration([48, 64, 64], [2.5, 3.0, 3.0], ct, isotropic([8, 16, 32, 64]))},
                           itk, [CT]),
                     {'0': 'CT'}, {'background': 0, **{f'oar{i}': i for i in range(1, 6)}}, '3d_fullres', [0], (0, 2)),
        'channels': (plans({'3d_fullres': configuration([32, 40, 32], [1.2, 0.9, 1.1], z * 2, isotropic([8, 16, 32]),
                                                        True)}, 'NibabelIO', [MR, MR], (2, 0, 1)),
                     {'0': 'MRI', '1': 'edges'}, HIPPO, '3d_fullres', [0], (1,)),
        'regions': (plans({'3d_fullres': full}, 'SimpleITKIOWithReorient', [MR]), {'0': 'MRI'},
                    {'background': 0, 'whole': [1, 2], 'posterior': 2}, '3d_fullres', [0, 1], (0, 1, 2)),
        'anisotropic': (plans({'3d_fullres': configuration([8, 48, 40], [4.0, 0.7, 0.7], z, thin)}, itk, [MR]),
                        {'0': 'MRI'}, HIPPO, '3d_fullres', [0], None),
        '2d': (plans({'2d': configuration([40, 32], [0.9, 0.9], z, flat)}, itk, [MR]), {'0': 'MRI'}, HIPPO, '2d', [0],
               (0, 1)),
        'resenc': (plans({'3d_fullres': configuration([40, 56, 40], [1.0, 1.0, 1.0], z,
                                                      isotropic([8, 16, 32], True))}, itk, [MR]),
                   {'0': 'MRI'}, HIPPO, '3d_fullres', [0], (0, 1, 2)),
        'cascade': (plans({'3d_fullres': full, '3d_lowres': low, '3d_cascade_fullres': cascade}, itk, [MR]),
                    {'0': 'MRI'}, HIPPO, '3d_cascade_fullres', [0], (0, 1, 2)),
    }


def train(manager, name, dataset, cases, seed, steps=70):
    """Weights after a short plain training on random patches of the cases."""
    config = manager.get_configuration(name)
    labels = manager.get_label_manager(dataset)
    torch.manual_seed(seed)
    rng = np.random.RandomState(seed)
    net = nnUNetTrainer.build_network_architecture(
        manager, config, determine_num_input_channels(manager, config, dataset), labels.num_segmentation_heads, False)
    arrays = []
    for files, truth in cases:
        data, seg, _ = config.preprocessor_class(verbose=False).run_case(files, truth, manager, config, dataset)
        seg = np.maximum(seg, 0)
        if config.previous_stage_name:
            data = np.vstack((data, convert_labelmap_to_one_hot(seg[0], labels.foreground_labels, data.dtype)))
        arrays.append((torch.from_numpy(np.ascontiguousarray(data)), torch.from_numpy(seg[0].astype(np.int64))))
    patch = list(config.patch_size)
    optimizer = torch.optim.Adam(net.parameters(), 3e-3)
    for _ in range(steps):
        data, seg = arrays[rng.randint(len(arrays))]
        if len(patch) == 2:
            k = rng.randint(data.shape[1])
            data, seg = data[:, k], seg[k]
        pads = [max(0, p - s) for p, s in zip(patch, seg.shape)]
        flat = [v for p in reversed(pads) for v in (0, p)]
        data, seg = torch.nn.functional.pad(data, flat), torch.nn.functional.pad(seg, flat)
        start = [rng.randint(0, s - p + 1) for p, s in zip(patch, seg.shape)]
        window = tuple(slice(a, a + p) for a, p in zip(start, patch))
        x, y = data[(slice(None), *window)][None], seg[window][None]
        out = net(x)
        if labels.has_regions:
            target = torch.stack([torch.isin(y, torch.tensor(r)) for r in labels.foreground_regions], 1).float()
            loss = torch.nn.functional.binary_cross_entropy_with_logits(out, target)
        else:
            weight = torch.ones(out.shape[1])
            weight[0] = 0.3
            loss = torch.nn.functional.cross_entropy(out, y, weight)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if steps:
        print(name, 'seed', seed, 'loss', float(loss), flush=True)
    return net.state_dict()


class SingleTorch:
    """torch with zeros that are never half: nnunetv2's accumulators in single precision."""

    def __getattr__(self, key):
        return torch.float32 if key == 'half' else getattr(torch, key)


def predict(model, images, out, folds, previous=None, single=False, **kwargs):
    predictor = upstream.nnUNetPredictor(device=torch.device('cpu'), allow_tqdm=False)
    predictor.initialize_from_trained_model_folder(str(model), folds)
    out.mkdir()
    upstream.torch = SingleTorch() if single else torch
    try:
        predictor.predict_from_files_sequential(
            str(images), str(out), folder_with_segs_from_prev_stage=previous and str(previous), **kwargs)
    finally:
        upstream.torch = torch


def save(folder, plan, dataset, name, folds, axes, cases, steps=70):
    manager = PlansManager(plan)
    folder.mkdir(parents=True)
    (folder / 'plans.json').write_text(json.dumps(plan, indent=1))
    (folder / 'dataset.json').write_text(json.dumps(dataset, indent=1))
    for fold in folds:
        (folder / f'fold_{fold}').mkdir()
        torch.save({'network_weights': train(manager, name, dataset, cases, 10 + fold, steps), 'optimizer_state': {},
                    'trainer_name': 'nnUNetTrainer', 'inference_allowed_mirroring_axes': axes, 'current_epoch': 1,
                    'init_args': {'plans': plan, 'configuration': name, 'fold': fold, 'dataset_json': dataset}},
                   folder / f'fold_{fold}' / 'checkpoint_final.pth')


def main():
    data, out = Path(sys.argv[1]), Path(sys.argv[2])
    chosen = sys.argv[3:] or list(models())
    for name in chosen:
        plan, channels, labels, configuration_name, folds, axes = models()[name]
        top = out / name
        shutil.rmtree(top, ignore_errors=True)
        images = top / 'images'
        images.mkdir(parents=True)
        cases = cases_of(name, data, images)
        dataset = {'channel_names': channels, 'labels': labels, 'numTraining': len(cases), 'file_ending': '.nii.gz'}
        if any(isinstance(v, list) for v in labels.values()):
            dataset['regions_class_order'] = [1, 2]
        previous = None
        if name == 'cascade':
            save(top / 'lowres', plan, dataset, '3d_lowres', folds, axes, cases)
            previous = top / 'previous'
            predict(top / 'lowres', images, previous, tuple(folds))
        save(top / 'model', plan, dataset, configuration_name, folds, axes, cases)
        predict(top / 'model', images, top / 'stock', tuple(folds), previous, save_probabilities=name != 'ct')
        predict(top / 'model', images, top / 'single', tuple(folds), previous, single=True)
        print('done', name, flush=True)


if __name__ == '__main__':
    main()
