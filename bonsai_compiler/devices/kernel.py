"""An OpenCL kernel with its buffers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyopencl

from bonsai_compiler.devices.opencl import OpenCLDevice
from bonsai_compiler.errors import BonsaiError


class Kernel:
    """A kernel of source text whose arguments are buffers, in the order in which they are given."""

    def __init__(
        self,
        device: OpenCLDevice,
        name: str,
        source: str,
        buffers: Mapping[str, tuple[int, type[np.generic]]],
    ) -> None:
        """Compile it, and make room for so many values of each type.

        Raises BonsaiError where the driver cannot: it writes files for that.
        """
        context, self.queue = _opened(device.handle)
        flags = pyopencl.mem_flags.READ_WRITE
        self.buffers = {
            buffer: pyopencl.Buffer(context, flags, max(1, size) * np.dtype(kind).itemsize)
            for buffer, (size, kind) in buffers.items()
        }
        try:
            program = _built(device.handle, source)
        except pyopencl.RuntimeError as error:
            said = " ".join(str(error).split())[:100]
            raise BonsaiError(
                f"the OpenCL driver cannot build the kernel {name} ({said}); is the disk full, or "
                "is there a limit on files? POCL_CACHE_DIR names another folder to write in"
            ) from None
        self.kernel = pyopencl.Kernel(program, name)
        self.kernel.set_args(*self.buffers.values())
        # An event that nobody holds waits for what it tells of.
        self.written: list[Any] = []

    def write(self, name: str, values: npt.NDArray[Any]) -> None:
        """Put values at the beginning of a buffer, by the time what is started next begins.

        They must stay as they are until something is read.
        """
        source, buffer = np.ascontiguousarray(values), self.buffers[name]
        begun = pyopencl.enqueue_copy(self.queue, buffer, source, is_blocking=False)
        self.written.append(begun)

    def read(self, name: str, values: npt.NDArray[Any]) -> None:
        """Fill `values` with what a buffer begins with, once the kernel is done."""
        pyopencl.enqueue_copy(self.queue, values, self.buffers[name])
        self.written.clear()

    def launch(self, groups: int, items: int = 1) -> None:
        """Start so many work-groups of so many work-items; what is read waits for their end."""
        pyopencl.enqueue_nd_range_kernel(self.queue, self.kernel, (groups * items,), (items,))


@lru_cache(maxsize=8)
def _opened(handle: int) -> tuple[Any, Any]:
    """Return a context and a queue of a device; there is one of each in a process."""
    context = pyopencl.Context([pyopencl.Device.from_int_ptr(handle)])
    return context, pyopencl.CommandQueue(context)


@lru_cache(maxsize=8)
def _built(handle: int, source: str) -> Any:
    """Return the program that a source is on a device, compiled once in a process."""
    return pyopencl.Program(_opened(handle)[0], source).build()
