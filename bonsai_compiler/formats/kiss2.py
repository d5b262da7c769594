"""KISS2, as SIS, ABC and the MCNC benchmarks have it: a line a cube, `01- state next 1-`."""

import re

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.formats.automaton import (
    Automaton,
    Edge,
    fault,
    in_order,
    interface_comment,
    lines_of,
    read_interface,
    short,
)

NUMBERS = (".i", ".o", ".s", ".p")
WORDS = (".r", ".ilb", ".ob")
IGNORED = (".start_kiss", ".end_kiss", ".e", ".end", ".type")
ANY = ("*", "-")


def read(text: str, place: str) -> Automaton:
    """Return the machine of a KISS2 file; without `.r` it starts where its first line does.

    Raises BonsaiError with the line of the first fault.
    """
    numbers: dict[str, tuple[int, int]] = {}
    words: dict[str, tuple[list[str], int]] = {}
    edges: list[Edge] = []
    told = None
    for count, line in enumerate(lines_of(text, place), 1):
        content, _, comment = line.partition("#")
        told = told or read_interface(comment.strip(), f"{place}:{count}")
        parts = content.split()
        if not parts:
            continue
        if parts[0] in numbers or parts[0] in words:
            raise fault(place, count, f"{parts[0]} stands twice; keep one of the two lines")
        if parts[0] in NUMBERS:
            numbers[parts[0]] = _number(parts, place, count), count
        elif parts[0] in WORDS:
            words[parts[0]] = parts[1:], count
        elif parts[0] in IGNORED:
            continue
        elif parts[0].startswith("."):
            known = ", ".join((*NUMBERS, *WORDS, *IGNORED))
            raise fault(place, count, f"{short(parts[0])} is not known; known are {known}")
        else:
            edges.append(_edge(parts, numbers, place, count))
    if not edges:
        raise fault(place, 1, "there is no step, such as '01 state next 1'")
    widths = len(edges[0].letter), len(edges[0].output or "")
    for edge in edges:
        cubes = ("inputs", edge.letter), ("outputs", edge.output or "")
        for (what, cube), width in zip(cubes, widths, strict=True):
            if len(cube) != width:
                said = f"{short(cube)} has {len(cube)} {what}, and {width} stand above"
                raise fault(place, edge.line, said)
    states = in_order([name for edge in edges for name in (edge.source, edge.target)])
    for name, met in ((".s", len(states)), (".p", len(edges))):
        if name in numbers and numbers[name][0] != met:
            said = f"{name} says {numbers[name][0]}, and {met} are there; is the file whole?"
            raise fault(place, numbers[name][1], said)
    inputs = _names(words.get(".ilb"), "x", widths[0], place)
    outputs = _names(words.get(".ob"), "y", widths[1], place)
    start, count = words.get(".r", ([edges[0].source], 0))
    if len(start) != 1 or start[0] not in states:
        raise fault(
            place, count, f".r names {short(' '.join(start))}, which is no state of the file"
        )
    inputs, outputs = told or (inputs, outputs)
    return Automaton(
        "Mealy machine", states, start[0], tuple(edges), {}, inputs, outputs, bits=True, free=True
    )


def _number(parts: list[str], place: str, count: int) -> int:
    if len(parts) != 2 or not re.fullmatch(r"[0-9]{1,6}", parts[1]):
        raise fault(place, count, f"{parts[0]} needs a number, such as '{parts[0]} 2'")
    return int(parts[1])


def _edge(parts: list[str], numbers: dict[str, tuple[int, int]], place: str, count: int) -> Edge:
    if len(parts) == 3 and numbers.get(".i", (1, 0))[0] == 0:
        parts = ["", *parts]
    if len(parts) != 4:
        said = f"{short(' '.join(parts))} is no step; write inputs, state, next state, outputs"
        raise fault(place, count, said)
    letter, source, target, output = parts
    for what, name, cube in (("inputs", ".i", letter), ("outputs", ".o", output)):
        if set(cube) - set("01-"):
            raise fault(place, count, f"{short(cube)} is no cube of {what}; it is of 0, 1 and -")
        if name in numbers and numbers[name][0] != len(cube):
            said = f"{short(cube)} has {len(cube)} {what}, and {name} says {numbers[name][0]}"
            raise fault(place, count, said)
    for name in (source, target):
        if name in ANY:
            raise fault(place, count, f"{name} stands for any state; write a line for each")
    return Edge(source, letter, target, output, count)


def _names(
    found: tuple[list[str], int] | None, base: str, width: int, place: str
) -> tuple[str, ...]:
    if found is None:
        return (base,) if width == 1 else tuple(f"{base}{place}" for place in range(width))
    names, line = found
    if len(names) != width:
        raise fault(place, line, f"{len(names)} names stand here for {width} bits")
    return tuple(names)


def write(automaton: Automaton) -> str:
    """Return a machine as KISS2; its letters and outputs must be words of bits."""
    edges = automaton.edges
    for word in (word for edge in edges for word in (edge.letter, edge.output or "")):
        if set(word) - set("01-"):
            raise BonsaiError(f"{short(word)} is no word of bits, which KISS2 is made of")
    lines = [
        f"# {interface_comment(automaton)}",
        f".i {len(edges[0].letter) if edges else 0}",
        f".o {len(edges[0].output or '') if edges else 0}",
        f".p {len(edges)}",
        f".s {len(in_order([name for edge in edges for name in (edge.source, edge.target)]))}",
        f".r {automaton.start}",
        *(f"{edge.letter} {edge.source} {edge.target} {edge.output}".lstrip() for edge in edges),
        ".e",
    ]
    return "\n".join(lines) + "\n"
