"""From a task to trained networks: the only part that knows tinygrad and OpenCL."""

from typing import TYPE_CHECKING, Any

from bonsai_compiler.training.choice import choose_engine, describe_devices
from bonsai_compiler.training.overrides import override
from bonsai_compiler.training.recipe import Recipe, default_recipes
from bonsai_compiler.training.report import Population, Progress
from bonsai_compiler.training.sampling import Examples
from bonsai_compiler.training.shape import Shape

if TYPE_CHECKING:
    from bonsai_compiler.growth.grow import grow_table
    from bonsai_compiler.training.train import grow

__all__ = [
    "Examples",
    "Population",
    "Progress",
    "Recipe",
    "Shape",
    "choose_engine",
    "default_recipes",
    "describe_devices",
    "grow",
    "grow_table",
    "override",
]


def __getattr__(name: str) -> Any:
    if name in ("grow", "grow_table"):
        # tinygrad takes half a second to import, and OpenCL must be found before it.
        from bonsai_compiler.training.opencl import opencl_devices

        opencl_devices()
        from bonsai_compiler.growth.grow import grow_table
        from bonsai_compiler.training.train import grow

        return grow if name == "grow" else grow_table
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
