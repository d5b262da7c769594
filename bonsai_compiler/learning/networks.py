"""The machine inside a network whose states never repeat: asked for, tried, proved by regions.

A question costs a tick for each letter that is new: the network's states are kept, in a tree of all
words so far. Hypotheses are tried on many words side by side.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import product
from time import monotonic

import numpy as np

from bonsai_compiler.equivalence.search import explore
from bonsai_compiler.equivalence.system import (
    GraphSystem,
    MachineSystem,
    Numbers,
    Product,
    Transition,
    TransitionSystem,
)
from bonsai_compiler.equivalence.verdict import Verdict
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.interpreter import Bools, Floats
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.ir.signals import Interface
from bonsai_compiler.learning.learner import MOST_STATES, Answer, Learned, TooLargeError, learn
from bonsai_compiler.learning.words import Word, access, characterizing, random_word
from bonsai_compiler.oracle.compare import compare
from bonsai_compiler.oracle.falsify import earliest_failure, minimize, random_simulation
from bonsai_compiler.specification.machine import Machine

SHALLOW = 2_000
"""How many joint states a hypothesis is searched through before anything else."""

RUNS, TICKS = 256, 200
"""How many long runs try a hypothesis, and how long they are."""

MET = 64
"""How many of the states that long runs met are asked the words that tell states apart."""

MOST_WORDS = 20_000

MOST_PLACES = 50_000
"""How many ticks may be asked for one after the other: what differs after hundreds of them leads to
words of hundreds, from every state, and each takes as long as thousands side by side."""

AT_ONCE = 16
"""Where letters are no more, the answers to all of them are found side by side."""


@dataclass(frozen=True, slots=True, eq=False)
class LearnedMachine:
    """A minimal machine, numbered by discovery, and what it rests on."""

    machine: Machine
    learned: Learned


def machine_of_network(
    graph: Graph, wanted: MachineSystem | None, place: str, most: int = MOST_STATES
) -> LearnedMachine:
    """Return the machine of a graph of neurons that was found by asking it.

    Where something is `wanted` its legal inputs count, else all. The verdict is on the network: it
    is `proved` to do as the machine does, or `tested`. Raises BonsaiError, which calls the graph
    `place`, where no machine of at most `most` states does.
    """
    started = monotonic()
    teacher = _NetworkTeacher(graph, wanted)
    machine = learn(teacher, teacher.system, place, most)
    assert teacher.verdict is not None
    seconds = monotonic() - started
    return LearnedMachine(
        machine, Learned(teacher.questions, teacher.steps, seconds, teacher.verdict)
    )


class _Counted(Interface):
    """A transition system that counts the ticks that are run."""

    def __init__(self, system: GraphSystem) -> None:
        self.system, self.steps = system, 0
        self.inputs, self.outputs = system.inputs, system.outputs
        self.ports, self.alphabet = system.ports, system.alphabet
        self.horizon = system.horizon

    def start(self) -> Floats:
        return self.system.start()

    def legal(self, states: Floats) -> Bools:
        return self.system.legal(states)

    def step(self, states: Floats, chosen: Numbers) -> Transition:
        self.steps += len(states)
        return self.system.step(states, chosen)


class _NetworkTeacher:
    """A network that is asked words, and what tries hypotheses on it; `verdict` on the last one."""

    def __init__(self, graph: Graph, wanted: MachineSystem | None, seed: int = 0) -> None:
        alphabet = None if wanted is None else wanted.alphabet
        self._own = GraphSystem(live_part(graph), alphabet)
        self._network = _Counted(self._own)
        self._wanted = wanted
        self.system: TransitionSystem = self._network
        if wanted is not None:
            self.system = Product(self._network, wanted)
        self.questions = 0
        self.verdict: Verdict | None = None
        self._seed = seed
        # The tree of all words so far: the states in each place, and by letter where it leads.
        self._states = [self.system.start()]
        self._following: list[dict[int, tuple[int, Answer]]] = [{}]

    @property
    def steps(self) -> int:
        """How many ticks of the network were run."""
        return self._network.steps

    def answer(self, word: Word) -> list[Answer]:
        self.questions += 1
        place, answers = 0, []
        for letter in word:
            known = self._following[place]
            if letter not in known:
                self._grow(place, letter)
            place, answer = known[letter]
            answers.append(answer)
        return answers

    def _grow(self, place: int, letter: int) -> None:
        if len(self._states) > MOST_PLACES:
            raise TooLargeError
        states = self._states[place]
        allowed = self.system.legal(states)[0]
        count = len(allowed)
        letters = np.arange(count) if count <= AT_ONCE else np.array([letter])
        for refused in letters[~allowed[letters]].tolist():
            self._following[place][refused] = place, None
        letters = letters[allowed[letters]]
        if not len(letters):
            return
        reached = self.system.step(np.repeat(states, len(letters), axis=0), letters)
        for row, coming in enumerate(letters.tolist()):
            codes = tuple(reached.outputs[row].tolist())
            self._following[place][coming] = len(self._states), codes
            self._states.append(reached.states[row : row + 1])
            self._following.append({})

    def counterexample(self, machine: Machine) -> Word | None:
        rng = np.random.default_rng(self._seed)
        hypothesis = MachineSystem(machine)
        searches: tuple[Callable[[], Word | None], ...] = (
            partial(_legal_otherwise, machine, self._wanted),
            partial(self._unwanted, hypothesis),
            partial(self._shallow, hypothesis),
            partial(self._toured, hypothesis),
            partial(self._walked, hypothesis, rng),
            partial(self._met, hypothesis, rng),
        )
        for search in searches:
            word = search()
            if word is not None:
                return word
        return self._judged(hypothesis)

    def _unwanted(self, hypothesis: MachineSystem) -> Word | None:
        """Try where the hypothesis differs from what is wanted of the network."""
        if self._wanted is None:
            return None
        word = explore(hypothesis, self._wanted).failing
        return None if word is None else earliest_failure(self._network, hypothesis, [word])

    def _shallow(self, hypothesis: MachineSystem) -> Word | None:
        """Try all short words."""
        return explore(self._network, hypothesis, SHALLOW, TICKS).failing

    def _toured(self, hypothesis: MachineSystem) -> Word | None:
        """Try each transition, and then what tells apart where it leads (the W-method)."""
        machine = hypothesis.machine
        ways, letters = access(machine), range(machine.legal.shape[1])
        tour = [
            (*way, letter, *word)
            for way, letter, word in product(ways, letters, characterizing(machine) or ((),))
        ]
        if len(tour) > MOST_WORDS:
            rng = np.random.default_rng(self._seed)
            tour = [tour[place] for place in rng.choice(len(tour), MOST_WORDS, replace=False)]
        return earliest_failure(self._network, hypothesis, tour)

    def _walked(self, hypothesis: MachineSystem, rng: np.random.Generator) -> Word | None:
        """Try long runs, each with a rhythm of its own."""
        found = random_simulation(self._network, hypothesis, rng, RUNS, TICKS).failing
        return None if found is None else minimize(self._network, hypothesis, found)

    def _met(self, hypothesis: MachineSystem, rng: np.random.Generator) -> Word | None:
        """Try what tells states apart from states that long runs come to."""
        machine = hypothesis.machine
        telling = characterizing(machine)
        runs = [random_word(machine, rng, int(rng.integers(1, TICKS))) for _ in range(MET)]
        found = earliest_failure(
            self._network, hypothesis, [(*run, *word) for run in runs for word in telling]
        )
        return None if found is None else minimize(self._network, hypothesis, found)

    def _judged(self, hypothesis: MachineSystem) -> Word | None:
        """Prove the hypothesis, or search it as long as any candidate is searched."""
        verdict = compare(self._own, hypothesis, seed=self._seed)
        self.verdict = verdict
        if verdict.counterexample is None:
            return None
        bits = np.array(verdict.counterexample.inputs, dtype=bool)
        return tuple(hypothesis.input_signals.letter(bits).tolist())


def _legal_otherwise(machine: Machine, wanted: MachineSystem | None) -> Word | None:
    """Return a shortest word whose last letter is legal to one of two alone; None if none is."""
    if wanted is None:
        return None
    ways: dict[tuple[int, int], Word] = {(0, 0): ()}
    queue = [(0, 0)]
    for pair in queue:
        one, other = machine.legal[pair[0]], wanted.machine.legal[pair[1]]
        differing = np.flatnonzero(one != other)
        if len(differing):
            return (*ways[pair], int(differing[0]))
        for letter in np.flatnonzero(one).tolist():
            following = (
                int(machine.successor[pair[0], letter]),
                int(wanted.machine.successor[pair[1], letter]),
            )
            if following not in ways:
                ways[following] = (*ways[pair], letter)
                queue.append(following)
    return None
