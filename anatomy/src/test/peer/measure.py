"""Time and peak memory of whole commands, alternating: TotalSegmentator 2.18 and 'fiducia totalsegmentator' on the
same stand-in weights, on the same cores.

  python measure.py DATA WEIGHTS --fiducia PATH/fiducia [--cases fast total] [--runs N] [--scratch DIR] [--slices N]

DATA holds totalsegmentator-reference. WEIGHTS holds folders named as the public ones (Dataset297_..., Dataset291_... to Dataset295_...); networks of the public
size (six stages of 32 to 320 features). The cases:

  fast   total --fast on the reference CT (122x101x112 voxels of 3 mm): one patch of 112x112x128, 118 outputs
  total  total (five networks) on a CT of 512x512x200: the reference CT, resampled to 0.715x0.592x1.68 mm, so that
         its content is a real body. --slices N takes only the first N slices of it

Python must have TotalSegmentator, nibabel and scipy. Memory is the sum over all processes of a command, sampled five
times a second: PSS (shared pages count once) and RSS. Processor time is user and system time of the same processes.
Nothing is sent anywhere: the home folder that TotalSegmentator gets says so.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

REFERENCE = Path('totalsegmentator-reference') / 'example_ct.nii.gz'
CONFIG = {'totalseg_id': 'totalseg_TEST', 'send_usage_stats': False, 'prediction_counter': 0,
          'statistics_disclaimer_shown': True, 'license_number': 'aca_XXXXXXXXXXXXXX'}


def tree(root):
    """The process and all its descendants."""
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        try:
            for task in os.listdir(f'/proc/{pid}/task'):
                todo.extend(map(int, Path(f'/proc/{pid}/task/{task}/children').read_text().split()))
        except OSError:
            continue
    return found


def memory(root):
    """Bytes (PSS, RSS) of all processes of the tree."""
    pss = rss = 0
    for pid in tree(root):
        try:
            for line in Path('/proc', str(pid), 'smaps_rollup').read_text().splitlines():
                if line.startswith('Pss:'):
                    pss += int(line.split()[1]) << 10
                elif line.startswith('Rss:'):
                    rss += int(line.split()[1]) << 10
        except OSError:
            continue
    return pss, rss


class Sampler(threading.Thread):
    """The largest memory of a process tree while it runs."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.pss, self.rss, self.done = pid, 0, 0, threading.Event()

    def run(self):
        while not self.done.wait(0.2):
            pss, rss = memory(self.pid)
            self.pss, self.rss = max(self.pss, pss), max(self.rss, rss)


def measure(command, environment, log):
    """Seconds, processor seconds, peak PSS and RSS of a command."""
    with open(log, 'w') as text:
        start = time.time()
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=text, stderr=subprocess.STDOUT)
        sampler = Sampler(process.pid)
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.time() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        sampler.done.set()
        sampler.join()
    if process.returncode:
        sys.exit(f'{" ".join(map(str, command))} failed with {process.returncode}: {Path(log).read_text()[-2000:]}')
    return {'seconds': seconds, 'processor': usage.ru_utime + usage.ru_stime, 'system': usage.ru_stime,
            'pss': sampler.pss / 1e9, 'rss': sampler.rss / 1e9}


def large_ct(data, target, slices):
    """The reference CT on 512x512x200 voxels, linear."""
    import nibabel
    import numpy
    from scipy.ndimage import zoom
    image = nibabel.load(data / REFERENCE)
    voxels = image.get_fdata(dtype=numpy.float32)
    factors = [n / s for n, s in zip((512, 512, 200), voxels.shape)]
    big = numpy.rint(zoom(voxels, factors, order=1)).astype(numpy.int16)[:, :, :slices]
    affine = image.affine @ numpy.diag([*(1 / f for f in factors), 1])
    nibabel.save(nibabel.Nifti1Image(big, affine), target)


def agreement(ours, theirs):
    """The share of voxels that are equal."""
    import nibabel
    import numpy
    a, b = (numpy.asarray(nibabel.load(f).dataobj) for f in (ours, theirs))
    return float((a == b).mean())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('data', type=Path)
    parser.add_argument('weights', type=Path)
    parser.add_argument('--fiducia', type=lambda p: Path(p).resolve(), required=True)
    parser.add_argument('--cases', nargs='+', default=['fast', 'total'], choices=['fast', 'total'])
    parser.add_argument('--runs', type=int, default=3)
    parser.add_argument('--scratch', type=Path, default=Path('measure'))
    parser.add_argument('--slices', type=int, default=200)
    parser.add_argument('--only', choices=['fiducia', 'upstream'])
    parser.add_argument('options', nargs='*', help='more options for fiducia, after --')
    given = parser.parse_args()
    top = given.scratch.resolve()
    shutil.rmtree(top, ignore_errors=True)
    (top / 'home').mkdir(parents=True)
    (top / 'tmp').mkdir()
    (top / 'home' / 'config.json').write_text(json.dumps(CONFIG))
    # A scratch folder of its own: what a stopped run leaves goes with it.
    environment = {'TOTALSEG_HOME_DIR': str(top / 'home'), 'TOTALSEG_WEIGHTS_PATH': str(given.weights),
                   'TMPDIR': str(top / 'tmp')}
    upstream = Path(sys.executable).parent / 'TotalSegmentator'
    for case in given.cases:
        image = given.data / REFERENCE
        if case == 'total':
            image = top / 'ct.nii.gz'
            large_ct(given.data, image, given.slices)
        flags = ['--fast'] if case == 'fast' else []
        programs = {
            'upstream': lambda out: [sys.executable, upstream, '-i', image, '-o', out, '--ml', '-d', 'cpu', *flags],
            'fiducia': lambda out: [given.fiducia, 'totalsegmentator', '-i', image, '-o', out, '--ml', '--device',
                                    'cpu', '--overwrite', *flags, *given.options]}
        if given.only:
            programs = {given.only: programs[given.only]}
        results = {name: [] for name in programs}
        for run in range(given.runs):
            for name, command in programs.items():
                r = measure([str(c) for c in command(top / f'{case}-{name}.nii.gz')], environment,
                            top / f'{case}-{name}-{run}.log')
                results[name].append(r)
                print(case, name, ' '.join(f'{k} {v:.2f}' for k, v in r.items()), flush=True)
        medians = {name: {k: statistics.median(r[k] for r in rs) for k in rs[0]} for name, rs in results.items()}
        for name, m in medians.items():
            print(case, 'median', name, ' '.join(f'{k} {v:.2f}' for k, v in m.items()))
        if len(medians) == 2:
            print(case, 'ratio', ' '.join(f'{k} {medians["fiducia"][k] / medians["upstream"][k]:.3f}'
                                          for k in medians['fiducia'] if k != 'system'))
            print(case, 'equal voxels', agreement(*(top / f'{case}-{n}.nii.gz' for n in ('fiducia', 'upstream'))))


if __name__ == '__main__':
    main()
