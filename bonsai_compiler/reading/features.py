"""What people say of a sequence: how long it is, what it adds up to, whether it reads backwards.

All of it is Python text, and is worked out by Python itself.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from bonsai_compiler.reading.columns import Asked, Column, Kind, Target

CALLED = {"all": all, "any": any, "int": int, "len": len, "list": list, "max": max, "min": min}
CALLED |= {"sorted": sorted, "sum": sum}
"""What is called in what is said of a sequence."""

MOST_PATTERNS = 6
LONGEST_PART = 6
"""How many sequences are told one by one, and up to which place a sequence is looked into."""

LARGEST = 2**12


def features(
    name: str, sequences: Sequence[Any], kind: Kind, words: tuple[str, ...]
) -> Iterator[Column]:
    """Yield what may be said of the sequences (rows,), of elements of a kind, called `name`.

    Texts are of digits. What cannot be said of one of them is not said at all.
    """
    longest = min(max(map(len, sequences)), LONGEST_PART)
    said = [f"len({name})", *_elements(name, longest), *_of_parts(name, longest)]
    if isinstance(sequences[0], str):
        said += [f"int({name}, 2)", *_inside(name)]
    elif kind != "word":
        said += [f"sum({name})", *_sums(name, longest), f"list({name}) == sorted({name})"]
        said += [
            f"{call}({name})" for call in (("any", "all") if kind == "bit" else ("max", "min"))
        ]
    if kind != "bit":
        said.append(f"len({{*{name}}})")
    yield from _columns(said, {name: sequences}, words)


def between(sequences: Mapping[str, Sequence[Any]]) -> Iterator[Column]:
    """Yield what may be said of pairs of sequences, each (rows,)."""
    names = list(sequences)
    for at, one in enumerate(names):
        for other in names[at + 1 :]:
            said = [f"{one} {sign} {other}" for sign in ("==", ">", "<")]
            yield from _columns([*said, f"{one} == {other}[::-1]"], sequences, ())


def patterns(name: str, sequences: Sequence[Any], targets: Iterable[Target]) -> Iterator[Column]:
    """Yield whether a sequence ends as only those do for which a bit is as it is more seldom."""
    said: dict[str, None] = {}
    for target in targets:
        if target.column.kind == "bit":
            for value in (1, 0):
                fits = target.asked & (target.column.values == value)
                others = target.asked & ~fits
                said |= dict.fromkeys(_endings(name, sequences, fits, others))
    yield from _columns(list(said), {name: sequences}, ())


def _endings(name: str, sequences: Sequence[Any], fits: Asked, others: Asked) -> Iterator[str]:
    wanted = [sequences[at] for at in np.flatnonzero(fits).tolist()]
    unwanted = [sequences[at] for at in np.flatnonzero(others).tolist()]
    longest = max(map(len, sequences))
    for length in range(1, longest + 1):
        inside = {one[-length:] for one in wanted}
        outside = {one[-length:] for one in unwanted}
        end = f"{name}[-{length}:]" if length < longest else name
        pure = sorted(inside - outside)
        if len(pure) <= MOST_PATTERNS:
            yield from (f"{end} == {_written(one)}" for one in pure if len(one) == length)
        if pure and not inside & outside and len(inside) <= MOST_PATTERNS:
            if len(pure) > 1:
                yield f"{end} in ({', '.join(map(_written, pure))})"
            return


def _written(sequence: Any) -> str:
    """Return a sequence as a constant; truths as 0 and 1, which are equal to them."""
    if isinstance(sequence, str):
        return f'"{sequence}"'
    return repr(tuple(int(one) if isinstance(one, bool) else one for one in sequence))


def _elements(name: str, longest: int) -> Iterator[str]:
    for place in range(longest):
        yield f"{name}[{place}]"
        yield f"{name}[-{place + 1}]"
    yield f"{name}[0] == {name}[-1]"


def _of_parts(name: str, longest: int) -> Iterator[str]:
    yield f"{name} == {name}[::-1]"
    for place in range(1, longest):
        for sign in ("==", ">", "<"):
            yield f"{name}[:{place}] {sign} {name}[{place}:]"
            yield f"{name}[:{place}] {sign} {name}[-{place}:]"


def _sums(name: str, longest: int) -> Iterator[str]:
    for part in (f"{name}[::2]", f"{name}[1::2]"):
        yield f"sum({part})"
    yield f"sum({name}[::2]) == sum({name}[1::2])"
    for place in range(1, longest):
        yield f"sum({name}[:{place}])"
        yield f"sum({name}[{place}:])"
        yield f"sum({name}[-{place}:])"
        for sign in ("==", ">", "<"):
            yield f"sum({name}[:{place}]) {sign} sum({name}[{place}:])"


def _inside(name: str) -> Iterator[str]:
    for length in (2, 3):
        for number in range(2**length):
            yield f'"{number:0{length}b}" in {name}'
            yield f'"{number:0{length}b}" not in {name}'


def _columns(
    said: Iterable[str], sequences: Mapping[str, Sequence[Any]], words: tuple[str, ...]
) -> Iterator[Column]:
    """Yield what is said, where it can be said of all sequences, as columns."""
    rows = [dict(zip(sequences, row, strict=True)) for row in zip(*sequences.values(), strict=True)]
    for text in said:
        code = compile(text, "said", "eval")
        try:
            values = [eval(code, CALLED | {"__builtins__": {}}, row) for row in rows]
        except (IndexError, ValueError):
            continue
        kinds = {type(value) for value in values}
        node = ast.parse(text, mode="eval").body
        name = ast.unparse(node)
        if kinds == {bool}:
            yield Column(name, "bit", np.array(values, dtype=np.int16), read=node)
        elif kinds == {int} and max(map(abs, values)) < LARGEST:
            yield Column(name, "integer", np.array(values, dtype=np.int16), read=node)
        elif kinds == {str} and all(value in words for value in values):
            places = np.array([words.index(value) for value in values], dtype=np.int16)
            yield Column(name, "word", places, words, node)
