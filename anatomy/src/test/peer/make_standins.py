"""Weights folders of TotalSegmentator and CADS with the structure of the public ones and small trained weights.

  python make_standins.py DATA OUT [--big] [--cads] [DATASET ...]

DATA holds totalsegmentator-reference and Dataset901_HeadNeckOAR (and lies beside specs/ for --cads). OUT/small (or OUT/big, OUT/cads) gets
a folder of each dataset (all of them, or those of the given numbers) as upstream lays it out. Folder
names, trainers, configurations, labels and spacings come from this module's table. The plans have the
old flat form. Networks are small (8 features, four stages) and trained for seconds on real images, so
that labels look like anatomy; --big gives six stages of 32 to 320 features, seeded and untrained, with
the patch of the public models. Needs torch, nnunetv2 2.8 and TotalSegmentator 2.18.
"""
import copy
import json
import os
import sys
import warnings
from pathlib import Path

os.environ.setdefault('nnUNet_raw', '/nonexistent')
os.environ.setdefault('nnUNet_preprocessed', '/nonexistent')
os.environ.setdefault('nnUNet_results', '/nonexistent')
warnings.filterwarnings('ignore')

import numpy as np
import torch
from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer
from nnunetv2.utilities.plans_handling.plans_handler import PlansManager
from totalsegmentator.map_to_binary import class_map

import standin_labels

torch.set_num_threads(1)
torch.set_flush_denormal(True)
TABLE = json.loads((Path(__file__).resolve().parents[2]
                    / 'main/resources/io/fiducia/anatomy/task/totalsegmentator.json').read_text())
CT = {'mean': 35.0, 'std': 110.0, 'percentile_00_5': -500.0, 'percentile_99_5': 600.0,
      'min': -1024.0, 'max': 3071.0, 'median': 42.0}
MR = {'mean': 300.0, 'std': 220.0, 'percentile_00_5': 0.0, 'percentile_99_5': 1100.0,
      'min': 0.0, 'max': 3000.0, 'median': 260.0}
# Spacing (z, y, x) and patch of models whose images upstream hands over as they are.
OWN_GRID = {8: ([2.5, 1.2, 1.2], [24, 64, 56]), 258: ([1.25, 1.0, 1.0], [48, 64, 64]),
            150: ([5.0, 1.4, 1.4], [16, 64, 64]), 260: ([2.0, 1.5, 1.5], [48, 64, 56]),
            315: ([5.0, 1.6, 1.6], [16, 64, 56]), 301: ([1.6, 1.4, 1.4], [48, 48, 56])}
PATCH = {6.0: [24, 32, 40], 3.0: [40, 48, 56], 1.5: [56, 64, 72]}
TRAINED_PATCH = [24, 32, 32]  # smaller than the plans' to save time; the networks are convolutional
SIMPLE_ITK = {8, 315, 591, 113, 615, 952}
RESIDUAL = {836}
FIRST = [298, 297, 300, 852, 853, 260, 8, 291, 292, 293, 294, 295, 850, 851, 299, 837, 836, 831, 832, 833, 834, 835,
         597, 598, 117, 591, 789, 305, 803, 315, 301, 115, 113, 775, 615]
BIG = {297: ([112, 112, 128], [[1, 1, 1]] + [[2, 2, 2]] * 4 + [[1, 1, 2]])}
BIG.update({i: ([128, 128, 128], [[1, 1, 1]] + [[2, 2, 2]] * 5) for i in (291, 292, 293, 294, 295)})


def datasets():
    """dataset -> all that the table says of it; the first task that names a dataset wins."""
    found = {}
    for task in TABLE['tasks']:
        extra = class_map.get(task['name'] + '_auxiliary', {})
        for variant in task['variants'].values():
            for part in variant['parts']:
                labels = {int(k): task['classes'][str(v)] for k, v in part['labels'].items()}
                labels.update({int(k): v for k, v in extra.items()})
                if part['dataset'] not in found:
                    found[part['dataset']] = {
                        'modality': task['modality'], 'trainer': variant['trainer'], 'plans': variant['plans'],
                        'configuration': variant['configuration'], 'folds': [0, 1] if len(variant['folds']) != 1 else [0],
                        'spacing': variant['spacing_mm'], 'labels': labels,
                        'folder': TABLE['weights'][str(part['dataset'])]['folder']}
    return found


def strides_of(patch, spacing, stages):
    """Axes that are coarser than twice the finest one keep their size in the first step."""
    strides, current, size = [[1, 1, 1]], list(spacing), list(patch)
    for _ in range(stages - 1):
        step = [2 if s < 2 * min(current) and n % 2 == 0 and n > 4 else 1 for s, n in zip(current, size)]
        strides.append(step)
        current = [s * k for s, k in zip(current, step)]
        size = [n // k for n, k in zip(size, step)]
    return strides


def flat_configuration(name, patch, spacing, modality, features, maximum, strides, residual):
    stages = len(strides)
    common = {'order_z': 0, 'force_separate_z': None}
    return {
        'data_identifier': name, 'preprocessor_name': 'DefaultPreprocessor', 'batch_size': 2, 'patch_size': patch,
        'median_image_size_in_voxels': [float(2 * p) for p in patch], 'spacing': spacing,
        'normalization_schemes': ['CTNormalization' if modality == 'CT' else 'ZScoreNormalization'],
        'use_mask_for_norm': [False],
        'UNet_class_name': 'ResidualEncoderUNet' if residual else 'PlainConvUNet', 'UNet_base_num_features': features,
        'n_conv_per_stage_encoder': [1, 2, 2, 2, 2, 2][:stages] if residual else [2] * stages,
        'n_conv_per_stage_decoder': [1 if residual else 2] * (stages - 1),
        'num_pool_per_axis': [sum(s[a] > 1 for s in strides) for a in range(3)],
        'pool_op_kernel_sizes': strides, 'conv_kernel_sizes': [[3, 3, 3]] * stages, 'unet_max_num_features': maximum,
        'resampling_fn_data': 'resample_data_or_seg_to_shape',
        'resampling_fn_data_kwargs': {'is_seg': False, 'order': 3, **common},
        'resampling_fn_seg': 'resample_data_or_seg_to_shape',
        'resampling_fn_seg_kwargs': {'is_seg': True, 'order': 1, **common},
        'resampling_fn_probabilities': 'resample_data_or_seg_to_shape',
        'resampling_fn_probabilities_kwargs': {'is_seg': False, 'order': 1, **common}, 'batch_dice': True}


def with_architecture(settings):
    """The newer form of plans, which residual encoders always have: the network as one object."""
    kept = dict(settings)
    stages, base, most = len(kept['pool_op_kernel_sizes']), kept.pop('UNet_base_num_features'), kept.pop('unet_max_num_features')
    residual = kept.pop('UNet_class_name') != 'PlainConvUNet'
    kept.pop('num_pool_per_axis')
    kept['architecture'] = {
        'network_class_name': 'dynamic_network_architectures.architectures.unet.'
                              + ('ResidualEncoderUNet' if residual else 'PlainConvUNet'),
        'arch_kwargs': {
            'n_stages': stages, 'features_per_stage': [min(base * 2 ** i, most) for i in range(stages)],
            'conv_op': 'torch.nn.modules.conv.Conv3d', 'kernel_sizes': kept.pop('conv_kernel_sizes'),
            'strides': kept.pop('pool_op_kernel_sizes'),
            'n_blocks_per_stage' if residual else 'n_conv_per_stage': kept.pop('n_conv_per_stage_encoder'),
            'n_conv_per_stage_decoder': kept.pop('n_conv_per_stage_decoder'), 'conv_bias': True,
            'norm_op': 'torch.nn.modules.instancenorm.InstanceNorm3d', 'norm_op_kwargs': {'eps': 1e-05, 'affine': True},
            'dropout_op': None, 'dropout_op_kwargs': None, 'nonlin': 'torch.nn.LeakyReLU',
            'nonlin_kwargs': {'inplace': True}},
        '_kw_requires_import': ['conv_op', 'norm_op', 'dropout_op', 'nonlin']}
    return kept


def plans(number, entry, big):
    spacing, patch = entry.get('grid') or OWN_GRID.get(number) or (None, None)
    if spacing is None:
        spacing = list(reversed(entry['spacing']))
        patch = PATCH.get(spacing[0] if len(set(spacing)) == 1 else None, [40, 64, 64])
    features, maximum, strides = 8, 64, strides_of(patch, spacing, 4)
    if big:
        patch, strides = BIG[number]
        features, maximum = 32, 320
    residual = entry.get('residual', number in RESIDUAL)
    name = entry['configuration']
    settings = flat_configuration(f"{entry['plans']}_3d_fullres", patch, spacing, entry['modality'], features, maximum,
                                  strides, residual)
    configurations = {name: with_architecture(settings) if residual else settings}
    if name == '3d_fullres_high':
        base = copy.deepcopy(settings)
        base['spacing'] = [round(2 * s, 3) for s in spacing]
        own = {'inherits_from': '3d_fullres', 'data_identifier': f"{entry['plans']}_{name}", 'spacing': spacing}
        configurations = {'3d_fullres': base, name: own}
    return {
        'dataset_name': entry['folder'], 'plans_name': entry['plans'], 'original_median_spacing_after_transp': spacing,
        'original_median_shape_after_transp': [2 * p for p in patch],
        'image_reader_writer': 'SimpleITKIO' if number in SIMPLE_ITK else 'NibabelIOWithReorient',
        'transpose_forward': [0, 1, 2], 'transpose_backward': [0, 1, 2], 'configurations': configurations,
        'experiment_planner_used': 'ExperimentPlanner', 'label_manager': 'LabelManager',
        'foreground_intensity_properties_per_channel': {'0': CT if entry['modality'] == 'CT' else MR}}


def normalized(image, modality):
    array = np.ascontiguousarray(image.transpose(2, 1, 0), dtype=np.float32)
    if modality == 'CT':
        return (np.clip(array, CT['percentile_00_5'], CT['percentile_99_5']) - CT['mean']) / CT['std']
    return (array - array.mean()) / (array.std() + 1e-8)


def training_pairs(cases, names, modality, spacing):
    """Normalized image (z, y, x), its labels and the places of each label, for each case that has any; names or groups."""
    pairs = []
    for case in cases:
        labels = standin_labels.label_map(case, names) if names else standin_labels.group_map(case)
        if not labels.any():
            continue
        image, labels = standin_labels.resampled(case, labels, list(reversed(spacing)))
        seg = np.ascontiguousarray(labels.transpose(2, 1, 0))
        flat, order = seg.ravel(), np.argsort(seg.ravel(), kind='stable')
        values, starts = np.unique(flat[order], return_index=True)
        places = dict(zip(values.tolist(), np.split(order, starts[1:])))
        pairs.append((normalized(image, modality), seg, places))
    return pairs


def patch_at_a_label(pairs, patch, rng):
    image, seg, places = pairs[rng.randint(len(pairs))]
    inner = [k for k in places if k]
    sizes = np.sqrt([len(places[k]) for k in inner])
    label = rng.choice(inner, p=sizes / sizes.sum())
    center = np.unravel_index(places[label][rng.randint(len(places[label]))], seg.shape)
    pads = [(0, max(0, p - s)) for p, s in zip(patch, seg.shape)]
    if any(b for _, b in pads):
        image, seg = np.pad(image, pads), np.pad(seg, pads)
    starts = [int(np.clip(c - p // 2 + rng.randint(-p // 4, p // 4 + 1), 0, s - p))
              for c, p, s in zip(center, patch, seg.shape)]
    window = tuple(slice(a, a + p) for a, p in zip(starts, patch))
    return torch.from_numpy(image[window].copy())[None, None], torch.from_numpy(seg[window].astype(np.int64))[None]


def fit(net, pairs, patch, steps, rate, seed, background=0.3):
    patch = [min(p, t) for p, t in zip(patch, TRAINED_PATCH)]
    rng = np.random.RandomState(seed)
    optimizer = torch.optim.Adam(net.parameters(), rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps + 1, pct_start=0.2)
    loss, found = torch.zeros(()), []
    for _ in range(steps):
        x, y = patch_at_a_label(pairs, patch, rng)
        out = net(x)
        weight = torch.ones(out.shape[1])
        weight[0] = background
        loss = torch.nn.functional.cross_entropy(out, y, weight)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        found.append(float((out.argmax(1) == y)[y > 0].float().mean()))
    print('  right among labelled', round(float(np.nanmean(found[-40:])), 2), flush=True)
    return float(loss)


def network(plan, name, classes, seed):
    torch.manual_seed(seed)
    manager = PlansManager(copy.deepcopy(plan))
    config = manager.get_configuration(name)
    return nnUNetTrainer.build_network_architecture(manager, config, 1, classes, False)


class Trunks:
    """One network of each modality, spacing and form, trained on groups of structures; models take all but its last layer."""

    def __init__(self, folder, cases):
        self.folder, self.cases = folder, cases
        folder.mkdir(parents=True, exist_ok=True)

    def state(self, entry, settings):
        """The trunk's weights for a model's settings; models of odd spacings take that of 1.5 mm."""
        modality, spacing = entry['modality'], settings['spacing']
        own = len(set(spacing)) == 1 and spacing[0] in PATCH
        spacing, patch = (spacing, settings['patch_size']) if own else ([1.5] * 3, PATCH[1.5])
        residual = 'architecture' in settings
        file = self.folder / f"{modality}_{spacing[0]}_{'residual' if residual else 'plain'}.pth"
        if not file.exists():
            plan = plans(0, {**entry, 'grid': (spacing, patch), 'residual': residual, 'configuration': '3d_fullres'}, False)
            net = network(plan, '3d_fullres', len(standin_labels.GROUPS) + 1, 7)
            coarser = self.folder / file.name.replace(str(spacing[0]), str(2 * spacing[0]))
            if modality == 'MR' and spacing[0] == 6.0:
                coarser = self.folder / file.name.replace('MR', 'CT')
            if coarser.exists():
                net.load_state_dict(torch.load(coarser))
            pairs = training_pairs(self.cases[modality], None, modality, spacing)
            loss = fit(net, pairs, patch, 40 if residual else 400 if spacing[0] > 1.5 else 100, 1e-2, 7, background=0.1)
            print('trunk', file.stem, 'loss', round(loss, 3), flush=True)
            torch.save(net.state_dict(), file)
        return torch.load(file)


def take(net, state):
    own = net.state_dict()
    for key, value in own.items():
        if 'seg_layers' not in key and key in state and state[key].shape == value.shape:
            value.copy_(state[key])
    net.load_state_dict(own)


def features_of(net, pairs, patch, seed, patches=20):
    """Inputs of the last layer and labels at every third voxel of some patches."""
    kept, rng = [], np.random.RandomState(seed)
    hook = net.decoder.seg_layers[-1].register_forward_pre_hook(lambda module, args: kept.append(args[0][0].flatten(1).T))
    features, labels = [], []
    with torch.no_grad():
        for _ in range(patches):
            x, y = patch_at_a_label(pairs, patch, rng)
            net(x)
            step = max(3, y.numel() // 10000)
            features.append(kept.pop()[::step].clone())
            labels.append(y.flatten()[::step])
    hook.remove()
    return torch.cat(features), torch.cat(labels)


def solve_head(net, pairs, patch, seed, steps=300):
    """Fits the last layer alone by logistic regression on the network's features."""
    x, y = features_of(net, pairs, patch, seed)
    mean, spread = x.mean(0), x.std(0) + 1e-6
    head = net.decoder.seg_layers[-1]
    linear = torch.nn.Linear(x.shape[1], head.out_channels)
    optimizer = torch.optim.Adam(linear.parameters(), 0.1)
    scaled, weight = (x - mean) / spread, torch.ones(head.out_channels)
    weight[0] = 0.3
    for _ in range(steps):
        part = torch.randint(len(y), (6000,))
        loss = torch.nn.functional.cross_entropy(linear(scaled[part]), y[part], weight)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        wanted = torch.bincount(y, minlength=head.out_channels).float()
        for _ in range(60):  # each label shall be found about as often as it is there
            found = torch.bincount(linear(scaled).argmax(1), minlength=head.out_channels).float()
            linear.bias += torch.where(wanted > 0, 0.15 * torch.log((wanted + 3) / (found + 3)), torch.zeros(()))
    weights = linear.weight.detach() / spread
    head.weight.data.copy_(weights[..., None, None, None])
    head.bias.data.copy_(linear.bias.detach() - weights @ mean)
    return float(loss)


def dataset_json(entry):
    return {'name': 'TotalSegmentator', 'description': 'Stand-in', 'reference': '', 'licence': 'Apache 2.0',
            'release': '2.0', 'channel_names': {'0': 'CT' if entry['modality'] == 'CT' else 'MRI'},
            'labels': {'background': 0, **{entry['labels'][i]: i for i in sorted(entry['labels'])}},
            'numTraining': 2, 'file_ending': '.nii.gz', 'overwrite_image_reader_writer': 'NibabelIOWithReorient'}


def checkpoint(net, entry, plan, data, fold, momentum):
    optimizer = torch.optim.SGD(net.parameters(), 1e-2, weight_decay=3e-5, momentum=0.99, nesterov=True)
    state = optimizer.state_dict()
    if momentum:
        state['state'] = {i: {'momentum_buffer': torch.zeros_like(p)} for i, p in enumerate(net.parameters())}
    axes = None if 'NoMirroring' in entry['trainer'] else (0, 1) if 'Mirror01' in entry['trainer'] else (0, 1, 2)
    return {'network_weights': net.state_dict(), 'optimizer_state': state, 'grad_scaler_state': None,
            'logging': {'mean_fg_dice': [np.float64(0.5)], 'ema_fg_dice': [np.float64(0.5)], 'train_losses': [-0.5],
                        'val_losses': [-0.5], 'lrs': [0.01], 'epoch_start_timestamps': [1.0],
                        'epoch_end_timestamps': [2.0], 'dice_per_class_or_region': [[np.float64(0.5)]]},
            '_best_ema': np.float64(0.5), 'current_epoch': 1000,
            'init_args': {'plans': plan, 'configuration': entry['configuration'], 'fold': fold, 'dataset_json': data,
                          'unpack_dataset': True, 'device': torch.device('cuda', 0)},
            'trainer_name': entry['trainer'], 'inference_allowed_mirroring_axes': axes}


def sensible(net, seed):
    """Untrained weights with outputs of the size of a trained network's: none vanishes, none explodes."""
    generator = torch.Generator().manual_seed(seed)
    for module in net.modules():
        if isinstance(module, (torch.nn.Conv3d, torch.nn.ConvTranspose3d)):
            torch.nn.init.kaiming_normal_(module.weight, 1e-2, generator=generator)
            torch.nn.init.zeros_(module.bias)
    for layer in net.decoder.seg_layers:
        layer.bias.data[0] = 1.0


def make(number, entry, out, cases, trunks, big=False):
    plan = plans(number, entry, big)
    plans_name = entry['plans'] + ('_8' if number in RESIDUAL and entry['plans'].startswith('nnUNetRes') else '')
    folder = out / entry['folder'] / f"{entry['trainer']}__{plans_name}__{entry['configuration']}"
    data = dataset_json(entry)
    names = [entry['labels'].get(i, '') for i in range(1, max(entry['labels']) + 1)]
    settings = PlansManager(copy.deepcopy(plan)).plans['configurations']
    settings = {**settings[next(iter(settings))], **settings[entry['configuration']]}
    pairs = None if big else training_pairs(cases[entry['modality']], names, entry['modality'], settings['spacing'])
    folder.mkdir(parents=True, exist_ok=True)
    for fold in entry['folds']:
        seed = number * 10 + (fold if isinstance(fold, int) else 0)
        net = network(plan, entry['configuration'], len(names) + 1, seed)
        if big:
            sensible(net, seed)
        else:
            take(net, trunks.state(entry, settings))
            loss = solve_head(net, pairs, settings['patch_size'], seed)
            if len(names) > 40:
                loss = fit(net, pairs, settings['patch_size'], 150, 5e-3, seed, background=0.2)
            print(number, entry['folder'], 'fold', fold, 'loss', round(loss, 3), flush=True)
        (folder / f'fold_{fold}').mkdir(exist_ok=True)
        torch.save(checkpoint(net, entry, plan, data, fold, big), folder / f'fold_{fold}' / 'checkpoint_final.pth')
    (folder / 'plans.json').write_text(json.dumps(plan, indent=4))
    (folder / 'dataset.json').write_text(json.dumps(data, indent=4))


def cads_datasets():
    """CADS's nine tasks in the form of datasets()."""
    tasks = json.loads((Path(sys.argv[1]).parent / 'specs/cads_labels.json').read_text())['tasks']
    found = {}
    for number, task in tasks.items():
        if int(number) < 600:
            found[int(number)] = {
                'modality': 'CT', 'trainer': task['trainer'], 'plans': task['plans'], 'configuration': task['config'],
                'folds': [task['fold']], 'spacing': task['spacing'], 'residual': True, 'folder': task['dataset_folder'],
                'labels': {int(k): v for k, v in task['labels'].items() if k != '0'}}
    return found


def main():
    options = {a for a in sys.argv[1:] if a.startswith('--')}
    data, out, *chosen = [a for a in sys.argv[1:] if not a.startswith('--')]
    out = Path(out)
    table = datasets()
    if '--big' in options:
        for number in map(int, chosen or BIG):
            make(number, table[number], out / 'big', None, None, big=True)
        return
    cases = standin_labels.cases(data)
    trunks = Trunks(out / 'trunks', cases)
    if '--cads' in options:
        table = cads_datasets()
        for number in map(int, chosen or table):
            make(number, table[number], out / 'cads' / 'reference', cases, trunks)
        return
    for number in RESIDUAL:
        table[number]['plans'] = 'nnUNetResEncUNetLPlans'
    rest = [n for n in table if n not in FIRST]
    for number in map(int, chosen or FIRST + rest):
        make(number, table[number], out / 'small', cases, trunks)


if __name__ == '__main__':
    main()
