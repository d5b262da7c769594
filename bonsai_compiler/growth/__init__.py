"""Growth: from a task to a population of trained networks, by tinygrad and OpenCL."""

from typing import TYPE_CHECKING, Any

from bonsai_compiler.growth.choice import choose_engine, describe_devices
from bonsai_compiler.growth.overrides import override
from bonsai_compiler.growth.recipe import Recipe, default_recipes
from bonsai_compiler.growth.report import Population, Progress
from bonsai_compiler.growth.sampling import Examples
from bonsai_compiler.growth.shape import Shape

if TYPE_CHECKING:
    from bonsai_compiler.growth.train import grow

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
    "override",
]


def __getattr__(name: str) -> Any:
    if name == "grow":  # tinygrad takes half a second to import, and OpenCL must be found before it
        from bonsai_compiler.growth.opencl import opencl_devices

        opencl_devices()
        from bonsai_compiler.growth.train import grow

        return grow
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
