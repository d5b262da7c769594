"""Graphs, machines and programs as transition systems: letters in, states and outputs out.

Everything runs on columns, so that a search can take a whole frontier at once. A state is a row
of floats: a graph's state values, or the number of a machine's or a program's state.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.ir.interpreter import (
    Bools,
    Floats,
    evaluate_nodes,
    initial_states,
    next_states,
)
from bonsai_compiler.ir.plan import Plan
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import Interface, Signals
from bonsai_compiler.specification.machine import Machine, too_many
from bonsai_compiler.specification.task import Task

Codes = npt.NDArray[np.int8]
Numbers = npt.NDArray[np.int64]

FAULT = 2
"""The output code of a candidate that refused an input or failed; it equals no expected one."""


@dataclass(frozen=True, slots=True, eq=False)
class Transition:
    """The next states and the outputs of a row of (state, letter) pairs.

    `states` (n, width) is where they go; `outputs` (n, outputs) holds 1, -1, 0 for "don't care"
    or FAULT; `margins` (n, outputs) says how far each output is from the other side of 0.
    """

    states: Floats
    outputs: Codes
    margins: Floats


class TransitionSystem(Protocol):
    """A deterministic transition system: from a state and a letter to a state and outputs."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    ports: tuple[Port, ...]
    alphabet: Bools
    """The bits of each letter, (letters, inputs)."""
    horizon: int | None

    @property
    def input_signals(self) -> Signals:
        """The inputs as a user sees them."""

    @property
    def output_signals(self) -> Signals:
        """The outputs as a user sees them."""

    def start(self) -> Floats:
        """Return the state before the first tick, shape (1, width)."""

    def legal(self, states: Floats) -> Bools:
        """Return which letters may come in each state, shape (n, letters)."""

    def step(self, states: Floats, chosen: Numbers) -> Transition:
        """Return the transition from `states` (n, width) under the letters `chosen` (n,)."""


class GraphSystem(Interface):
    """The transition system of a graph, as the interpreter runs it; every letter is legal.

    The letters are its own, of its ports and bits, or those of an `alphabet` (letters, inputs). One
    that is `approximate` may differ in last bits, and no verdict rests on it alone. Raises
    BonsaiError for more letters of its own than any table or search could hold.
    """

    def __init__(
        self, graph: Graph, alphabet: Bools | None = None, *, approximate: bool = False
    ) -> None:
        fault = too_many(graph.input_signals) if alphabet is None else None
        if fault:
            mend = "" if graph.ports else ", unless a task says which are integers"
            raise BonsaiError(f"{graph.name}: {fault}{mend}")
        self.graph = graph
        self.inputs = tuple(node.name for node in graph.inputs)
        self.outputs = tuple(node.name for node in graph.outputs)
        self.ports = graph.ports
        self.alphabet = graph.input_signals.alphabet if alphabet is None else alphabet
        self.horizon: int | None = None
        self._plan = None
        if graph.dialect is Dialect.NEURONS:
            self._plan = Plan(graph, approximate=approximate)

    def approximate(self) -> "GraphSystem":
        """Return the same but for last bits, in a fraction of the time where there are tanhs."""
        return GraphSystem(self.graph, self.alphabet, approximate=True)

    def start(self) -> Floats:
        return initial_states(self.graph)

    def legal(self, states: Floats) -> Bools:
        return np.ones((len(states), len(self.alphabet)), dtype=bool)

    def step(self, states: Floats, chosen: Numbers) -> Transition:
        bits = self.alphabet[chosen]
        if self._plan is not None:
            planned = self._plan.evaluate(states, bits)
            outputs, following = self._plan.outputs(planned), self._plan.next_states(planned)
        else:
            values = evaluate_nodes(self.graph, states, bits)
            sources = [values[node.source].astype(float) for node in self.graph.outputs]
            outputs = np.stack(sources, axis=1)
            following = next_states(self.graph, values, len(states))
        return Transition(following, np.where(outputs > 0, 1, -1).astype(np.int8), np.abs(outputs))


class MachineSystem(Interface):
    """The transition system of a tabulated task: the usual specification."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.inputs, self.outputs = machine.inputs, machine.outputs
        self.ports, self.alphabet = machine.ports, machine.letters
        self.horizon = machine.horizon

    def start(self) -> Floats:
        return np.zeros((1, 1))

    def legal(self, states: Floats) -> Bools:
        return self.machine.legal[states[:, 0].astype(np.int64)]

    def step(self, states: Floats, chosen: Numbers) -> Transition:
        index = states[:, 0].astype(np.int64)
        outputs = self.machine.output[index, chosen]
        following = self.machine.successor[index, chosen].astype(float)[:, None]
        return Transition(following, outputs, np.ones(outputs.shape))


class ProgramSystem(Interface):
    """The transition system of a task file or emitted program, called as needed and remembered.

    `told` is called with how many steps it is about to make.
    """

    def __init__(self, task: Task, told: Callable[[int], None] = lambda _: None) -> None:
        if not task.has_step:
            raise BonsaiError(f"{task.path}: there is no step to run, only examples")
        self.task, self._told = task, told
        self.inputs, self.outputs = task.inputs, task.outputs
        self.ports, self.alphabet = task.ports, task.input_signals.alphabet
        self.horizon = task.horizon
        self.faults: dict[tuple[int, int], str] = {}
        self._known: dict[tuple[int, int], tuple[int, tuple[int, ...]]] = {}

    def start(self) -> Floats:
        return np.zeros((1, 1))

    def legal(self, states: Floats) -> Bools:
        return self.task.legal(states[:, 0].astype(np.int64))

    def step(self, states: Floats, chosen: Numbers) -> Transition:
        pairs = list(zip(states[:, 0].astype(int).tolist(), chosen.tolist(), strict=True))
        self._ask([pair for pair in dict.fromkeys(pairs) if pair not in self._known])
        answers = [self._known[pair] for pair in pairs]
        outputs = np.array([codes for _, codes in answers], dtype=np.int8)
        outputs = outputs.reshape(len(answers), len(self.outputs))
        following = np.array([number for number, _ in answers], dtype=float)[:, None]
        return Transition(following, outputs, np.ones(outputs.shape))

    def value(self, number: int) -> object:
        """Return the program's own state that has this number, or a value with its `repr`."""
        return self.task.state(number)

    def _ask(self, pairs: list[tuple[int, int]]) -> None:
        """Note what the program answers to letters in states, each asked for the first time."""
        if not pairs:
            return
        self._told(len(pairs))
        states, letters = np.array(pairs, dtype=np.int64).T
        answers = self.task.step(states, letters, guarded=True)
        failed = (FAULT,) * len(self.outputs)
        told = zip(pairs, answers.following.tolist(), answers.outputs.tolist(), strict=True)
        for row, (pair, following, codes) in enumerate(told):
            if row in answers.faults:
                self.faults[pair] = answers.faults[row]
                self._known[pair] = pair[0], failed
            else:
                self._known[pair] = following, tuple(codes)


class Product(Interface):
    """The product of two systems: the candidate, under the inputs that the specification allows.

    A state is the candidate's, then the specification's; the names are the specification's. Where
    only what is `asked` counts, its outputs are "don't care" where the specification's are.
    """

    def __init__(
        self, candidate: TransitionSystem, specification: TransitionSystem, *, asked: bool = False
    ) -> None:
        expect_same_interface(candidate, specification)
        self.candidate, self.specification, self.asked = candidate, specification, asked
        self.inputs, self.outputs = specification.inputs, specification.outputs
        self.ports, self.alphabet = specification.ports, specification.alphabet
        self.horizon = specification.horizon
        self._width = candidate.start().shape[1]

    def start(self) -> Floats:
        return np.concatenate([self.candidate.start(), self.specification.start()], axis=1)

    def legal(self, states: Floats) -> Bools:
        return self.specification.legal(states[:, self._width :])

    def step(self, states: Floats, chosen: Numbers) -> Transition:
        given = self.candidate.step(states[:, : self._width], chosen)
        wanted = self.specification.step(states[:, self._width :], chosen)
        joint = np.concatenate([given.states, wanted.states], axis=1)
        outputs = given.outputs
        if self.asked:
            outputs = np.where(wanted.outputs == 0, wanted.outputs, outputs)
        return Transition(joint, outputs, given.margins)


def mismatches(given: Codes, expected: Codes) -> npt.NDArray[np.bool_]:
    """Return which outputs are wrong, element by element; a fault is always wrong."""
    return np.asarray((given == FAULT) | ((expected != 0) & (given != expected)))


def expect_same_interface(candidate: TransitionSystem, specification: TransitionSystem) -> None:
    """Raise BonsaiError unless inputs and outputs match: as many, and the same in one order.

    Of integers, the values and their encodings have to match too.
    """
    for what in ("inputs", "outputs"):
        given, wanted = getattr(candidate, what), getattr(specification, what)
        shown = f"{_signal_list(candidate, what)} against {_signal_list(specification, what)}"
        if len(given) != len(wanted):
            raise BonsaiError(f"the {what} differ: {shown}")
        if any(
            one != other and (one in wanted or other in given)
            for one, other in zip(given, wanted, strict=True)
        ):
            raise BonsaiError(f"the {what} of both names stand in other places: {shown}")
    if candidate.ports:
        for given, wanted in zip(_fields(candidate), _fields(specification), strict=False):
            if _kind(given) != _kind(wanted):
                raise BonsaiError(
                    f"the values differ: {_typed_name(given)} against {_typed_name(wanted)}"
                )
    if candidate.alphabet is not specification.alphabet and not np.array_equal(
        candidate.alphabet, specification.alphabet
    ):
        raise BonsaiError("the inputs are integers on one side and bools on the other")


def _signal_list(system: TransitionSystem, what: str) -> str:
    """Return the inputs or outputs as they were written, integers rather than their bits."""
    signals = system.input_signals if what == "inputs" else system.output_signals
    return f"({', '.join(map(str, signals.fields))})"


def _fields(system: TransitionSystem) -> tuple[Port | str, ...]:
    return system.input_signals.fields + system.output_signals.fields


def _kind(field: Port | str) -> object:
    return replace(field, name="") if isinstance(field, Port) else None


def _typed_name(field: Port | str) -> str:
    return str(field) if isinstance(field, Port) else f"{field} (bool)"
