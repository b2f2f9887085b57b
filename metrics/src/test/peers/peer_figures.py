"""What other tools say of random pairs of masks: the oracle of PeerFigureTest.

    python peer_figures.py OUT.jsonl.gz COUNT SEED [volume|plane|sheared]

Each line is a pair: shape and spacing (x, y, z), the masks as zlib-compressed bits in C order of
[x][y][z], and per tool its figures under our names. Pairs of planes have two axes. The tools know
spacings only; for sheared pairs, whose "steps" are the vectors along x, y and z in mm, the figures
"patient" are those of SciPy (binary_erosion, cKDTree on the voxels' positions) and of surface-distance's
codes with sheared faces (sheared_surfel_areas.py). A tool that cannot be run is left out:
surface-distance, monai and SimpleITK are Python packages, plastimatch a program on the PATH, and
MetricsReloaded, which is on no package index, a copy of its class of distance measures as module
metrics_reloaded on the PYTHONPATH. The first line names the versions.
"""
import base64
import gzip
import importlib.metadata
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import types
import warnings
import zlib

import numpy as np
import scipy.ndimage

TOLERANCES = (0.0, 1.0, 2.0, 3.5)
PERCENTILES = (50.0, 95.0, 99.0)


def spacing(rng):
    kind = rng.integers(3)
    if kind == 0:
        return tuple(rng.choice([0.5, 0.75, 1.0, 1.25, 2.0, 2.5, 3.0, 5.0], 3).tolist())
    if kind == 1:
        s = float(rng.choice([0.9765625, 1.0, 1.171875]))
        return (s, s, float(rng.choice([2.5, 3.0, 5.0])))
    # Single precision, as files hold it.
    return tuple(float(np.float32(v)) for v in rng.uniform(0.4, 4, 3))


def shape_of(rng, size, mm):
    """A mask of some kind in a grid."""
    i, j, k = np.ogrid[: size[0], : size[1], : size[2]]
    extent = np.array(size) * mm
    c = rng.uniform(0.2, 0.8, 3) * extent
    x, y, z = i * mm[0] - c[0], j * mm[1] - c[1], k * mm[2] - c[2]
    kind = rng.choice(["sphere", "ellipsoid", "torus", "sheet", "voxel", "corner", "blob", "empty",
                       "full", "speckle"], p=[.2, .2, .15, .1, .06, .08, .1, .04, .02, .05])
    m = np.zeros(size, bool)
    r = rng.uniform(0.1, 0.45) * extent.min()
    if kind == "sphere":
        m = x**2 + y**2 + z**2 <= r**2
    elif kind == "ellipsoid":
        a = r * rng.uniform(0.5, 1.6, 3)
        m = (x / a[0]) ** 2 + (y / a[1]) ** 2 + (z / a[2]) ** 2 <= 1
    elif kind == "torus":
        m = (np.sqrt(x**2 + y**2) - r) ** 2 + z**2 <= (0.4 * r) ** 2
    elif kind == "sheet":
        axis = rng.integers(3)
        at = [slice(None)] * 3
        at[axis] = int(rng.integers(size[axis]))
        m[tuple(at)] = True
        m[: int(rng.integers(1, 4))] = False
    elif kind == "voxel":
        m[tuple(int(rng.integers(n)) for n in size)] = True
    elif kind == "corner":
        m[: size[0] // 2, size[1] // 3:, : size[2] // 2] = True
    elif kind == "blob":
        noise = scipy.ndimage.gaussian_filter(rng.standard_normal(size), 2)
        m = noise > np.quantile(noise, 0.85)
    elif kind == "full":
        m[:] = True
    elif kind == "speckle":
        m = rng.random(size) < 0.02
    return np.broadcast_to(m, size).copy()


def pair(rng, kind):
    size = tuple(int(n) for n in rng.integers(1 if rng.random() < 0.1 else 6, 26, 3))
    mm = spacing(rng)
    if kind == "plane":
        # The third axis shapes the figures that the plane cuts.
        size = (2 * size[0], 2 * size[1], 1)
        mm = (mm[0], mm[1], min(size[0] * mm[0], size[1] * mm[1]))

    def new_shape():
        m = shape_of(rng, size, mm)
        return m[:, :, 0] if kind == "plane" else m

    ref = new_shape()
    how = rng.random()
    if how < 0.6:
        pred = np.roll(ref, tuple(int(s) for s in rng.integers(-2, 3, ref.ndim)), tuple(range(ref.ndim)))
        if rng.random() < 0.5:
            pred = scipy.ndimage.binary_dilation(pred) if rng.random() < 0.5 else scipy.ndimage.binary_erosion(pred)
        if rng.random() < 0.3:
            pred[tuple(int(rng.integers(n)) for n in ref.shape)] ^= True
    elif how < 0.65:
        pred = ref.copy()
    else:
        pred = new_shape()
    return mm[:ref.ndim], np.ascontiguousarray(ref), np.ascontiguousarray(pred)


def steps_of(rng, mm):
    """Axes that lean against each other, as long as the spacing says."""
    while True:
        axes = np.eye(3) + rng.uniform(-0.5, 0.5, (3, 3))
        axes /= np.linalg.norm(axes, axis=0)
        if abs(np.linalg.det(axes)) > 0.3:
            return axes * mm


def patient_figures(steps, ref, pred):
    import surface_distance.lookup_tables as tables
    from scipy.spatial import cKDTree
    from sheared_surfel_areas import areas

    def within(a, b, limit):
        return np.concatenate([a, b]) <= limit * (1 + 1e-9)

    f = {"volume_ref_cm3": ref.sum() * abs(np.linalg.det(steps)) / 1000}
    if not (ref.any() and pred.any()):
        return f
    edges = [m ^ scipy.ndimage.binary_erosion(m) for m in (ref, pred)]
    a, b = (np.argwhere(e) @ steps.T for e in edges)
    d = [cKDTree(b).query(a)[0], cKDTree(a).query(b)[0]]
    f.update(HD_mm=max(d[0].max(), d[1].max()), ASSD_mm=np.concatenate(d).mean(),
             MASD_mm=0.5 * (d[0].mean() + d[1].mean()))
    for p in PERCENTILES:
        f["HD%s_mm" % number(p)] = max(np.percentile(v, p) for v in d)
    for t in TOLERANCES:
        f["NSD_voxel@%smm" % number(t)] = within(*d, t).mean()
    table = areas(steps)[1]
    points, sizes = [], []
    for m in (ref, pred):
        codes = scipy.ndimage.correlate(np.pad(m, 1).astype(np.uint8),
                                        tables.ENCODE_NEIGHBOURHOOD_3D_KERNEL, mode="constant")
        at = (codes != 0) & (codes != 255)
        points.append(np.argwhere(at) @ steps.T)
        sizes.append(table[codes[at]])
    d = [cKDTree(points[1]).query(points[0])[0], cKDTree(points[0]).query(points[1])[0]]
    sizes = np.concatenate(sizes)
    for t in TOLERANCES:
        f["NSD@%smm" % number(t)] = sizes[within(*d, t)].sum() / sizes.sum()
    return f


def number(p):
    return ("%g" % p)


def surface_distance_tool():
    # Version 0.1 is older than NumPy 2: give it the names it asks for.
    np.NaN, np.Inf = np.nan, np.inf
    for name in ("filters", "morphology"):
        old = types.ModuleType(name)
        old.correlate = scipy.ndimage.correlate
        old.distance_transform_edt = scipy.ndimage.distance_transform_edt
        setattr(scipy.ndimage, name, old)
    import surface_distance as sd

    def figures(mm, ref, pred):
        s = sd.compute_surface_distances(ref, pred, mm)
        a, b = sd.compute_average_surface_distance(s)
        f = {"Dice": sd.compute_dice_coefficient(ref, pred),
             "HD_mm": sd.compute_robust_hausdorff(s, 100),
             "ASD_ref_to_pred_mm": a, "ASD_pred_to_ref_mm": b}
        for p in PERCENTILES:
            f["HD%s_mm" % number(p)] = sd.compute_robust_hausdorff(s, p)
        for t in TOLERANCES:
            f["NSD@%smm" % number(t)] = sd.compute_surface_dice_at_tolerance(s, t)
        return f

    return figures, importlib.metadata.version("surface-distance")


def metrics_reloaded_tool():
    from metrics_reloaded import BinaryMeasures

    def figures(mm, ref, pred):
        m = BinaryMeasures(pred.astype(int), ref.astype(int), pixdim=list(mm), dict_args={})
        f = {"Dice": m.dsc(), "IoU": m.intersection_over_union()}
        hd, assd, _, masd = m.measured_distance()
        f.update(HD_mm=hd, ASSD_mm=assd, MASD_mm=masd)
        for p in PERCENTILES:
            m.dict_args = {"hd_perc": p}
            f["HD%s_mm" % number(p)] = m.measured_hausdorff_distance_perc()
        for t in TOLERANCES:
            m.dict_args = {"nsd": t}
            f["NSD_voxel@%smm" % number(t)] = m.normalised_surface_distance()
        return f

    return figures, "copy"


def monai_tool():
    import torch
    from monai import metrics as M

    def figures(mm, ref, pred):
        r, p = (torch.from_numpy(m)[None, None].float() for m in (ref, pred))
        with_spacing = dict(include_background=True, spacing=list(mm))
        f = {"Dice": M.DiceMetric(include_background=True)(p, r).item(),
             "IoU": M.compute_iou(p, r).item(),
             "HD_mm": M.compute_hausdorff_distance(p, r, **with_spacing).item(),
             "ASSD_mm": M.compute_average_surface_distance(p, r, symmetric=True, **with_spacing).item(),
             "ASD_pred_to_ref_mm": M.compute_average_surface_distance(p, r, **with_spacing).item()}
        for q in PERCENTILES:
            f["HD%s_mm" % number(q)] = M.compute_hausdorff_distance(p, r, percentile=q, **with_spacing).item()
        for t in TOLERANCES:
            f["NSD@%smm" % number(t)] = M.compute_surface_dice(p, r, [t], use_subvoxels=True, **with_spacing).item()
            f["NSD_voxel@%smm" % number(t)] = M.compute_surface_dice(p, r, [t], **with_spacing).item()
        return f

    # torch.quantile, which the percentiles come from, differs between versions of torch in the last digits.
    return figures, importlib.metadata.version("monai") + ", torch " + importlib.metadata.version("torch")


def simpleitk_tool():
    import SimpleITK as sitk

    def figures(mm, ref, pred):
        r, p = (sitk.GetImageFromArray(np.ascontiguousarray(m.T).astype(np.uint8)) for m in (ref, pred))
        r.SetSpacing(mm)
        p.SetSpacing(mm)
        o = sitk.LabelOverlapMeasuresImageFilter()
        o.Execute(p, r)
        f = {"Dice": o.GetDiceCoefficient(1), "Jaccard": o.GetJaccardCoefficient(1),
             "volume_similarity": o.GetVolumeSimilarity(1),
             "false_negative_error": o.GetFalseNegativeError(1),
             "false_positive_error": o.GetFalsePositiveError(1)}
        h = sitk.HausdorffDistanceImageFilter()
        try:
            h.Execute(r, p)
            f.update(HD_mm=h.GetHausdorffDistance(), HD_average_mm=h.GetAverageHausdorffDistance())
        except RuntimeError:
            f.update(HD_mm=math.nan, HD_average_mm=math.nan)
        return f

    return figures, importlib.metadata.version("simpleitk")


def plastimatch_tool():
    if not shutil.which("plastimatch"):
        raise ImportError("plastimatch")
    import SimpleITK as sitk
    lines = [("Dice", r"^DICE:"), ("sensitivity", r"^SE:"), ("specificity", r"^SP:"),
             ("HD_mm", r"^Hausdorff distance ="),
             ("HD_average_mm", r"^Avg average Hausdorff distance ="),
             ("HD_max_average_mm", r"^Max average Hausdorff distance ="),
             ("HD95_mm", r"^Percent \(0.95\) Hausdorff distance ="),
             ("HD_boundary_mm", r"^Hausdorff distance \(boundary\) ="),
             ("HD_average_boundary_mm", r"^Avg average Hausdorff distance \(boundary\) ="),
             ("HD_max_average_boundary_mm", r"^Max average Hausdorff distance \(boundary\) ="),
             ("HD95_boundary_mm", r"^Percent \(0.95\) Hausdorff distance \(boundary\) =")]

    def figures(mm, ref, pred):
        with tempfile.TemporaryDirectory() as folder:
            for name, m in (("r", ref), ("p", pred)):
                image = sitk.GetImageFromArray(np.ascontiguousarray(m.T).astype(np.uint8))
                image.SetSpacing(mm)
                sitk.WriteImage(image, os.path.join(folder, name + ".mha"))
            done = subprocess.run(["plastimatch", "dice", "--all", folder + "/r.mha", folder + "/p.mha"],
                                  capture_output=True, text=True)
        f = {}
        for name, pattern in lines:
            found = re.search(pattern + r"\s*(\S+)", done.stdout, re.M)
            if found:
                f[name] = float(found.group(1))
        return f

    version = subprocess.run(["plastimatch", "--version"], capture_output=True, text=True).stdout.split()[-1]
    return figures, version


TOOLS = {"surface-distance": surface_distance_tool, "metrics-reloaded": metrics_reloaded_tool,
         "monai": monai_tool, "plastimatch": plastimatch_tool, "simpleitk": simpleitk_tool}


def main(out, count, seed, kind="volume"):
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    tools, versions = {}, {}
    for name, make in TOOLS.items():
        if kind == "plane" and name == "plastimatch":
            continue  # It knows three dimensions only.
        try:
            tools[name], versions[name] = make()
        except ImportError:
            pass
    with gzip.GzipFile(out, "wb", mtime=0) as f:
        f.write((json.dumps({"versions": versions, "seed": seed}) + "\n").encode())
        for n in range(count):
            rng = np.random.default_rng([seed, n])
            mm, ref, pred = pair(rng, kind)
            line = {"shape": ref.shape, "spacing": mm}
            for name, mask in (("ref", ref), ("pred", pred)):
                line[name] = base64.b64encode(zlib.compress(np.packbits(mask).tobytes(), 9)).decode()
            if kind == "sheared":
                steps = steps_of(rng, mm)
                line["steps"] = steps.T.tolist()
                line["patient"] = {k: float(v) for k, v in patient_figures(steps, ref, pred).items()}
            for name, figures in () if kind == "sheared" else tools.items():
                line[name] = {k: float(v) for k, v in figures(mm, ref, pred).items()}
            f.write((json.dumps(line) + "\n").encode())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
