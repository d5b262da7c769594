"""Growth from a table on fixed seeds with small populations."""

import pickle
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from growing import MACHINES, SMALL, Seen, bounded, careless, grown, lifted, texts
from machines import delay2, loop3, modulo3, tabulate

from bonsai_compiler.devices.choice import Choice
from bonsai_compiler.devices.opencl import opencl_devices
from bonsai_compiler.equivalence.system import MachineSystem
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.codes import members
from bonsai_compiler.growth.generations import WIDEST
from bonsai_compiler.growth.grow import grow
from bonsai_compiler.growth.initialization import Initialization
from bonsai_compiler.growth.progress import Progress
from bonsai_compiler.growth.stage import Stage, load_stage
from bonsai_compiler.growth.table import Table, rows_of, table_of
from bonsai_compiler.ir.text import dump, load
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.oracle.oracle import SpecificationOracle
from bonsai_compiler.workers.here import Here

pytestmark = pytest.mark.skipif(
    not opencl_devices(), reason="no OpenCL here, and without it growth takes minutes"
)


@pytest.mark.parametrize("name", MACHINES)
def test_what_is_found_is_exact_and_proved_as_it_is(name: str) -> None:
    machine = MACHINES[name]()
    population, seen = grown(name)
    assert population.solved >= 1
    assert seen.stages[-1].phase == "done"
    assert not population.mistakes.any()
    assert len(population.weights) == len(population.mistakes) == len(population.networks)
    oracle = SpecificationOracle(MachineSystem(machine))
    for place in range(len(population.networks)):
        graph = lifted(population, machine, place)
        verify(graph)
        assert load(dump(graph)) == graph
        assert oracle.verdict(oracle.candidate(graph)).kind == "proved"
        assert all(state.levels for state in graph.states)


@pytest.mark.parametrize("name", MACHINES)
def test_weights_are_counted_and_the_smallest_come_first(name: str) -> None:
    population, seen = grown(name)
    sizes = []
    for network, weights in zip(population.networks, population.weights, strict=True):
        (cell,) = network.cells
        kernels = [cell.output_kernel, cell.recurrent_kernel]
        if cell.hidden is not None:
            kernels.append(cell.hidden.weights)
        assert sum(np.count_nonzero(kernel) for kernel in kernels) == weights
        # What reads one thing alone only passes it on, and does not count; an output's bias tells
        # that it does more.
        bits = np.count_nonzero(cell.recurrent_kernel, axis=0) == 1
        outputs = np.count_nonzero(cell.output_kernel, axis=0) == 1
        passing = bits.sum() + (outputs & (cell.output_bias == 0)).sum()
        sizes.append(weights - passing + len(cell.initial_state) / 2)
    assert sizes == sorted(sizes)
    phases = [item.row.phase for item in seen.progress]
    assert phases[-1] == "done"
    assert "prune" in phases
    steps = [item.row.step for item in seen.progress]
    assert steps == sorted(set(steps))
    assert population.steps == steps[-1]


def test_the_same_seed_gives_the_same_networks_and_another_others() -> None:
    population, _ = grown("delay2")
    table = table_of(delay2())
    assert texts(grow(table, (), SMALL, 0)) == texts(population)
    assert texts(grow(table, (), SMALL, 1)) != texts(population)


def test_the_members_of_a_tasks_states_are_among_the_codes() -> None:
    table = table_of(delay2())
    ranks = members([(False, False), (False, True), (True, False), (True, True)])
    population = grow(table, ranks, SMALL, 0)
    assert not population.mistakes.any()
    # As they are, a delay is two states of two bits that only pass values on.
    assert population.weights[0] == 3
    assert texts(population) != texts(grown("delay2")[0])


def test_what_orders_many_values_needs_no_hidden_layer_with_a_bit_for_each() -> None:
    # The largest x so far, of six, written as thermometers: bits that read themselves and one of x.
    def step(most: int, *bits: int) -> tuple[int, tuple[bool, ...]]:
        most = max(most, sum(bits))
        return most, tuple(place < most for place in range(5))

    def legal(_: int, *bits: int) -> bool:
        return list(bits) == sorted(bits, reverse=True)

    machine = tabulate(step, 0, 5, 5, legal)
    population = grow(table_of(machine), members(range(6)), SMALL, 0)
    assert not population.mistakes.any()
    (cell,) = population.networks[0].cells
    assert cell.hidden is None
    assert len(cell.initial_state) == 5


@pytest.mark.parametrize("name", ["modulo3", "careless", "constant"])
def test_a_run_stopped_at_every_unit_comes_to_the_same_networks(name: str) -> None:
    table = table_of(MACHINES[name]())
    whole, seen = grown(name)
    stage, units = None, 0
    while stage is None or stage.phase != "done":
        rest: list[Stage] = []

        def stop(_: Progress, reached: Stage, kept: list[Stage] = rest) -> bool:
            kept.append(reached)
            return False

        population = grow(table, (), SMALL, 0, stage=stage, report=stop)
        assert len(rest) == 1
        assert rest[0].dump() == seen.stages[units].dump()
        stage, units = load_stage(rest[0].dump()), units + 1
    assert units == len(seen.stages)
    assert texts(population) == texts(whole)
    assert population.weights.tolist() == whole.weights.tolist()
    assert (population.steps, population.solved) == (whole.steps, whole.solved)
    assert texts(grow(table, (), SMALL, 0, stage=stage)) == texts(whole)


def test_what_a_run_yields_before_its_end_is_the_best_so_far() -> None:
    table, asked = table_of(modulo3()), []

    def pause(stage: Stage) -> bool:
        asked.append(stage)
        return len(asked) <= 1

    population = grow(table, (), replace(SMALL, steps=10), 0, pause=pause)
    assert len(asked) == 2
    assert population.steps == 10
    assert len(population.networks) == len(population.mistakes) > 0
    assert (np.diff(population.mistakes) >= 0).all()
    (begun,) = asked[1].populations
    assert population.mistakes[0] == begun.mistakes.min()
    nothing = grow(table, (), SMALL, 0, pause=lambda _: False)
    assert (nothing.steps, nothing.solved, nothing.mistakes[0]) == (0, 0, 1.0)
    assert len(nothing.networks) == 8


class Elsewhere:
    """Workers that know nothing but what they are sent, and finish in another order."""

    def __init__(self, width: int, seconds: float) -> None:
        self.width, self.seconds = width, seconds
        self.longest = 0

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()
        sent, *values = pickle.loads(pickle.dumps((function, *arguments)))
        future.set_result(pickle.loads(pickle.dumps(sent(*values))))
        return future

    def done(self, futures: Collection[Future[Any]]) -> list[Future[Any]]:
        self.longest = max(self.longest, len(futures))
        return list(futures)[-1:]

    def everywhere(self, function: Callable[..., Any], *arguments: Any) -> list[Any]:
        return [function(*arguments)] * self.width


def test_populations_are_the_same_whoever_grows_them_and_in_whatever_order() -> None:
    table, recipe, here = table_of(loop3()), replace(SMALL, populations=3, replicas=8), Seen()
    wanted = grow(table, (), recipe, 0, report=here)
    for width, seconds in ((1, 1e9), (2, 0.0), (7, 1e9)):
        there, workers = Seen(), Elsewhere(width, seconds)
        found = grow(table, (), recipe, 0, workers=workers, report=there)
        assert texts(found) == texts(wanted)
        assert there.stages[-1].rows == here.stages[-1].rows
        assert there.stages[-1].total == here.stages[-1].total
        assert workers.longest == min(width, 3)
    assert wanted.replicas == 2 * 3 * 8


def test_a_run_of_several_populations_goes_on_from_any_stage() -> None:
    table, recipe, seen = table_of(loop3()), replace(SMALL, populations=2, replicas=8), Seen()
    wanted = grow(table, (), recipe, 0, workers=Elsewhere(2, 0.0), report=seen)
    for stage in seen.stages[:: max(1, len(seen.stages) // 4)]:
        again = grow(table, (), recipe, 0, stage=load_stage(stage.dump()))
        assert texts(again) == texts(wanted)


def test_a_population_more_leaves_the_first_as_it_is_and_draws_other_codes() -> None:
    initialization = Initialization(table_of(loop3()), (), SMALL, 0)
    more = replace(initialization, recipe=replace(SMALL, populations=9))
    lone, first, second = (
        each.drawn(Stage(hidden=8), place)
        for each, place in ((initialization, 0), (more, 0), (more, 1))
    )
    assert (lone.learners.parameters == first.learners.parameters).all()
    assert (lone.learners.codes == first.learners.codes).all()
    codes = [population.learners.codes for population in (first, second)]
    assert codes[0].shape != codes[1].shape or (codes[0] != codes[1]).any()


def test_workers_that_are_not_alike_are_told_of() -> None:
    kinds = [Choice("kernel", "CL", f"CL: {name}") for name in ("one", "other", "one")]

    class Mixed(Here):
        def everywhere(self, function: Callable[..., Any], *arguments: Any) -> list[Any]:
            return kinds

    population = grow(table_of(modulo3()), (), SMALL, 0, workers=Mixed(), pause=lambda _: False)
    assert "CL: one and kernel, CL: other" in str(population.warning)


def test_a_stage_of_another_machine_is_refused() -> None:
    stage = grown("modulo3")[1].stages[0]
    for name in ("delay2", "random_machine", "loop3", "gate"):
        with pytest.raises(BonsaiError, match="of another shape; start anew"):
            grow(table_of(MACHINES[name]()), (), SMALL, 0, stage=stage)


def parity() -> Table:
    """Whether of four inputs an odd number are true: too much for a few steps."""
    return table_of(tabulate(lambda _, *bits: (0, sum(bits) % 2 == 1), 0, 4))


def test_where_nothing_is_learned_networks_get_wider_to_an_end() -> None:
    recipe = replace(SMALL, replicas=2, hidden=WIDEST // 4, steps=1, learning_rate=1e-9, batch=4)
    seen = Seen()
    population = grow(parity(), (), recipe, 0, report=seen)
    assert [stage.hidden for stage in seen.stages] == [WIDEST // 2, WIDEST, WIDEST]
    assert seen.stages[-1].phase == "done"
    assert population.mistakes[0] > 0.0


@pytest.mark.parametrize("hidden", [0, 1, 3])
def test_any_number_of_hidden_neurons_can_be_asked_for(hidden: int) -> None:
    population = grow(table_of(modulo3()), (), replace(SMALL, hidden=hidden), 0)
    assert not population.mistakes.any()
    widths = [
        0 if cell.hidden is None else len(cell.hidden.bias)
        for network in population.networks
        for cell in network.cells
    ]
    assert max(widths) <= max(hidden, hidden + 3 if hidden else 0)


def test_numbers_that_overflow_are_counted_and_do_no_harm() -> None:
    recipe, table, seen = replace(SMALL, steps=20, hidden=0, generations=1), parity(), Seen()
    before = Stage()
    first = Initialization(table, (), recipe, 0).drawn(before, 0)
    for spoilt in (slice(3), slice(None)):
        parameters = first.learners.parameters.copy()
        parameters[spoilt] = np.nan
        stage = before.having(
            replace(first, learners=replace(first.learners, parameters=parameters))
        )
        population = grow(table, (), recipe, 0, stage=stage, report=seen)
        assert population.resets == len(parameters[spoilt])
        assert seen.stages[-1].populations[0].mistakes[0] == 1.0
        for network in population.networks:
            assert np.isfinite(network.cells[0].output_kernel).all()
        assert (population.mistakes[0] == 1.0) == (len(parameters[spoilt]) == len(parameters))


def test_a_table_has_a_row_for_each_legal_state_and_letter() -> None:
    machine = careless()
    table = table_of(machine)
    assert len(table) == rows_of(machine) == machine.legal.sum() < machine.legal.size
    for x, y, before, after in zip(table.x, table.y, table.before, table.after, strict=True):
        letter = int("".join("1" if value > 0 else "0" for value in x), 2)
        assert machine.legal[before, letter]
        assert machine.successor[before, letter] == after
        assert machine.output[before, letter].tolist() == y.tolist()
    assert (table_of(bounded()).after == -1).any()
