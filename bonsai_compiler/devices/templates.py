"""The OpenCL sources: found, and what their templates need of an activation."""

from functools import lru_cache

import jinja2

from bonsai_compiler.ir.activation import Activation, ameo_pieces
from bonsai_compiler.system.reading import bundled_folder


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


def fold(activation: Activation) -> dict[str, float]:
    """Return what the activation's template needs: slopes and fourth power, read off its table.

    From 1 to 2 the table says -1 + linear * o + quartic * o**4, and beyond 3 its slope is the leak;
    the template tells how these make up all of it.
    """
    pieces = ameo_pieces(activation.factor, activation.leak)
    rising = next(piece for piece in pieces if piece.end >= 2.0).shifted(1.0)
    _, linear, _, _, quartic = (*rising, 0.0, 0.0, 0.0)[:5]
    return {"linear": linear, "quartic": quartic, "leak": pieces[-1].coefficients[1]}
