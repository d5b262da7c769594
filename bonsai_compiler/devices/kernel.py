"""An OpenCL kernel with its buffers, launched by tinygrad's runtime without tinygrad's graphs.

As a graph of one node, the kernel would be rewritten, scheduled and recorded for a second before
its first launch, which takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from tinygrad.device import Buffer, Device, TinyELF
from tinygrad.dtype import DType, dtypes
from tinygrad.helpers import Target

_TYPES: dict[type[np.generic], DType] = {np.float32: dtypes.float, np.int32: dtypes.int}


class Kernel:
    """A kernel of source text whose arguments are buffers, in the order in which they are given."""

    def __init__(
        self,
        device: str,
        name: str,
        source: str,
        buffers: Mapping[str, tuple[int, type[np.generic]]],
    ) -> None:
        """Compile it, by way of tinygrad's cache, and make room for so many values of each type."""
        self.buffers = {
            buffer: Buffer(device, size, _TYPES[kind], preallocate=True)
            for buffer, (size, kind) in buffers.items()
        }
        signature = tuple(
            (buffer, slot, _TYPES[kind], (size,))
            for slot, (buffer, (size, kind)) in enumerate(buffers.items())
        )
        runtime = Device[device]
        # For OpenCL, tinygrad's binary is the source: its runtime compiles it.
        self.program = runtime.runtime(TinyELF(source.encode(), name, Target(), signature))

    def write(self, name: str, values: npt.NDArray[Any]) -> None:
        """Put values at the beginning of a buffer."""
        whole = np.require(values, requirements=("C", "W"))
        buffer = self.buffers[name]
        buffer.allocator._copyin(buffer.get_buf(buffer.device), whole.data.cast("B"))

    def read(self, name: str, values: npt.NDArray[Any]) -> None:
        """Fill `values` with what a buffer begins with, once the kernel is done."""
        buffer = self.buffers[name]
        buffer.allocator._copyout(values.data.cast("B"), buffer.get_buf(buffer.device))

    def launch(self, groups: int, items: int = 1) -> None:
        """Start so many work-groups of so many work-items; what is read waits for their end."""
        memory = [buffer.get_buf(buffer.device) for buffer in self.buffers.values()]
        self.program(*memory, global_size=(groups, 1, 1), local_size=(items, 1, 1))
