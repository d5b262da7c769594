"""The program of a machine in which no structure was found: a table, a row for each state."""

import ast
from collections.abc import Sequence

import numpy as np

from bonsai_compiler.ir.ports import Port
from bonsai_compiler.reading.codes import Code
from bonsai_compiler.reading.readable import Naming, Readable
from bonsai_compiler.reading.statements import as_text
from bonsai_compiler.specification.machine import Machine, minimal_classes, quotient

MOST_STATES = 256
MOST_LETTERS = 16
"""The rows and columns of the largest table that anybody would look at."""


def tabular(machine: Machine, code: Code, naming: Naming) -> Readable | None:
    """Return the program that looks everything up; None where the table would be too large.

    `code` numbers the states that behave differently in order of discovery.
    """
    small = quotient(machine, minimal_classes(machine))
    fields = small.input_signals.fields
    letters = len(small.letters)
    if small.size > MOST_STATES or letters > MOST_LETTERS or not _are_numbers(fields):
        return None
    cells = [
        [_cell(small, state, letter) for letter in range(letters)] for state in range(small.size)
    ]
    index = _index(fields, naming)
    name = naming.fresh("TABLE")
    definitions, legal = [_written(name, cells, bare=letters == 1)], []
    place = f"[{naming.memory}]" + (f"[{index}]" if index else "")
    expanded = small.legal.any(axis=1)
    if not small.legal[expanded].all():
        allowed = naming.fresh("LEGAL")
        rows = [[repr(bool(entry)) for entry in row] for row in small.legal.tolist()]
        definitions.append(_written(allowed, rows, bare=letters == 1))
        legal = [f"return {allowed}{place}"]
    body = [f"return {name}{place}"]
    return Readable(code, naming, (0,), body, legal, definitions)


def _are_numbers(fields: Sequence[Port | str]) -> bool:
    return not any(isinstance(field, Port) and field.labels for field in fields)


def _index(fields: Sequence[Port | str], naming: Naming) -> str:
    """Return the number of a letter as an expression; empty where there are no inputs."""
    parts, step = [], 1
    for field in reversed(fields):
        if isinstance(field, Port):
            name, count, low = naming.seen(field.name), len(field.values), field.low
        else:
            name, count, low = naming.seen(field), 2, 0
        number = f"{name} - {low}" if low > 0 else f"{name} + {-low}" if low else name
        parts.append(number if step == 1 else f"{step} * ({number})" if low else f"{step} * {name}")
        step *= count
    return " + ".join(reversed(parts))


def _cell(machine: Machine, state: int, letter: int) -> str:
    """Return what a state and a letter lead to, as `step` returns it; of what is free the least."""
    following = max(int(machine.successor[state, letter]), 0)
    codes = machine.output[state, letter] > 0
    values = []
    for field, place in zip(
        machine.output_signals.fields, machine.output_signals.places, strict=True
    ):
        bits = codes[place]
        if isinstance(field, Port):
            value = field.decoded(tuple(bits.tolist()))
            values.append(as_text(ast.Constant(field.seen[0] if value is None else value)))
        else:
            values.append(repr(bool(bits[0])))
    told = values[0] if len(values) == 1 else f"({', '.join(values)})"
    return f"({following}, {told})"


def _written(name: str, rows: Sequence[Sequence[str]], *, bare: bool) -> str:
    """Return a table of a row a line, its columns aligned; `bare` rows are their one entry."""
    widths = np.array([[len(entry) for entry in row] for row in rows]).max(axis=0).tolist()
    lines = []
    for row in rows:
        entries = [f"{entry}," for entry in row]
        padded = [f"{entry:<{width + 1}}" for entry, width in zip(entries, widths, strict=True)]
        text = " ".join(padded).rstrip().removesuffix(",")
        lines.append(f"    {text}," if bare else f"    ({text}),")
    return "\n".join([f"{name} = (", *lines, ")  # fmt: skip"])
