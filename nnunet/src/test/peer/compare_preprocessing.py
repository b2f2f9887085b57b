"""Makes small datasets of many kinds, plans and preprocesses them with nnunetv2 and with Fiducia, and
compares fingerprints, plans, arrays, class locations and splits. Written against nnunetv2 2.8.1.

usage: compare_preprocessing.py LAUNCHER FOLDER [KIND...]
"""
import json
import os
import pathlib
import pickle
import subprocess
import sys

LAUNCHER, ROOT = pathlib.Path(sys.argv[1]).absolute(), pathlib.Path(sys.argv[2]).absolute()
RAW = ROOT / "raw"
for name in ("raw", "preprocessed", "results"):
    os.environ[f"nnUNet_{name}"] = str(ROOT / (name if name == "raw" else f"{name}_peer"))
    (ROOT / (name if name == "raw" else f"{name}_peer")).mkdir(parents=True, exist_ok=True)
os.environ["nnUNet_def_n_proc"] = "1"

import nibabel  # noqa: E402
import numpy as np  # noqa: E402
from skimage import io  # noqa: E402

#: number, channels, labels, more of dataset.json, planners with options, (z, y, x) sizes and spacing
KINDS = {
    "channels": (911, ["T1", "T2"], {"background": 0, "a": 1, "b": 2}, {}, [["ExperimentPlanner"]],
                 (30, 44, 40), (1.5, 1.0, 1.0)),
    "regions": (912, ["MR"], {"background": 0, "whole": [1, 2, 3], "core": [2, 3], "tip": [3],
                              "ignore": 4}, {"regions_class_order": [1, 2, 3]},
                [["ExperimentPlanner"], ["nnUNetPlannerResEncM"]], (26, 40, 36), (2.0, 1.2, 1.0)),
    "anisotropic": (913, ["CT"], {"background": 0, "a": 1, "b": 2}, {},
                    [["ExperimentPlanner"], ["nnUNetPlannerResEncL"]], (9, 60, 64), (5.0, 0.8, 0.8)),
    "transposed": (914, ["noNorm", "rescale_to_0_1"], {"background": 0, "a": 1, "b": 2},
                   {"overwrite_image_reader_writer": "NibabelIOWithReorient"},
                   [["ExperimentPlanner"]], (48, 44, 14), (1.0, 1.0, 3.5)),
    "lowres": (915, ["CT"], {"background": 0, "a": 1, "b": 2}, {},
               [["ExperimentPlanner", "-gpu_memory_target", "0.6"]], (110, 120, 100),
               (1.0, 0.9, 0.9)),
    "picture": (916, ["rgb_to_0_1", "rgb_to_0_1", "rgb_to_0_1"], {"background": 0, "a": 1, "b": 2},
                {"file_ending": ".png"}, [["ExperimentPlanner"]], (1, 60, 70), (1, 1, 1)),
    "plane": (917, ["US"], {"background": 0, "a": 1, "b": 2}, {}, [["ExperimentPlanner"]],
              (1, 60, 70), (999, 0.5, 0.4)),
    "torch": (918, ["CT"], {"background": 0, "a": 1, "b": 2}, {},
              [["nnUNetPlannerResEncL_torchres"], ["nnUNetPlannerResEncL_torchres_sepz"]],
              (20, 52, 56), (4.0, 1.0, 0.9)),
    "untouched": (919, ["CT"], {"background": 0, "a": 1, "b": 2}, {},
                  [["nnUNetPlannerResEncL_noResampling"]], (24, 40, 44), (2.0, 1.0, 0.9)),
}
LETTERS = [((0, 1, 2), (1, 1, 1)), ((0, 1, 2), (-1, -1, 1)), ((2, 0, 1), (1, -1, 1))]


def case(kind, number):
    """Image channels and label as (z, y, x) arrays, and the spacing, of one case."""
    _, channels, labels, _, _, size, spacing = KINDS[kind]
    rng = np.random.RandomState(100 * KINDS[kind][0] + number)
    size = tuple(n if n == 1 else n + int(rng.randint(-3, 4)) for n in size)
    spacing = [s * (1 + 0.04 * rng.randint(-2, 3)) for s in spacing]
    grid = np.stack(np.meshgrid(*[np.linspace(-1, 1, n) if n > 1 else np.zeros(1) for n in size],
                                indexing="ij"), -1)
    shift = rng.uniform(-0.15, 0.15, 3) * (np.array(size) > 1)
    d = np.sqrt(((grid - shift) ** 2).sum(-1))
    images = []
    for c in range(len(channels)):
        image = 300 * np.cos(3 * d + c) + 60 * np.sin(9 * grid[..., 2]) + rng.normal(0, 20, size)
        if "picture" == kind:
            image = np.clip(image / 3 + 120, 0, 255)
        elif "CT" not in channels:
            image = np.where(d < 0.75, image + 500, 0)
        images.append(np.rint(image).astype(np.int16))
    values = sorted({v for x in labels.values() for v in (x if isinstance(x, list) else [x])})
    label = np.zeros(size, np.uint8)
    for i, v in enumerate(values[1:]):
        label[d < 0.6 - 0.15 * i] = v
    return images, label, spacing


def make(kind):
    number, channels, labels, more, _, _, _ = KINDS[kind]
    folder = RAW / f"Dataset{number}_{kind.capitalize()}"
    if (folder / "dataset.json").exists():
        return folder
    for name in ("imagesTr", "labelsTr"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for n in range(6):
        images, label, spacing = case(kind, n)
        if kind == "picture":
            io.imsave(folder / "imagesTr" / f"case{n}_0000.png",
                      np.stack([i[0] for i in images], -1).astype(np.uint8), check_contrast=False)
            io.imsave(folder / "labelsTr" / f"case{n}.png", label[0], check_contrast=False)
            continue
        affine = np.diag([*spacing[::-1], 1])
        affine[:3, 3] = [-20, 13, 5]
        for i, array in enumerate([*images, label]):
            array = array.transpose(2, 1, 0)
            image = nibabel.Nifti1Image(array[..., 0] if kind == "plane" else array, affine)
            if kind == "transposed":
                order, signs = LETTERS[n % 3]
                image = image.as_reoriented(np.array([[o, s] for o, s in zip(order, signs)]))
            name = (f"labelsTr/case{n}.nii.gz" if i == len(images)
                    else f"imagesTr/case{n}_{i:04d}.nii.gz")
            nibabel.save(image, folder / name)
    names = {str(i): c for i, c in enumerate(channels)}
    text = {"channel_names": names, "labels": labels, "numTraining": 6, "file_ending": ".nii.gz"}
    (folder / "dataset.json").write_text(json.dumps({**text, **more}, indent=1))
    return folder


def peer(number, planner):
    from nnunetv2.experiment_planning.plan_and_preprocess_api import (
        extract_fingerprints, plan_experiments, preprocess)
    extract_fingerprints([number], num_processes=1, clean=False)
    memory = float(planner[2]) if len(planner) > 1 else None
    plans = plan_experiments([number], planner[0], memory)
    preprocess([number], plans, num_processes=[1])
    return plans


def ours(number, planner):
    folders = ["--raw", RAW, "--preprocessed", ROOT / "preprocessed_ours"]
    run = lambda *a: subprocess.run([LAUNCHER, "nnunet", *a, *folders], check=True,  # noqa: E731
                                    stdout=subprocess.DEVNULL)
    run("plan", "-d", str(number), "-pl", *planner)
    from_plan = sorted((ROOT / "preprocessed_ours").glob(f"Dataset{number}_*/*Plans*.json"),
                       key=os.path.getmtime)[-1].stem
    run("preprocess", "-d", str(number), "-plans_name", from_plan, "--format", "npz")


def differences(a, b, path=""):
    """Where two JSON values differ; numbers by their relative difference."""
    if isinstance(a, dict) and isinstance(b, dict):
        return [x for k in sorted({*a, *b})
                for x in differences(a.get(k, "missing"), b.get(k, "missing"), f"{path}.{k}")]
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [x for i in range(len(a)) for x in differences(a[i], b[i], f"{path}[{i}]")]
    if isinstance(a, (int, float)) and isinstance(b, (int, float)) and not isinstance(a, bool):
        relative = abs(a - b) / max(abs(a), abs(b), 1e-300)
        return [] if a == b or relative < 5e-7 and "foreground" in path else [(path, a, b)]
    return [] if a == b else [(path, a, b)]


def compare(kind):
    number, planners = KINDS[kind][0], KINDS[kind][4]
    name = make(kind).name
    worst, failed = {}, []
    for planner in planners:
        plans = peer(number, planner)
        ours(number, planner)
        mine, theirs = ROOT / "preprocessed_ours" / name, ROOT / "preprocessed_peer" / name
        for file in ("dataset_fingerprint.json", f"{plans}.json"):
            found = differences(json.loads((mine / file).read_text()),
                                json.loads((theirs / file).read_text()))
            failed += [f"{file}{path}: {a} and {b}" for path, a, b in found]
        from nnunetv2.training.dataloading.nnunet_dataset import infer_dataset_class
        configurations = json.loads((theirs / f"{plans}.json").read_text())["configurations"]
        for configuration, values in configurations.items():
            if "data_identifier" not in values:
                continue
            folder = theirs / values["data_identifier"]
            dataset = infer_dataset_class(str(folder))(str(folder))
            for identifier in dataset.identifiers:
                data, seg, _, properties = dataset.load_case(identifier)
                data, seg = np.asarray(data), np.asarray(seg)
                own = np.load(mine / values["data_identifier"] / f"{identifier}.npz")
                with open(mine / values["data_identifier"] / f"{identifier}.pkl", "rb") as f:
                    own_properties = pickle.load(f)
                where = f"{plans} {configuration} {identifier}"
                if own["data"].shape != data.shape:
                    failed.append(f"{where}: shapes {own['data'].shape} and {data.shape}")
                    continue
                error = np.abs(own["data"] - data).max() / np.abs(data).max()
                voxels = int((own["seg"] != seg).sum())
                key = f"{plans} {configuration}"
                old = worst.get(key, (0, 0))
                worst[key] = (max(old[0], float(error)), old[1] + voxels)
                if error > 1e-5 or voxels > 0:
                    failed.append(f"{where}: data {error:.2e} of the largest, {voxels} labels")
                a, b = own_properties["class_locations"], properties["class_locations"]
                if list(a) != list(b) or any(not np.array_equal(a[k], b[k]) for k in a):
                    failed.append(f"{where}: class locations")
                for key in ("spacing", "shape_before_cropping", "bbox_used_for_cropping",
                            "shape_after_cropping_and_before_resampling"):
                    if not np.array_equal(own_properties[key], properties[key]):
                        failed.append(f"{where}: {key} {own_properties[key]} {properties[key]}")
    for key, (error, voxels) in worst.items():
        print(f"{kind}: {key}: data {error:.1e} of the largest value, {voxels} labels differ")
    for line in failed[:12]:
        print(f"{kind}: DIFFERENT {line}")
    return not failed


if __name__ == "__main__":
    results = [compare(kind) for kind in (sys.argv[3:] or KINDS)]
    sys.exit(0 if all(results) else 1)
