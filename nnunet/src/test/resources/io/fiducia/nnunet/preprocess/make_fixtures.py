"""Makes a small data set beside it and preprocesses it with nnunetv2 2.8.1 (SimpleITKIO).

Two channels with zeros around and inside, thick slices, regions and an ignore label, an oblique grid;
the plans transpose the axes, one channel is normalised inside the nonzero mask, and the target spacing
makes every axis change. usage: make_fixtures.py
"""
import json
import pathlib

import nibabel
import numpy as np
from nnunetv2.preprocessing.preprocessors.default_preprocessor import DefaultPreprocessor
from nnunetv2.training.dataloading.nnunet_dataset import nnUNetDatasetNumpy
from nnunetv2.utilities.plans_handling.plans_handler import PlansManager

HERE = pathlib.Path(__file__).parent
RAW = HERE / "Dataset905_Made"
for name in ("imagesTr", "labelsTr"):
    (RAW / name).mkdir(parents=True, exist_ok=True)

rng = np.random.RandomState(11)
size = (34, 27, 9)
grid = np.stack(np.meshgrid(*[np.arange(n) for n in size], indexing="ij"), -1).astype(float)
centre = np.array(size) / 2
d = np.sqrt((((grid - centre) / (0.42 * np.array(size))) ** 2).sum(-1))
inside = d < 1
first = np.where(inside, 100 + 30 * np.sin(grid[..., 0] / 5) + rng.randint(-5, 6, size), 0)
second = np.where(inside, 900 + 200 * np.cos(grid[..., 1] / 7) + rng.randint(-20, 21, size), 0)
for channel in (first, second):
    channel[15:17, 12:14, 4] = 0
label = np.zeros(size, np.uint8)
label[d < 0.7] = 1
label[d < 0.5] = 2
label[d < 0.3] = 3
label[(d >= 0.7) & (d < 0.8) & (grid[..., 0] < centre[0])] = 4
turn = 0.2
affine = np.eye(4)
affine[:3, :3] = np.array(
    [[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]]
) @ np.diag([-0.9, 0.95, 4.0])
affine[:3, 3] = [10, -20, 5]
for c, channel in enumerate((first, second)):
    image = nibabel.Nifti1Image(np.rint(channel).astype(np.int16), affine)
    nibabel.save(image, RAW / "imagesTr" / f"case_{c:04d}.nii.gz")
nibabel.save(nibabel.Nifti1Image(label, affine), RAW / "labelsTr" / "case.nii.gz")
dataset = {
    "channel_names": {"0": "T1", "1": "CT"},
    "labels": {"background": 0, "whole": [1, 2, 3], "core": [2, 3], "enhancing": [3], "ignore": 4},
    "regions_class_order": [1, 2, 3],
    "numTraining": 1,
    "file_ending": ".nii.gz",
}
(RAW / "dataset.json").write_text(json.dumps(dataset, indent=1))


def kwargs(is_seg, order):
    return {"is_seg": is_seg, "order": order, "order_z": 0, "force_separate_z": None}


def configuration(spacing, patch):
    n = len(patch)
    return {
        "data_identifier": "nnUNetPlans_3d_fullres" if n == 3 else "nnUNetPlans_2d",
        "preprocessor_name": "DefaultPreprocessor",
        "batch_size": 2,
        "patch_size": patch,
        "median_image_size_in_voxels": [9.0, 34.0, 27.0][3 - n:],
        "spacing": spacing,
        "normalization_schemes": ["ZScoreNormalization", "CTNormalization"],
        "use_mask_for_norm": [True, False],
        "resampling_fn_data": "resample_data_or_seg_to_shape",
        "resampling_fn_seg": "resample_data_or_seg_to_shape",
        "resampling_fn_data_kwargs": kwargs(False, 3),
        "resampling_fn_seg_kwargs": kwargs(True, 1),
        "resampling_fn_probabilities": "resample_data_or_seg_to_shape",
        "resampling_fn_probabilities_kwargs": kwargs(False, 1),
        "architecture": {
            "network_class_name": "dynamic_network_architectures.architectures.unet.PlainConvUNet",
            "arch_kwargs": {
                "n_stages": 2, "features_per_stage": [8, 16],
                "conv_op": f"torch.nn.modules.conv.Conv{n}d",
                "kernel_sizes": [[3] * n] * 2, "strides": [[1] * n, [2] * n],
                "n_conv_per_stage": [2, 2], "n_conv_per_stage_decoder": [2], "conv_bias": True,
                "norm_op": f"torch.nn.modules.instancenorm.InstanceNorm{n}d",
                "norm_op_kwargs": {"eps": 1e-05, "affine": True},
                "dropout_op": None, "dropout_op_kwargs": None,
                "nonlin": "torch.nn.LeakyReLU", "nonlin_kwargs": {"inplace": True},
            },
            "_kw_requires_import": ["conv_op", "norm_op", "dropout_op", "nonlin"],
        },
        "batch_dice": False,
    }


intensity = {"mean": 950.5, "median": 960.0, "std": 120.25, "min": 600.0, "max": 1200.0,
             "percentile_99_5": 1105.5, "percentile_00_5": 730.25}
plans = {
    "dataset_name": "Dataset905_Made", "plans_name": "nnUNetPlans",
    "original_median_spacing_after_transp": [4.0, 0.9, 0.95],
    "original_median_shape_after_transp": [9, 34, 27],
    "image_reader_writer": "SimpleITKIO",
    "transpose_forward": [0, 2, 1], "transpose_backward": [0, 2, 1],
    "configurations": {
        "3d_fullres": configuration([2.6, 0.7, 1.3], [8, 32, 16]),
        "2d": configuration([1.1, 0.8], [32, 32]),
    },
    "experiment_planner_used": "ExperimentPlanner", "label_manager": "LabelManager",
    "foreground_intensity_properties_per_channel": {"0": intensity, "1": intensity},
}
(HERE / "nnUNetPlans.json").write_text(json.dumps(plans, indent=1))
manager = PlansManager(plans)
for name in plans["configurations"]:
    data, seg, properties = DefaultPreprocessor(verbose=False).run_case(
        [str(RAW / "imagesTr" / f"case_{c:04d}.nii.gz") for c in (0, 1)],
        str(RAW / "labelsTr" / "case.nii.gz"), manager, manager.get_configuration(name), dataset)
    folder = HERE / "expected" / name
    folder.mkdir(parents=True, exist_ok=True)
    nnUNetDatasetNumpy.save_case(
        data.astype(np.float32), seg.astype(np.int16), properties, str(folder / "case"))
    print(name, data.shape, {k: len(v) for k, v in properties["class_locations"].items()})
