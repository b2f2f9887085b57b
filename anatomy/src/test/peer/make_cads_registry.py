"""Writes cads.json, the table of CADS's tasks, from a table of labels read in CADS's source.

  python make_cads_registry.py cads_labels.json OUT.json

Facts only: numbers, folder names, label names, thresholds. cads_labels.json was taken from
murong-xu/CADS at the commit that its key "source" names (code: Apache-2.0). The licence names of the
weights come from cads/LICENSE_MODEL of the same commit.
"""
import json
import sys

VARIANT_OF_REGION = 'region'
# The repository does not name the folders of the region models: any folder of that dataset counts.
UNKNOWN_FOLDER = 'Dataset{}_*'
CUSTOM = ("CADS's own licence (cads/LICENSE_MODEL), and the terms of the data sets EXACT09, LOLA11, SLIVER07 and"
          " EMPIRE10")
LICENCES = {'reference': CUSTOM, 'region': CUSTOM,
            'research': 'CC BY-NC-SA 4.0 (no commercial use)',
            'open': 'CC BY-SA 4.0 (commercial use and derived weights under the same licence)'}
STATED_TRAINER, STATED_PLANS, STATED_CONFIGURATION = (
    'nnUNetTrainerNoMirroring', 'nnUNetResEncUNetLPlans', '3d_fullres')


def labels(table):
    return {number: name for number, name in table['labels'].items() if number != '0'}


def task(number, table):
    region = table['dataset_folder'] is None
    result = {
        'name': number, 'title': table['name'], 'region': region, 'dataset': table['dataset_id'],
        'folder': UNKNOWN_FOLDER.format(number) if region else table['dataset_folder'],
        'trainer': STATED_TRAINER if region else table['trainer'],
        'plans': STATED_PLANS if region else table['plans'],
        'configuration': STATED_CONFIGURATION if region else table['config'],
        'needs': [str(n) for n in sorted(table.get('needs', []))],
        'classes': labels(table), 'display_names': table['display_names'],
        'combined': table['combined_id']}
    if not region:
        result['components'] = table['component_filter']
    return result


def main():
    with open(sys.argv[1]) as file:
        table = json.load(file)
    result = {
        'source': table['source'], 'note': table['note'], 'url': table['url'],
        'licences': {name: {'release': v['release'], 'folder': v['subdir'] or VARIANT_OF_REGION,
                            'licence': LICENCES[name], **({'largest_training_set': v['max_training_cts']} if 'max_training_cts' in v else {})}
                     for name, v in table['variants'].items()},
        'combined': table['combined_labels'], 'combined_excluded': table['combined_excluded'],
        'tasks': [task(number, t) for number, t in table['tasks'].items()]}
    with open(sys.argv[2], 'w') as out:
        json.dump(result, out, indent=1, ensure_ascii=False)
        out.write('\n')


main()
