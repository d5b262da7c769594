"""Formats that no program at hand runs: BTOR2 by a reader of our own, tables by the machine's."""

import operator
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.bench.targets.software import places_of
from bonsai_compiler.bench.targets.trial import Answers, Trial
from bonsai_compiler.circuits.lowering import circuit_of
from bonsai_compiler.driver.emission import emit
from bonsai_compiler.logic.tables import bits_of
from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.specification.machine_file import MachineReading, read_machine

Bits = Sequence[int]
Step = Callable[[Bits, Bits, int], tuple[Bits, Bits]]
"""Takes the stored bits and those that come in, returns the next ones and those that come out.

Each is a number of as many bits as the last argument, all ones: so many run side by side.
"""


_MEANT: dict[str, Callable[..., int]] = {
    "and": operator.and_,
    "xor": operator.xor,
    "ite": lambda test, yes, no: (test & yes) | (~test & no),
}


def in_btor2(trial: Trial) -> Answers:
    """Return what a reader of our own answers for BTOR2."""
    circuit = circuit_of(trial.graph)
    given = places_of(circuit.inputs, trial.graph, "in")
    order = np.argsort(places_of(circuit.outputs, trial.graph, "out")).tolist()
    _, _, start, step = btor2(str(emit(trial.graph, "btor2")))

    # All words at once: a number for each wire, a bit of it for each word.
    count = len(trial.words)
    every = (1 << count) - 1
    stored: Bits = [every * bit for bit in start]
    rows = []
    for letters in trial.stacked[:, :, given]:
        stored, outputs = step(stored, [bits_of(column) for column in letters.T], every)
        rows.append([f"{outputs[place]:0{count}b}"[::-1] for place in order])
    return [
        [[column[place] == "1" for column in row] for row in rows[: len(word.bits)]]
        for place, word in enumerate(trial.words)
    ]


def btor2(text: str) -> tuple[list[str], list[str], Bits, Step]:
    """Return the names of the inputs and outputs of BTOR2 with words of a bit, and what it does.

    The last two are the first values and the step.
    """
    lines = [line.split() for line in text.splitlines() if not line.startswith(";")]
    inputs = [(number, name) for number, kind, _, *name in lines if kind == "input"]
    outputs = [(source, name) for _, kind, source, *name in lines if kind == "output"]
    stored = [number for number, kind, *_ in lines if kind == "state"]
    start = {rest[1]: rest[2] for _, kind, *rest in lines if kind == "init"}
    following = {rest[1]: rest[2] for _, kind, *rest in lines if kind == "next"}
    constants = {number: kind == "one" for number, kind, *_ in lines if kind in ("zero", "one")}
    gates = [(number, kind, rest[1:]) for number, kind, *rest in lines if kind in _MEANT]
    if any(
        kind not in {*_MEANT, "sort", "zero", "one", "input", "state", "init", "next", "output"}
        or (kind == "sort" and rest != ["bitvec", "1"])
        for _, kind, *rest in lines
    ):
        raise ValueError("it has words of several bits, or an operator beside and, xor and ite")

    def step(held: Bits, bits: Bits, every: int) -> tuple[Bits, Bits]:
        values = {number: every * one for number, one in constants.items()}
        values |= zip(stored, held, strict=True)
        values |= zip([number for number, _ in inputs], bits, strict=True)

        def of(word: str) -> int:
            return every ^ values[word[1:]] if word.startswith("-") else values[word]

        for number, kind, sources in gates:
            values[number] = _MEANT[kind](*map(of, sources))
        return [of(following[state]) for state in stored], [of(source) for source, _ in outputs]

    first = [constants[start[state]] for state in stored]
    return [name for _, (name,) in inputs], [name for _, (name,) in outputs], first, step


def in_kiss2(trial: Trial, *, encoded: bool) -> Answers:
    """Return what the table of KISS2 answers, read as a machine from elsewhere is."""
    text = str(emit(trial.graph, "kiss2-encoded" if encoded else "kiss2"))
    machine = tabulate(read_machine(text, Path("table.kiss2"), MachineReading("kiss2")))
    circuit = circuit_of(trial.graph)
    given = places_of(circuit.inputs, trial.graph, "in")
    order = np.argsort(places_of(circuit.outputs, trial.graph, "out"))
    letters = {tuple(row): place for place, row in enumerate(machine.letters.tolist())}

    def word(bits: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]") -> Iterator[list[bool]]:
        state = 0
        for row in bits[:, given].tolist():
            letter = letters[tuple(row)]
            yield (machine.output[state, letter, order] > 0).tolist()
            state = int(machine.successor[state, letter])

    return [list(word(each.bits)) for each in trial.words]


def is_drawn(trial: Trial) -> bool:
    """Return whether Graphviz draws the graph."""
    return "</svg>" in str(BACKENDS["svg"](trial.graph))
