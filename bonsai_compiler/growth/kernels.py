"""The OpenCL sources: found, and rendered for one activation and one shape of network."""

from functools import lru_cache
from itertools import pairwise
from typing import Any

import jinja2

from bonsai_compiler.activation import Activation, Piece, ameo_pieces
from bonsai_compiler.bundled import bundled_folder
from bonsai_compiler.growth.descent import DECAYS, SMALLEST
from bonsai_compiler.growth.recipe import Recipe
from bonsai_compiler.growth.regulariser import floor
from bonsai_compiler.growth.shape import Shape, codes_of

# How many vectors a loop sums at once, as a row and as a rectangle: as many as registers hold of
# vectors up to 8 lanes wide, and of wider ones, each of which takes two.
TILES = ((8, (3, 4)), (4, (2, 3)))


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """Return the templates, which refuse a name that they were not given."""
    surroundings = jinja2.Environment(
        loader=jinja2.FileSystemLoader(bundled_folder("kernels")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    surroundings.filters["float"] = float_literal
    return surroundings


def float_literal(number: float) -> str:
    """Return `number` as an OpenCL literal of single precision: without the f it is a double."""
    return f"{float(number)!r}f"


def mirrored(pieces: tuple[Piece, ...]) -> bool:
    """Whether the table is an odd function, f(-x) = -f(x), breakpoints included."""
    count = len(pieces)
    for index, piece in enumerate(pieces):
        other = pieces[count - 1 - index]
        start = pieces[index - 1].end if index else -float("inf")
        flipped = tuple(
            -value * (-1.0) ** power for power, value in enumerate(piece.shifted(piece.centre))
        )
        about = other.shifted(-piece.centre)
        width = max(len(flipped), len(about))
        padded = [values + (0.0,) * (width - len(values)) for values in (flipped, about)]
        if other.end != -start or any(abs(a - b) > 1e-9 for a, b in zip(*padded, strict=True)):
            return False
    return True


def activation_table(activation: Activation) -> dict[str, Any]:
    """Return what the activation's template needs: columns of the table, and where each changes.

    A column is (name, first value, [(breakpoint, value to the right)]), with a change only where
    the value differs from the one before it, so that no lane selects what it already holds. An
    odd table is cut to its right half: the kernels look up |x| and give the sign back.
    """
    pieces = ameo_pieces(activation.factor, activation.leak)
    odd = mirrored(pieces)
    starts = [-float("inf"), *(piece.end for piece in pieces[:-1])]
    kept = [
        (start, piece)
        for start, piece in zip(starts, pieces, strict=True)
        if not odd or piece.end > 0
    ]
    degree = max(len(piece.coefficients) for _, piece in kept)
    rows = [
        (start, (piece.centre, *piece.coefficients, *(0.0,) * (degree - len(piece.coefficients))))
        for start, piece in kept
    ]
    columns = []
    for index in range(degree + 1):
        changes = [
            (start, row[index])
            for (_, before), (start, row) in pairwise(rows)
            if before[index] != row[index]
        ]
        columns.append((rows[0][1][index], changes))
    return {
        "odd": odd,
        "centre": columns[0],
        "coefficients": columns[1:],
        "breakpoints": [start for start, _ in rows[1:]],
    }


def render_scan(
    shape: Shape, *, gradient: bool, batch: int, ticks: int, lanes: int, groups: int
) -> str:
    """Return the OpenCL source of `scan_gradient`, or of `scan_outputs` without `gradient`.

    Each work-item takes one replica and `batch / groups` sequences, `lanes` at a time.
    """
    template = environment().get_template("scan.cl.j2")
    return template.render(
        shape=shape,
        codes=codes_of(shape),
        table=activation_table(shape.activation),
        gradient=gradient,
        batch=batch,
        ticks=ticks,
        lanes=lanes,
        groups=groups,
        tile=TILES[lanes > 8],
    )


def render_update(shape: Shape, recipe: Recipe, *, groups: int, share: int) -> str:
    """Return the OpenCL source of `update`, each work-item of which takes `share` weights."""
    return (
        environment()
        .get_template("update.cl.j2")
        .render(
            parameters=shape.parameters,
            recipe=recipe,
            floor=floor(recipe),
            decays=DECAYS,
            smallest=SMALLEST,
            groups=groups,
            share=share,
        )
    )
