"""Training pairs for stand-in models: real images with TotalSegmentator's reference labels, and labels
derived from them where a task has no reference.

Labels that are derived are plausible in place and intensity (a dense part of a hip as its implant, a
band of intensities as a lesion), not anatomy. They serve to give a network regions to find.
"""
import json
import re
from pathlib import Path

import nibabel as nib
import numpy as np
from scipy import ndimage


class Case:
    """An image in closest canonical orientation with masks by name."""

    def __init__(self, image, spacing, masks):
        self.image, self.spacing, self.masks = image.astype(np.float32), np.asarray(spacing, float), masks
        self.smooth = ndimage.gaussian_filter(self.image, 6 / self.spacing)

    def mask(self, *names):
        result = np.zeros(self.image.shape, bool)
        for name in names:
            if name in self.masks:
                result |= self.masks[name]
        return result


def canonical(file):
    image = nib.as_closest_canonical(nib.load(file))
    return np.asarray(image.dataobj), image.header.get_zooms()[:3]


def largest(mask):
    parts, n = ndimage.label(mask)
    return parts == 1 + np.argmax(np.bincount(parts.ravel())[1:]) if n else mask


def body_of(case, threshold):
    body = largest(ndimage.binary_opening(case.image > threshold, iterations=1))
    for z in range(body.shape[2]):
        body[..., z] = ndimage.binary_fill_holes(body[..., z])
    edge = int(0.12 * body.shape[0])
    columns = np.flatnonzero(body.any((1, 2)))
    extremities = body.copy()
    extremities[columns[0] + edge:columns[-1] + 1 - edge] = False
    case.masks.update(body_trunc=body & ~extremities, body_extremities=extremities)


def left_of_middle(case):
    """True where the patient's left is: x runs to the right's left in closest canonical order."""
    x = np.arange(case.image.shape[0])[:, None, None]
    body = case.mask('body_trunc', 'body_extremities')
    middle = np.average(np.arange(case.image.shape[0]), weights=body.sum((1, 2)) + 1e-6)
    return np.broadcast_to(x < middle, case.image.shape)


def abdomen(data):
    names = json.loads((data / 'class_maps.json').read_text())['class_map']['total']
    image, spacing = canonical(data / 'example_ct.nii.gz')
    seg, _ = canonical(data / 'example_seg_fast_force_split.nii.gz')
    case = Case(image, spacing, {n: seg == int(k) for k, n in names.items() if (seg == int(k)).any()})
    body_of(case, -300)
    lungs = ndimage.binary_opening((case.image < -600) & case.mask('body_trunc'), iterations=1)
    left, z = left_of_middle(case), np.arange(image.shape[2])
    for side, where in (('left', left), ('right', ~left)):
        side_lung = lungs & where & (z > 98)
        case.masks[f'lung_lower_lobe_{side}'] = case.mask(f'lung_lower_lobe_{side}') | side_lung & (z <= 108)
        case.masks[f'lung_upper_lobe_{side}'] = case.mask(f'lung_upper_lobe_{side}') | side_lung & (z > 108)
    spleen = case.mask('spleen')
    top = np.flatnonzero(spleen.any((0, 1)))[-1]
    case.masks['heart'] = spleen & (z > top - 6)
    case.masks['spleen'] = spleen & ~case.masks['heart']
    return case


def head(data):
    image, spacing = canonical(data / 'imagesTr' / 'hn_020_0000.nii.gz')
    seg, _ = canonical(data / 'labelsTr' / 'hn_020.nii.gz')
    case = Case(image, spacing, {'spinal_cord': seg == 2, 'brainstem': seg == 1, 'mandible': seg == 5,
                                 'parotid_gland_right': seg == 3, 'parotid_gland_left': seg == 4})
    body_of(case, -300)
    z = np.arange(image.shape[2])
    bone = ndimage.binary_closing(case.image > 200)
    near_cord = ndimage.binary_dilation(seg == 2, iterations=5)
    case.masks['skull'] = bone & (z > 58) & ~(near_cord & (z < 70))
    inner = ndimage.binary_fill_holes(ndimage.binary_closing(bone & (z > 66), iterations=2)) & ~bone
    case.masks['brain'] = largest(ndimage.binary_opening(inner & (case.image > -20) & (case.image < 120) & (z > 70)))
    for i, name in enumerate(('T4', 'T1', 'C7', 'C5', 'C1')):
        case.masks[f'vertebrae_{name}'] = bone & near_cord & (z // 14 == i)
    case.masks['vertebrae_C1'] |= bone & near_cord & (z >= 70)
    lungs = ndimage.binary_opening((case.image < -500) & case.mask('body_trunc') & (z < 30), iterations=1)
    left = left_of_middle(case)
    case.masks['lung_upper_lobe_left'], case.masks['lung_upper_lobe_right'] = lungs & left, lungs & ~left
    jaw = case.mask('mandible', 'skull') & (case.image > 900) & (z > 48) & (z < 66)
    case.masks['teeth_lower'], case.masks['teeth_upper'] = jaw & (z < 57), jaw & (z >= 57)
    case.masks['mandible'] = case.mask('mandible') & ~jaw
    return case


def resonance(data):
    names = json.loads((data / 'class_maps.json').read_text())['class_map']['total_mr']
    image, spacing = canonical(data / 'example_mr_sm.nii.gz')
    seg, _ = canonical(data / 'example_seg_mr.nii.gz')
    case = Case(image, spacing, {n: seg == int(k) for k, n in names.items() if (seg == int(k)).any()})
    body_of(case, 40)
    z = np.arange(image.shape[2])
    for name, low, high in (('L2', 0, 6), ('L1', 6, 13), ('T12', 13, 99)):
        case.masks[f'vertebrae_{name}'] = case.mask('vertebrae') & (z >= low) & (z < high)
    return case


RULES = [  # pattern of a structure -> (structures it lies in, low and high quantile of intensity there)
    (r'lung_vessels|lung_arteries|lung_veins|lung_nodules', 'lung_', .75, 1.), (r'airway|trachea_bronchia', 'lung_', 0., .2),
    (r'liver_vessels|portal_vein$', 'liver', .85, 1.), (r'tumor|lesion|liver_segment_1', 'liver', 0., .1),
    (r'hip_implant', 'hip_|femur_', .75, 1.), (r'intracerebral|bleed|aneurysm', 'brain|aorta', .9, 1.),
    (r'pleural_effusion', 'lung_', .6, 1.), (r'pericardial_effusion', 'heart|spleen', 0., .3),
    (r'kidney_cyst_left', 'kidney_left', 0., .2), (r'kidney_cyst_right', 'kidney_right', 0., .2),
    (r'vertebrae_body|vertebral_body', 'vertebrae', .0, .7), (r'intervertebral_disc', 'spinal_cord', .0, 1.),
    (r'heart_myocardium', 'heart', .0, .5), (r'heart_.*', 'heart', .5, 1.), (r'pulmonary_artery', 'lung_', .85, 1.),
    (r'breast', 'body_extremities', .0, .5), (r'thoracic_cavity', 'lung_|heart', 0., 1.),
    (r'abdominal_cavity', 'liver|spleen|colon|stomach|small_bowel', 0., 1.), (r'mediastinum', 'aorta|esophagus', 0., 1.),
]


GROUPS = ['lung_', 'liver$', 'kidney_|spleen|heart', 'stomach|small_bowel|duodenum|colon|pancreas|gallbladder',
          'urinary_bladder|prostate', 'vertebrae|sacrum|intervertebral|spinal_cord', 'hip_|femur_|skull|mandible|teeth',
          'rib_|costal', 'gluteus|iliopsoas', 'autochthon', 'aorta|.*vena_|.*vein|.*artery', 'brain', 'body_extremities']


def group_map(case):
    """Labels 1..n for groups of alike structures: few enough for a small network to learn in a minute."""
    result = np.zeros(case.image.shape, np.uint8)
    for i, pattern in reversed(list(enumerate(GROUPS, 1))):
        for name, mask in case.masks.items():
            if re.match(pattern, name):
                result[mask] = i
    return result


def derived(case, name):
    for pattern, inside, low, high in RULES:
        if re.fullmatch(pattern, name) or re.match(pattern, name):
            region = case.mask(*[n for n in case.masks if re.match(inside, n)])
            if not region.any():
                return None
            near = ndimage.gaussian_filter(case.image, 0.7)
            a, b = np.quantile(near[region], [low, high])
            return region & (near >= a) & (near <= b)
    return None


def label_map(case, names):
    """Labels 1..n for the names: reference masks, then rules, then bands of intensity for at most eight others."""
    result = np.zeros(case.image.shape, np.uint8)
    missing = []
    body = case.mask('body_trunc', 'body_extremities')
    total = sum(n in case.masks for n in names) > 12
    for i, name in enumerate(names, 1):
        mask = case.masks.get(name)
        if mask is None and not total:
            mask = derived(case, name)
        if mask is None:
            missing.append(i)
        else:
            result[mask] = i
    if missing and not total and not result.any():
        chosen = missing[:: max(1, len(missing) // 8)][:8]
        edges = np.quantile(case.smooth[body], np.linspace(.1, .95, len(chosen) + 1))
        for i, low, high in zip(chosen, edges, edges[1:]):
            result[body & (case.smooth >= low) & (case.smooth < high)] = i
    return result


def resampled(case, labels, spacing):
    """Image and labels on a grid of the spacing (x, y, z)."""
    factor = case.spacing / np.asarray(spacing, float)
    return ndimage.zoom(case.image, factor, order=1), ndimage.zoom(labels, factor, order=0)


def cases(data):
    data = Path(data)
    reference = data / 'totalsegmentator-reference'
    return {'CT': [abdomen(reference), head(data / 'Dataset901_HeadNeckOAR')], 'MR': [resonance(reference)]}
