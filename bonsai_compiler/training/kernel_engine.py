"""The fused OpenCL scan in tinygrad's graph, and steps of two launches: the scan, then the update.

Each source is rendered for one activation and one shape of network.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from tinygrad import Device, Tensor
from tinygrad.device import CompileError
from tinygrad.uop.ops import UOp

from bonsai_compiler.devices.launches import launch
from bonsai_compiler.devices.opencl import OpenCLDevice
from bonsai_compiler.devices.templates import environment, fold
from bonsai_compiler.devices.tensors import on_device, read, write
from bonsai_compiler.training.descent import DECAYS, SMALLEST, Learners, Traces, floor
from bonsai_compiler.training.pool import Figures
from bonsai_compiler.training.recipe import Recipe
from bonsai_compiler.training.shape import Shape, regular_share

Render = Callable[..., str]
Backward = Callable[[UOp, UOp], tuple[UOp | None, ...]]

# Private memory of a work-item in bytes above which fewer sequences share a vector.
PRIVATE_LIMIT = 1 << 20
# How many vectors a loop sums at once, as a row and as a rectangle: as many as registers hold of
# vectors up to 8 lanes wide, and of wider ones, each of which takes two.
TILES = ((8, (3, 4)), (4, (3, 2)))
# A loop of so few turns is written out.
FEW = 8


def render_scan(
    shape: Shape, *, gradient: bool, batch: int, ticks: int, lanes: int, groups: int
) -> str:
    """Return the OpenCL source of `scan_gradient`, or of `scan_outputs` without `gradient`.

    Each work-item takes one replica and `batch / groups` sequences, `lanes` at a time.
    """
    template = environment().get_template("scan.cl.j2")
    return template.render(
        shape=shape,
        fold=fold(shape.activation),
        gradient=gradient,
        batch=batch,
        ticks=ticks,
        lanes=lanes,
        groups=groups,
        tile=TILES[lanes > 8],
        few=FEW,
    )


def render_update(shape: Shape, recipe: Recipe, *, groups: int, share: int) -> str:
    """Return the OpenCL source of `update`, each work-item of which takes `share` weights."""
    return (
        environment()
        .get_template("update.cl.j2")
        .render(
            parameters=shape.parameters,
            recipe=recipe,
            floor=floor(recipe),
            decays=DECAYS,
            smallest=SMALLEST,
            groups=groups,
            share=share,
        )
    )


class KernelEngine:
    """All ticks forward and back in one launch; runs on an OpenCL device."""

    def __init__(self, shape: Shape, device: OpenCLDevice, render: Render = render_scan) -> None:
        self.shape = shape
        self.device = device.name
        self.opencl = device
        self.render = render
        self.built: dict[tuple[bool, int, int, int], tuple[str, int]] = {}

    def loss(self, parameters: Tensor, x: Tensor, y: Tensor) -> Tensor:
        """Return (replicas,): the mean squared error over the outputs that count."""
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

        sums = self.scan(results, parameters, x, y, backward)[0].sum(1)
        return sums[:, 0] / sums[:, 1].detach().maximum(1.0)

    def scan(
        self,
        results: tuple[Tensor, Tensor],
        parameters: Tensor,
        x: Tensor,
        y: Tensor,
        backward: Backward | None = None,
    ) -> list[Tensor]:
        """Return `results` as the kernel leaves them: (replicas, groups, ...)."""
        replicas, (batch, ticks, _) = parameters.shape[0], y.shape
        source, groups = self.build(True, replicas, batch, ticks)
        inputs = [x.permute(1, 2, 0)] if self.shape.inputs else []
        sums, gradients = results
        written: list[Tensor] = sums.custom_kernel(
            gradients,
            parameters,
            *inputs,
            y.permute(1, 2, 0),
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


class KernelDescent:
    """What `TensorDescent` does, without tensors between the kernels."""

    def __init__(
        self, engine: KernelEngine, recipe: Recipe, learners: Learners, steps: int
    ) -> None:
        self.engine, self.learners = engine, learners
        shape, replicas = engine.shape, recipe.replicas
        _, groups = engine.build(True, replicas, recipe.batch, recipe.ticks)
        # Of a GPU's many work-items each takes one weight.
        share = 1 if engine.opencl.parallel else shape.parameters
        self.source = render_update(shape, recipe, groups=groups, share=share)
        self.sizes = engine.sizes(replicas * shape.parameters // share)
        self.share = self.tensor(regular_share(shape))
        self.paces = [self.tensor(np.zeros(4, np.float32)) for _ in range(steps)]
        self.sums = self.tensor(np.zeros((replicas, groups, 2), np.float32))
        self.gradients = self.tensor(np.zeros((replicas, groups, shape.parameters), np.float32))
        self.penalties = self.tensor(np.zeros((replicas, shape.parameters), np.float32))

    def tensor(self, values: npt.NDArray[np.float32]) -> Tensor:
        return on_device(values, self.engine.device)

    def pace(self, rate: float, intensity: float, powers: Figures) -> None:
        for tensor in self.paces:
            powers = powers * DECAYS
            write(tensor, np.array([rate, intensity, *(1.0 - powers)], np.float32))

    def step(self, index: int, x: Tensor, y: Tensor) -> Traces:
        learners = self.learners
        sums, gradients = self.engine.scan((self.sums, self.gradients), learners.parameters, x, y)
        written = learners.parameters.custom_kernel(
            learners.first,
            learners.second,
            self.penalties,
            learners.masks,
            self.share,
            self.paces[index],
            sums,
            gradients,
            fxn=launch("update", self.source, self.sizes, outputs=4),
        )
        Tensor.realize(*written[:4])
        return self.sums, self.penalties

    def figures(self, traces: Traces) -> tuple[Figures, Figures]:
        wrong, counted = read(traces[0]).sum(1).T
        return wrong / np.maximum(counted, 1.0), read(traces[1]).sum(1)
