"""The fused OpenCL scan as custom kernels with custom gradients in tinygrad's graph."""

from __future__ import annotations

from collections.abc import Callable

from tinygrad import Device, Tensor
from tinygrad.device import CompileError
from tinygrad.uop.ops import UOp

from bonsai_compiler.devices.launches import launch
from bonsai_compiler.devices.opencl import OpenCLDevice
from bonsai_compiler.training.kernels import render_scan
from bonsai_compiler.training.shape import Shape

Render = Callable[..., str]
Backward = Callable[[UOp, UOp], tuple[UOp | None, ...]]

# Private memory of a work-item in bytes above which fewer sequences share a vector.
PRIVATE_LIMIT = 1 << 20


class KernelEngine:
    """All ticks forward and back in one launch; runs on an OpenCL device."""

    def __init__(self, shape: Shape, device: OpenCLDevice, render: Render = render_scan) -> None:
        self.shape = shape
        self.device = device.name
        self.opencl = device
        self.render = render
        self.built: dict[tuple[bool, int, int, int], tuple[str, int]] = {}

    def loss(
        self, parameters: Tensor, x: Tensor, y: Tensor, places: Tensor | None = None
    ) -> Tensor:
        """Return (replicas,): the mean squared error over outputs that count, and the codes'."""
        replicas, (batch, ticks, _) = parameters.shape[0], y.shape
        _, groups = self.build(True, replicas, batch, ticks)
        results = (
            self.empty(replicas, groups, 2),
            self.empty(replicas, groups, self.shape.parameters),
        )

        def backward(upstream: UOp, call: UOp) -> tuple[UOp | None, ...]:
            # Only the squared errors depend on the parameters; how many counted does not.
            slopes = Tensor(call.src[2].after(call))
            total = (slopes * Tensor(upstream)[:, :, 0:1]).sum(1)
            return (None, None, total.uop) + (None,) * (len(call.src) - 4)

        sums = self.scan(results, parameters, x, y, places, backward=backward)[0].sum(1)
        return sums[:, 0] / sums[:, 1].detach().maximum(1.0)

    def scan(
        self,
        results: tuple[Tensor, Tensor],
        parameters: Tensor,
        x: Tensor,
        y: Tensor,
        places: Tensor | None = None,
        backward: Backward | None = None,
    ) -> list[Tensor]:
        """Return `results` as the kernel leaves them: (replicas, groups, ...), as it tells."""
        replicas, (batch, ticks, _) = parameters.shape[0], y.shape
        source, groups = self.build(True, replicas, batch, ticks)
        inputs = [x.permute(1, 2, 0)] if self.shape.inputs else []
        others = [y.permute(1, 2, 0), *([] if places is None else [places])]
        sums, gradients = results
        written: list[Tensor] = sums.custom_kernel(
            gradients,
            parameters,
            *inputs,
            *others,
            fxn=launch("scan_gradient", source, self.sizes(replicas * groups), outputs=2),
            grad_fxn=backward,
        )
        return written[:2]

    def outputs(self, parameters: Tensor, x: Tensor) -> Tensor:
        """Return (replicas, batch, ticks, outputs); has no gradient."""
        replicas, (batch, ticks, _) = parameters.shape[0], x.shape
        source, groups = self.build(False, replicas, batch, ticks)
        outputs = self.empty(replicas, ticks, self.shape.outputs, batch)
        inputs = [x.permute(1, 2, 0)] if self.shape.inputs else []
        sizes = self.sizes(replicas * groups)
        return outputs.custom_kernel(
            parameters, *inputs, fxn=launch("scan_outputs", source, sizes, outputs=1)
        )[0].permute(0, 3, 1, 2)

    def empty(self, *size: int) -> Tensor:
        return Tensor.empty(*size, device=self.device)

    def build(self, gradient: bool, replicas: int, batch: int, ticks: int) -> tuple[str, int]:
        """Return a source that the device's compiler takes, and its work-items a replica.

        The widest vector is tried first: some compilers fail on a wide one in a large network.
        """
        key = (gradient, replicas, batch, ticks)
        if key not in self.built:
            options = vector_widths(self.opencl, self.shape, batch, ticks)
            for lanes in options:
                groups = share(self.opencl, replicas, batch // lanes)
                source = self.render(
                    self.shape,
                    gradient=gradient,
                    batch=batch,
                    ticks=ticks,
                    lanes=lanes,
                    groups=groups,
                )
                try:
                    Device[self.device].cl_compiler.compile_cached(source)
                except CompileError:
                    if lanes == options[-1]:
                        raise
                    continue
                self.built[key] = source, groups
                break
        return self.built[key]

    def sizes(self, items: int) -> tuple[int, int]:
        """Return how many work-groups there are, and how many work-items in each."""
        if not self.opencl.parallel:
            return items, 1
        local = next(size for size in (64, 32, 16, 8, 4, 2, 1) if items % size == 0)
        return items // local, local


def vector_widths(device: OpenCLDevice, shape: Shape, batch: int, ticks: int) -> tuple[int, ...]:
    """Return how many sequences may share a vector, best first; a GPU's work-item takes one."""
    if device.parallel:
        return (1,)
    per_lane = 4 * (shape.parameters + ticks * (2 * shape.neurons + shape.outputs))
    widths = (16, 8, 4, 2)
    fitting = (n for n in widths if batch % n == 0 and n * per_lane <= PRIVATE_LIMIT)
    return (*fitting, 1)


def share(device: OpenCLDevice, replicas: int, vectors: int) -> int:
    """Return how many work-items share the vectors of a replica's batch.

    A CPU takes few, each of which sums many gradients; a GPU takes as many as there are.
    """
    if device.parallel:
        return vectors
    divisors = [count for count in range(1, vectors + 1) if vectors % count == 0]
    enough = (count for count in divisors if count * replicas >= 8 * device.units)
    return next(enough, vectors)
