"""Words that a result is tried on, and what its task asks for on each of their ticks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bonsai_compiler.equivalence.system import Codes, GraphSystem, MachineSystem, Numbers, Product
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.fsm.mealy import tabulated
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.interpreter import Bools
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import Signals
from bonsai_compiler.oracle.compare import as_specification
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.specification.task import Task
from bonsai_compiler.targets.reached import tours

RANDOM_WORDS, RANDOM_TICKS = 20, 100

MOST_TICKS = 200_000
"""Tours of more ticks are broken off; of up to 1,000 states and a few letters none are."""


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """Legal inputs from the start on, (ticks, inputs), and the codes that are asked for.

    `wanted` (ticks, outputs) holds 1, -1, and 0 for "don't care".
    """

    bits: Bools
    wanted: Codes


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A graph of logic, the words that it is tried on, and the network that it was made of."""

    graph: Graph
    words: tuple[Word, ...]
    neurons: Graph | None = None

    @property
    def ticks(self) -> int:
        """How many ticks all words have together."""
        return sum(len(word.bits) for word in self.words)

    @property
    def stacked(self) -> Bools:
        """All words side by side, (ticks, words, inputs); a shorter one goes on with zeros."""
        ticks = max(len(word.bits) for word in self.words)
        padded = np.zeros((ticks, len(self.words), len(self.graph.inputs)), dtype=bool)
        for place, word in enumerate(self.words):
            padded[: len(word.bits), place] = word.bits
        return padded


def trial_of(graph: Graph, task: Task, seed: int = 0) -> Trial:
    """Return a graph of logic with words to try it on, the same for each seed.

    Some pass every transition of logic and task together, others are random. Raises BonsaiError
    where there are too many states to pass them all.
    """
    whole = tabulated(as_specification(task))
    if whole is None:
        raise BonsaiError(f"{task.name}: has too many states to pass each of its transitions")
    machine = replace(whole.machine, horizon=None)
    joint = tabulated(Product(GraphSystem(graph, machine.letters), MachineSystem(machine)))
    if joint is None:
        raise BonsaiError(f"{graph.name}: has too many states to pass each of its transitions")
    numbers = joint.states[:, -1].astype(np.int64)
    chosen = [*tours(joint.machine, MOST_TICKS), *random_words(joint.machine, seed)]
    words = tuple(_word(joint.machine, machine, numbers, letters) for letters in chosen)
    return Trial(graph, words)


def random_words(machine: Machine, seed: int) -> Iterator[list[int]]:
    """Yield random legal words from the start on; each ends early where nothing is legal."""
    rng = np.random.default_rng(seed)
    for _ in range(RANDOM_WORDS):
        state = 0
        letters: list[int] = []
        while len(letters) < RANDOM_TICKS and state >= 0 and machine.legal[state].any():
            letters.append(int(rng.choice(np.flatnonzero(machine.legal[state]))))
            state = int(machine.successor[state, letters[-1]])
        if letters:
            yield letters


def _word(joint: Machine, task: Machine, numbers: Numbers, letters: Sequence[int]) -> Word:
    states = [0]
    for letter in letters:
        states.append(int(joint.successor[states[-1], letter]))
    return Word(task.letters[letters], task.output[numbers[states[:-1]], letters])


Answers = Sequence[Sequence[Sequence[bool]]]
"""For each word, for each of its ticks, the bits of the outputs in the graph's order."""


def first_fault(trial: Trial, answers: Answers) -> str | None:
    """Return where answers are first not what the task asks for; None if they all are."""
    for number, (word, given) in enumerate(zip(trial.words, answers, strict=True), 1):
        if len(given) != len(word.bits):
            return f"word {number} has {len(given)} ticks of {len(word.bits)}"
        found = np.array(given, dtype=bool).reshape(word.wanted.shape)
        wrong = (word.wanted != 0) & (found != (word.wanted > 0))
        if wrong.any():
            return f"word {number} is wrong at tick {int(np.nonzero(wrong)[0][0]) + 1}"
    return None


def numbered(signals: Signals, bits: Bools) -> list[list[int]]:
    """Return the value of each field, tick by tick: an integer, a word's place, or 0 and 1."""
    rows = []
    for row in bits.tolist():
        values = zip(signals.fields, signals.values(tuple(row)), strict=True)
        rows.append(
            [
                field.seen.index(value) + field.low if isinstance(field, Port) else int(bool(value))
                for field, value in values
            ]
        )
    return rows


def bits_of(signals: Signals, numbers: Sequence[int]) -> list[bool]:
    """Return the bits that numbers stand for, as `numbered` gives them.

    Raises BonsaiError for a number that is no value of its field.
    """
    values: list[int | str | bool] = []
    for field, number in zip(signals.fields, numbers, strict=True):
        if isinstance(field, Port):
            if not field.low <= number <= field.high:
                raise BonsaiError(f"{field.name} is {number}, which is no value of it")
            values.append(field.seen[number - field.low])
        else:
            values.append(bool(number))
    return [bool(bit) for bit in signals.encoded(values)]
