"""Compares our label map files with those that TotalSegmentator writes for the same images.

Run it by hand after `mvn package`, with a Python that has TotalSegmentator, nibabel and SimpleITK:

    python anatomy/src/test/peer/check_output.py IMAGE.nii.gz [--fixtures]

It makes copies of a CT in several orientations and header variants, lets PeerOutputs (a class among
the tests) write label maps for them, and reads these with TotalSegmentator's own reader. Headers must
be those that TotalSegmentator's lines write, except for the fields that we clear on purpose.
With --fixtures it also writes the files that NiftiTemplateTest compares with.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel.orientations import axcodes2ornt, io_orientation, ornt_transform
from totalsegmentator.nifti_ext_header import add_label_map_to_nifti, load_multilabel_nifti

ROOT = Path(__file__).resolve().parents[4]
NAMES = {1: "spleen", 2: "a<b&c>\"d'", 3: "x]]>y", 7: "Leber ä漢"}
# Text that may name a patient, fields that NIfTI does not use, and the image's display range.
CLEARED = {"descrip": b"", "aux_file": b"", "intent_name": b"", "data_type": b"", "db_name": b"",
           "extents": 0, "session_error": 0, "glmax": 0, "glmin": 0, "cal_max": 0, "cal_min": 0}
IGNORED = {"vox_offset", "regular"}


def as_upstream(img, data):
    """nnunet.py, lines 836 to 842 of version 2.18, in our words."""
    if len(img.shape) > 3:
        img = nib.Nifti1Image(img.get_fdata()[:, :, :, 0], img.affine)
    header = img.header.copy()
    header.set_data_dtype(np.uint8)
    return nib.Nifti1Image(data, img.affine, header)


def variants(path, folder):
    ct = nib.load(path)
    data = np.asanyarray(ct.dataobj).astype(np.int16)
    ct = nib.Nifti1Image(data, ct.affine)

    def save(name, img, **fields):
        for k, v in fields.items():
            img.header[k] = v
        nib.save(img, folder / name)

    for axes in ["RAS", "LPS", "LAS", "SAR", "PIR", "ILA", "ARS"]:
        turn = ornt_transform(io_orientation(ct.affine), axcodes2ornt(axes))
        img = ct.as_reoriented(turn)
        img.set_sform(img.affine, 1)
        img.set_qform(img.affine, 1)
        img.header.set_xyzt_units("mm", "sec")
        save(f"axes_{axes}.nii.gz", img)
    small = data[:20, :17, :9]

    def image(affine=ct.affine, cls=nib.Nifti1Image, sform=2, qform=0, array=small):
        img = cls(array, affine)
        img.set_sform(affine if sform else None, sform)
        img.set_qform(affine if qform else None, qform)
        return img

    angle = np.deg2rad(17)
    turned = ct.affine.copy()
    turned[:3, :3] = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0],
                               [0, 0, 1]]) @ np.diag([0.9, 1.1, 3.3])
    sheared = turned.copy()
    sheared[1, 2] += 0.7
    save("oblique.nii.gz", image(turned, sform=1, qform=1))
    save("sheared.nii.gz", image(sheared, sform=4))
    save("qform_only.nii.gz", image(turned, sform=0, qform=3))
    differs = image(turned, sform=2, qform=1)
    differs.header["qoffset_x"] += 5
    save("forms_differ.nii.gz", differs)
    save("no_forms.nii.gz", image(sform=0, qform=0), pixdim=[1, 2, 2.5, 3, 1, 1, 1, 1])
    save("named.nii.gz", image(), descrip=b"DOE^JANE 1970", aux_file=b"doe.txt",
         intent_name=b"jane", db_name=b"doe", data_type=b"jane", cal_max=1000, cal_min=-1000,
         toffset=2.5, slice_code=3, slice_duration=0.5, dim_info=57, intent_code=1001,
         extents=16384, glmax=9)
    scaled = image()
    scaled.header.set_slope_inter(2.0, -1024)
    save("scaled.nii.gz", scaled)
    save("plain.nii", image())
    save("trailing.nii.gz", image(array=small[..., None]))
    extended = image()
    extended.header.extensions.append(nib.nifti1.Nifti1Extension(6, b"Jane Doe"))
    save("extended.nii.gz", extended)
    big = nib.Nifti1Image(small, ct.affine, nib.Nifti1Header(endianness=">"))
    big.set_sform(ct.affine, 1)
    save("big_endian.nii.gz", big)
    save("version2.nii.gz", image(turned, cls=nib.Nifti2Image, sform=1, qform=1))


def pattern(shape):
    i = np.arange(np.prod(shape)) // 5 % 4
    return np.where(i == 3, 7, i).astype(np.uint8).reshape(shape, order="F")


def compare(name, ours, theirs, source):
    problems = []
    if name.startswith(("trailing", "version2")):
        fields = []  # nibabel makes a new header; the affine is compared below
    else:
        fields = [f for f in theirs.header.keys() if f not in IGNORED]
    for f in fields:
        expected = CLEARED.get(f, theirs.header[f])
        a, b = np.asarray(ours.header[f]), np.asarray(expected)
        if not np.array_equal(a, b, equal_nan=a.dtype.kind == "f"):
            problems.append(f"{f}: {ours.header[f]} instead of {expected}")
    if not np.array_equal(ours.affine, source.affine.astype(np.float32).astype(float)
                          if name.startswith("version2") else source.affine):
        problems.append(f"affine {ours.affine} instead of {source.affine}")
    if not np.array_equal(np.float32(ours.header.get_zooms()),
                          np.float32(source.header.get_zooms()[:3])):
        problems.append("zooms")
    if not np.array_equal(np.asanyarray(ours.dataobj), pattern(source.shape[:3])):
        problems.append("voxels")
    if ours.get_data_dtype() != np.uint8:
        problems.append(str(ours.get_data_dtype()))
    return problems


def same_place(ours, source):
    import SimpleITK
    if source.name.startswith("version2"):  # ITK does not read it
        source = ours
    a, b = SimpleITK.ReadImage(str(ours)), SimpleITK.ReadImage(str(source))
    return (a.GetOrigin() == b.GetOrigin()[:3] and a.GetSpacing() == b.GetSpacing()[:3]
            and (b.GetDimension() > 3 or a.GetDirection() == b.GetDirection()))


def run_ours(images, results):
    paths = [ROOT / m / "target/classes" for m in ("anatomy", "core", "image", "base")]
    paths.append(ROOT / "anatomy/target/test-classes")
    jars = [j for j in (Path.home() / ".m2/repository/tools/jackson").rglob("*.jar")]
    jars += (Path.home() / ".m2/repository/com/fasterxml/jackson").rglob("*.jar")
    jars += (Path.home() / ".m2/repository/org/slf4j").rglob("*.jar")
    java = Path(os.environ["JAVA_HOME"]) / "bin/java"
    subprocess.run([java, "-cp", os.pathsep.join(str(p) for p in paths + jars),
                    "io.fiducia.anatomy.output.PeerOutputs", images, results], check=True)


def fixtures(folder):
    folder.mkdir(parents=True, exist_ok=True)
    affine = np.array([[-1.5, 0.25, 0, 20], [0.3, 1.25, 0, -30], [0, 0, 4, 7.5], [0, 0, 0, 1]])
    img = nib.Nifti1Image(np.arange(60, dtype=np.int16).reshape(5, 4, 3), affine)
    img.set_sform(affine, 2)
    img.header.set_xyzt_units("mm", "sec")
    img.header["toffset"] = 1.5
    img.header["cal_max"] = 400
    img.header["descrip"] = b"DOE^JANE"
    img.header["aux_file"] = b"jane.txt"
    img.header.extensions.append(nib.nifti1.Nifti1Extension(6, b"Jane Doe"))
    nib.save(img, folder / "image.nii.gz")
    for name, names in [("totalsegmentator", {k: v for k, v in NAMES.items() if k != 3}),
                        ("broken-name", NAMES)]:  # its CDATA cannot hold the name of label 3
        out = as_upstream(nib.load(folder / "image.nii.gz"), pattern(img.shape))
        out.header.extensions.clear()
        nib.save(add_label_map_to_nifti(out, names), folder / f"labels-{name}.nii.gz")


def main():
    if "--fixtures" in sys.argv:
        fixtures(ROOT / "image/src/test/resources/io/fiducia/nifti")
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        images, results = Path(scratch) / "in", Path(scratch) / "out"
        images.mkdir()
        variants(sys.argv[1], images)
        run_ours(images, results)
        for path in sorted(images.iterdir()):
            source = nib.load(path)
            theirs = as_upstream(source, pattern(source.shape[:3]))
            nib.save(theirs, Path(scratch) / "theirs.nii.gz")
            theirs = nib.load(Path(scratch) / "theirs.nii.gz")
            ours, names = load_multilabel_nifti(results / path.name)
            problems = compare(path.name, ours, theirs, source)
            if names != NAMES:
                problems.append(f"names {names}")
            raw = (results / path.name).read_bytes()
            if path.suffix == ".gz":
                import gzip
                raw = gzip.decompress(raw)
            if b"ane" in raw[:int(ours.header["vox_offset"])] or b"DOE" in raw:
                problems.append("identity")
            for label, name in [(1, "spleen"), (2, "two"), (3, "empty")]:
                mask = nib.load(results / (path.name + ".d") / f"{name}.nii.gz")
                expected = (pattern(source.shape[:3]) == label).astype(np.uint8)
                if not np.array_equal(np.asanyarray(mask.dataobj), expected):
                    problems.append(f"mask {label}")
                if not np.array_equal(mask.affine, ours.affine):
                    problems.append(f"mask's affine {label}")
            if not path.name.startswith("sheared") and not same_place(results / path.name, path):
                problems.append("SimpleITK places it elsewhere")
            print(f"{path.name:24} {'; '.join(problems) or 'ok'}")
            failed += bool(problems)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
