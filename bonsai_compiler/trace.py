"""Run a graph, task or program on a given sequence and show it as a table, one row a tick."""

from collections.abc import Sequence

import numpy as np

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.interp import run
from bonsai_compiler.ir import Graph
from bonsai_compiler.sources import read_source
from bonsai_compiler.task import Task
from bonsai_compiler.text import number

Bits = tuple[bool, ...]


def trace(path: str, words: Sequence[str], ticks: int | None) -> str:
    """Return the table for the file at `path`: inputs, states of a graph, outputs."""
    source = read_source(path)
    inputs = (
        [node.name for node in source.inputs] if isinstance(source, Graph) else [*source.inputs]
    )
    sequence = parse_sequence(words, inputs, ticks)
    rows = _graph_rows(source, sequence) if isinstance(source, Graph) else _rows(source, sequence)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def parse_sequence(words: Sequence[str], inputs: Sequence[str], ticks: int | None) -> list[Bits]:
    """Return the bits of each tick from words such as 101, one digit an input."""
    if not inputs:
        if words or ticks is None:
            raise BonsaiError("there is no input to give; say how long to run with --ticks N")
        return [()] * ticks
    if not words or ticks is not None:
        names = ", ".join(inputs)
        example = "1" * len(inputs)
        raise BonsaiError(f"give one word a tick, a digit each for {names}: -- {example} ...")
    for word in words:
        if len(word) != len(inputs) or set(word) - {"0", "1"}:
            raise BonsaiError(
                f"'{word}' is no tick; it needs {len(inputs)} digits of 0 or 1, "
                f"for {', '.join(inputs)}"
            )
    return [tuple(digit == "1" for digit in word) for word in words]


def _graph_rows(graph: Graph, sequence: list[Bits]) -> list[list[str]]:
    bits = np.array(sequence, dtype=bool).reshape(len(sequence), len(graph.inputs))
    values = run(graph, bits)
    header = ["tick", *(bit.name for bit in graph.inputs), *(node.name for node in graph.states)]
    header += [node.name for node in graph.outputs]
    rows = [
        [
            str(tick),
            *("1" if bit else "0" for bit in sequence[tick]),
            *(_shown(values[node.name][tick]) for node in graph.states),
            *("1" if values[node.name][tick] else "0" for node in graph.outputs),
        ]
        for tick in range(len(sequence))
    ]
    return [header, *rows]


def _rows(task: Task, sequence: list[Bits]) -> list[list[str]]:
    if task.step is None:
        raise BonsaiError(f"{task.path}: there is no step to run, only examples")
    rows = [["tick", *task.inputs, *task.outputs]]
    state = task.start
    for tick, bits in enumerate(sequence):
        if not task.admits(state, bits):
            word = "".join("1" if bit else "0" for bit in bits)
            raise BonsaiError(f"{task.path}: the input {word} is not legal at tick {tick}")
        state, outputs = task.transition(state, bits)
        shown = ["-" if code == 0 else "1" if code > 0 else "0" for code in outputs]
        rows.append([str(tick), *("1" if bit else "0" for bit in bits), *shown])
    return rows


def _shown(value: float) -> str:
    plain = value.item() if isinstance(value, np.generic) else value
    return (
        str(int(plain))
        if isinstance(plain, bool)
        else number(round(plain, 4) if abs(plain) < 1e12 else plain)
    )
