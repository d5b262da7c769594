"""The OpenCL kernels against the tensor engine, and both against 64-bit finite differences."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from bonsai_compiler.activation import Activation
from bonsai_compiler.growth.kernels import float_literal, kernel_folder, mirrored, render_scan
from bonsai_compiler.growth.opencl import opencl_devices
from bonsai_compiler.growth.shape import Shape, initial_population, to_network
from bonsai_compiler.network import Network

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
    "codes of two cells, no inputs": Shape(0, ((2, 1), (2, 2)), 2, Activation("ameo", 0.0, 0.1), 2),
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
    places: npt.NDArray[np.int32] | None = None


@lru_cache
def case(name: str, length: int = TICKS) -> Case:
    from bonsai_compiler.growth.tensor_engine import TensorEngine

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
    from bonsai_compiler.growth.kernel_engine import KernelEngine

    if not opencl_devices():
        pytest.skip("no OpenCL here")
    engine = KernelEngine(given.shape, opencl_devices()[0], render)
    return results(engine, given.population, given.x, given.y, given.places)


def agree(found: Results, expected: Results) -> bool:
    return all(
        np.allclose(one, other, rtol=1e-4, atol=1e-4 * max(1.0, float(np.abs(other).max())))
        for one, other in zip(found, expected, strict=True)
    )


def evaluate(network: Network, x: Floats) -> Floats:
    """Return the outputs (batch, ticks, outputs) of one network in double precision."""
    states = [np.repeat(cell.initial_state[None], len(x), 0) for cell in network.cells]
    rows = []
    for tick in range(x.shape[1]):
        current = x[:, tick]
        for index, cell in enumerate(network.cells):
            reads = np.concatenate([current, states[index]], 1)
            current = cell.output_activation(reads @ cell.output_kernel + cell.output_bias)
            states[index] = cell.recurrent_activation(
                reads @ cell.recurrent_kernel + cell.recurrent_bias
            )
        rows.append(current @ network.layers[0].weights.T + network.layers[0].bias)
    return np.stack(rows, 1)


@pytest.mark.parametrize("name", SHAPES)
def test_kernels_and_tensors_agree(name: str) -> None:
    assert agree(run_kernels(case(name)), case(name).expected)


CODED = [name for name in SHAPES if SHAPES[name].starts > 1]


@pytest.mark.parametrize("name", CODED)
def test_kernels_and_tensors_agree_on_short_excursions(name: str) -> None:
    for length in (1, 2):
        assert agree(run_kernels(case(name, length)), case(name, length).expected)


@pytest.mark.parametrize("name", CODED)
def test_one_tick_from_codes_agrees_with_finite_differences(name: str) -> None:
    """Over one tick no slope is damped on its way back, so the slopes are the true ones."""
    given = case(name, 1)
    assert given.places is not None
    begins, ends = given.places[: 2 * BATCH].reshape(2, BATCH)
    shape, x, y = given.shape, given.x[:, 0].astype(np.float64), given.y[:, 0].astype(np.float64)
    codes_weight = shape.outputs / sum(states for _, states in shape.cells)

    def loss(parameters: Floats) -> float:
        network = to_network(shape, parameters)
        total, current, every = 0.0, x, []
        for cell, layout in zip(network.cells, shape.layout, strict=True):
            field = layout.initial_state
            codes = parameters[field.offset : field.end].reshape(shape.starts, layout.states)
            every.append(codes)
            reads = np.concatenate([current, codes[begins]], 1)
            following = cell.recurrent_activation(
                reads @ cell.recurrent_kernel + cell.recurrent_bias
            )
            missed = (following - codes[ends])[ends >= 0]
            total += codes_weight * float((missed**2).sum())
            current = cell.output_activation(reads @ cell.output_kernel + cell.output_bias)
        outputs = current @ network.layers[0].weights.T + network.layers[0].bias
        total += float((((outputs - y) * y**2) ** 2).sum())
        rows = np.concatenate(every, 1)
        near = 1.0 - ((rows[:, None] - rows[None]) ** 2).sum(2) / 4.0
        pairs = np.maximum(near, 0.0)[np.triu_indices(shape.starts, 1)]
        return total / float((y**2).sum()) + 2.0 / shape.starts * float((pairs**2).sum())

    for replica, start in enumerate(given.population.astype(np.float64)):
        slopes = np.array(
            [(loss(start + move) - loss(start - move)) / 2e-6 for move in 1e-6 * np.eye(len(start))]
        )
        losses, gradients, _ = given.expected
        assert np.allclose(losses[replica], loss(start), rtol=1e-4)
        scale = max(1.0, float(np.abs(slopes).max()))
        assert np.allclose(gradients[replica], (replica + 1) * slopes, rtol=1e-3, atol=1e-3 * scale)


@pytest.mark.parametrize("name", [name for name in SHAPES if name not in CODED])
def test_tensors_agree_with_finite_differences(name: str) -> None:
    given = case(name)
    counts = given.y.astype(np.float64) ** 2
    for replica, start in enumerate(given.population.astype(np.float64)):

        def loss(parameters: Floats) -> float:
            outputs = evaluate(to_network(given.shape, parameters), given.x.astype(np.float64))
            return float((((outputs - given.y) ** 2) * counts).sum() / counts.sum())

        outputs = evaluate(to_network(given.shape, start), given.x.astype(np.float64))
        slopes = np.array(
            [(loss(start + move) - loss(start - move)) / 2e-6 for move in 1e-6 * np.eye(len(start))]
        )
        losses, gradients, expected = given.expected
        assert np.allclose(losses[replica], loss(start), rtol=1e-4)
        assert np.allclose(expected[replica], outputs, rtol=1e-4, atol=1e-4)
        scale = max(1.0, float(np.abs(slopes).max()))
        assert np.allclose(gradients[replica], (replica + 1) * slopes, rtol=1e-3, atol=1e-3 * scale)


BROKEN = {
    "a wrong sign": ("error[tick][o] = (sum - target)", "error[tick][o] = (sum + target)"),
    "a lost leak": ("(floats)(0.1f)", "(floats)(0.0f)"),
    "a wrong breakpoint": ("place > 2.0f", "place > 2.5f"),
    "a slope of another piece": ("*slope = rise", "*slope = sum"),
    "a state of the wrong tick": ("tick ? value_0[tick - 1]", "tick ? value_0[tick]"),
    "a tick left out on the way back": ("tick >= 0; --tick", "tick > 0; --tick"),
    "an initial state without gradient": ("carried_0[k];", "0.0f;"),
    "outputs that count though they may be anything": ("* counts;", ";"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_kernel_is_refuted(fault: str) -> None:
    right, wrong = BROKEN[fault]

    def render(shape: Shape, **sizes: Any) -> str:
        source = render_scan(shape, **sizes)
        assert not sizes["gradient"] or right in source
        return source.replace(right, wrong)

    assert not agree(run_kernels(case("one cell"), render), case("one cell").expected)


CODE_FAULTS = {
    "codes that crowd": ("near * near * counts", "0.0f"),
    "a push the wrong way": (
        "LANE(gradient[second], 0) += push",
        "LANE(gradient[second], 0) -= push",
    ),
    "a state held to another's code": (
        "const int place = places[(tick + 1)",
        "const int place = places[(tick)",
    ),
    "a beginning in the first code": ("places[first + lane] * 2 + i];", "0 * 2 + i];"),
    "a code that is not drawn along": (
        "LANE(gradient[code], lane) -=",
        "LANE(gradient[code], lane) +=",
    ),
    "a slope that is not damped": ("(tick ? 0.8f : 1.0f)", "1.0f"),
    "ticks past the length": ("const int length = places[32]", "const int length = 2"),
}


@pytest.mark.parametrize("fault", CODE_FAULTS)
def test_a_kernel_that_treats_codes_wrongly_is_refuted(fault: str) -> None:
    right, wrong = CODE_FAULTS[fault]

    def render(shape: Shape, **sizes: Any) -> str:
        source = render_scan(shape, **sizes)
        assert not sizes["gradient"] or right in source
        return source.replace(right, wrong)

    assert not agree(run_kernels(case("codes"), render), case("codes").expected)


@pytest.mark.parametrize("name", ["one cell", "codes"])
@pytest.mark.parametrize("lanes", [1, 2, 4])
@pytest.mark.parametrize("groups", [1, 2])
def test_the_division_of_work_changes_nothing(lanes: int, groups: int, name: str) -> None:
    from bonsai_compiler.growth.kernel_engine import KernelEngine

    class Divided(KernelEngine):
        def build(self, gradient: bool, replicas: int, batch: int, ticks: int) -> tuple[str, int]:
            sizes = {"batch": batch, "ticks": ticks, "lanes": lanes, "groups": groups}
            return render_scan(self.shape, gradient=gradient, **sizes), groups

    given = case(name)
    engine = Divided(given.shape, opencl_devices()[0])
    found = results(engine, given.population, given.x, given.y, given.places)
    assert agree(found, given.expected)


def test_a_replica_that_overflowed_spoils_no_other() -> None:
    given = case("one cell")
    spoilt = given.population.copy()
    spoilt[0, 3] = np.nan
    found = run_kernels(Case(given.shape, spoilt, given.x, given.y, given.expected))
    assert np.isnan(found[0][0])
    assert agree(
        tuple(part[1:] for part in found),  # type: ignore[arg-type]
        tuple(part[1:] for part in given.expected),  # type: ignore[arg-type]
    )


def test_sequences_that_ask_for_nothing_cost_nothing() -> None:
    given = case("one cell")
    losses, gradients, _ = run_kernels(
        Case(given.shape, given.population, given.x, np.zeros_like(given.y), given.expected)
    )
    assert not losses.any()
    assert not gradients.any()


def test_the_table_is_mirrored_where_it_is_odd() -> None:
    from bonsai_compiler.activation import Piece, ameo_pieces

    for factor in (0.0, 0.3, 1.0):
        assert mirrored(ameo_pieces(factor, 0.1))
    pieces = ameo_pieces(1.0, 0.1)
    assert not mirrored((*pieces[:-1], Piece(np.inf, 3.0, (1.0, 0.2))))
    assert not mirrored((Piece(-2.5, -3.0, (-1.0, 0.1)), *pieces[1:]))


def test_a_table_that_is_not_odd_is_rendered_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bonsai_compiler.growth.kernels.mirrored", lambda _: False)
    assert agree(run_kernels(case("one cell")), case("one cell").expected)


def test_literals_are_of_single_precision() -> None:
    assert float_literal(1) == "1.0f"
    assert float_literal(-0.25) == "-0.25f"
    assert float_literal(1e-7) == "1e-07f"


def test_the_templates_are_found() -> None:
    assert (kernel_folder() / "scan.cl.j2").is_file()
