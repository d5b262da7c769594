"""The OpenCL sources: found, and rendered for one activation and one shape of network."""

from bonsai_compiler.devices.templates import environment, fold
from bonsai_compiler.training.descent import DECAYS, SMALLEST
from bonsai_compiler.training.recipe import Recipe
from bonsai_compiler.training.regulariser import floor
from bonsai_compiler.training.shape import Shape, codes_of

# How many vectors a loop sums at once, as a row and as a rectangle: as many as registers hold of
# vectors up to 8 lanes wide, and of wider ones, each of which takes two.
TILES = ((8, (3, 4)), (4, (3, 2)))
# A loop of so few turns is written out.
FEW = 8


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
