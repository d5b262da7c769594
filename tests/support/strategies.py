"""Random graphs, machines and tasks for laws, and a few plain ways to run them."""

from dataclasses import replace
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from bonsai_compiler.ir.activation import PLAIN, Activation
from bonsai_compiler.ir.graph import (
    Dialect,
    Graph,
    Input,
    Logic,
    Neuron,
    Output,
    Product,
    State,
    Term,
)
from bonsai_compiler.ir.interpreter import evaluate_nodes, initial_states, next_states
from bonsai_compiler.ir.parsing import parse
from bonsai_compiler.isolation.code import Code
from bonsai_compiler.specification import fields
from bonsai_compiler.specification.machine import letters
from bonsai_compiler.specification.task import Task

dyadic = st.integers(-16, 16).map(lambda number: number / 8)
arbitrary = st.floats(-4, 4, allow_nan=False, width=64)
activations = st.builds(
    Activation, st.just("ameo"), st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 0.1, 1.0])
) | st.sampled_from(PLAIN).map(Activation)
to_the_last_bit = activations.filter(lambda kind: kind.kind not in ("tanh", "sigmoid"))
"""Those that a browser computes with the interpreter's own roundings."""


@st.composite
def graphs(draw, numbers=dyadic | arbitrary, kinds=activations, bounded=False, products=True):
    """Well-formed graphs of neurons: 0-2 inputs, 0-3 states, 1-6 nodes, 1-2 outputs.

    In a `bounded` one no sum and no product stands in a loop, and no product is multiplied.
    """
    inputs = [f"x{place}" for place in range(draw(st.integers(0, 2)))]
    states = [f"s{place}" for place in range(draw(st.integers(0, 3)))]
    named = (("ameo", draw(kinds)), ("other", draw(kinds)))[: draw(st.integers(1, 2))]
    known, nodes, curved = inputs + states, [], inputs + states
    for place in range(draw(st.integers(1, 6))):
        factors = curved if bounded else known
        if products and factors and draw(st.integers(0, 3)) == 3:
            left, right = draw(st.sampled_from(factors)), draw(st.sampled_from(factors))
            nodes.append(Product(f"n{place}", left, right))
            known = [*known, f"n{place}"]
            continue
        sources = draw(st.lists(st.sampled_from(known), unique=True, max_size=4)) if known else []
        terms = tuple(Term(draw(numbers), source) for source in sources)
        kind = draw(st.sampled_from([name for name, _ in named] + ["linear"]))
        nodes.append(Neuron(f"n{place}", kind, draw(numbers), terms))
        known = [*known, f"n{place}"]
        curved = [*curved, f"n{place}"] if kind != "linear" else curved
    remembered = []
    for name in states:
        ladder = draw(st.just(()) | st.lists(numbers, min_size=1, max_size=3).map(ascending))
        following = draw(st.sampled_from(curved if bounded else known))
        remembered.append(State(name, draw(numbers), following, ladder))
    ends = draw(st.lists(st.sampled_from(known), min_size=1, max_size=2))
    outputs = [Output(f"y{place}", source) for place, source in enumerate(ends)]
    return Graph("random", (*map(Input, inputs), *remembered, *nodes, *outputs), named)


def ascending(numbers: list[float]) -> tuple[float, ...]:
    """The distinct numbers, the least first."""
    return tuple(sorted({number + 0.0 for number in numbers}))


def exact_graphs():
    """Graphs that compute without rounding: whole numbers, or halves through the zigzag."""
    whole = st.builds(
        Activation, st.just("ameo"), st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0])
    )
    integers = st.integers(-3, 3).map(float)
    halves = st.sampled_from([-2.0, -1.0, 1.0, 2.0, 0.0])
    zigzag = st.just(Activation("ameo", 1.0, 0.0))
    return graphs(integers, whole, True) | graphs(halves, zigzag, True)


@st.composite
def expressions(draw, bools, levels, wanted, depth=2):
    """An expression whose value is a bool (`wanted` 2) or an integer below `wanted`."""
    deeper = depth > 0
    if wanted == 2:
        ways = ["constant"] + ["name"] * 4 * bool(bools) + ["level"] * 3 * bool(levels)
        ways += ["not", "and", "or", "same", "choice"] * deeper + ["sum"] * bool(bools)
    else:
        same = [name for name, count in levels.items() if count == wanted]
        ways = ["number"] + ["own"] * 3 * bool(same) + ["table"] * 2 * bool(levels)
        ways += ["up", "down", "round"] * bool(same) + ["choice"] * deeper
        ways += ["count"] * 2 * bool(bools)

    def part(kind: int) -> str:
        return draw(expressions(bools, levels, kind, depth - 1))

    match draw(st.sampled_from(ways)):
        case "constant":
            return draw(st.sampled_from(["True", "False"]))
        case "name":
            return draw(st.sampled_from(bools))
        case "level":
            name = draw(st.sampled_from(sorted(levels)))
            sign = draw(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
            return f"{name} {sign} {draw(st.integers(0, levels[name] - 1))}"
        case "not":
            return f"not ({part(2)})"
        case "same":
            return f"({part(2)}) {draw(st.sampled_from(['==', '!=']))} ({part(2)})"
        case "choice":
            return f"({part(wanted)}) if ({part(2)}) else ({part(wanted)})"
        case "sum":
            some = draw(st.lists(st.sampled_from(bools + sorted(levels)), min_size=1, max_size=3))
            sign = draw(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
            total = " + ".join([draw(st.sampled_from(bools)), *some])
            return f"{total} {sign} {draw(st.integers(0, 3))}"
        case "count":
            some = draw(st.lists(st.sampled_from(bools), min_size=2, max_size=4))
            return f"({some[0]} + {' - '.join(some[1:])}) % {wanted}"
        case "round":
            more = draw(
                st.sampled_from(["+ 1", "- 1", f"+ {draw(st.sampled_from(bools or same))}"])
            )
            return f"({draw(st.sampled_from(same))} {more}) % {wanted}"
        case "number":
            return str(draw(st.integers(0, wanted - 1)))
        case "own":
            return draw(st.sampled_from(same))
        case "up":
            return f"min({draw(st.sampled_from(same))} + 1, {wanted - 1})"
        case "down":
            return f"max({draw(st.sampled_from(same))} - 1, 0)"
        case "table":
            name = draw(st.sampled_from(sorted(levels)))
            entries = [str(draw(st.integers(0, wanted - 1))) for _ in range(levels[name])]
            return f"({', '.join(entries)})[{name}]"
        case joint:
            return f"({part(2)}) {joint} ({part(2)})"


@st.composite
def logic_graphs(draw, inputs=("x0", "x1")):
    """Well-formed graphs of logic: bools, and states of three or four levels that keep to them."""
    given = list(inputs[: draw(st.integers(0, len(inputs)))])
    kinds = draw(st.lists(st.sampled_from([2, 3, 4]), max_size=3))
    bools = given + [f"s{place}" for place, kind in enumerate(kinds) if kind == 2]
    levels = {f"s{place}": kind for place, kind in enumerate(kinds) if kind > 2}
    nodes = []
    wanted = draw(st.lists(st.sampled_from([2, 2, 3, 4]), max_size=3)) + kinds + [2]
    for place, kind in enumerate(wanted):
        name = f"n{place}"
        nodes.append(Logic(name, parse(draw(expressions(bools, levels, kind)))))
        if kind == 2:
            bools = [*bools, name]
        else:
            levels = {**levels, name: kind}
    first = len(wanted) - len(kinds) - 1
    states = [
        State(f"s{place}", False, f"n{first + place}")
        if kind == 2
        else State(
            f"s{place}", draw(st.integers(0, kind - 1)), f"n{first + place}", (*range(kind),)
        )
        for place, kind in enumerate(kinds)
    ]
    ends = [Output("y0", f"n{len(wanted) - 1}")]
    if draw(st.booleans()):
        ends.append(Output("y1", draw(st.sampled_from(bools))))
    return Graph("random", (*map(Input, given), *states, *nodes, *ends), dialect=Dialect.LOGIC)


@st.composite
def finite_graphs(draw):
    """Graphs that close: neurons with every state held to levels, or logic."""
    if draw(st.booleans()):
        return draw(logic_graphs())
    graph = draw(graphs())
    return graph.with_nodes(
        [
            replace(node, levels=node.levels or (-1.0, 1.0)) if isinstance(node, State) else node
            for node in graph.nodes
        ]
    )


@st.composite
def machines(draw, partial=True):
    """Tasks over small Mealy machines: 0-2 inputs, 1-2 outputs, illegal letters, don't-cares."""
    width, count = draw(st.integers(0, 2)), draw(st.integers(1, 4))
    wide = draw(st.integers(1, 2))
    bit = st.sampled_from([False, True, True, None] if partial else [False, True])
    table, legal = {}, {}
    for state, bits in product(range(count), product((False, True), repeat=width)):
        results = tuple(draw(bit) for _ in range(wide))
        table[state, bits] = draw(st.integers(0, count - 1)), results if wide > 1 else results[0]
        legal[state, bits] = not partial or (state, any(bits)) == (0, False) or draw(st.booleans())
    return task_of(table, width, wide, legal)


def task_of(table: Any, width: int, wide: int, legal: Any = None, horizon: int | None = None):
    """The task of a table from (state, bits) to (state, output), from state 0."""
    names = {
        "inputs": tuple(f"x{place}" for place in range(width)),
        "outputs": tuple(f"y{place}" for place in range(wide)),
        "start": 0,
        "step": lambda state, *bits: table[state, bits],
        "horizon": horizon,
    }
    if legal is not None:
        names["legal"] = lambda state, *bits: legal[state, bits]
    return fields.task_of(names, Code(names, "random.py"), Path("random.py"), "random", "")


def raw(task: Task) -> SimpleNamespace:
    """A task's own start, step and legal, as Python has them: of a file, the text run here."""
    if task.source:
        names: dict[str, Any] = {"__name__": "raw"}
        exec(task.source, names)
    else:
        names = dict(task.functions.names)
    given = {name: names.get(name) for name in ("start", "step", "legal")}
    return SimpleNamespace(**given, outputs=task.outputs)


def random_bits(ticks: int, width: int, seed: int = 0) -> np.ndarray:
    """One random sequence of inputs, shape (ticks, width)."""
    return np.random.default_rng(seed).random((ticks, width)) < 0.5


Answers = list[tuple[bool, ...]]
"""What is answered to one sequence, tick by tick."""


def outputs_of(graph: Graph, sequence: np.ndarray) -> Answers:
    """What a graph answers on each tick."""
    return outputs_of_each(graph, np.asarray(sequence, dtype=bool)[None])[0]


def outputs_of_each(graph: Graph, sequences: np.ndarray) -> list[Answers]:
    """What a graph answers to each of the sequences (runs, ticks, inputs), taken side by side."""
    runs = len(sequences)
    states, ticks = np.repeat(initial_states(graph), runs, axis=0), []
    for bits in np.moveaxis(np.asarray(sequences, dtype=bool), 1, 0):
        values = evaluate_nodes(graph, states, bits)
        states = next_states(graph, values, runs)
        columns = [values[node.name].tolist() for node in graph.outputs]
        ticks.append(list(zip(*columns, strict=True)))
    return [[answers[run] for answers in ticks] for run in range(runs)]


def all_pairs(graph: Graph, limit: int = 3000) -> tuple[np.ndarray, np.ndarray] | None:
    """Every (state, input) pair: each state that any inputs lead to with every input.

    None where there are more states than the limit.
    """
    alphabet = letters(len(graph.inputs))
    reached = initial_states(graph)
    while True:
        states = np.repeat(reached, len(alphabet), axis=0)
        bits = np.tile(alphabet, (len(reached), 1))
        following = next_states(graph, evaluate_nodes(graph, states, bits), len(states))
        joined = np.concatenate([reached, following])
        grown = np.unique(joined, axis=0) if joined.shape[1] else joined[:1]
        if len(grown) == len(reached):
            return states, bits
        if len(grown) > limit:
            return None
        reached = grown


def module(text: str) -> dict[str, Any]:
    """The names that a program defines."""
    names: dict[str, Any] = {"__name__": "emitted"}
    exec(compile(text, "emitted.py", "exec"), names)
    return names
