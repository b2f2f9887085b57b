"""Writes surface-distance's areas of the 256 neighbourhoods in the order of SurfelAreas.

    python surfel_areas.py > ../resources/peers/surfel_areas.txt
"""
import numpy as np
from surface_distance import lookup_tables as t

areas = t.create_table_neighbour_code_to_surface_area((1.5, 0.7, 3.1))
kernel = np.array(t.ENCODE_NEIGHBOURHOOD_3D_KERNEL)
for code in range(256):
    theirs = sum(int(kernel[x, y, z]) for x in (0, 1) for y in (0, 1) for z in (0, 1)
                 if code >> (x + 2 * y + 4 * z) & 1)
    print(repr(float(areas[theirs])))
