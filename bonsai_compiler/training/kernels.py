"""The OpenCL sources: found, and rendered for one activation and one shape of network."""

from functools import lru_cache

import jinja2

from bonsai_compiler.ir.activation import Activation, ameo_pieces
from bonsai_compiler.system.bundled import bundled_folder
from bonsai_compiler.training.descent import DECAYS, SMALLEST
from bonsai_compiler.training.recipe import Recipe
from bonsai_compiler.training.regulariser import floor
from bonsai_compiler.training.shape import Shape, codes_of

# How many vectors a loop sums at once, as a row and as a rectangle: as many as registers hold of
# vectors up to 8 lanes wide, and of wider ones, each of which takes two.
TILES = ((8, (3, 4)), (4, (3, 2)))
# A loop of so few turns is written out.
FEW = 8


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
        fold=fold(shape.activation),
        gradient=gradient,
        batch=batch,
        ticks=ticks,
        lanes=lanes,
        groups=groups,
        tile=TILES[lanes > 8],
        few=FEW,
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
