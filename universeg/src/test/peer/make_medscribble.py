#!/usr/bin/env python3
"""Lays the 2D tasks of MedScribble out as nnU-Net raw datasets, one per task.

usage: make_medscribble.py SOURCE OUT

SOURCE holds TASK/NAME_image.nii.gz and TASK/NAME_label.nii.gz. OUT gets Dataset920_ACDC,
Dataset921_BTCV, ...: imagesTr/NAME_0000.nii.gz, labelsTr/NAME.nii.gz, dataset.json. Files are copied
as they are. Then: fiducia universeg score --dataset OUT/Dataset920_ACDC --leave-one-out -o CURVE
"""

import json
import shutil
import sys
from pathlib import Path

FIRST = 920
IMAGE = "_image.nii.gz"
LABEL = "_label.nii.gz"


def make(source, out):
    tasks = sorted(p for p in source.iterdir() if p.is_dir())
    if not tasks:
        sys.exit(f"no task in {source}")
    for number, task in enumerate(tasks, FIRST):
        folder = out / f"Dataset{number}_{task.name}"
        for part in ("imagesTr", "labelsTr"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        images = sorted(task.glob("*" + IMAGE))
        for image in images:
            name = image.name[: -len(IMAGE)]
            label = task / (name + LABEL)
            if not label.is_file():
                sys.exit(f"no label map of {image}")
            shutil.copyfile(image, folder / "imagesTr" / f"{name}_0000.nii.gz")
            shutil.copyfile(label, folder / "labelsTr" / f"{name}.nii.gz")
        # No channel is called CT: the values of all tasks are scaled to 16 bits.
        (folder / "dataset.json").write_text(json.dumps({
            "channel_names": {"0": "image"},
            "labels": {"background": 0, task.name: 1},
            "numTraining": len(images),
            "file_ending": ".nii.gz",
        }, indent=1) + "\n")
        print(folder, len(images))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    make(Path(sys.argv[1]), Path(sys.argv[2]))
