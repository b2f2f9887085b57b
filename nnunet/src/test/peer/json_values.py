"""Asserts that two JSON files agree value by value."""
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
    """Every value of theirs must be in ours, to the bit, NaN being NaN; keys with a word of skip are passed over."""
    a, b = numbers(theirs), numbers(ours)
    a = {k: v for k, v in a.items() if not any(s in k for s in skip)}
    wrong = {k: (v, b.get(k, 'missing')) for k, v in a.items()
             if k not in b or not (v == b[k] or v != v and b[k] != b[k])}
    assert a and not wrong, (what, wrong)
    print(f'{what}: {len(a)} values, all equal', flush=True)
