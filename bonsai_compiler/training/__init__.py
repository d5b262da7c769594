"""Train networks through time: for examples, large machines, and the article's own way."""

from typing import TYPE_CHECKING, Any

from bonsai_compiler.devices.choice import choose_engine, describe_devices
from bonsai_compiler.growth.progress import Population, Progress
from bonsai_compiler.training.overrides import override
from bonsai_compiler.training.recipe import Recipe, default_recipes
from bonsai_compiler.training.sampling import Examples
from bonsai_compiler.training.shape import Shape

if TYPE_CHECKING:
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
    "override",
]


def __getattr__(name: str) -> Any:
    if name == "grow":
        from bonsai_compiler.devices.opencl import tell_tinygrad

        tell_tinygrad()
        from bonsai_compiler.training.train import grow

        return grow
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
