"""Boolean algebra, by sympy: minimal two-level forms and their text."""

from typing import Any

Rows = frozenset[tuple[tuple[int, ...], int]]


def sum_and_product(names: tuple[str, ...], rows: Rows) -> tuple[str, str]:
    """Return the table as a minimal sum of products and as a minimal product of sums.

    Rows that the table leaves out are "don't care". The text is Python's `and`, `or`, `not`.
    """
    # sympy takes half a second to import, and most commands need none of it.
    from sympy import Symbol
    from sympy.logic import POSform, SOPform

    symbols = [Symbol(f"v{place}") for place in range(len(names))]
    given = {row for row, _ in rows}
    true = [list(row) for row, value in rows if value]
    free = [list(row) for row in _all_rows(len(names)) if row not in given]
    forms = SOPform(symbols, true, free), POSform(symbols, true, free)
    words = {f"v{place}": name for place, name in enumerate(names)}
    order = {name: place for place, name in enumerate(names)}
    return _text(forms[0], words, order), _text(forms[1], words, order)


def _all_rows(width: int) -> list[tuple[int, ...]]:
    return [
        tuple(number >> place & 1 for place in reversed(range(width)))
        for number in range(2**width)
    ]


def _text(form: Any, words: dict[str, str], order: dict[str, int]) -> str:
    from sympy import And, Not, Or, Symbol

    if isinstance(form, Symbol):
        return words[form.name]
    if isinstance(form, Not):
        return f"not ({_text(form.args[0], words, order)})"
    if isinstance(form, And | Or):
        def place(part: Any) -> tuple[int, list[int]]:
            places = sorted(order[words[symbol.name]] for symbol in part.free_symbols)
            return len(places), places

        joint = " and " if isinstance(form, And) else " or "
        parts = sorted(form.args, key=place)
        return joint.join(f"({_text(part, words, order)})" for part in parts)
    return repr(bool(form))
