"""A network as the machine that it has become: its states as bits, each told by a threshold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.ir.interpreter import Bools
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.ir.text import number
from bonsai_compiler.logic.encoded import Digit, encoded
from bonsai_compiler.logic.thresholds import Classes, Thresholds, telling
from bonsai_compiler.oracle.oracle import Oracle, Sample
from bonsai_compiler.passes.base import Pass, counted
from bonsai_compiler.system.deadline import Deadline

ROUNDS, EACH, KEPT = 40, 16, 300
"""How many ticks states are followed of which runs meet few, of how many in each of the machine's,
and how many are looked at there in the end."""

MOST_STATES = 64
"""How many states a machine may have to be written so."""

Numbers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class StateMap:
    """How the states of a network tell those of its machine, as far as runs have shown.

    `cuts` are the thresholds of each state of the network that a program keeps. `codes[k]` says of
    state k of the machine how many of these the network's states are above where they mostly stand,
    and `shares[k]` in what share of the states met there. With the cuts `beside` them too, `told`
    of `met` states say which of the machine's they are.
    """

    cuts: Mapping[str, tuple[float, ...]]
    codes: tuple[tuple[int, ...], ...]
    shares: tuple[float, ...]
    beside: Mapping[str, tuple[float, ...]]
    told: int
    met: int


@dataclass(frozen=True, slots=True, eq=False)
class Threshold(Pass):
    """The states of the machine that a network has become are bits: what is above a threshold.

    A machine's state steps as most of the network's do that runs meet in it. `rows` (n,) are all
    pairs of a state of the machine and a legal letter, with the `bits` of that (n, inputs), the
    state that the network goes on to (n,), and its outputs (n, outputs), 0 where any will do.
    """

    gives: ClassVar[Dialect | None] = Dialect.LOGIC
    settles: ClassVar[bool] = True
    typed: ClassVar[bool] = False

    map: StateMap
    rows: Numbers
    bits: Bools
    following: Numbers
    outputs: Codes

    @classmethod
    def search(cls, graph: Graph, oracle: Oracle, deadline: Deadline) -> Self | None:
        """Return the machine of the states that runs meet; None where no thresholds tell them."""
        graph = live_part(graph)
        sample = oracle.sample(graph)
        count = int(sample.classes.max(initial=-1)) + 1
        known = sample.classes >= 0
        if not 0 < count <= MOST_STATES or len(np.unique(sample.classes[known])) < count:
            return None
        sample = Sample(sample.states[known], sample.classes[known], sample.joint[known])
        sample = _evened(graph, oracle, sample)
        telling_all = telling(sample.states, sample.classes)
        found = _mapped(graph, sample, telling_all, count)
        if found is None:
            return None
        return cls(found, *_stepped(graph, oracle, sample, telling_all, count))

    def apply(self, graph: Graph) -> Graph:
        """Return the machine as logic; raises UnreadableError where nobody could read that."""
        codes = np.array(self.map.codes, dtype=np.int64).reshape(len(self.map.codes), -1)
        digits = [
            Digit(name, len(cuts) + 1, int(own[0]), own[self.rows], own[self.following])
            for (name, cuts), own in zip(self.map.cuts.items(), codes.T, strict=True)
        ]
        return encoded(graph, digits, self.bits, self.outputs)

    def chosen(self) -> str:
        told = ", ".join(
            f"{name} > {number(cut)}" for name, cuts in self.map.cuts.items() for cut in cuts
        )
        states = counted(self.map.codes, "state")
        return f"{states} told by {told}" if told else states


def _evened(graph: Graph, oracle: Oracle, sample: Sample) -> Sample:
    """Return the sample with more of the states that random runs soon leave for good.

    From some in each class all letters are followed, tick by tick, whatever class they lead to.
    """
    width = sample.states.shape[1]
    if sample.joint.shape[1] == width:
        return sample
    system = oracle.legal(oracle.candidate(graph), asked=True)
    expected, first = np.unique(sample.joint[:, width:], axis=0, return_index=True)
    owners = dict(zip(map(tuple, expected.tolist()), sample.classes[first].tolist(), strict=True))
    rng = np.random.default_rng(0)
    joint, classes = sample.joint, sample.classes
    met = [(joint, classes)]
    for _ in range(ROUNDS):
        chosen = _shared(classes, EACH, rng)
        places, letters = np.nonzero(system.legal(joint[chosen]))
        reached = np.unique(system.step(joint[chosen][places], letters).states, axis=0)
        told = [owners.get(tuple(row), -1) for row in reached[:, width:].tolist()]
        known = np.array(told, dtype=np.int64) >= 0
        if not known.any():
            break
        joint, classes = reached[known], np.array(told, dtype=np.int64)[known]
        met.append((joint, classes))
    joint = np.concatenate([rows for rows, _ in met])
    classes = np.concatenate([own for _, own in met])
    joint, kept = np.unique(joint, axis=0, return_index=True)
    classes = classes[kept]
    chosen = _shared(classes, KEPT, rng)
    return Sample(joint[chosen, :width], classes[chosen], joint[chosen])


def _shared(classes: Classes, most: int, rng: np.random.Generator) -> Numbers:
    """Return rows drawn at random, at most so many of each class."""
    order = rng.permutation(len(classes))
    ranked = order[np.argsort(classes[order], kind="stable")]
    turns = np.arange(len(ranked)) - np.searchsorted(classes[ranked], classes[ranked])
    return ranked[turns < most]


def _uses(codes: Numbers, classes: Classes, count: int) -> tuple[Numbers, Numbers, Numbers]:
    """Return the kinds of codes, each code's kind, and how often each kind is met in each class."""
    kinds, places = np.unique(codes, axis=0, return_inverse=True)
    places = places.reshape(-1)
    uses = np.zeros((len(kinds), count), dtype=np.int64)
    np.add.at(uses, (places, classes), 1)
    return kinds, places, uses


def _mapped(graph: Graph, sample: Sample, found: Thresholds, count: int) -> StateMap | None:
    """Return the map to a program whose states are the usual codes; None where one has none."""
    kinds, places, uses = _uses(found.codes(sample.states), sample.classes, count)
    owned = np.where(uses == uses.max(axis=1, keepdims=True), uses, 0)
    usual = owned.argmax(axis=0)
    if len(np.unique(usual)) < count or not owned[usual, np.arange(count)].all():
        return None
    # What the usual codes can be told without is not kept. Level 1.5 lies at the second cut.
    needed = telling(kinds[usual].astype(np.float64), np.arange(count)).cuts
    columns = list(found.cuts)
    kept = Thresholds(
        {
            columns[place]: tuple(found.cuts[columns[place]][int(level)] for level in levels)
            for place, levels in needed.items()
        }
    )
    codes = kept.codes(sample.states)
    own = codes[[int((places == place).argmax()) for place in usual]]
    stands = (codes == own[sample.classes]).all(axis=1)
    shares = np.bincount(sample.classes[stands], minlength=count) / np.bincount(sample.classes)
    names = [state.name for state in graph.states]
    return StateMap(
        {names[column]: cuts for column, cuts in kept.cuts.items()},
        tuple(map(tuple, own.tolist())),
        tuple(shares.round(4).tolist()),
        {
            names[column]: rest
            for column, cuts in found.cuts.items()
            if (rest := tuple(cut for cut in cuts if cut not in kept.cuts.get(column, ())))
        },
        int(uses.max(axis=1).sum()),
        len(codes),
    )


def _stepped(
    graph: Graph, oracle: Oracle, sample: Sample, found: Thresholds, count: int
) -> tuple[Numbers, Bools, Numbers, Codes]:
    """Return rows, bits, following and outputs: what most states of each class do."""
    candidate = oracle.candidate(graph)
    system = oracle.legal(candidate, asked=True)
    places, letters = np.nonzero(system.legal(sample.joint))
    moved = system.step(sample.joint[places], letters)
    kinds, _, uses = _uses(found.codes(sample.states), sample.classes, count)
    codes = found.codes(moved.states[:, : sample.states.shape[1]])
    # What was never met is taken for what is nearest to it.
    distance = np.abs(codes[:, None, :] - kinds).sum(axis=2)
    following = uses.argmax(axis=1)[distance.argmin(axis=1)]
    width = len(system.alphabet)
    keys, owner = np.unique(sample.classes[places] * width + letters, return_inverse=True)
    votes = np.zeros((len(keys), count), dtype=np.int64)
    np.add.at(votes, (owner.reshape(-1), following), 1)
    outputs = np.zeros((len(keys), moved.outputs.shape[1]), dtype=np.int64)
    np.add.at(outputs, owner.reshape(-1), moved.outputs.astype(np.int64))
    rows, chosen = np.divmod(keys, width)
    return rows, system.alphabet[chosen], votes.argmax(axis=1), np.sign(outputs).astype(np.int8)
