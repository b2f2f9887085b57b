"""Trains a fold with nnU-Net's own trainer, for as many epochs and iterations as asked.

python train_upstream.py DATASET PLANS CONFIGURATION FOLD EPOCHS ITERATIONS [--c] [--pretrained FILE]
                         [--trainer CLASS] [--seed N] [--validate]

The folders are nnU-Net's environment variables; preprocessed cases may be npz files of either side.
Runs on the CPU. Used by TrainingInterchangeTest and for the comparisons in docs/experiments.md.
"""
import argparse
import json
import os
import sys

import numpy as np
import torch


def main():
    a = argparse.ArgumentParser()
    for name in ('dataset', 'plans', 'configuration', 'fold'):
        a.add_argument(name)
    a.add_argument('epochs', type=int)
    a.add_argument('iterations', type=int)
    a.add_argument('--c', action='store_true')
    a.add_argument('--pretrained')
    a.add_argument('--trainer', default='nnUNetTrainer')
    a.add_argument('--seed', type=int, default=0)
    a.add_argument('--validate', action='store_true')
    args = a.parse_args()
    torch.set_num_threads(int(os.environ.get('OMP_NUM_THREADS', '1')))
    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    import nnunetv2
    from nnunetv2.run.load_pretrained_weights import load_pretrained_weights
    from nnunetv2.utilities.find_class_by_name import recursive_find_python_class
    base = os.path.join(os.environ['nnUNet_preprocessed'], args.dataset)
    plans = json.load(open(os.path.join(base, args.plans + '.json')))
    plans['continue_training'] = args.c
    cls = recursive_find_python_class(
        os.path.join(nnunetv2.__path__[0], 'training', 'nnUNetTrainer'), args.trainer,
        'nnunetv2.training.nnUNetTrainer')
    fold = args.fold if args.fold == 'all' else int(args.fold)
    t = cls(plans, args.configuration, fold, json.load(open(os.path.join(base, 'dataset.json'))),
            torch.device('cpu'))
    t.num_epochs = args.epochs
    t.num_iterations_per_epoch = args.iterations
    t.num_val_iterations_per_epoch = max(1, args.iterations // 5)
    if args.c:
        # What nnUNetv2_train --c does; the state dict is loaded strictly.
        names = ('checkpoint_final.pth', 'checkpoint_latest.pth', 'checkpoint_best.pth')
        found = [n for n in names if os.path.isfile(os.path.join(t.output_folder, n))]
        t.load_checkpoint(os.path.join(t.output_folder, found[0]))
        print('continues at epoch', t.current_epoch, 'from', found[0])
    elif args.pretrained:
        t.initialize()
        load_pretrained_weights(t.network, args.pretrained)
    t.run_training()
    losses = t.logger.get_value('train_losses', step=None)
    print('train_losses', ' '.join(str(float(x)) for x in losses))
    if args.validate:
        t.perform_actual_validation(False)


if __name__ == '__main__':
    sys.exit(main())
