"""State merging that stands a share of wrong outputs: a prefix tree is folded onto few states.

Blue-fringe merging (Lang, Pearlmutter and Price, 1998) with counts: a subtree is folded onto a
state if no more of its outputs disagree with what is known there than the noise explains, onto the
one where they agree the most; else it is a state of its own.
"""

import math
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from bonsai_compiler.learning.learner import TooLargeError

Trace = tuple[tuple[str, ...], tuple[str, ...]]
"""The letters of a sequence, and the output on each tick, as words."""


CHANCE = 0.3
"""How often outputs disagree by chance where two states are not the same."""

DEVIATIONS = 2.5
"""How many standard deviations more disagreements than expected are put down to noise."""


@dataclass(slots=True)
class _Node:
    """A state, or a part of the tree: what was seen on each letter, and what follows."""

    seen: dict[str, Counter[str]] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Fold:
    """What comes of folding a part of the tree onto a state: what it adds, and how far it fits."""

    seen: dict[tuple[int, str], Counter[str]] = field(default_factory=dict)
    after: dict[tuple[int, str], int] = field(default_factory=dict)
    met: int = 0
    apart: int = 0

    def is_likely(self, noise: float) -> bool:
        expected = self.met * noise
        return self.apart <= expected + DEVIATIONS * math.sqrt(expected * (1 - noise))

    def score(self, noise: float) -> float:
        """Return how much likelier what was met is of one state than of two."""
        share = max(noise, 1e-3)
        agreeing = (self.met - self.apart) * math.log((1 - share) / (1 - CHANCE))
        return agreeing + self.apart * math.log(share / CHANCE)


Table = list[dict[str, tuple[str, int]]]
"""For each state, the output and the next state on each letter that was seen; 0 is the start."""


def merged(traces: Iterable[Trace], noise: float, most: int = sys.maxsize) -> Table:
    """Return the machine behind traces, of whose outputs a share, `noise`, is wrong.

    A word that is empty tells nothing of the output. Raises TooLargeError where there would be
    more than `most` states.
    """
    nodes = _tree(traces)
    states = [0]
    while True:
        fringe = [
            (sum(nodes[state].seen[letter].values()), -place, letter)
            for place, state in enumerate(states)
            for letter, target in nodes[state].after.items()
            if target not in states
        ]
        if not fringe:
            break
        # The one that most traces pass tells the most.
        _, place, letter = max(fringe)
        source = states[-place]
        part = nodes[source].after[letter]
        folds = [(_folded(nodes, state, part), state) for state in states]
        likely = [
            (fold.score(noise), state, fold) for fold, state in folds if fold.is_likely(noise)
        ]
        if not likely:
            if len(states) == most:
                raise TooLargeError
            states.append(part)
            continue
        _, state, fold = max(likely, key=lambda found: found[0])
        nodes[source].after[letter] = state
        for (node, at), counts in fold.seen.items():
            nodes[node].seen.setdefault(at, Counter()).update(counts)
        for (node, at), target in fold.after.items():
            nodes[node].after[at] = target
    number = {state: place for place, state in enumerate(states)}
    return [
        {
            letter: (
                max(counts, key=counts.__getitem__, default=""),
                number[nodes[state].after[letter]],
            )
            for letter, counts in nodes[state].seen.items()
        }
        for state in states
    ]


def _tree(traces: Iterable[Trace]) -> list[_Node]:
    nodes = [_Node()]
    for letters, outputs in traces:
        at = 0
        for letter, output in zip(letters, outputs, strict=True):
            counts = nodes[at].seen.setdefault(letter, Counter())
            if output:
                counts[output] += 1
            if letter not in nodes[at].after:
                nodes[at].after[letter] = len(nodes)
                nodes.append(_Node())
            at = nodes[at].after[letter]
    return nodes


def _folded(nodes: list[_Node], state: int, part: int) -> _Fold:
    """Return what comes of folding the tree below `part` onto a state, changing nothing yet."""
    fold = _Fold()
    left = [(state, part)]
    while left:
        onto, one = left.pop()
        for letter, counts in nodes[one].seen.items():
            here = onto, letter
            known = nodes[onto].seen.get(letter, Counter()) + fold.seen.get(here, Counter())
            if known:
                usual = known.most_common(1)[0][0]
                total = sum(counts.values())
                fold.met += total
                fold.apart += total - counts[usual]
            fold.seen.setdefault(here, Counter()).update(counts)
            target, below = (
                fold.after.get(here, nodes[onto].after.get(letter)),
                nodes[one].after[letter],
            )
            if target is None:
                fold.after[here] = below
            else:
                left.append((target, below))
    return fold
