"""Compares 'fiducia totalsegmentator' with the real TotalSegmentator on the same weights and images.

  python compare_totalsegmentator.py DATA WORK [--fiducia PATH] [--flags=FLAGS] [--rows NAME ...] [--upstream-only]
                                     [--compare-only] [--again] [--single]

DATA holds totalsegmentator-reference and Dataset901_HeadNeckOAR; WORK holds small/ (the weights of
make_standins.py). Images are made in WORK/images. Upstream's results are kept in WORK/upstream and not
computed again; ours go to WORK/fiducia. PATH is the launcher or the jar. A row passes when at least
0.9999 of the voxels are equal, shape, affine, type, files and label names are equal, and, where asked for,
the statistics are equal. Exit code 1 if a row fails. Upstream runs on one thread with the network closed.
FLAGS are more flags for Fiducia alone, e.g. --strict. With --single upstream sums overlapping patches in single
precision (results in WORK/upstream-single), which tells rounding of half floats from differences in the steps.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nibabel as nib
import numpy as np

import standin_images

LIMIT = 0.9999
ROWS = {  # name -> (image, flags, one file or a folder)
    'total_ras': ('ct_sm_RAS', '--ml'),
    'total_pir_folder': ('ct_sm_PIR', ''),
    'total_odd_lsp': ('ct_odd_LSP', '--ml'),
    'total_stats': ('ct_sm_LPS', '--statistics'),
    'fast_ras': ('ct_sm_RAS', '--fast --ml'),
    'fast_lps': ('ct_sm_LPS', '--fast --ml'),
    'fast_lsp': ('ct_sm_LSP', '--fast --ml'),
    'fast_pir': ('ct_sm_PIR', '--fast --ml'),
    'fast_sra': ('ct_sm_SRA', '--fast --ml'),
    'fast_ail': ('ct_sm_AIL', '--fast --ml'),
    'fast_ipr': ('ct_sm_IPR', '--fast --ml'),
    'fast_odd': ('ct_odd_RAS', '--fast --ml'),
    'fast_odd_sra': ('ct_odd_SRA', '--fast --ml'),
    'fast_thick': ('ct_thick_LPS', '--fast --ml'),
    'fast_oblique': ('ct_oblique', '--fast --ml'),
    'fast_whole': ('ct_RAS', '--fast --ml'),
    'fast_folder_stats': ('ct_sm_RAS', '--fast --statistics'),
    'fast_stats_median': ('ct_odd_LSP', '--fast --ml --statistics -sa median -sii'),
    'fast_split': ('ct_RAS', '--fast --ml --force_split'),
    'fast_body_seg': ('ct_sm_PIR', '--fast --ml --body_seg'),
    'fast_blobs': ('ct_sm_LSP', '--fast --ml -rmb'),
    'fast_v1_order': ('ct_sm_RAS', '--fast --ml --v1_order'),
    'fast_order_3': ('ct_odd_RAS', '--fast --ml -ro 3'),
    'fast_lowres': ('ct_odd_LSP', '--fast --ml -sl'),
    'fast_higher': ('ct_odd_RAS', '--fast --ml -ho'),
    'fastest_thick': ('ct_thick_PIR', '--fastest --ml'),
    'roi': ('ct_sm_PIR', '--ml --roi_subset liver aorta vertebrae_L1'),
    'roi_robust_folder': ('ct_odd_LSP', '--roi_subset_robust kidney_left spleen'),
    'fast_roi': ('ct_thick_LPS', '--fast --ml --roi_subset colon hip_left'),
    'mr': ('mr_sm', '--task total_mr --ml'),
    'mr_fast_pir': ('mr_PIR', '--task total_mr --fast --ml'),
    'mr_fast_odd': ('mr_odd_LSP', '--task total_mr --fast --ml'),
    'mr_roi': ('mr_PIR', '--task total_mr --ml --roi_subset liver spleen'),
    'liver_vessels': ('ct_sm_LSP', '--task liver_vessels --ml'),
    'lung_vessels': ('ct_sm_RAS', '--task lung_vessels --ml'),
    'hip_implant': ('ct_LPS', '--task hip_implant --ml'),
    'kidney_cysts': ('ct_sm_SRA', '--task kidney_cysts --ml'),
    'pleural': ('ct_sm_RAS', '--task pleural_pericard_effusion --ml'),
    'heartchambers': ('ct_sm_RAS', '--task heartchambers_highres --ml'),
    'vertebrae_pp': ('ct_sm_LPS', '--task vertebrae_pp_refined --ml'),
    'teeth': ('head_LPS', '--task teeth --ml'),
    'head_glands': ('head_LPS', '--task head_glands_cavities --ml'),
    'no_skull': ('ct_sm_PIR', '--task head_muscles'),
    'body': ('ct_sm_PIR', '--task body'),
    'body_fast': ('ct_odd_LSP', '--task body --fast --ml'),
    'total_v3_small': ('ct_sm_LSP', '--task total_v3 --fast --model_size small --ml'),
}
GUARD = '''import os, socket
def refuse(self, address, kind=socket.socket.connect):
    if self.family in (socket.AF_INET, socket.AF_INET6):
        with open(os.environ['STANDIN_NETWORK'], 'a') as log:
            log.write(repr(address) + '\\n')
        raise OSError('the network is closed')
    return kind(self, address)
socket.socket.connect = refuse
os.cpu_count = lambda: 1
import multiprocessing
multiprocessing.cpu_count = os.cpu_count
'''


SINGLE = '''import sys, torch
import nnunetv2.inference.predict_from_raw_data as predict
class WithoutHalf:
    def __getattr__(self, key):
        return torch.float32 if key == 'half' else getattr(torch, key)
predict.torch = WithoutHalf()
if __name__ == '__main__':
    from totalsegmentator.bin.TotalSegmentator import main
    sys.exit(main())
'''


def environment(work, row):
    guard, home = work / 'guard', work / 'home'
    guard.mkdir(exist_ok=True)
    home.mkdir(exist_ok=True)
    (guard / 'sitecustomize.py').write_text(GUARD)
    (guard / 'single_totalsegmentator.py').write_text(SINGLE)
    config = {'totalseg_id': 'totalseg_TEST', 'send_usage_stats': False, 'prediction_counter': 0,
              'statistics_disclaimer_shown': True, 'license_number': 'aca_' + 'X' * 14}
    (home / 'config.json').write_text(json.dumps(config))
    return {**os.environ, 'TOTALSEG_HOME_DIR': str(home), 'TOTALSEG_WEIGHTS_PATH': str(work / 'small'),
            'PYTHONPATH': str(guard), 'STANDIN_NETWORK': str(work / 'upstream' / f'{row}.network'),
            'OMP_WAIT_POLICY': 'PASSIVE', 'nnUNet_def_n_proc': '1', 'PYTHONWARNINGS': 'ignore'}


def target(folder, row):
    """Where a row's result goes: a file for --ml, else a folder; both alone in the row's folder."""
    flags = ROWS[row][1].split()
    return folder / row / ('seg.nii.gz' if '--ml' in flags else 'seg')


def upstream_folder(work, single):
    return work / ('upstream-single' if single else 'upstream')


def run(command, folder, row, env, cwd):
    shutil.rmtree(folder / row, ignore_errors=True)
    (folder / row).mkdir(parents=True)
    started = time.time()
    done = subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True)
    (folder / f'{row}.log').write_text(' '.join(command) + '\n' + done.stdout[-20000:] + done.stderr[-20000:])
    print(f'{row}: {Path(command[0]).name} {time.time() - started:.0f} s, exit {done.returncode}', flush=True)
    if done.returncode == 0:
        (folder / f'{row}.done').touch()
    return done.returncode == 0


def upstream(work, row, again, single):
    folder = upstream_folder(work, single)
    if (folder / f'{row}.done').exists() and not again:
        return True
    image, flags = ROWS[row]
    start = [sys.executable, str(work / 'guard' / 'single_totalsegmentator.py')] if single else [
        str(Path(sys.executable).parent / 'TotalSegmentator')]
    command = [*start, '-i', str(work / 'images' / f'{image}.nii.gz'), '-o', str(target(folder, row)), '-d', 'cpu',
               '-nr', '1', '-ns', '1', *flags.split()]
    good = run(command, folder, row, environment(work, row), work)
    log = work / 'upstream' / f'{row}.network'
    if log.exists():
        raise SystemExit(f'{row}: TotalSegmentator tried the network: ' + log.read_text())
    return good


def ours(work, row, fiducia, more):
    image, flags = ROWS[row]
    start = ['java', '-jar', fiducia] if fiducia.endswith('.jar') else [fiducia]
    command = [*start, 'totalsegmentator', '-i', str(work / 'images' / f'{image}.nii.gz'),
               '-o', str(target(work / 'fiducia', row)), '--weights', str(work / 'small'), *flags.split(), *more.split()]
    return run(command, work / 'fiducia', row, dict(os.environ), work)


def names_of(image):
    """Label names in the header extension, as text."""
    return [e.get_content() for e in image.header.extensions if e.get_code() == 30] if image.header.extensions else []


def same_form(name, a, b, problems, notes):
    if a.shape != b.shape:
        problems.append(f'{name}: shape {a.shape} and {b.shape}')
        return False
    if not np.array_equal(a.affine, b.affine):
        problems.append(f'{name}: affines differ by {np.abs(a.affine - b.affine).max():.2g}')
    if a.get_data_dtype() != b.get_data_dtype():
        problems.append(f'{name}: types {a.get_data_dtype()} and {b.get_data_dtype()}')
    if names_of(a) != names_of(b):
        problems.append(f'{name}: label names in the header differ')
    for field in ('pixdim', 'qform_code', 'sform_code', 'xyzt_units'):
        if not np.array_equal(a.header[field], b.header[field]):
            notes.append(f'{name}: header {field} {a.header[field]} and {b.header[field]}')
    return True


def compared(work, row, single):
    """Share of equal voxels, share among those labelled by either, number of labels, what else differs, and notes."""
    problems, notes = [], []
    left, right = target(upstream_folder(work, single), row), target(work / 'fiducia', row)
    files = [Path('')] if left.is_file() else sorted(p.relative_to(left) for p in left.rglob('*.nii.gz'))
    if left.is_dir():
        other = {p.relative_to(right) for p in right.rglob('*.nii.gz')} if right.is_dir() else set()
        if set(files) != other:
            problems.append(f'files differ: {sorted(map(str, set(files) ^ other))[:5]}')
            files = [f for f in files if f in other]
    wrong, either, labels, other_labels = None, None, set(), set()
    for file in files:
        a, b = nib.load(left / file), nib.load(right / file)
        if not same_form(str(file) or 'seg', a, b, problems, notes):
            return 0.0, 0.0, 0, problems, notes
        x, y = np.asarray(a.dataobj), np.asarray(b.dataobj)
        wrong = (x != y) if wrong is None else wrong | (x != y)
        either = ((x > 0) | (y > 0)) if either is None else either | (x > 0) | (y > 0)
        labels |= {(str(file), int(v)) for v in np.unique(x) if v}
        other_labels |= {(str(file), int(v)) for v in np.unique(y) if v}
    if wrong is None:
        return 0.0, 0.0, 0, problems, notes
    if labels != other_labels:
        problems.append(f'labels differ: {sorted(labels ^ other_labels)[:6]}')
    within = 1 - (wrong & either).sum() / max(1, either.sum())
    statistics(left, right, problems)
    return 1 - wrong.mean(), within, len(labels), problems, notes


def statistics(left, right, problems):
    a, b = ((p if p.is_dir() else p.parent) / 'statistics.json' for p in (left, right))
    if not a.exists():
        return
    if not b.exists():
        problems.append('statistics.json is missing')
        return
    x, y = json.loads(a.read_text()), json.loads(b.read_text())
    if list(x) != list(y):
        problems.append('statistics name other structures')
        return
    worst = max(((abs(x[k][m] - y[k][m]) / max(1, abs(x[k][m])), k, m) for k in x for m in x[k]), default=(0, '', ''))
    if worst[0] > 1e-3 or any(list(x[k]) != list(y[k]) for k in x):
        problems.append(f'statistics differ, most {worst}')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('data', type=Path)
    parser.add_argument('work', type=lambda p: Path(p).resolve())
    parser.add_argument('--fiducia')
    parser.add_argument('--flags', default='')
    parser.add_argument('--single', action='store_true')
    parser.add_argument('--rows', nargs='+', default=list(ROWS))
    parser.add_argument('--upstream-only', action='store_true')
    parser.add_argument('--again', action='store_true')
    parser.add_argument('--compare-only', action='store_true')
    options = parser.parse_args()
    standin_images.make(options.data, options.work / 'images')
    for folder in ('upstream', 'upstream-single', 'fiducia'):
        (options.work / folder).mkdir(exist_ok=True)
    failed = []
    for row in options.rows:
        good = options.compare_only or upstream(options.work, row, options.again, options.single)
        if options.upstream_only:
            continue
        if not good or not (options.compare_only or ours(options.work, row, options.fiducia, options.flags)):
            failed.append(row)
            print(f'{row}: FAILED, see the log', flush=True)
            continue
        equal, within, labels, problems, notes = compared(options.work, row, options.single)
        if equal < LIMIT or problems:
            failed.append(row)
        print(f"{row:18} {ROWS[row][0]:14} {ROWS[row][1]:45} equal {equal:.6f} labelled {within:.5f} labels {labels:3}"
              f" {'ok' if row not in failed else 'FAILED'} {'; '.join(problems[:4] + notes[:1])}", flush=True)
    if not options.upstream_only:
        print(f'{len(options.rows) - len(failed)} of {len(options.rows)} rows pass')
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
