"""Writes the areas of surface-distance's faces on a sheared grid, in the order of SurfelAreas.

    python sheared_surfel_areas.py > ../resources/peers/sheared_surfel_areas.txt

The tool holds its faces as area vectors in units of the grid. A linear map A of the grid takes an area
vector n to det(A) A^-T n. Some codes can be cut off in several ways that have one area at right angles,
and different ones on a sheared grid; the tool has one of them. The symmetries of the cube that take the
voxels inside to themselves, or to those outside where both are four, take one way to another: the area is
the mean over them.
"""
import itertools

import numpy as np
from surface_distance import lookup_tables as t

KERNEL = np.array(t.ENCODE_NEIGHBOURHOOD_3D_KERNEL)
CORNERS = list(itertools.product((0, 1), repeat=3))
SYMMETRIES = []
for p in itertools.permutations(range(3)):
    for s in itertools.product((1, -1), repeat=3):
        m = np.zeros((3, 3))
        for row in range(3):
            m[row, p[row]] = s[row]
        SYMMETRIES.append(m)


def turned(corners, m):
    return {tuple(int(v > 0) for v in m @ (2 * np.array(c) - 1)) for c in corners}


def areas(steps):
    """Area in mm2 by our code and by the tool's; steps: the columns along x, y and z in mm."""
    cofactors = np.linalg.det(steps) * np.linalg.inv(steps).T
    ours, theirs = np.zeros(256), np.zeros(256)
    for code in range(256):
        corners = {c for c in CORNERS if code >> (c[0] + 2 * c[1] + 4 * c[2]) & 1}
        their_code = sum(int(KERNEL[c]) for c in corners)
        alike = [corners, set(CORNERS) - corners] if len(corners) == 4 else [corners]
        ours[code] = np.mean([
            sum(np.linalg.norm(cofactors @ m @ n) for n in t._NEIGHBOUR_CODE_TO_NORMALS[their_code])
            for m in SYMMETRIES if turned(corners, m) in alike])
        theirs[their_code] = ours[code]
    return ours, theirs


if __name__ == "__main__":
    for area in areas(np.array([[0.9, 0.2, -0.4], [0.1, 1.3, 0.5], [0.0, 0.3, 2.4]]))[0]:
        print(repr(float(area)))
