"""Descent on a table: the kernel and the tensors against numpy, and that against differences.

The tensors take seconds a step, so that the kernel meets them on small cases, and the plain
equations of backpropagation and of Adam on all.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from bonsai_compiler.devices.opencl import opencl_devices
from bonsai_compiler.growth.architecture import Architecture, initial_population
from bonsai_compiler.growth.descent import Descent, Learners, Pace, TensorDescent, learners_of
from bonsai_compiler.growth.descent import ordered as rows_of_steps
from bonsai_compiler.growth.evaluation import results
from bonsai_compiler.growth.table import Table
from bonsai_compiler.ir.activation import Activation

DEVICES = opencl_devices()
"""Found before anything imports tinygrad, which looks for OpenCL once."""

STEPS = 3
BENT, STRAIGHT, SMOOTH = (Activation("ameo", factor, 0.1) for factor in (0.2, 1.0, 0.0))


@dataclass(frozen=True)
class Sizes:
    """What a random case is made of."""

    inputs: int = 2
    bits: int = 2
    hidden: int = 4
    outputs: int = 2
    rows: int = 9
    batch: int = 256
    replicas: int = 3
    activation: Activation = BENT
    asks: float = 0.8
    pull: float = 0.0


CASES = {
    "all rows, an odd number": Sizes(),
    "one row": Sizes(rows=1),
    "no inputs": Sizes(inputs=0, activation=STRAIGHT),
    "no states": Sizes(bits=0, hidden=2, activation=SMOOTH),
    "neither": Sizes(inputs=0, bits=0, outputs=1, rows=1),
    "no hidden neurons": Sizes(hidden=0, inputs=3),
    "more rows than a chunk, of one replica": Sizes(rows=37, replicas=1, inputs=3),
    "more rows than a batch": Sizes(rows=41, batch=19, hidden=6, outputs=3),
    "more replicas than lanes": Sizes(replicas=11, hidden=2, rows=5),
    "a pull": Sizes(pull=0.3, activation=STRAIGHT),
    "nothing asked": Sizes(asks=0.0, pull=0.1),
}
SMALL = {
    "tiny": Sizes(inputs=1, bits=1, hidden=2, outputs=1, rows=3, replicas=1, pull=0.1),
    "tiny, without hidden neurons": Sizes(hidden=0, bits=1, rows=3, batch=2, replicas=2),
    "tiny, without states": Sizes(inputs=1, bits=0, hidden=2, outputs=1, rows=2, replicas=1),
}
CASES |= SMALL


@dataclass(frozen=True)
class Case:
    """Learners that have some masks, some codes, and moments of 5 steps; and what they learn."""

    architecture: Architecture
    learners: Learners
    table: Table
    order: npt.NDArray[np.int32]
    pace: Pace


Found = tuple[Learners, npt.NDArray[Any]]


def table_of(sizes: Sizes, rng: np.random.Generator) -> Table:
    states = 1 if sizes.bits == 0 else 3
    asked = rng.random((sizes.rows, sizes.outputs)) < sizes.asks
    after = rng.integers(0, states, sizes.rows)
    return Table(
        rng.choice([-1.0, 1.0], (sizes.rows, sizes.inputs)).astype(np.float32),
        (rng.choice([-1.0, 1.0], asked.shape) * asked).astype(np.float32),
        rng.integers(0, states, sizes.rows).astype(np.int32),
        np.where(rng.random(sizes.rows) < sizes.asks, after, -1).astype(np.int32),
        states,
    )


@lru_cache
def case(name: str) -> Case:
    sizes = CASES[name]
    rng = np.random.default_rng(sorted(CASES).index(name))
    table = table_of(sizes, rng)
    architecture = Architecture(
        sizes.inputs, sizes.bits, sizes.hidden, sizes.outputs, sizes.activation
    )
    shape = sizes.replicas, architecture.parameters
    # Wider than usual, so that every piece of the activation is met.
    population = 2.0 * initial_population(architecture, sizes.replicas, rng)
    masks = architecture.real() & (rng.random(shape) < 0.8)
    codes = rng.choice([-1.0, 0.0, 1.0], (sizes.replicas, table.states, sizes.bits))
    first, second = rng.normal(0.0, 0.1, (2, *shape)).astype(np.float32)
    learners = replace(
        learners_of(population, masks, codes.astype(np.float32)),
        first=first * masks,
        second=second**2 * masks,
        steps=5,
    )
    order = rows_of_steps(table, STEPS, sizes.batch, rng)
    return Case(architecture, learners, table, order, Pace(0.01, sizes.pull))


def descended(given: Case, descent: Descent) -> Found:
    return descent.descend(given.architecture, given.learners, given.table, given.order, given.pace)


class PlainDescent:
    """What both engines have to do, in double precision."""

    device = "PYTHON"

    def descend(self, architecture: Any, learners: Any, table: Any, order: Any, pace: Any) -> Found:
        given = Case(architecture, learners, table, order, pace)
        p, m, v = (
            getattr(learners, name).astype(np.float64) for name in ("parameters", "first", "second")
        )
        losses = np.zeros(len(learners))
        for step, rows in enumerate(order, learners.steps + 1):
            losses, gradient = plain_slopes(given, p, rows)
            slope = learners.masks * (gradient + pace.pull * np.where(p < 0, -1.0, 1.0))
            m = 0.9 * m + 0.1 * slope
            v = 0.999 * v + 0.001 * slope**2
            p = p - pace.rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        moved = Learners(p, learners.masks, m, v, learners.codes, learners.steps + len(order))
        return moved, losses


def plain_slopes(given: Case, population: Any, rows: Any) -> tuple[Any, Any]:
    """The losses on some rows, and their gradients: backpropagation as the text has it."""
    shape, table, codes, bits = (
        given.architecture,
        given.table,
        given.learners.codes,
        given.architecture.bits,
    )
    hidden, last = shape.layers(population.astype(np.float64))

    def slope(x: Any) -> Any:
        return (shape.activation(x + 1e-6) - shape.activation(x - 1e-6)) / 2e-6

    read = np.zeros((len(population), len(rows), shape.reads))
    read[:, :, 0] = 1.0
    read[:, :, 1 : 1 + shape.inputs] = table.x[rows]
    read[:, :, shape.state_rows] = codes[:, table.before[rows]]
    below = read @ hidden
    full = np.concatenate([read, shape.activation(below)], axis=2)
    above = full @ last
    missed = shape.activation(above)
    missed[:, :, :bits] -= codes[:, table.after[rows]]
    missed[:, :, bits:] -= table.y[rows]
    counts = np.ones((len(rows), shape.columns))
    counts[:, :bits] = 1.0 * (table.after[rows] >= 0)[:, None]
    counts[:, bits:] = table.y[rows] != 0
    missed *= counts
    back = 2.0 * missed * counts * slope(above) / len(rows)
    further = (back @ last[:, shape.reads :].swapaxes(1, 2)) * slope(below)
    parts = read.swapaxes(1, 2) @ further, full.swapaxes(1, 2) @ back
    gradient = np.concatenate([part.reshape(len(population), -1) for part in parts], axis=1)
    return (missed**2).sum(2).mean(1), gradient


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


def plain_loss(given: Case, population: Any, rows: npt.NDArray[np.int32]) -> npt.NDArray[Any]:
    """The loss as the text has it, row by row, in double precision."""
    table, codes, bits = given.table, given.learners.codes, given.architecture.bits
    found = results(given.architecture, population, codes, table)
    losses = np.zeros(len(population))
    for replica in range(len(population)):
        for row in rows:
            if table.after[row] >= 0:
                missed = found[replica, row, :bits] - codes[replica, table.after[row]]
                losses[replica] += (missed**2).sum()
            counts = table.y[row] != 0
            losses[replica] += ((found[replica, row, bits:] - table.y[row])[counts] ** 2).sum()
    return losses / len(rows)


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
    "a lost mask": ("mask[k] * (gradient", "(gradient"),
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
}
TRIED = (
    "all rows, an odd number",
    "more rows than a batch",
    "a pull",
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
