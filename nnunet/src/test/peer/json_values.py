"""Compares two JSON files value by value."""
import json
from pathlib import Path


def numbers(path):
    def walk(node, at=''):
        if isinstance(node, dict):
            return [x for k in sorted(node) for x in walk(node[k], f'{at}/{k}')]
        if isinstance(node, list):
            return [x for i, v in enumerate(node) for x in walk(v, f'{at}/{i}')]
        return [(at, node)]
    return dict(walk(json.loads(Path(path).read_text())))


def compare(what, theirs, ours, skip=()):
    """Prints what differs; keys that contain a word of skip may be missing, and their texts differ."""
    a, b = numbers(theirs), numbers(ours)
    missing = [k for k in a if k not in b and not any(s in k for s in skip)]
    worst = max([abs(a[k] - b[k]) for k in a if isinstance(a[k], (int, float)) and k in b and a[k] == a[k]] or [0])
    text = [k for k in a if isinstance(a[k], str) and a[k] != b.get(k) and not any(s in k for s in skip)]
    print(f'{what}: {len(a)} values, {missing or "none"} missing, {text or "no"} texts differ, numbers by {worst:.1e}',
          flush=True)
