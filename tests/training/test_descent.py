"""The fused update against tinygrad's Adam on the gradients of the tensor engine."""

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from engines import BATCH, REPLICAS, TICKS, case

from bonsai_compiler.devices.opencl import opencl_devices
from bonsai_compiler.training.recipe import Recipe

RECIPE = Recipe(replicas=REPLICAS, batch=BATCH, ticks=TICKS)
STEPS = 2
POWERS = np.array([0.5, 0.9])
RATE, INTENSITY = 0.01, 0.05

Arrays = tuple[npt.NDArray[Any], ...]


def descend(kind: str) -> Arrays:
    """Return the population, Adam's moments and the last figures after STEPS steps."""
    from tinygrad import Tensor
    from tinygrad.helpers import Context

    from bonsai_compiler.devices.tensors import read, write
    from bonsai_compiler.training.descent import Descent, Learners
    from bonsai_compiler.training.kernel_engine import KernelDescent, KernelEngine
    from bonsai_compiler.training.tensor_engine import TensorDescent, TensorEngine

    given = case("one cell")
    if kind == "kernels" and not opencl_devices():
        pytest.skip("no OpenCL here")
    device = opencl_devices()[0].name if kind == "kernels" else "PYTHON"
    rng = np.random.default_rng(0)
    masks = (rng.random(given.population.shape) < 0.8).astype(np.float32)
    moments = rng.normal(0.0, 0.1, (2, *masks.shape)).astype(np.float32)
    rows = given.population * masks, moments[0] * masks, moments[1] ** 2, masks
    with Context(DEV=device.split(":")[0], PARALLEL=0, TRAINING=1):
        learners = Learners(*given.population.shape, device)
        state = learners.parameters, learners.first, learners.second
        for tensor, values in zip((*state, learners.masks), rows, strict=True):
            write(tensor, values)
        descent: Descent
        if kind == "kernels":
            engine = KernelEngine(given.shape, opencl_devices()[0])
            descent = KernelDescent(engine, RECIPE, learners, STEPS)
        else:
            descent = TensorDescent(TensorEngine(given.shape, device), RECIPE, learners)
        sequences = [Tensor(part, device=device).realize() for part in (given.x, given.y)]
        descent.pace(RATE, INTENSITY, POWERS)
        for index in range(STEPS):
            traces = descent.step(index, *sequences)
        return (*(read(tensor) for tensor in state), *descent.figures(traces))


@lru_cache
def expected() -> Arrays:
    return descend("tensors")


def near(found: Arrays, others: Arrays) -> bool:
    return all(
        np.allclose(one, other, rtol=1e-3, atol=1e-5 * max(1.0, float(np.abs(other).max())))
        for one, other in zip(found, others, strict=True)
    )


def test_kernels_and_tensors_descend_alike() -> None:
    assert near(descend("kernels"), expected())


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("slope * scale", "slope"),
        ("share[k] * sign", "share[k]"),
        ("(1.0f - bend * bend)", "1.0f"),
        ("masks[at] *", ""),
        ("/ drift", ""),
        ("/ spread", ""),
        ("first[at] = 0.9f", "first[at] = 0.99f"),
        ("slope * slope", "slope"),
    ],
)
def test_a_broken_update_is_refuted(
    right: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bonsai_compiler.training import kernel_engine

    render_update = kernel_engine.render_update

    def render(*shape: Any, **sizes: Any) -> str:
        source = render_update(*shape, **sizes)
        assert right in source
        return source.replace(right, wrong)

    monkeypatch.setattr(kernel_engine, "render_update", render)
    assert not near(descend("kernels"), expected())
