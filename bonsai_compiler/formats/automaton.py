"""What a file of a machine says: states and edges, and words that have no meaning yet."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bonsai_compiler.errors import BonsaiError, shortened

Kind = Literal["acceptor", "Mealy machine", "Moore machine"]

MARK = "bonsaic "
"""Begins the comment in which a file that we wrote says what its inputs and outputs are."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A step of a machine, and the line of the file on which it stands, 0 for none.

    `letter` and `output` are words as they stand in the file; there is no `output` where it belongs
    to the state that is reached. In a letter of bits a `-` is both.
    """

    source: str
    letter: str
    target: str
    output: str | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Automaton:
    """A machine as its file has it.

    `said` is what each state of a Moore machine says, and whether each of an acceptor accepts, 1 or
    0. `inputs` and `outputs` are the fields of the letters where the file tells them, such as `x`
    or `n in 0..2 thermometer`; else they are read off its words. With `bits` all words are the
    digits of the bits of these, a `-` for either, and the fields must be told. If `free`, a `-` is
    an output that does not matter; else it is a word like any other.
    """

    kind: Kind
    states: tuple[str, ...]
    start: str
    edges: tuple[Edge, ...]
    said: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[str, ...] | None = None
    outputs: tuple[str, ...] | None = None
    bits: bool = False
    free: bool = False


def interface_comment(automaton: Automaton) -> str:
    """Return the comment that says what the inputs and outputs are, for `read_interface`."""
    return MARK + json.dumps({"inputs": automaton.inputs, "outputs": automaton.outputs})


Fields = tuple[str, ...]


def read_interface(comment: str, spot: str) -> tuple[Fields, Fields] | None:
    """Return the inputs and outputs that a comment names; None where it is any other comment."""
    if not comment.startswith(MARK + "{"):
        return None
    try:
        told = json.loads(comment.removeprefix(MARK))
        inputs, outputs = told["inputs"], told["outputs"]
        if all(isinstance(name, str) for name in (*inputs, *outputs)):
            return tuple(inputs), tuple(outputs)
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    raise BonsaiError(f"{spot}: this comment of bonsaic's own is damaged; take it out")


COMMA = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')
"""A comma that does not stand in double quotes."""


def unquoted(text: str) -> str:
    """Return what stands in double quotes, or a text as it is."""
    if not text.startswith('"'):
        return text
    try:
        inner = json.loads(text)
    except ValueError:
        return text
    return inner if isinstance(inner, str) else text


def lines_of(text: str, place: str) -> list[str]:
    """Return the lines of a text that is not empty; raises BonsaiError for one that is."""
    lines = re.split(r"\r\n|\n|\r", text)
    if not any(line.strip() for line in lines):
        raise BonsaiError(f"{place}:1: the file is empty; a machine has a line for each step")
    return lines


def fault(place: str, line: int, text: str) -> BonsaiError:
    """Return an error about a line of a file."""
    return BonsaiError(f"{place}:{line}: {text}")


def short(text: str) -> str:
    """Return a text of a file as errors show it, in quotes."""
    return f"'{shortened(text)}'"


def in_order(names: Sequence[str]) -> tuple[str, ...]:
    """Return names, each once, in order of first appearance."""
    return tuple(dict.fromkeys(names))
