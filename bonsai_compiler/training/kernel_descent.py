"""Training steps as two launches each: the fused scan, then the update of every weight."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from tinygrad import Tensor

from bonsai_compiler.devices.launches import launch
from bonsai_compiler.devices.tensors import on_device, read, write
from bonsai_compiler.training.descent import DECAYS, Learners, Traces
from bonsai_compiler.training.kernel_engine import KernelEngine
from bonsai_compiler.training.kernels import render_update
from bonsai_compiler.training.pool import Figures
from bonsai_compiler.training.recipe import Recipe
from bonsai_compiler.training.shape import regular_share


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

    def step(self, index: int, x: Tensor, y: Tensor, *places: Tensor) -> Traces:
        learners = self.learners
        sums, gradients = self.engine.scan(
            (self.sums, self.gradients), learners.parameters, x, y, *places
        )
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
