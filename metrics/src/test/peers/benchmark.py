"""Times `fiducia evaluate`, all metrics, against surface-distance on one large label map.

    python benchmark.py FIDUCIA FOLDER [STRUCTURES [SMALLEST LARGEST]]

Makes, once, a reference and a prediction of 512 x 512 x 200 voxels with 30 ellipsoids of 20 to 60 mm, or
of semi-axes between SMALLEST and LARGEST mm (45 110: organs as large as a bladder or a liver), and their shifted, rescaled copies, then runs both in turn: ours as a whole process that reads the
files, surface-distance as its users do, reading the files and taking all its figures of each label.
With STRUCTURES surface-distance is run on the first so many, and its time scaled to 30.
"""
import os
import resource
import subprocess
import sys
import time
import types

import nibabel as nib
import numpy as np
import scipy.ndimage

SIZE, MM = (512, 512, 200), (0.9765625, 0.9765625, 2.5)


def make(folder, smallest, largest):
    rng = np.random.default_rng(7)
    for side in ("ref", "pred"):
        os.makedirs(os.path.join(folder, side), exist_ok=True)
    ref, pred = np.zeros(SIZE, np.uint8), np.zeros(SIZE, np.uint8)
    for n in range(30):
        r = rng.uniform(smallest, largest, 3)
        c = np.array([60 + 78 * (n % 6), 60 + 95 * (n // 6 % 5), rng.uniform(50, 150)]) * MM
        for out, shift, scale in ((ref, 0, 1), (pred, rng.uniform(-4, 4, 3), rng.uniform(.93, 1.07))):
            low = np.maximum(((c + shift - r * 1.1) / MM).astype(int), 0)
            high = np.minimum(((c + shift + r * 1.1) / MM).astype(int) + 1, SIZE)
            g = [((np.arange(low[a], high[a]) * MM[a] - c[a] - (shift if np.isscalar(shift) else shift[a]))
                  / (r[a] * scale)) ** 2 for a in range(3)]
            inside = g[0][:, None, None] + g[1][None, :, None] + g[2][None, None, :] <= 1
            out[low[0]:high[0], low[1]:high[1], low[2]:high[2]][inside] = n + 1
    for side, m in (("ref", ref), ("pred", pred)):
        nib.save(nib.Nifti1Image(m, np.diag(MM + (1,))), os.path.join(folder, side, "big.nii.gz"))


def peer(folder, structures):
    np.NaN, np.Inf = np.nan, np.inf
    for name in ("filters", "morphology"):
        old = types.ModuleType(name)
        old.correlate = scipy.ndimage.correlate
        old.distance_transform_edt = scipy.ndimage.distance_transform_edt
        setattr(scipy.ndimage, name, old)
    import surface_distance as sd
    start = time.perf_counter()
    ref, pred = (np.asarray(nib.load(os.path.join(folder, s, "big.nii.gz")).dataobj) for s in ("ref", "pred"))
    read = time.perf_counter() - start
    result = []
    for label in range(1, structures + 1):
        a, b = ref == label, pred == label
        s = sd.compute_surface_distances(a, b, MM)
        result.append((sd.compute_dice_coefficient(a, b), sd.compute_robust_hausdorff(s, 95),
                       sd.compute_surface_dice_at_tolerance(s, 2), sd.compute_average_surface_distance(s)))
    return read + (time.perf_counter() - start - read) * 30 / structures, result


def ours(fiducia, folder):
    start = time.perf_counter()
    subprocess.run([fiducia, "evaluate", "-r", folder + "/ref", "-p", folder + "/pred", "-o", folder + "/scores",
                    "--overwrite", "-q"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


if __name__ == "__main__":
    program, place = sys.argv[1], sys.argv[2]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 30
    if not os.path.exists(place + "/pred/big.nii.gz"):
        make(place, *(float(a) for a in sys.argv[4:6] or (20, 60)))
    for _ in range(2):
        first = ours(program, place)
        theirs, figures = peer(place, count)
        print("ours %.2f s, surface-distance %.1f s, ratio %.1f" % (first, theirs, theirs / first), flush=True)
    print("ours, once more %.2f s; largest process of ours %.0f MB" % (
        ours(program, place), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024))
    print("surface-distance, label 1:", figures[0])
