"""The program of a machine that is the least to read, of all codes that are tried."""

import ast
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from bonsai_compiler.reading.codes import TASK, Code, discovery_code
from bonsai_compiler.reading.naming import shortest_program
from bonsai_compiler.reading.program import Program
from bonsai_compiler.reading.readable import Naming, Readable
from bonsai_compiler.reading.remembering import remembering
from bonsai_compiler.reading.renaming import renamed
from bonsai_compiler.reading.search import Search
from bonsai_compiler.reading.situations import Situations, situations
from bonsai_compiler.reading.statements import Writer, as_lines, as_text, size_of_statements
from bonsai_compiler.reading.table import tabular
from bonsai_compiler.specification.machine import Machine

OTHER = 6
"""How much shorter another code than the task's own must make a program: the task's has names."""

TABLE = 12
"""The same of a table, in which states are numbers."""

MOST_CODES = 5
LITTLE = 4
"""How many codes are tried, and which part of what is enough a program may have more than that."""


def readable(
    machine: Machine,
    codes: Iterable[Code],
    naming: Callable[[Code], Naming],
    enough: int | None,
    sequences: Sequence[str] = (),
) -> Readable | None:
    """Return the program that is the least to read; None where none is found.

    `naming` gives the names that a program with a code has; a task that remembers `sequences` calls
    them so. No other code is tried once a program is no longer than what is `enough`.
    """
    best: tuple[float, Readable] | None = None
    for weight, written in _programs(machine, codes, naming, enough, sequences):
        if best is None or weight < best[0]:
            best = weight, written
        if enough is not None and best[1].size <= enough + enough // LITTLE + 1:
            break
    last = discovery_code(machine)
    table = tabular(machine, last, naming(last))
    if table is not None and (best is None or table.size + TABLE < best[0]):
        return table
    return best[1] if best else None


def _programs(
    machine: Machine,
    codes: Iterable[Code],
    naming: Callable[[Code], Naming],
    enough: int | None,
    sequences: Sequence[str],
) -> Iterator[tuple[float, Readable]]:
    """Yield a program for each code, and how much that is to read, those with names first."""
    tried, asked, least = 0, False, math.inf
    for code in codes:
        if code.origin != TASK and not asked:
            asked = True
            more = 0 if sequences else OTHER
            for weight, written in remembering(machine, sequences, naming, enough):
                least = min(least, weight + more)
                yield weight + more, written
        names = naming(code)
        found = situations(machine, _called(code, names), names.seen)
        if found is None:
            continue
        more = 0 if code.origin == TASK else OTHER
        program = _readable(code, names, found, least - more)
        if program is not None:
            least = min(least, program[0] + more)
            yield program[0] + more, program[1]
        tried += 1
        if tried == MOST_CODES:
            break


def _called(code: Code, names: Naming) -> Code:
    members = tuple(replace(member, name=names.of(member.name)) for member in code.members)
    return replace(code, members=members, memory=names.memory)


def _readable(
    code: Code, names: Naming, found: Situations, least: float
) -> tuple[float, Readable] | None:
    """Return the program that is the least to read for one table, and how much that is.

    One of another code is known that is the `least`.
    """
    given: dict[str, str] = {}
    results = {target.column.name for target in found.targets if not target.follows}
    # The name of an output is free until that is worked out.
    wishes = {
        names.of(member.name): member.name
        for member in code.members
        if member.name in results and names.of(member.name) != member.name
    }

    def body(program: Program) -> tuple[list[ast.stmt], dict[str, str]]:
        asked: list[str] = []

        def fresh(name: str) -> str:
            # A body is written several times, to be measured: what is new there has one name.
            asked.append(name)
            key = f"{name} {asked.count(name)}"
            if key not in given:
                given[key] = names.fresh(name)
            return given[key]

        written = Writer(found.columns, found.targets, names.memory, fresh).body(program)
        return _as_wished(written, wishes)

    shortest = shortest_program(
        found.columns, found.targets, lambda program: size_of_statements(body(program)[0]), least
    )
    legal = _legal(found, [column.name for column in found.columns[: len(code.members)]], names)
    if shortest is None or legal is None:
        return None
    statements, called = body(shortest[0])
    lines = as_lines(statements)
    return shortest[1], Readable(code, names, found.start, lines, legal, called=called)


def _as_wished(
    statements: list[ast.stmt], wishes: dict[str, str]
) -> tuple[list[ast.stmt], dict[str, str]]:
    """Return statements in which states are called as is wished for, and which are."""
    called = {}
    for old, new in wishes.items():
        found = renamed(statements, old, new)
        if found is not None:
            statements, called[old] = found, new
    return statements, called


def _legal(found: Situations, states: list[str], names: Naming) -> list[str] | None:
    """Return the lines of `legal`, none where every letter is legal; None if it is not found."""
    if found.legal is None:
        return []
    guard = Search(found.guarded, [found.legal], 7, 2**21).apart[0]
    if guard is None:
        return None
    read = {part.id for part in ast.walk(guard.node) if isinstance(part, ast.Name)}
    lines = [f"return {as_text(guard.node)}"]
    if len(states) > 1 and read & {*states}:
        lines.insert(0, f"{', '.join(states)} = {names.memory}")
    return lines
