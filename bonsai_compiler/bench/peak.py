"""What a device could do at best, and how much of it a training step asks for."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from bonsai_compiler.ir.activation import ameo_pieces
from bonsai_compiler.training.shape import Shape

LANES, SUMS, TURNS, ITEMS_A_UNIT = 8, 12, 20_000, 8
# As many independent sums as registers hold; each turn is one multiply-add of every lane.
SOURCE = """
__kernel void peak(__global float *out, const int turns)
{
    float%(lanes)d sums[%(sums)d];
    for (int k = 0; k < %(sums)d; ++k)
        sums[k] = (float%(lanes)d)((float)(get_global_id(0) + k));
    const float%(lanes)d factor = (float%(lanes)d)(0.999f), more = (float%(lanes)d)(0.001f);
    for (int turn = 0; turn < turns; ++turn) {
        _Pragma("unroll") for (int k = 0; k < %(sums)d; ++k)
            sums[k] = sums[k] * factor + more;
    }
    for (int k = 1; k < %(sums)d; ++k)
        sums[0] += sums[k];
    out[get_global_id(0)] = sums[0].s0 + sums[0].s1 + sums[0].s2 + sums[0].s3
        + sums[0].s4 + sums[0].s5 + sums[0].s6 + sums[0].s7;
}
"""


def peak(device: str) -> Callable[[float], list[float]]:
    """Return what measures the GFLOP/s of multiply-adds on an OpenCL device for some seconds."""
    from bonsai_compiler.devices.opencl import opencl_devices

    found = next(item for item in opencl_devices() if item.name == device)
    import pyopencl

    context = pyopencl.Context([pyopencl.Device.from_int_ptr(found.handle)])
    queue = pyopencl.CommandQueue(context)
    source = SOURCE % {"lanes": LANES, "sums": SUMS}
    kernel = pyopencl.Kernel(pyopencl.Program(context, source).build(), "peak")
    # A GPU hides what each multiply-add waits for behind a thousand others.
    items = found.units * (2048 if found.parallel else ITEMS_A_UNIT)
    out = pyopencl.Buffer(context, pyopencl.mem_flags.WRITE_ONLY, 4 * items)
    operations = 2 * items * TURNS * SUMS * LANES

    def measure(seconds: float) -> list[float]:
        rates: list[float] = []
        until = time.perf_counter() + seconds
        while time.perf_counter() < until or len(rates) < 3:
            started = time.perf_counter()
            kernel(queue, (items,), None, out, np.int32(TURNS))
            queue.finish()
            rates.append(operations / (time.perf_counter() - started) / 1e9)
        return rates

    measure(0.1)
    return measure


def operations(shape: Shape) -> int:
    """Return the floating-point operations of one step on one tick of one sequence.

    A weight takes a multiply-add (two operations) in its sum, one in its gradient, and one on the
    way back, but for those that read inputs of the network. A neuron takes what its activation's
    polynomial and slope take, and one to multiply the slope. Comparisons, selections, biases, the
    regulariser and Adam are not counted.
    """
    weights = sum(field.end - field.offset for field in shape.fields() if field.regular)
    first = shape.inputs * sum(shape.cells[0])
    pieces = ameo_pieces(shape.activation.factor, shape.activation.leak)
    powers = {k for piece in pieces for k, value in enumerate(piece.coefficients) if value}
    higher = [power for power in powers if power > 1]
    # The offset, the powers of it, a product, a sum and a multiply-add a term, and c0 + o (...).
    activation = 1 + max(higher, default=2) - 2 + 4 * len(higher) + 2
    return 2 * (3 * weights - first) + (activation + 1) * shape.neurons
