"""The fused OpenCL scan as custom kernels with custom gradients in tinygrad's graph."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from tinygrad import Tensor
from tinygrad.uop.ops import KernelInfo, Ops, ProgramInfo, UOp

from bonsai_compiler.growth.kernels import render_scan
from bonsai_compiler.growth.opencl import OpenCLDevice
from bonsai_compiler.growth.shape import Shape

# Private memory of a work-item in bytes above which fewer sequences share a vector.
PRIVATE_LIMIT = 1 << 20


class KernelEngine:
    """All ticks forward and back in one launch; runs on an OpenCL device."""

    def __init__(self, shape: Shape, device: OpenCLDevice) -> None:
        self.shape = shape
        self.device = device.name
        self.opencl = device
        self.source: Callable[..., str] = lru_cache(render_scan)

    def loss(self, parameters: Tensor, x: Tensor, y: Tensor) -> Tensor:
        """Return (replicas,): the mean squared error over the outputs that count."""
        shape, replicas, (batch, ticks, _) = self.shape, parameters.shape[0], y.shape
        lanes, groups = divide(self.opencl, shape, replicas, batch, ticks)
        source = self.source(
            shape, gradient=True, batch=batch, ticks=ticks, lanes=lanes, groups=groups
        )
        sums = self.empty(replicas, groups, 2)
        gradients = self.empty(replicas, groups, shape.parameters)
        inputs = [x.permute(1, 2, 0)] if shape.inputs else []

        def backward(upstream: UOp, call: UOp) -> tuple[UOp | None, ...]:
            # Only the squared errors depend on the parameters; how many counted does not.
            slopes = Tensor(call.src[2].after(call))
            total = (slopes * Tensor(upstream)[:, :, 0:1]).sum(1)
            return (None, None, total.uop) + (None,) * (len(inputs) + 1)

        sums = sums.custom_kernel(
            gradients,
            parameters,
            *inputs,
            y.permute(1, 2, 0),
            fxn=launch("scan_gradient", source, replicas, groups, outputs=2),
            grad_fxn=backward,
        )[0].sum(1)
        return sums[:, 0] / sums[:, 1].detach()

    def outputs(self, parameters: Tensor, x: Tensor) -> Tensor:
        """Return (replicas, batch, ticks, outputs); has no gradient."""
        shape, replicas, (batch, ticks, _) = self.shape, parameters.shape[0], x.shape
        lanes, groups = divide(self.opencl, shape, replicas, batch, ticks)
        source = self.source(
            shape, gradient=False, batch=batch, ticks=ticks, lanes=lanes, groups=groups
        )
        outputs = self.empty(replicas, ticks, shape.outputs, batch)
        inputs = [x.permute(1, 2, 0)] if shape.inputs else []
        return outputs.custom_kernel(
            parameters, *inputs, fxn=launch("scan_outputs", source, replicas, groups, outputs=1)
        )[0].permute(0, 3, 1, 2)

    def empty(self, *size: int) -> Tensor:
        return Tensor.empty(*size, device=self.device)


def divide(
    device: OpenCLDevice, shape: Shape, replicas: int, batch: int, ticks: int
) -> tuple[int, int]:
    """Return how many sequences share a vector and how many work-items share a replica's batch.

    A CPU takes eight lanes, and few work-items that each sum many gradients; a GPU takes a
    work-item a sequence.
    """
    if device.parallel:
        return 1, batch
    per_lane = 4 * (shape.parameters + ticks * (2 * shape.neurons + shape.outputs))
    lanes = next(
        lanes
        for lanes in (8, 4, 2, 1)
        if batch % lanes == 0 and (lanes * per_lane <= PRIVATE_LIMIT or lanes == 1)
    )
    vectors = batch // lanes
    enough = 8 * device.units
    groups = next(g for g in range(1, vectors + 1) if vectors % g == 0 and (g * replicas >= enough or g == vectors))
    return lanes, groups


def launch(
    name: str, source: str, replicas: int, groups: int, outputs: int
) -> Callable[..., UOp]:
    """Return what tinygrad asks for the body of a custom kernel: a program around `source`."""

    def program(*buffers: UOp) -> UOp:
        sink = UOp.sink(*(buffer.base for buffer in buffers), arg=KernelInfo(name=name))
        listing = UOp(Ops.LINEAR, src=(*sink.src, sink))
        slots = tuple(range(len(buffers)))
        info = ProgramInfo(
            name,
            global_size=(replicas * groups, 1, 1),
            local_size=(1, 1, 1),
            globals=slots,
            outs=slots[:outputs],
            ins=slots[outputs:],
        )
        text = UOp(Ops.SOURCE, arg=source)
        return UOp(
            Ops.PROGRAM, src=(sink, listing, text, UOp(Ops.BINARY, arg=source.encode())), arg=info
        )

    return program
