"""Machines from files as tasks: letters get a meaning, and what is missing is said."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.formats import format_of, read_automaton
from bonsai_compiler.formats.automaton import COMMA, Automaton, Edge, short, unquoted
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import Signals
from bonsai_compiler.specification.letters import signals_in
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.specification.table import task_of_machine
from bonsai_compiler.specification.task import Basis, Task

Missing = Literal["illegal", "reject", "stay"]
MISSING: tuple[Missing, ...] = get_args(Missing)

MOST_STEPS = 2**20
"""The most steps of a machine, states times letters: the same that are tabulated of a task."""


@dataclass(frozen=True, slots=True)
class MachineReading:
    """How files of machines are read: in which format, and what a step means that is missing.

    Without a `format` the file's ending tells it. Without `missing` acceptors reject, and of other
    machines the input may not come. `outputs` are columns of a log of traces, by default the last,
    of which a share, `noise`, may be wrong.
    """

    format: str | None = None
    missing: Missing | None = None
    outputs: tuple[str, ...] | None = None
    noise: float = 0.0


PLAIN = MachineReading()
"""Nothing is said: the file tells all."""


def is_machine_file(path: str, reading: MachineReading = PLAIN) -> bool:
    """Return whether a path is read as a file of a machine."""
    return reading.format is not None or format_of(path) is not None


def read_machine(text: str, path: Path, reading: MachineReading = PLAIN) -> Task:
    """Return the machine that a text is, as a task, called after the stem of `path`.

    Raises BonsaiError, one line with the file and the line of the fault, for what is no
    deterministic machine.
    """
    place, name = str(path), reading.format or format_of(str(path))
    if name is None:
        raise BonsaiError(f"{place}: its ending tells no format; say it with --format")
    automaton = read_automaton(text, place, name)
    return task_of_automaton(automaton, path, text, reading.missing)


def task_of_automaton(
    automaton: Automaton,
    path: Path,
    source: str = "",
    missing: Missing | None = None,
    basis: Basis | None = None,
) -> Task:
    """Return what a file says of a machine as a task; `missing` as `MachineReading` has it.

    `basis` says where it comes from if it does not stand in a file.
    """
    place = str(path)
    letters = [edge.letter for edge in automaton.edges]
    inputs = signals_in(automaton.inputs, letters, "x", place, free=False)
    said = [*automaton.said.values()] or [edge.output or "" for edge in automaton.edges]
    called = "accepted" if automaton.kind == "acceptor" else "y"
    outputs = signals_in(automaton.outputs, said, called, place, free=automaton.free)
    if not outputs.bits:
        raise BonsaiError(f"{place}: every output is {short(said[0])}; there is nothing to compute")
    names = (automaton.start, *(name for name in automaton.states if name != automaton.start))
    if len(names) * inputs.size > MOST_STEPS:
        size = f"{len(names):,} states of {inputs.size:,} letters"
        raise BonsaiError(f"{place}: {size} are too many; {MOST_STEPS:,} steps are the most")
    table = _Table(place, names, inputs, outputs, automaton)
    machine, names, doc = table.completed(missing)
    kind = f"the {automaton.kind} in {path.name}" if basis is None else basis.machine
    told = [part for part in (kind, basis.aside if basis else "", doc) if part]
    about = " ".join(f"{part[0].upper()}{part[1:].removesuffix('.')}." for part in told)
    return task_of_machine(machine, path, path.stem, about, basis, states=names, source=source)


Codes = npt.NDArray[np.int8]


class _Table:
    """The steps of a machine, one after the other, and on which lines they stand."""

    def __init__(
        self,
        place: str,
        names: tuple[str, ...],
        inputs: Signals,
        outputs: Signals,
        automaton: Automaton,
    ) -> None:
        self.place, self.names, self.automaton = place, names, automaton
        self.inputs, self.outputs = inputs, outputs
        shape = len(names), inputs.size
        self.successor = np.full(shape, -1, np.int32)
        self.output = np.zeros((*shape, len(outputs.bits)), np.int8)
        self.edge = np.full(shape, -1, np.int64)
        self._letters: dict[str, npt.NDArray[np.int64]] = {}
        number = {name: place for place, name in enumerate(names)}
        self.said = {name: self._codes(word, 0) for name, word in automaton.said.items()}
        for place_of_edge, edge in enumerate(automaton.edges):
            word = edge.output
            codes = self.said[edge.target] if word is None else self._codes(word, edge.line)
            self._take(place_of_edge, edge, number[edge.source], number[edge.target], codes)

    def _take(self, at: int, edge: Edge, source: int, target: int, codes: Codes) -> None:
        letters = self._letters.get(edge.letter)
        if letters is None:
            letters = self._letters[edge.letter] = self._meant(edge)
        taken = letters[self.edge[source, letters] >= 0]
        there = self.output[source, taken]
        apart = (there != codes) & (there != 0) & (codes != 0)
        differs = (self.successor[source, taken] != target) | apart.any(axis=1)
        if differs.any():
            letter = int(taken[differs.argmax()])
            self._refuse(edge, self.automaton.edges[int(self.edge[source, letter])])
        self.successor[source, letters] = target
        known = self.output[source, letters]
        self.output[source, letters] = np.where(known == 0, codes, known)
        self.edge[source, letters] = at

    def _refuse(self, edge: Edge, other: Edge) -> None:
        ways = " and ".join(
            f"{short(step.target)}{f' with {step.output}' if step.output is not None else ''}"
            f"{f' (line {step.line})' if step.line else ''}"
            for step in (other, edge)
        )
        raise self._fault(
            edge.line,
            f"in {short(edge.source)} {short(edge.letter)} leads to {ways}; "
            "only a deterministic machine can be read",
        )

    def _fault(self, line: int, text: str) -> BonsaiError:
        return BonsaiError(f"{self.place}:{line}: {text}" if line else f"{self.place}: {text}")

    def _meant(self, edge: Edge) -> npt.NDArray[np.int64]:
        """Return the letters that a word means."""
        if not self.inputs.bits:
            return np.array([0])
        if self.automaton.bits:
            return self._cube(edge)
        number = 0
        for item, part in self._parts(edge.letter, self.inputs, edge.line):
            if isinstance(item, Port):
                number = number * len(item.values) + self._step(item, part, edge.line)
            else:
                number = number * 2 + self._bit(part, edge.line)
        return np.array([number])

    def _cube(self, edge: Edge) -> npt.NDArray[np.int64]:
        """Return the letters whose bits are those of a word; a - is either."""
        self._expect_width(edge.letter, self.inputs, edge.line)
        alphabet = self.inputs.alphabet
        within = np.ones(len(alphabet), bool)
        for column, digit in zip(alphabet.T, edge.letter, strict=True):
            if digit != "-":
                within &= column == (digit == "1")
        if not within.any():
            raise self._fault(edge.line, f"{short(edge.letter)} are the bits of no letter")
        return np.flatnonzero(within)

    def _expect_width(self, word: str, signals: Signals, line: int) -> None:
        if len(word) != len(signals.bits):
            said = f"{short(word)} has {len(word)} bits, for {', '.join(signals.bits)}"
            raise self._fault(line, said)

    def _codes(self, word: str, line: int) -> Codes:
        """Return the bits that an output is, -1, 1, or 0 for "don't care"."""
        if self.automaton.bits:
            self._expect_width(word, self.outputs, line)
            return np.array([{"0": -1, "1": 1}.get(digit, 0) for digit in word], np.int8)
        codes: list[int] = []
        for item, part in self._parts(word, self.outputs, line):
            width = len(item.bits) if isinstance(item, Port) else 1
            if part == "-" and self.automaton.free:
                codes += [0] * width
            elif isinstance(item, Port):
                bits = item.words[self._step(item, part, line)]
                codes += np.where(bits, 1, -1).tolist()
            else:
                codes.append(1 if self._bit(part, line) else -1)
        return np.array(codes, np.int8)

    def _parts(self, word: str, signals: Signals, line: int) -> list[tuple[Port | str, str]]:
        several = len(signals.fields) > 1
        commas = several and (bool(signals.ports) or "," in word)
        parts = COMMA.split(word) if commas else [*word] if several else [word]
        if len(parts) != len(signals.fields):
            names = ", ".join(signals.names)
            raise self._fault(line, f"{short(word)} has {len(parts)} values, for {names}")
        return list(zip(signals.fields, parts, strict=True))

    def _bit(self, part: str, line: int) -> int:
        if part not in ("0", "1"):
            raise self._fault(line, f"{short(part)} is no bit, 0 or 1")
        return int(part)

    def _step(self, port: Port, part: str, line: int) -> int:
        value = unquoted(part)
        known = port.labels or tuple(map(str, port.values))
        if value not in known:
            raise self._fault(line, f"{short(part)} is no value of {port.name}")
        return known.index(value)

    # What is missing.

    def completed(self, missing: Missing | None) -> tuple[Machine, tuple[str, ...], str]:
        """Return the machine, its states' names, and a sentence on what is missing in it."""
        self._expect_reached()
        gone = self.edge < 0
        acceptor = self.automaton.kind == "acceptor"
        missing = missing or ("reject" if acceptor else "illegal")
        names, legal, doc = self.names, np.ones(gone.shape, bool), ""
        count = int(gone.sum())
        if count:
            what = f"{count:,} of {gone.size:,} steps are missing"
            if missing == "illegal":
                legal, doc = ~gone, f"{what}: there the input may not come."
            elif missing == "stay":
                self._stay(gone)
                doc = f"{what}: there nothing changes."
            else:
                names = self._reject(gone)
                legal = np.ones((len(names), gone.shape[1]), bool)
                doc = f"{what}: they lead to a state that rejects all that follows."
        first = self.automaton.said.get(self.names[0])
        if first is not None:
            yes = "accepts" if first == "1" else "does not accept"
            start = yes if acceptor else f"says {short(first)}"
            doc = f"{doc} Before any input it {start}.".strip()
        machine = Machine(
            self.inputs.bits,
            self.outputs.bits,
            self.successor,
            self.output,
            legal,
            None,
            self.inputs.ports + self.outputs.ports,
        )
        return machine, names, doc

    def _expect_reached(self) -> None:
        if (self.edge[0] < 0).all():
            raise self._fault(0, f"the start {short(self.names[0])} has no step")

    def _stay(self, gone: npt.NDArray[np.bool_]) -> None:
        states, _ = np.nonzero(gone)
        self.successor[gone] = states
        if self.said:
            self.output[gone] = np.stack([self.said[self.names[state]] for state in states])

    def _reject(self, gone: npt.NDArray[np.bool_]) -> tuple[str, ...]:
        if self.outputs.ports:
            raise self._fault(0, "only bits can reject; choose --missing illegal or stay")
        trap = len(self.names)
        self.successor[gone] = trap
        self.output[gone] = -1
        self.successor = np.vstack([self.successor, np.full((1, gone.shape[1]), trap, np.int32)])
        self.output = np.concatenate([self.output, np.full_like(self.output[:1], -1)])
        name = "rejected"
        while name in self.names:
            name += "_"
        return (*self.names, name)
