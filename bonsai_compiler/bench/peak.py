"""What a device could do at best: multiply-adds that wait for nothing and touch no memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from bonsai_compiler.devices.templates import environment

# Lanes, and independent sums: as many as hide what each multiply-add waits for, and as registers
# hold. Which are best depends on the processor, and no kernel can do more than the best of them.
SHAPES = ((8, 10), (8, 12), (8, 14), (16, 5), (16, 6), (16, 10), (16, 12))
TURNS, ITEMS_A_UNIT = 20_000, 8
# Each sum is a variable: of an array, PoCL would leave them in memory.
SOURCE = """
#pragma clang diagnostic ignored "-Wpsabi"
__kernel void peak(__global float{{ lanes }} *out, const int turns)
{
    const float{{ lanes }} factor = (float{{ lanes }})(0.999f), more = (float{{ lanes }})(0.001f);
{% for k in range(sums) %}
    float{{ lanes }} sum_{{ k }} = (float{{ lanes }})((float)(get_global_id(0) + {{ k }}));
{% endfor %}
    for (int turn = 0; turn < turns; ++turn) {
{% for k in range(sums) %}
        sum_{{ k }} = sum_{{ k }} * factor + more;
{% endfor %}
    }
    out[get_global_id(0)] = more{% for k in range(sums) %} + sum_{{ k }}{% endfor %};
}
"""


def peak(device: str) -> Callable[[float], list[float]]:
    """Return what measures, for some seconds, the GFLOP/s of multiply-adds on an OpenCL device."""
    from bonsai_compiler.devices.opencl import opencl_devices

    found = next(item for item in opencl_devices() if item.name == device)
    import pyopencl

    context = pyopencl.Context([pyopencl.Device.from_int_ptr(found.handle)])
    queue = pyopencl.CommandQueue(context)
    # A GPU hides what each multiply-add waits for behind a thousand others.
    items = found.units * (2048 if found.parallel else ITEMS_A_UNIT)
    out = pyopencl.Buffer(context, pyopencl.mem_flags.WRITE_ONLY, 64 * items)
    template = environment().from_string(SOURCE)

    def built(lanes: int, sums: int) -> Any:
        program = pyopencl.Program(context, template.render(lanes=lanes, sums=sums)).build()
        return pyopencl.Kernel(program, "peak")

    def rate(kernel: Any, lanes: int, sums: int) -> float:
        started = time.perf_counter()
        kernel(queue, (items,), (1,), out, np.int32(TURNS))
        queue.finish()
        return 2 * items * TURNS * sums * lanes / (time.perf_counter() - started) / 1e9

    kernels = [(built(*shape), *shape) for shape in SHAPES]
    best = max(kernels, key=lambda kernel: max(rate(*kernel) for _ in range(5)))

    def measure(seconds: float) -> list[float]:
        rates: list[float] = []
        until = time.perf_counter() + seconds
        while time.perf_counter() < until or len(rates) < 3:
            rates.append(rate(*best))
        return rates

    return measure
