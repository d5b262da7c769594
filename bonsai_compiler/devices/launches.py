"""A recorded row of OpenCL launches for tinygrad's JIT, replayed with next to no Python between.

A training step is one long kernel and ten short ones; tinygrad launches each by way of its
pattern matcher, which takes longer than the short ones run.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

from tinygrad.device import Device
from tinygrad.engine.jit import GraphRunner
from tinygrad.runtime.autogen import opencl
from tinygrad.runtime.ops_cl import check, checked
from tinygrad.uop.ops import KernelInfo, Ops, ProgramInfo, UOp


class Launches(GraphRunner):  # type: ignore[misc]
    """One kernel object a launch, its arguments set once."""

    def __init__(self, linear: UOp, input_uops: tuple[UOp, ...] = ()) -> None:
        super().__init__(linear, input_uops)
        self.queue = Device[self.calls[0][2][0].device].queue
        self.rows: list[tuple[Any, ...]] = []
        self.inputs: list[tuple[Any, int, int]] = []
        for (_, program, buffers, _), runtime, replaced in zip(
            self.calls, self.runtimes, self.uop_replace, strict=True
        ):
            status = ctypes.c_int32()
            name = runtime_name(program)
            kernel = checked(opencl.clCreateKernel(runtime.program, name.encode(), status), status)
            slots = dict(replaced)
            for position, index in enumerate(program.arg.globals):
                if index in slots:
                    self.inputs.append((kernel, position, slots[index]))
                set_argument(kernel, position, buffers[index].get_buf(buffers[index].device))
            spread, local = program.arg.launch_dims({})
            if local is not None:
                spread = tuple(count * size for count, size in zip(spread, local, strict=True))
            sizes = ctypes.c_size_t * len(spread)
            self.rows.append(
                (kernel, len(spread), sizes(*spread), sizes(*local) if local else None)
            )

    def __call__(
        self, input_uops: tuple[UOp, ...], var_vals: dict[str, int], wait: bool = False
    ) -> float | None:
        for kernel, position, slot in self.inputs:
            buffer = input_uops[slot].buffer
            set_argument(kernel, position, buffer.get_buf(buffer.device))
        enqueue, queue = opencl.clEnqueueNDRangeKernel, self.queue
        for kernel, dimensions, spread, local in self.rows:
            status = enqueue(queue, kernel, dimensions, None, spread, local, 0, None, None)
            if status:
                check(status)
        if wait:
            check(opencl.clFinish(queue))
        return None

    def __del__(self) -> None:
        for kernel, *_ in getattr(self, "rows", ()):
            opencl.clReleaseKernel(kernel)

    @staticmethod
    def supports_uop(batch_devs: list[Any], new_call: UOp) -> bool:
        """Whether the call is a kernel whose size and arguments never change."""
        program = new_call.src[0]
        return (
            program.op is Ops.PROGRAM
            and not program.arg.vars
            and all(isinstance(size, int) for size in program.arg.global_size)
            and len(GraphRunner._all_devs(batch_devs, new_call)) == 1
        )


def runtime_name(program: UOp) -> str:
    return str(program.to_elf().name)


def set_argument(kernel: Any, position: int, memory: Any) -> None:
    check(opencl.clSetKernelArg(kernel, position, ctypes.sizeof(memory), ctypes.byref(memory)))


def launch(name: str, source: str, sizes: tuple[int, int], outputs: int) -> Callable[..., UOp]:
    """Return what tinygrad asks for the body of a custom kernel: a program around `source`.

    `sizes` are work-groups and work-items in each; the first `outputs` buffers are written to.
    """

    def program(*buffers: UOp) -> UOp:
        sink = UOp.sink(*(buffer.base for buffer in buffers), arg=KernelInfo(name=name))
        listing = UOp(Ops.LINEAR, src=(*sink.src, sink))
        slots = tuple(range(len(buffers)))
        info = ProgramInfo(
            name,
            global_size=(sizes[0], 1, 1),
            local_size=(sizes[1], 1, 1),
            globals=slots,
            outs=slots[:outputs],
            ins=slots[outputs:],
        )
        # For OpenCL, tinygrad's binary is the source: its runtime compiles it, through a cache.
        binary = UOp(Ops.BINARY, arg=source.encode())
        return UOp(Ops.PROGRAM, src=(sink, listing, UOp(Ops.SOURCE, arg=source), binary), arg=info)

    return program
