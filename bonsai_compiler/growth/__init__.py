"""Grow networks from a task's table: codes for its states, regression, pruning, breeding."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bonsai_compiler.growth.grow import grow_table

__all__ = ["grow_table"]


def __getattr__(name: str) -> Any:
    if name == "grow_table":
        # tinygrad takes half a second to import, and OpenCL must be found before it.
        from bonsai_compiler.devices.opencl import opencl_devices

        opencl_devices()
        from bonsai_compiler.growth.grow import grow_table

        return grow_table
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
