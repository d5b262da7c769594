"""Random populations and sequences, and what the engines make of them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from bonsai_compiler.devices.opencl import opencl_devices
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.training.shape import Shape, initial_population

Floats = npt.NDArray[np.float64]

REPLICAS, BATCH, TICKS = 2, 8, 3
SHAPES = {
    "one cell": Shape(1, ((3, 2),), 1, Activation("ameo", 0.5, 0.1)),
    "two cells, the first without states": Shape(
        2, ((3, 0), (3, 2)), 2, Activation("ameo", 0.0, 0.0)
    ),
    "two cells with states, no inputs": Shape(0, ((2, 1), (3, 2)), 1, Activation("ameo", 0.5, 0.0)),
    "straight, without leak": Shape(3, ((2, 1),), 1, Activation("ameo", 1.0, 0.0)),
    "straight, leaky, without states": Shape(1, ((4, 0),), 3, Activation("ameo", 1.0, 0.1)),
    "smooth, leaky": Shape(1, ((2, 2),), 1, Activation("ameo", 0.0, 0.1)),
}
Results = tuple[Floats, Floats, Floats]


@dataclass(frozen=True)
class Case:
    """A population, its sequences, and what the tensor engine says of them."""

    shape: Shape
    population: npt.NDArray[np.float32]
    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.float32]
    expected: Results


@lru_cache
def case(name: str) -> Case:
    from bonsai_compiler.training.tensor_engine import TensorEngine

    shape = SHAPES[name]
    rng = np.random.default_rng(sorted(SHAPES).index(name))
    # Twice the usual size, so that every piece of the activation is met.
    population = 2.0 * initial_population(shape, REPLICAS, rng)
    x = rng.choice([-1.0, 1.0], (BATCH, TICKS, shape.inputs)).astype(np.float32)
    y = rng.choice([-1.0, 0.0, 1.0], (BATCH, TICKS, shape.outputs)).astype(np.float32)
    # tinygrad's own interpreter: slow to run, but there is nothing to compile.
    expected = results(TensorEngine(shape, "PYTHON"), population, x, y)
    return Case(shape, population, x, y, expected)


def results(engine: Any, population: Any, x: Any, y: Any) -> Results:
    """Return the engine's losses, their gradients, and the outputs."""
    from tinygrad import Tensor
    from tinygrad.helpers import Context

    with Context(DEV=engine.device.split(":")[0], PARALLEL=0):
        parameters = Tensor(population, device=engine.device).is_param_()
        sequences = [Tensor(part, device=engine.device) for part in (x, y)]
        # Not a plain sum: the gradient must carry what stands above the loss.
        factors = Tensor(
            np.arange(1.0, len(population) + 1, dtype=np.float32), device=engine.device
        )
        loss = engine.loss(parameters, *sequences)
        (loss * factors).sum().backward()
        outputs = engine.outputs(parameters, sequences[0])
        return loss.numpy(), parameters.grad.numpy(), outputs.numpy()


def run_kernels(given: Case, render: Callable[..., str] | None = None) -> Results:
    from bonsai_compiler.training.kernel_engine import KernelEngine, render_scan

    if not opencl_devices():
        pytest.skip("no OpenCL here")
    engine = KernelEngine(given.shape, opencl_devices()[0], render or render_scan)
    return results(engine, given.population, given.x, given.y)


def agree(found: Results, expected: Results) -> bool:
    return all(
        np.allclose(one, other, rtol=1e-4, atol=1e-4 * max(1.0, float(np.abs(other).max())))
        for one, other in zip(found, expected, strict=True)
    )
