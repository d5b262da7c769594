"""Where a network stands while its machine is in each of its states."""

import drifting
import numpy as np
import pytest

from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.fsm.picture import picture_of


def inside(point, hull):
    """Whether a point lies in a convex hull whose corners go round to the left, or nearly."""
    corners = np.array(hull)
    sides = np.roll(corners, -1, axis=0) - corners
    to = np.array(point) - corners
    return bool((sides[:, 0] * to[:, 1] - sides[:, 1] * to[:, 0] >= -1e-2).all())


@pytest.fixture(scope="module")
def delay2():
    graph, machine = drifting.delay2()
    return graph, machine, picture_of(graph, machine)


def test_every_point_lies_within_the_outline_of_its_state(delay2):
    _, machine, picture = delay2
    assert set(picture.owners) == set(range(machine.size))
    for hulls, points in zip(picture.hulls, picture.points, strict=True):
        assert len(points) == len(picture.owners)
        for point, owner in zip(points, picture.owners, strict=True):
            assert inside(point, hulls[owner])


def test_states_that_no_run_has_met_stand_within_the_outlines_too(delay2):
    graph, machine, picture = delay2
    system, rng = GraphSystem(graph, machine.letters), np.random.default_rng(9)
    owners, letters = drifting.legal_letters(machine, rng, 20, 40)
    states = np.repeat(system.start(), 20, axis=0)
    for tick, coming in enumerate(letters):
        for plane, hulls in zip(picture.planes, picture.hulls, strict=True):
            seen = (states - plane.middle) @ np.array(plane.axes).T
            # What is met for the first time may stand a little beside it.
            near = [
                np.abs(np.array(hulls[own]) - at).sum(axis=1).min() < 0.1 or inside(at, hulls[own])
                for own, at in zip(owners[tick], seen, strict=True)
            ]
            assert np.mean(near) > 0.9
        states = system.step(states, coming).states


def test_the_first_plane_is_of_the_units_whose_thresholds_tell(delay2):
    _, _, picture = delay2
    units, _ = picture.planes
    assert {units.across, units.up} == {"s0", "s1"}
    assert all(units.cuts)
    assert picture.bits == pytest.approx(2, abs=0.3)
    told = [unit.bits for unit in picture.units]
    assert told == sorted(told, reverse=True)
    # Each holds a bit, and a trace of the other.
    assert all(0.9 < bits <= picture.bits for bits in told)


def test_there_is_no_picture_where_there_is_nothing_to_see():
    graph, machine = drifting.parity()
    assert len(graph.states) == 1
    assert picture_of(graph, machine) is None
