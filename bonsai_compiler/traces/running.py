"""Run a graph or a program over inputs, and record what its parts carry.

What a program itself calls the parts of its state is read from the text of its `step`. These are
names to show, nothing more: where the text leaves any doubt there is none.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from bonsai_compiler.errors import BonsaiError, shown
from bonsai_compiler.ir.graph import Graph, Input, Logic, Neuron, Output, Product, State
from bonsai_compiler.ir.interpreter import Floats, evaluate_nodes, initial_states, next_states
from bonsai_compiler.ir.names import Fresh
from bonsai_compiler.ir.parsing import module_tree
from bonsai_compiler.ir.ports import Bits
from bonsai_compiler.ir.signals import Signals
from bonsai_compiler.isolation.code import Code
from bonsai_compiler.specification.task import Task
from bonsai_compiler.traces.trace import LEVEL_BITS, Group, Signal, Trace, Value


@dataclass(frozen=True, slots=True)
class StateNames:
    """The names of a state: `whole`, that of the parameter, and of the `parts` of its unpacking.

    A part without a name of its own is None; there are no `parts` where nothing is unpacked.
    """

    whole: str = "state"
    parts: tuple[str | None, ...] = ()

    def part(self, place: int, count: int) -> str:
        """Return the name of one of `count` parts."""
        known = self.parts[place] if len(self.parts) == count else None
        return known or f"{self.whole}{place}"


def state_names(task: Task) -> StateNames:
    """Return what the `step` of a task calls its state: `state` where that cannot be told."""
    step = _step(_source(task))
    if step is None or step.args.vararg is not None:
        return StateNames()
    # A method has `self` before it.
    parameters = [item.arg for item in (*step.args.posonlyargs, *step.args.args)]
    place = len(parameters) - len(task.input_signals.fields) - 1
    if place < 0:
        return StateNames()
    whole = parameters[place]
    body = step.body if isinstance(step, ast.FunctionDef) else []
    return StateNames(whole, _unpacked(body, whole))


def _source(task: Task) -> str:
    if not isinstance(task.functions, Code) or not task.has_step:
        return task.source
    try:
        return textwrap.dedent(inspect.getsource(task.functions.names["step"]))
    except (OSError, TypeError):
        return ""


def _step(source: str) -> ast.FunctionDef | ast.Lambda | None:
    """Return the one thing in a text that is called `step`; None where it is bound more often."""
    try:
        tree = module_tree(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if sum(_binds(node, "step") for node in ast.walk(tree)) != 1:
        return None
    for node in tree.body:
        match node:
            case ast.FunctionDef(name="step"):
                return node
            case ast.Assign(targets=[ast.Name(id="step")], value=ast.Lambda() as function):
                return function
    return None


def _unpacked(body: list[ast.stmt], whole: str) -> tuple[str | None, ...]:
    """Return the names in `a, b = whole`, unless `whole` is something else by then."""
    for statement in body:
        match statement:
            case ast.Assign(
                targets=[ast.Tuple(elts=parts) | ast.List(elts=parts)], value=ast.Name(id=source)
            ) if source == whole and not any(isinstance(part, ast.Starred) for part in parts):
                return tuple(map(_name, parts))
        if any(_binds(node, whole) for node in ast.walk(statement)):
            break
    return ()


def _name(part: ast.expr) -> str | None:
    return part.id if isinstance(part, ast.Name) and part.id.strip("_") else None


def _binds(node: ast.AST, name: str) -> bool:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.name == name
        case ast.Name(ctx=ast.Store() | ast.Del()):
            return node.id == name
        case ast.alias():
            return (node.asname or node.name) == name
        case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar():
            return node.name == name
    return False


GROUPS = {
    State: Group.STATES,
    Neuron: Group.NEURONS,
    Product: Group.NEURONS,
    Logic: Group.NEURONS,
}

Moment = tuple[Any, ...]
"""What a runner keeps of one tick, to make signals of."""


class Runner(Protocol):
    """Something that takes inputs tick by tick; states and moments are of its own kind."""

    name: str
    input_signals: Signals
    start: Any

    def tick(self, state: Any, bits: Bits, number: int) -> tuple[Any, Moment]:
        """Return the state after tick `number`, and the moment; raises BonsaiError if illegal."""

    def signals(self, moments: Sequence[Moment]) -> Iterator[Signal]:
        """Yield what each signal carried over the moments."""


class GraphRunner:
    """A graph as the interpreter runs it; every input is legal."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.name = graph, graph.name
        self.input_signals = graph.input_signals
        self.start = initial_states(graph)

    def tick(self, state: Floats, bits: Bits, number: int) -> tuple[Floats, Moment]:
        values = evaluate_nodes(self.graph, state, np.array([bits], dtype=bool))
        moment = tuple(values[node.name][0].item() for node in self.graph.nodes)
        return next_states(self.graph, values, 1), moment

    def signals(self, moments: Sequence[Moment]) -> Iterator[Signal]:
        columns = zip(*moments, strict=True)
        carried = {
            node.name: tuple(column) for node, column in zip(self.graph.nodes, columns, strict=True)
        }
        for signals, group in (
            (self.graph.input_signals, Group.INPUTS),
            (self.graph.output_signals, Group.OUTPUTS),
        ):
            bits = zip(
                *([value > 0 for value in carried[name]] for name in signals.bits), strict=True
            )
            yield from _fields(signals, [*bits], group)
        for node in self.graph.nodes:
            if not isinstance(node, Input | Output):
                detail = isinstance(node, Neuron | Product | Logic)
                yield Signal(node.name, GROUPS[type(node)], carried[node.name], detail)


class ProgramRunner:
    """A task or program; its own state is a detail."""

    def __init__(self, task: Task) -> None:
        if not task.has_step:
            raise BonsaiError(f"{task.path}: there is no step to run, only examples")
        self.task, self.name = task, task.name
        self.input_signals, self.start = task.input_signals, task.start

    def tick(self, state: int, bits: Bits, number: int) -> tuple[int, Moment]:
        if not self.task.admits(state, bits):
            word = self.input_signals.word(bits)
            raise BonsaiError(f"{self.task.path}: the input {word} is not legal at tick {number}")
        following, codes = self.task.transition(state, bits)
        outputs = tuple(None if code == 0 else code > 0 for code in codes)
        return following, (bits, self.task.state(state), outputs)

    def signals(self, moments: Sequence[Moment]) -> Iterator[Signal]:
        inputs, states, outputs = zip(*moments, strict=True)
        yield from _fields(self.task.input_signals, inputs, Group.INPUTS)
        fresh = Fresh(self.task.input_signals.names + self.task.output_signals.names)
        for name, values in _parts(states, state_names(self.task)):
            yield Signal(fresh(name), Group.STATES, values, detail=True)
        yield from _fields(self.task.output_signals, outputs, Group.OUTPUTS)


def runner_of(source: Graph | Task) -> Runner:
    """Return what runs a graph, or a task or program that has a `step`."""
    return GraphRunner(source) if isinstance(source, Graph) else ProgramRunner(source)


def record(runner: Runner, sequence: Sequence[Bits]) -> Trace:
    """Return what the signals carry when a sequence of inputs comes in from the start."""
    state, moments = runner.start, []
    for number, bits in enumerate(sequence, 1):
        state, moment = runner.tick(state, bits, number)
        moments.append(moment)
    return trace_of(runner, moments)


def trace_of(runner: Runner, moments: Sequence[Moment]) -> Trace:
    """Return the moments, one or more, as a trace: inputs, states, neurons, outputs."""
    order = list(Group)
    signals = sorted(runner.signals(moments), key=lambda signal: order.index(signal.group))
    return Trace(runner.name, len(moments), tuple(signals))


def _fields(
    signals: Signals, ticks: Sequence[tuple[bool | None, ...]], group: Group
) -> Iterator[Signal]:
    """Yield a signal for each field: an integer's, or a bit's."""
    values = [signals.values(bits) for bits in ticks]
    for name, column in zip(signals.names, zip(*values, strict=True), strict=True):
        yield Signal(name, group, column)


def _parts(states: Sequence[object], names: StateNames) -> Iterator[tuple[str, tuple[Value, ...]]]:
    """Yield a program's state as signals: one for each part where it is always as long a tuple."""
    tuples = [state for state in states if isinstance(state, tuple)]
    if len(tuples) < len(states) or len({*map(len, tuples)}) > 1:
        yield names.whole, tuple(map(_plain, states))
        return
    columns = tuple(zip(*tuples, strict=True))
    for place, values in enumerate(columns):
        yield names.part(place, len(columns)), tuple(map(_plain, values))


def _plain(value: object) -> Value:
    """Return a number that can be drawn as it is, and anything else as a text."""
    if isinstance(value, float):
        return value
    if isinstance(value, int) and value.bit_length() < LEVEL_BITS:
        return value
    return shown(value)
