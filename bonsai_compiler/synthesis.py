"""From a table to the expression that a person would write for it.

A table gives a node's level for some choices of its arguments' levels; the choices that it
leaves out never occur and may come out as is convenient. Two levels are a bool, more are small
integers.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations

from bonsai_compiler.boolean import sum_and_product
from bonsai_compiler.rewriting import canonical, cost

Row = tuple[int, ...]
Argument = tuple[str, int]
Rows = frozenset[tuple[Row, int]]


def synthesise(arguments: tuple[Argument, ...], table: Mapping[Row, int], levels: int) -> str:
    """Return an expression that agrees with `table`.

    `arguments` are names with their numbers of levels, in the order of the table's rows;
    `levels` is the number of levels of the result. For arguments in range the result is too.
    """
    rows = frozenset(table.items())
    return canonical(_express(*_smallest_support(arguments, rows), levels))


def _smallest_support(
    arguments: tuple[Argument, ...], rows: Rows
) -> tuple[tuple[Argument, ...], Rows]:
    """Return the fewest arguments that decide the result, and the table over them alone."""
    for width in range(len(arguments)):
        for places in combinations(range(len(arguments)), width):
            projected = {(tuple(row[place] for place in places), value) for row, value in rows}
            if len({row for row, _ in projected}) == len(projected):
                return tuple(arguments[place] for place in places), frozenset(projected)
    return arguments, rows


@lru_cache(maxsize=65536)
def _express(arguments: tuple[Argument, ...], rows: Rows, levels: int) -> str:
    values = {value for _, value in rows}
    if len(values) <= 1:
        return _constant(min(values, default=0), levels)
    candidates = list(_whole(arguments, rows, levels))
    # Taking a large table apart in every way takes too long; its two-level form will do.
    if not candidates or 1 < len(arguments) <= 5:
        candidates += _split(arguments, rows, levels)
    return min(candidates, key=cost)


def _constant(value: int, levels: int) -> str:
    return repr(bool(value)) if levels <= 2 else repr(value)


def _whole(arguments: tuple[Argument, ...], rows: Rows, levels: int) -> Iterator[str]:
    """Yield ways to write the table without taking it apart."""
    table = dict(rows)
    if len(arguments) == 1 and arguments[0][1] > 2:
        yield from _of_one_level(arguments[0], table, levels)
    if levels == 2 and all(count == 2 for _, count in arguments):
        names = tuple(name for name, _ in arguments)
        if len(names) == 1:
            yield names[0] if table.get((1,)) or table.get((0,)) == 0 else f"not {names[0]}"
        elif len(names) <= 8:
            yield from sum_and_product(names, rows)
    if levels == 2 and len(arguments) == 2 and arguments[0][1] == arguments[1][1]:
        (one, _), (other, _) = arguments
        if all((row[0] == row[1]) == bool(value) for row, value in rows):
            yield f"{one} == {other}"
        if all((row[0] != row[1]) == bool(value) for row, value in rows):
            yield f"{one} != {other}"


def _of_one_level(argument: Argument, table: dict[Row, int], levels: int) -> Iterator[str]:
    name, count = argument
    known = {level: table[(level,)] for level in range(count) if (level,) in table}
    if levels == 2:
        for level in range(count):
            for sign, holds in (
                ("==", level.__eq__),
                ("!=", level.__ne__),
                ("<", level.__gt__),
                (">=", level.__le__),
            ):
                if all(holds(place) == bool(value) for place, value in known.items()):
                    yield f"{name} {sign} {level}"
    elif levels == count and all(level == value for level, value in known.items()):
        yield name
    else:
        top = levels - 1
        for step in (1, 2, -1, -2):
            if all(value == min(max(level + step, 0), top) for level, value in known.items()):
                shifted = f"{name} + {step}" if step > 0 else f"{name} - {-step}"
                if step < 0:
                    shifted = f"max({shifted}, 0)"
                yield f"min({shifted}, {top})" if count - 1 + step > top else shifted
    entries = [known.get(level, min(level, levels - 1)) for level in range(count)]
    yield f"({', '.join(_constant(entry, levels) for entry in entries)})[{name}]"


def _split(arguments: tuple[Argument, ...], rows: Rows, levels: int) -> Iterator[str]:
    """Yield ways to write the table as a choice by one argument, or as one XOR the rest."""
    for place, (name, count) in enumerate(arguments):
        rest = arguments[:place] + arguments[place + 1 :]

        def part(chosen: range, *, flip: bool, place: int = place) -> Rows:
            return frozenset(
                (row[:place] + row[place + 1 :], value ^ (row[place] if flip else 0))
                for row, value in rows
                if row[place] in chosen
            )

        def written(some: Rows, rest: tuple[Argument, ...] = rest) -> str:
            return _express(*_smallest_support(rest, some), levels)

        if count == 2:
            yield _choice(
                name, written(part(range(1, 2), flip=False)), written(part(range(1), flip=False))
            )
            flipped = part(range(2), flip=True) if levels == 2 else frozenset()
            if flipped and len(dict(flipped)) == len(flipped):
                yield f"{name} != ({written(flipped)})"
        elif not any(other == 2 for _, other in arguments):
            text = written(part(range(count - 1, count), flip=False))
            for level in range(count - 2, -1, -1):
                branch = written(part(range(level, level + 1), flip=False))
                if branch != text:
                    text = _choice(f"{name} == {level}", branch, text)
            yield text


def _choice(condition: str, yes: str, no: str) -> str:
    """Return `yes if condition else no`, shorter where a branch is a constant."""
    if yes == no:
        return yes
    match yes, no:
        case "True", "False":
            return condition
        case "False", "True":
            return f"not ({condition})"
        case "True", _:
            return f"({condition}) or ({no})"
        case "False", _:
            return f"not ({condition}) and ({no})"
        case _, "False":
            return f"({condition}) and ({yes})"
        case _, "True":
            return f"not ({condition}) or ({yes})"
    return f"({yes}) if {condition} else ({no})"
