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
from bonsai_compiler.training.kernels import render_scan
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
    "codes": Shape(1, ((2, 2),), 1, Activation("ameo", 0.5, 0.1), 3),
    "settled codes": Shape(1, ((2, 2),), 1, Activation("ameo", 0.5, 0.1), 3, True),
    "codes of two cells, no inputs": Shape(0, ((2, 1), (2, 2)), 2, Activation("ameo", 0.0, 0.1), 2),
}
CODED = [name for name in SHAPES if SHAPES[name].starts > 1]
Results = tuple[Floats, Floats, Floats]


@dataclass(frozen=True)
class Case:
    """A population, its sequences, and what the tensor engine says of them."""

    shape: Shape
    population: npt.NDArray[np.float32]
    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.float32]
    expected: Results
    places: npt.NDArray[np.int32] | None = None


@lru_cache
def case(name: str, length: int = TICKS) -> Case:
    from bonsai_compiler.training.tensor_engine import TensorEngine

    shape = SHAPES[name]
    rng = np.random.default_rng(sorted(SHAPES).index(name))
    # Twice the usual size, so that every piece of the activation is met.
    population = 2.0 * initial_population(shape, REPLICAS, rng)
    for cell in shape.layout:  # near enough for codes to push
        field = cell.initial_state
        population[:, field.offset : field.end] = rng.normal(
            0.0, 0.7, (REPLICAS, field.end - field.offset)
        )
    x = rng.choice([-1.0, 1.0], (BATCH, TICKS, shape.inputs)).astype(np.float32)
    y = rng.choice([-1.0, 0.0, 1.0], (BATCH, TICKS, shape.outputs)).astype(np.float32)
    places = random_places(shape, rng, y, length) if shape.starts > 1 else None
    # tinygrad's own interpreter: slow to run, but there is nothing to compile.
    expected = results(TensorEngine(shape, "PYTHON"), population, x, y, places)
    return Case(shape, population, x, y, expected, places)


def random_places(shape: Shape, rng: np.random.Generator, y: Any, length: int) -> Any:
    """Return places for sequences of `length` ticks, some of which end, and cut y to them."""
    states = rng.integers(-1, shape.starts, (TICKS + 1, BATCH)).astype(np.int32)
    states[0] = np.abs(states[0])
    states[length + 1 :] = -1
    y[:, length:] = 0.0
    return np.append(states.ravel(), np.int32(length))


def results(engine: Any, population: Any, x: Any, y: Any, places: Any = None) -> Results:
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
        at = [] if places is None else [Tensor(places, device=engine.device)]
        loss = engine.loss(parameters, *sequences, *at)
        (loss * factors).sum().backward()
        outputs = engine.outputs(parameters, sequences[0])
        return loss.numpy(), parameters.grad.numpy(), outputs.numpy()


def run_kernels(given: Case, render: Callable[..., str] = render_scan) -> Results:
    from bonsai_compiler.training.kernel_engine import KernelEngine

    if not opencl_devices():
        pytest.skip("no OpenCL here")
    engine = KernelEngine(given.shape, opencl_devices()[0], render)
    return results(engine, given.population, given.x, given.y, given.places)


def agree(found: Results, expected: Results) -> bool:
    return all(
        np.allclose(one, other, rtol=1e-4, atol=1e-4 * max(1.0, float(np.abs(other).max())))
        for one, other in zip(found, expected, strict=True)
    )
