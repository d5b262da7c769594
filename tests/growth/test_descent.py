"""Descent on a table: the kernel and the tensors against numpy, and that against differences.

The tensors take seconds a step, so that the kernel meets them on small cases, and the plain
equations of backpropagation and of Adam on all.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from descents import CASES, SMALL, STEPS, Case, Found, PlainDescent, case, descended, plain_slopes

from bonsai_compiler.devices.opencl import opencl_devices
from bonsai_compiler.growth.descent import TensorDescent
from bonsai_compiler.growth.evaluation import results

DEVICES = opencl_devices()
"""Found before anything imports tinygrad, which looks for OpenCL once."""


@lru_cache
def expected(name: str) -> Found:
    return descended(case(name), PlainDescent())


def kernels() -> Any:
    if not DEVICES:
        pytest.skip("no OpenCL here")
    from bonsai_compiler.growth.kernel_descent import KernelDescent

    return KernelDescent(DEVICES[0])


@lru_cache
def shared_kernels() -> Any:
    """One engine for all cases: its program serves every shape, and its buffers are used again."""
    return kernels()


def near(found: Found, others: Found) -> bool:
    pairs = [
        (getattr(found[0], name), getattr(others[0], name))
        for name in ("parameters", "first", "second")
    ]
    return found[0].steps == others[0].steps and all(
        np.allclose(one, other, rtol=1e-3, atol=2e-5 * max(1.0, float(np.abs(other).max())))
        for one, other in [*pairs, (found[1], others[1])]
    )


@pytest.mark.parametrize("name", CASES)
def test_the_kernel_descends_as_the_equations_say(name: str) -> None:
    found = descended(case(name), shared_kernels())
    assert near(found, expected(name))
    assert found[0].steps == 5 + STEPS
    assert not near(found, (case(name).learners, found[1]))


@pytest.mark.parametrize("name", SMALL)
def test_the_tensors_descend_as_the_equations_say(name: str) -> None:
    # tinygrad's own interpreter: slow to run, but there is nothing to compile.
    given = replace(case(name), order=case(name).order[:1])
    found = descended(given, TensorDescent("PYTHON"))
    assert near(found, descended(given, PlainDescent()))
    assert not found[0].parameters[~found[0].masks].any()
    if DEVICES:
        assert near(descended(given, shared_kernels()), found)


def test_what_is_masked_stays_away() -> None:
    for name in CASES:
        found = descended(case(name), shared_kernels())[0]
        assert not found.parameters[~found.masks].any()
        assert not found.first[~found.masks].any()


@pytest.mark.parametrize("name", ["all rows, an odd number", "more rows than a batch"])
def test_two_calls_go_on_where_one_would(name: str) -> None:
    given, engine = case(name), shared_kernels()
    whole = descended(given, engine)
    before = descended(replace(given, order=given.order[:1]), engine)[0]
    assert before.steps == 6
    rest = descended(replace(given, learners=before, order=given.order[1:]), engine)
    assert near(rest, whole)
    forgetful = replace(before, first=np.zeros_like(before.first))
    assert not near(descended(replace(given, learners=forgetful), engine), whole)


def test_the_learners_are_left_as_they_were() -> None:
    given = case("a pull")
    before = given.learners.parameters.copy(), given.learners.first.copy()
    descended(given, shared_kernels())
    assert np.array_equal(given.learners.parameters, before[0])
    assert np.array_equal(given.learners.first, before[1])


def test_a_replica_that_overflowed_spoils_no_other() -> None:
    given = case("all rows, an odd number")
    spoilt = given.learners.parameters.copy()
    spoilt[1] = np.nan
    learners = replace(given.learners, parameters=spoilt)
    found, losses = descended(replace(given, learners=learners), shared_kernels())
    assert np.isnan(losses[1])
    others = np.array([0, 2])
    whole, all_losses = expected("all rows, an odd number")
    assert near((found.take(others), losses[others]), (whole.take(others), all_losses[others]))


def plain_loss(given: Case, population: Any, runs: npt.NDArray[np.int32]) -> npt.NDArray[Any]:
    """The loss as the text has it, row by row, in double precision."""
    table, codes, bits = given.table, given.learners.codes, given.architecture.bits
    found = results(given.architecture, population, codes, table)
    losses = np.zeros(len(population))
    for replica in range(len(population)):
        for run in runs:
            for row in range(run * table.ticks, (run + 1) * table.ticks):
                if table.after[row] >= 0 and row % table.ticks == table.ticks - 1:
                    missed = found[replica, row, :bits] - codes[replica, table.after[row]]
                    losses[replica] += (missed**2).sum()
                counts = table.y[row] != 0
                told = found[replica, row, bits:]
                losses[replica] += ((told - table.y[row])[counts] ** 2).sum()
    return losses / (len(runs) * table.ticks)


@pytest.mark.parametrize("name", CASES)
def test_slopes_are_finite_differences(name: str) -> None:
    """Both sides of each step are looked at: the curve may have a corner there."""
    given, rows, small = case(name), case(name).order[0], 1e-6
    start = given.learners.parameters
    losses, gradient = plain_slopes(given, start, rows)
    here = plain_loss(given, start, rows)
    assert np.allclose(losses, here, rtol=1e-9, atol=1e-12)
    for place in np.flatnonzero(given.architecture.real()):
        sides = []
        for step in (-small, small):
            moved = start.astype(np.float64)
            moved[:, place] += step
            sides.append((plain_loss(given, moved, rows) - here) / step)
        least, most = np.sort(sides, axis=0)
        room = 1e-4 * (1.0 + np.abs(most))
        assert ((least - room < gradient[:, place]) & (gradient[:, place] < most + room)).all()


BROKEN = {
    "a wrong sign": ("weight - rate", "weight + rate"),
    "a lost mask": ("slope *= mask[k];", ""),
    "a pull the wrong way": ("+ pull * sign", "- pull * sign"),
    "a spread that is not": ("(1.0f - spread)", "1.0f"),
    "a hidden layer without slopes": ("to[0] *= sum", "to[0] = sum"),
    "outputs that count though they may be anything": ("wanted * wanted * (value", "(value"),
    "a state that is held to what nobody asked": ("after < 0 ? 0.0f", "after < 0 ? 1.0f"),
    "rows of another step": ("order + step * stride", "order"),
    "the rows of one chunk only": ("begin < batch;", "begin < 16;"),
    "states that do not count": ("known * (value", "0.0f * (value"),
    "an odd row that counts": ("ADD, reads, rows", "ADD, reads, even"),
    "a chunk that forgets the one before": ("to[0] += sum", "to[0] = sum"),
    "a state of the tick before": ("given[given_tick + row", "given[row"),
    "no way back through ticks": ("if (tick > 0)", "if (tick > ticks)"),
    "a way back that leaves out the hidden layer": (
        "ADD, even, hidden, bits",
        "ADD, even, 0, bits",
    ),
    "a mean over runs": ("2.0f / (float)(batch * ticks)", "2.0f / (float)batch"),
    "a step that pulls at biases": ("k >= (k < split ? hidden : split + columns)", "1"),
    "a step that stands elsewhere": ("pace[5] - weight", "-weight"),
}
TRIED = (
    "all rows, an odd number",
    "more rows than a batch",
    "a pull",
    "sequences",
    "a step that pulls",
)


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_kernel_is_refuted(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = kernels()
    from bonsai_compiler.growth import kernel_descent

    right, wrong = BROKEN[fault]

    class Broken:
        def get_template(self, name: str) -> Any:
            return self

        def render(self, **values: Any) -> str:
            source = sound.render(**values)
            assert right in source
            return source.replace(right, wrong)

    sound = kernel_descent.environment().get_template("descend.cl.j2")
    monkeypatch.setattr(kernel_descent, "environment", Broken)
    assert not all(near(descended(case(name), engine), expected(name)) for name in TRIED)
