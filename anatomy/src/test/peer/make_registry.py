"""Writes totalsegmentator.json, the table of TotalSegmentator's tasks, from the installed package.

  python make_registry.py OUT.json

The table holds facts only (numbers of datasets, names of folders, labels, spacings); run it again
when TotalSegmentator changes its tasks. Needs TotalSegmentator 2.18 (Apache-2.0).
"""
import importlib.metadata
import json
import sys

from totalsegmentator import map_to_binary as labels
from totalsegmentator.map_tasks_config import DEFAULT_CONFIG, TASK_CONFIGS, TASK_ID_WEIGHTS_CONFIGS
from totalsegmentator.registry import TASKS, requires_license, task_modality

SEVERAL = {  # task -> (labels of each part, dataset -> part)
    'total': (labels.class_map_5_parts, labels.map_taskid_to_partname_ct),
    'total_v3': (labels.class_map_5_parts_total_v3, labels.map_taskid_to_partname_ct_v3),
    'total_mr': (labels.class_map_parts_mr, labels.map_taskid_to_partname_mr),
    'headneck_muscles': (labels.class_map_parts_headneck_muscles, labels.map_taskid_to_partname_headneck_muscles),
}
# Tasks that upstream lists but for which no weights exist.
WITHOUT_WEIGHTS = {'test', 'total_highres_test'}


def three(value):
    return None if value is None else [float(value)] * 3 if isinstance(value, (int, float)) else [float(v) for v in value]


def parts(task, config, classes):
    ids = config['task_id']
    if not isinstance(ids, list):
        return [{'name': 'all', 'dataset': ids, 'labels': {str(k): k for k in classes}}]
    maps, names = SEVERAL[task]
    number = {name: k for k, name in classes.items()}
    result = []
    for i in ids:
        name = names[i]
        short = name.removeprefix('class_map_part_')
        result.append({'name': short, 'dataset': i, 'labels': {str(k): number[v] for k, v in maps[name].items()}})
    return result


def variant(task, config, classes):
    full = {**DEFAULT_CONFIG, **config}
    v = {'trainer': full['trainer'], 'plans': full['plans'] or 'nnUNetPlans', 'configuration': full['model'],
         'folds': full['folds'] or [], 'spacing_mm': three(full['resample']),
         'step': 0.8 if task in ('total', 'total_v3', 'total_mr') else 0.5, 'parts': parts(task, full, classes)}
    return v


def crop(config):
    if not config.get('crop'):
        return None
    return {'structures': config['crop'], 'task': config.get('crop_model'),
            'margin_mm': three(config.get('crop_addon', DEFAULT_CONFIG['crop_addon'])),
            'robust': bool(config.get('robust_crop'))}


def main():
    tasks = []
    for name in TASKS:
        if name in WITHOUT_WEIGHTS:
            continue
        config = TASK_CONFIGS[name]
        classes = labels.class_map[name]
        modes = config.get('sub_modes', {'default': config})
        task = {'name': name, 'modality': task_modality(name), 'licensed': requires_license(name),
                'classes': {str(k): v for k, v in classes.items()},
                'auxiliary': sorted(labels.class_map.get(name + '_auxiliary', {})),
                'variants': {mode: variant(name, {k: v for k, v in c.items() if k != 'sub_modes'}, classes)
                             for mode, c in modes.items()}}
        if crop(config):
            task['crop'] = crop(config)
        if config.get('remove_outside'):
            task['keep_near'] = {'structures': config['remove_outside'], 'within_mm': config['remove_outside_dilation']}
        task['fast_refused'] = bool(config.get('disallow_fast'))
        if config.get('info_msg'):
            task['note'] = config['info_msg'].strip().removeprefix('INFO: ')
        tasks.append(task)
    used = {p['dataset'] for t in tasks for v in t['variants'].values() for p in v['parts']}
    weights = {str(i): {'folder': w['foldername'], 'release': w.get('version')}
               for i, w in TASK_ID_WEIGHTS_CONFIGS.items() if i in used}
    table = {'source': 'TotalSegmentator ' + importlib.metadata.version('TotalSegmentator'), 'tasks': tasks,
             'weights': weights, 'classes_v1': {str(k): v for k, v in labels.class_map['total_v1'].items()}}
    with open(sys.argv[1], 'w') as out:
        json.dump(table, out, indent=1)
        out.write('\n')


main()
