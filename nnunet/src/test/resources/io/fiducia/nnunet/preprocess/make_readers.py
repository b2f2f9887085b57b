"""Makes small images and what nnunetv2 2.8.1's readers read from and write for them.

48 orientations, oblique grids, headers whose sform, qform and spacing disagree, files with two axes
or one slice, and pictures. readers.zip holds the files, readers.json what each reader gave: shape,
spacing and SHA-256 of the float32 array, and of the labels (array modulo 7) that it wrote: shape,
affine and SHA-256 in file order, or "error". usage: make_readers.py
"""
import hashlib
import itertools
import json
import os
import pathlib
import tempfile
import zipfile

import nibabel
import numpy as np
import tifffile
from nnunetv2.imageio.natural_image_reader_writer import NaturalImage2DIO
from nnunetv2.imageio.nibabel_reader_writer import NibabelIO, NibabelIOWithReorient
from nnunetv2.imageio.simpleitk_reader_writer import SimpleITKIO, SimpleITKIOWithReorient
from nnunetv2.imageio.tif_reader_writer import Tiff3DIO
from PIL import Image
from scipy.spatial.transform import Rotation
from skimage import io

HERE = pathlib.Path(__file__).parent
FOLDER = pathlib.Path(tempfile.mkdtemp())
SIZE = (5, 4, 3)
SPACING = (0.7, 1.3, 2.9)
VALUES = (np.arange(60).reshape(SIZE) * 7 % 61).astype(np.int16)


def save(name, values, affine=None, sform=None, qform=None, pixdim=None):
    image = nibabel.Nifti1Image(values, affine)
    header = image.header
    if affine is None:
        header.set_sform(None if sform is None else sform[0], 0 if sform is None else sform[1])
        header.set_qform(None if qform is None else qform[0], 0 if qform is None else qform[1])
        if pixdim is not None:
            header["pixdim"][1:4] = pixdim
    nibabel.save(image, FOLDER / name)


def affine(rotation, spacing=SPACING, offset=(11.5, -7.25, 30)):
    matrix = np.eye(4)
    matrix[:3, :3] = rotation @ np.diag(spacing)
    matrix[:3, 3] = offset
    return matrix


for order in itertools.permutations(range(3)):
    for signs in itertools.product((1, -1), repeat=3):
        direction = np.zeros((3, 3))
        for column, row in enumerate(order):
            direction[row, column] = signs[column]
        letters = "".join("RAS"[r] if s > 0 else "LPI"[r] for r, s in zip(order, signs))
        save(f"{letters}.nii.gz", VALUES, affine(direction))
for i, turn in enumerate(Rotation.random(8, random_state=3).as_matrix()):
    save(f"oblique{i}.nii.gz", VALUES, affine(turn))
shear = affine(np.array([[1, 0.1, 0], [0, 1, 0], [0, 0, 1.0]]))
turned = affine(np.diag([-1.0, -1, 1]))
flipped = affine(np.array([[0, 1.0, 0], [-1, 0, 0], [0, 0, 1]]))
upright = affine(np.eye(3))
save("none.nii.gz", VALUES, pixdim=SPACING)
save("shear.nii.gz", VALUES, sform=(shear, 1), pixdim=SPACING)
save("shear_qform.nii.gz", VALUES, sform=(shear, 1), qform=(turned, 1))
save("scanner_sform.nii.gz", VALUES, sform=(flipped, 1), qform=(turned, 1))
save("template_sform.nii.gz", VALUES, sform=(flipped, 4), qform=(upright, 1))
save("qform.nii.gz", VALUES, qform=(flipped, 1))
save("pixdim.nii.gz", VALUES, sform=(flipped, 1), pixdim=(0.71, 1.3, 2.8))
save("slice.nii.gz", VALUES[:, :, :1], turned)
save("plane.nii.gz", VALUES[:, :, 0], turned)
save("channels.nii.gz", np.stack([VALUES, VALUES[::-1]], -1), turned)

grey = (np.arange(35).reshape(5, 7) * 7 % 256).astype(np.uint8)
rgb = np.stack([grey, grey[::-1], grey.T.reshape(5, 7)], -1)
io.imsave(FOLDER / "grey.png", grey, check_contrast=False)
io.imsave(FOLDER / "grey16.png", grey.astype(np.uint16) * 100, check_contrast=False)
io.imsave(FOLDER / "rgb.png", rgb, check_contrast=False)
io.imsave(FOLDER / "rgba.png", np.concatenate([rgb, rgb[..., :1]], -1), check_contrast=False)
Image.fromarray(grey).save(FOLDER / "grey.bmp")
Image.fromarray(rgb).save(FOLDER / "rgb.bmp")
palette = Image.fromarray((grey % 4).astype(np.uint8), mode="P")
palette.putpalette([0, 0, 0, 255, 0, 0, 0, 128, 7, 9, 9, 9])
palette.save(FOLDER / "palette.png")
Image.fromarray((grey % 2).astype(bool)).save(FOLDER / "one_bit.png")
tifffile.imwrite(FOLDER / "grey.tif", grey)
tifffile.imwrite(FOLDER / "rgb.tif", rgb, photometric="rgb")
tifffile.imwrite(FOLDER / "float.tif", grey.astype(np.float32) / 3 - 5)
tifffile.imwrite(FOLDER / "int16.tif", grey.astype(np.int16) - 40, compression="zlib")
stack = np.stack([grey, grey[::-1], grey[:, ::-1], grey // 2, grey // 3])
tifffile.imwrite(FOLDER / "stack_0000.tif", stack, photometric="minisblack")
(FOLDER / "stack.json").write_text('{"spacing": [3.5, 0.5, 0.25]}')
tifffile.imwrite(FOLDER / "loose_0000.tiff", stack.astype(np.uint16) * 9, photometric="minisblack",
                 compression="zlib")


def digest(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def written(reader, array, properties, ending):
    name = str(FOLDER / f"out{ending}")
    labels = (np.abs(np.rint(array[0])) % 7).astype(np.uint8)
    reader.write_seg(labels, name, properties)
    if ending == ".nii.gz":
        image = nibabel.load(name)
        result = {"shape": image.shape, "affine": image.affine.tolist(),
                  "sha256": digest(np.asarray(image.dataobj).astype(np.int16).T)}
    else:
        read = tifffile.imread(name) if "tif" in ending else io.imread(name)
        result = {"shape": read.shape[::-1], "sha256": digest(read.astype(np.int16))}
    os.remove(name)
    return result


expected = {}
for file in sorted(FOLDER.iterdir()):
    if file.suffix == ".json":
        continue
    ending = ".nii.gz" if file.name.endswith(".nii.gz") else file.suffix
    readers = ((SimpleITKIO, SimpleITKIOWithReorient, NibabelIO, NibabelIOWithReorient)
               if ending == ".nii.gz" else (NaturalImage2DIO, Tiff3DIO))
    for reader in readers:
        try:
            array, properties = reader().read_images([str(file)])
            result = {"shape": array.shape, "spacing": [float(s) for s in properties["spacing"]],
                      "sha256": digest(array)}
            if len(array) == 1:
                result["written"] = written(reader(), array, properties, ending)
        except Exception:
            result = "error"
        expected.setdefault(file.name, {})[reader.__name__] = result
with zipfile.ZipFile(HERE / "readers.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for file in sorted(FOLDER.iterdir()):
        if not file.name.startswith("out"):
            archive.write(file, file.name)
(HERE / "readers.json").write_text(json.dumps(expected, indent=0) + "\n")
