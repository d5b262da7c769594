"""Which program is written for a graph: the one that is the least to read, of those found."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from bonsai_compiler.backends.program import NOT_JUDGED, ProgramNames, Style
from bonsai_compiler.backends.python import emit_python, emit_readable
from bonsai_compiler.driver.explaining import Remembered
from bonsai_compiler.driver.styles import written_as
from bonsai_compiler.driver.summaries import EXACT, limits
from bonsai_compiler.driver.target import Target
from bonsai_compiler.fsm.joint import Joint, joined
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.passes.pipeline import Compiled
from bonsai_compiler.reading.codes import (
    INPUTS,
    NETWORK,
    Code,
    merged,
    network_code,
    number_codes,
    sequences_of,
    task_code,
)
from bonsai_compiler.reading.columns import Column
from bonsai_compiler.reading.readable import Readable
from bonsai_compiler.reading.reader import readable
from bonsai_compiler.reading.size import reading_size


@dataclass(frozen=True, slots=True)
class Writing:
    """A program without its header: `emit` gives it under one, which says what is `said`.

    `of` is the graph whose program it is; it was `sought` where it is not as the last pass left it.
    Then it is known what is `remembered`, of which notes may be given to `emit`.
    """

    of: Graph
    emit: Callable[[Iterable[str], Iterable[str]], str]
    said: tuple[str, ...]
    sought: bool = False
    remembered: tuple[Remembered, ...] = ()

    @property
    def text(self) -> str:
        """The program, as one that was not judged."""
        return self.emit(NOT_JUDGED, ())


def writings(target: Target, compiled: Compiled, style: Style) -> Iterator[Writing]:
    """Yield the programs of a compiled network in a style, the least to read first.

    The last one is the graph's own, as the last pass left it.
    """
    source = written_as(style, compiled, target)
    graph = source.graph
    limited = limits(graph, target.specification)
    about = target.doc, target.horizon
    own = Writing(
        graph,
        lambda header, _: emit_python(graph, *about, header, limited.guard, style),
        (*limited.said, *source.legend),
    )
    joint = None
    finite = graph.dialect is Dialect.LOGIC and style == "readable"
    if finite and target.specification is not None:
        joint = joined(graph, target.specification)
    found = None if joint is None else _readable(target, graph, joint)
    size = reading_size(own.text)
    if joint is not None and found is not None and (size is None or found.size <= size):
        said = (EXACT,) if found.legal else ()
        notes = (*found.notes, *_held(graph, joint, found))
        yield Writing(
            graph,
            lambda header, told: emit_readable(graph, found, *about, header, (*told, *notes)),
            said,
            sought=True,
            remembered=_remembered(graph, joint, found),
        )
    yield own


MOST_SHOWN = 8
"""Of how many states it is said how the network holds them."""


def _held(graph: Graph, joint: Joint, found: Readable) -> tuple[str, ...]:
    """Return in a sentence how the network holds what the program remembers, if in few ways."""
    if found.code.origin in (NETWORK, INPUTS) or not graph.states:
        return ()
    held: dict[str, list[str]] = {}
    values = [member.values.tolist() for member in found.code.members]
    for place, levels in enumerate(joint.levels.astype(int).tolist()):
        shown = [
            _shown(member, column[place])
            for member, column in zip(found.code.members, values, strict=True)
        ]
        ways = held.setdefault(" ".join(shown), [])
        level = " ".join(map(str, levels))
        ways += [] if level in ways else [level]
    if len(held) > MOST_SHOWN:
        return ()
    names = " ".join(found.of(member.name) for member in found.code.members)
    states = " ".join(state.name for state in graph.states)
    ways = [f"{value} is {' or '.join(levels)}" for value, levels in held.items()]
    return (f"{names} as {states} of the network: {', '.join(ways)}.",)


def _remembered(graph: Graph, joint: Joint, found: Readable) -> tuple[Remembered, ...]:
    """Return what a program remembers that follows from what its graph does."""
    if found.code.origin == INPUTS:
        return ()
    states = tuple(state.name for state in graph.states)
    # What is called as a port is would be taken for that.
    fields = (*graph.input_signals.fields, *graph.output_signals.fields)
    names = [field if isinstance(field, str) else field.name for field in fields]
    ports = {found.naming.seen(name) for name in names}
    rows = [tuple(row) for row in joint.levels.astype(int).tolist()]
    told = []
    for member in found.code.members:
        pairs = {*zip(rows, member.values.tolist(), strict=True)}
        values = dict(pairs)
        name = found.of(member.name)
        if member.kind != "word" and len(values) == len(pairs) and name not in ports:
            told.append(Remembered(name, states, values))
    return tuple(told)


def _shown(member: Column, value: int) -> str:
    return json.dumps(member.words[value], ensure_ascii=False) if member.words else str(value)


def _readable(target: Target, graph: Graph, joint: Joint) -> Readable | None:
    """Return the program of the joint machine that is the least to read."""

    def naming(code: Code) -> ProgramNames:
        return ProgramNames(graph, [member.name for member in code.members], code.memory)

    values: list[object] = []
    if target.recall is not None:
        known = {number: target.recall(number) for number in np.unique(joint.numbers).tolist()}
        values = [known[number] for number in joint.numbers.tolist()]
    return readable(
        joint.machine,
        _codes(values, target.source, graph, joint),
        naming,
        reading_size(target.source),
        sequences_of(values, target.source),
    )


def _codes(values: list[object], source: str, graph: Graph, joint: Joint) -> Iterator[Code]:
    """Yield the codes that the program may have, those with the most telling names first.

    The task remembers `values` in the states of the joint machine, if there is a task. The
    network's bits, which take the longest, come once one number was tried.
    """
    if values:
        found = task_code(values, source)
        if found is not None:
            yield found
            fewer = merged(joint.machine, found)
            if fewer is not None:
                yield fewer
    numbers = number_codes(joint.machine)
    yield next(numbers)
    names = [state.name for state in graph.states]
    own = network_code(names, joint.levels, [bool(state.levels) for state in graph.states])
    if own is not None:
        yield own
    yield from numbers
