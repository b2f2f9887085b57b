"""Makes small datasets of many kinds, plans and preprocesses them with Fiducia, does the same with
nnunetv2 from Fiducia's fingerprint, and compares plans, arrays, class locations and properties.
With --fingerprint nnunetv2 extracts its own, which takes long, and the two are compared too.
Written against nnunetv2 2.8.1.

usage: compare_preprocessing.py LAUNCHER FOLDER [--fingerprint] [KIND...]
"""
import json
import os
import pathlib
import pickle
import shutil
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


def peer(name, planner, fingerprint):
    """Plans with nnunetv2; its fingerprint, or Fiducia's, must lie in the folder."""
    import nnunetv2
    from nnunetv2.utilities.find_class_by_name import recursive_find_python_class
    number = int(name[7:10])
    folder = ROOT / "preprocessed_peer" / name
    if fingerprint:
        from nnunetv2.experiment_planning.plan_and_preprocess_api import extract_fingerprints
        extract_fingerprints([number], num_processes=1, clean=False)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "preprocessed_ours" / name / "dataset_fingerprint.json", folder)
    found = recursive_find_python_class(
        os.path.join(nnunetv2.__path__[0], "experiment_planning"), planner[0],
        "nnunetv2.experiment_planning")
    options = {"gpu_memory_target_in_gb": float(planner[2])} if len(planner) > 1 else {}
    experiment = found(number, **options)
    experiment.plan_experiment()
    return experiment.plans_identifier


def prepared(name, plans, configuration, identifier):
    """One case as nnunetv2 preprocesses it."""
    from nnunetv2.preprocessing.preprocessors.default_preprocessor import DefaultPreprocessor
    from nnunetv2.utilities.plans_handling.plans_handler import PlansManager
    from nnunetv2.utilities.utils import get_filenames_of_train_images_and_targets
    raw = RAW / name
    dataset = json.loads((raw / "dataset.json").read_text())
    files = get_filenames_of_train_images_and_targets(str(raw), dataset)[identifier]
    manager = PlansManager(str(ROOT / "preprocessed_peer" / name / f"{plans}.json"))
    data, seg, properties = DefaultPreprocessor(verbose=False).run_case(
        files["images"], files["label"], manager, manager.get_configuration(configuration), dataset)
    return data.astype(np.float32), seg.astype(np.int16), properties


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


def compare(kind, fingerprint):
    name = make(kind).name
    mine, theirs = ROOT / "preprocessed_ours" / name, ROOT / "preprocessed_peer" / name
    worst, failed = {}, []
    for planner in KINDS[kind][4]:
        ours(KINDS[kind][0], planner)
        plans = peer(name, planner, fingerprint)
        for file in ("dataset_fingerprint.json", f"{plans}.json"):
            found = differences(json.loads((mine / file).read_text()),
                                json.loads((theirs / file).read_text()))
            failed += [f"{file}{path}: {a} and {b}" for path, a, b in found]
        configurations = json.loads((theirs / f"{plans}.json").read_text())["configurations"]
        for configuration, values in configurations.items():
            if "data_identifier" not in values:
                continue
            key = f"{plans} {configuration}"
            worst[key] = (0.0, 0)
            for n in range(6):
                failed += check(mine / values["data_identifier"], f"case{n}", worst, key,
                                prepared(name, plans, configuration, f"case{n}"))
    for key, (error, voxels) in worst.items():
        print(f"{kind}: {key}: data {error:.1e} of the largest value, {voxels} labels differ",
              flush=True)
    for line in failed[:12]:
        print(f"{kind}: DIFFERENT {line}", flush=True)
    return not failed


def check(folder, identifier, worst, key, expected):
    """Compares one case; returns what differs and notes the largest errors."""
    data, seg, properties = expected
    own = np.load(folder / f"{identifier}.npz")
    own_properties = pickle.loads((folder / f"{identifier}.pkl").read_bytes())
    failed, where = [], f"{key} {identifier}"
    if own["data"].shape != data.shape:
        return [f"{where}: shapes {own['data'].shape} and {data.shape}"]
    error = float(np.abs(own["data"] - data).max() / np.abs(data).max())
    voxels = int((own["seg"] != seg).sum())
    worst[key] = (max(worst[key][0], error), worst[key][1] + voxels)
    if error > 1e-5 or voxels > 0:
        failed.append(f"{where}: data {error:.2e} of the largest, {voxels} labels")
    a, b = own_properties["class_locations"], properties["class_locations"]
    if list(a) != list(b) or any(not np.array_equal(a[k], b[k]) for k in a):
        failed.append(f"{where}: class locations")
    for k in ("spacing", "shape_before_cropping", "bbox_used_for_cropping",
              "shape_after_cropping_and_before_resampling"):
        if not np.array_equal(own_properties[k], properties[k]):
            failed.append(f"{where}: {k} {own_properties[k]} {properties[k]}")
    return failed


if __name__ == "__main__":
    kinds = [a for a in sys.argv[3:] if a != "--fingerprint"] or KINDS
    results = [compare(kind, "--fingerprint" in sys.argv) for kind in kinds]
    sys.exit(0 if all(results) else 1)
