"""From a cover of cubes to a expression: as it stands, and with what is common taken out.

A cube is a set of literals, an argument's place and its value. Taking out is division, as in
Brayton's and McMullen's "quick factor": by what the most common literal leaves.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from bonsai_compiler.ir.expression import FALSE, TRUE, Expression, joined, negated
from bonsai_compiler.logic.tables import DONT_CARE, Table
from bonsai_compiler.logic.two_level import DASH, minimum_cover

Literal = tuple[int, int]
Product = frozenset[Literal]
Dual = tuple[str, str]


def two_level_forms(arguments: Sequence[Expression], table: Table) -> Iterator[Expression]:
    """Yield minimum sums of products and products of sums of a two-valued table, then factored."""
    contrary = np.where(table == DONT_CARE, DONT_CARE, 1 - table)
    for values, dual, flip in (
        (table, ("or", "and"), 0),
        (contrary, ("and", "or"), 1),
    ):
        products = _products(values.astype(np.int8).tobytes(), table.ndim)
        literals = {
            (place, value): negated(expression) if value == flip else expression
            for place, expression in enumerate(arguments)
            for value in (0, 1)
        }
        yield _written(products, literals, dual)
        yield _factored(products, literals, dual)


@lru_cache(maxsize=65536)
def _products(data: bytes, width: int) -> tuple[Product, ...]:
    values = np.frombuffer(data, dtype=np.int8).reshape((2,) * width)
    cover = [
        frozenset((place, value) for place, value in enumerate(cube) if value != DASH)
        for cube in minimum_cover(values)
    ]
    return tuple(sorted(cover, key=lambda product: (len(product), _order(product))))


def _order(product: Product) -> list[tuple[int, int]]:
    """Return what sorts products by their arguments, a literal that is not negated first."""
    return [(place, 1 - value) for place, value in sorted(product)]


def _written(
    products: Sequence[Product], literals: dict[Literal, Expression], dual: Dual
) -> Expression:
    outer, inner = dual
    if not products or not all(products):
        return TRUE if bool(products) == (outer == "or") else FALSE
    parts = [
        joined(inner, [literals[literal] for literal in sorted(product)]) for product in products
    ]
    return joined(outer, parts)


def _factored(
    products: Sequence[Product], literals: dict[Literal, Expression], dual: Dual
) -> Expression:
    """Return the expression of some products, with common literals taken out where there are any.

    For a product of sums `dual` names the two joints the other way round.
    """
    outer, inner = dual
    common = frozenset.intersection(*products) if products else frozenset()
    if common and len(products) > 1:
        shared = [literals[literal] for literal in sorted(common)]
        own = _factored([product - common for product in products], literals, dual)
        return joined(inner, [*shared, own])
    divisor = _divisor(products)
    if divisor is None:
        return _written(products, literals, dual)
    quotient = _quotient(products, divisor)
    multiplied = {part | factor for part in quotient for factor in divisor}
    rest = [product for product in products if product not in multiplied]
    factors = [_factored(part, literals, dual) for part in (quotient, divisor)]
    whole = joined(inner, sorted(factors, key=lambda factor: factor.cost))
    return joined(outer, [whole, _factored(rest, literals, dual)]) if rest else whole


def _divisor(products: Sequence[Product]) -> list[Product] | None:
    """Return what the most common literal leaves, without what that has in common."""
    counts = Counter(literal for product in products for literal in product)
    literal = max(sorted(counts), key=lambda literal: counts[literal], default=None)
    if literal is None or counts[literal] < 2:
        return None
    left = [product - {literal} for product in products if literal in product]
    common = frozenset.intersection(*left)
    return [product - common for product in left]


def _quotient(products: Sequence[Product], divisor: Sequence[Product]) -> list[Product]:
    """Return what every part of the divisor has to be multiplied by to be among the products."""
    quotients = [{product - part for product in products if part <= product} for part in divisor]
    return sorted(set.intersection(*quotients), key=lambda part: (len(part), _order(part)))
