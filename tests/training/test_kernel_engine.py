"""The OpenCL kernels against the tensor engine."""

from typing import Any

import numpy as np
import pytest
from engines import SHAPES, Case, agree, case, results, run_kernels

from bonsai_compiler.devices.opencl import opencl_devices
from bonsai_compiler.devices.templates import float_literal
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.system.reading import bundled_folder
from bonsai_compiler.training.shape import Shape

NOTHING = (np.zeros(0), np.zeros(0), np.zeros(0))


@pytest.mark.parametrize("name", SHAPES)
def test_kernels_and_tensors_agree(name: str) -> None:
    assert agree(run_kernels(case(name)), case(name).expected)


BROKEN = {
    "a wrong sign": ("(sum - target)", "(sum + target)"),
    "a lost leak": ("(floats)(-0.1f)", "(floats)(0.0f)"),
    "a wrong breakpoint": ("place <= 3.0f", "place <= 2.5f"),
    "a fold at the wrong place": ("place - 2.0f", "place - 1.5f"),
    "a slope that is not turned at 1": ("(as_choices(offset) & sign)", "0"),
    "a slope of another piece": ("*slope = rise", "*slope = sum"),
    "a state of the wrong tick": ("&reads_0[tick + 1]", "&reads_0[tick]"),
    "a tick left out on the way back": ("tick >= 0; --tick", "tick > 0; --tick"),
    "slopes of one tick only": ("column_0 = slope_0[tick]", "column_0 = slope_0[0]"),
    "an initial state without gradient": ("+= carried_0[0];", "+= 0.0f;"),
    "outputs that count though they may be anything": ("* counts;", ";"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_kernel_is_refuted(fault: str) -> None:
    from bonsai_compiler.training.kernel_engine import render_scan

    given = case("one cell")
    right, wrong = BROKEN[fault]

    def render(shape: Shape, **sizes: Any) -> str:
        source = render_scan(shape, **sizes)
        assert not sizes["gradient"] or right in source
        return source.replace(right, wrong)

    assert not agree(run_kernels(given, render), given.expected)


@pytest.mark.parametrize("lanes", [1, 2, 4])
@pytest.mark.parametrize("groups", [1, 2])
def test_the_division_of_work_changes_nothing(lanes: int, groups: int) -> None:
    from bonsai_compiler.training.kernel_engine import KernelEngine, render_scan

    class Divided(KernelEngine):
        def build(self, gradient: bool, replicas: int, batch: int, ticks: int) -> tuple[str, int]:
            sizes = {"batch": batch, "ticks": ticks, "lanes": lanes, "groups": groups}
            return render_scan(self.shape, gradient=gradient, **sizes), groups

    given = case("one cell")
    engine = Divided(given.shape, opencl_devices()[0])
    found = results(engine, given.population, given.x, given.y)
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


@pytest.mark.parametrize("factor", [0.0, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("leak", [0.0, 0.1])
def test_the_folded_curve_is_the_table(factor: float, leak: float) -> None:
    """Of a neuron that reads nothing but its bias, a replica for each; breakpoints among them."""
    activation = Activation("ameo", factor, leak)
    shape = Shape(1, ((1, 0),), 1, activation)
    biases = np.linspace(-6.0, 6.0, 1201).astype(np.float32).astype(np.float64)
    weight, bias, dense, offset = 0.0, biases, 1.0, 3.0
    population = np.empty((len(biases), shape.parameters), np.float32)
    for column, values in enumerate((weight, bias, dense, offset)):
        population[:, column] = values
    x, y = np.zeros((2, 1, 1), np.float32), np.ones((2, 1, 1), np.float32)
    _, gradients, outputs = run_kernels(Case(shape, population, x, y, NOTHING))
    values = activation(biases)
    assert np.allclose(outputs[:, 0, 0, 0], values + offset, atol=2e-6)
    slopes = gradients[:, 1] / np.arange(1.0, len(biases) + 1)
    slopes /= 2.0 * (values + offset - 1.0)
    sides = [(activation(biases + step) - values) / step for step in (-1e-6, 1e-6)]
    assert np.all(np.min(np.abs(slopes - sides), axis=0) < 1e-4)


def test_literals_are_of_single_precision() -> None:
    assert float_literal(1) == "1.0f"
    assert float_literal(-0.25) == "-0.25f"
    assert float_literal(1e-7) == "1e-07f"


def test_the_templates_are_found() -> None:
    assert (bundled_folder("kernels") / "scan.cl.j2").is_file()
