"""Where things stand in the page: apart, seen as large as can be, each step in a fitting place."""

from itertools import combinations

import numpy as np
import pytest
from browsing import NAMES
from hypothesis import given, settings
from pages import START
from strategies import graphs

from bonsai_compiler.bench.view import layered
from bonsai_compiler.differences.diff import Step
from bonsai_compiler.driver.page_model import load_page_model
from bonsai_compiler.ir.graph import Dialect, State
from bonsai_compiler.ir.text import load
from bonsai_compiler.page.scenes import edges_of, scenes


def drawn_alone(graph):
    """The drawing of a graph by itself."""
    return scenes([Step("as it stands", graph)]).drawings[0]


def names_of(graph):
    return {node.name for node in graph.nodes}


@pytest.mark.parametrize("name", NAMES)
def test_every_stage_lies_in_its_scene_and_the_last_ones_in_their_own(runs, name):
    stages = load_page_model(runs[name]).stages
    found = scenes(stages)
    neurons = [
        place for place, stage in enumerate(stages) if stage.graph.dialect is Dialect.NEURONS
    ]
    for place, stage in enumerate(stages):
        drawing = found.drawings[found.of_stage[place]]
        keys, edges = {box.key for box in drawing.boxes}, {curve.key for curve in drawing.curves}
        assert keys >= names_of(stage.graph)
        assert edges >= set(edges_of(stage.graph))
        if place in (neurons[-1], len(stages) - 1):
            assert (keys, edges) == (names_of(stage.graph), set(edges_of(stage.graph)))
    assert {box.key for box in found.boxes} == set().union(*(names_of(s.graph) for s in stages))
    assert len(found.drawings) < len(stages)


def test_a_small_change_moves_nothing():
    start = load(START)
    less = load(START.replace(" + 0.25*x", ""))
    end = load("graph g\ninput  x in {-1, 1}\noutput y = x\n")
    found = scenes([Step("lift", start), Step("drop", less), Step("dead_code", end)])
    assert found.of_stage == (0, 0, 1)
    assert [len(drawing.boxes) for drawing in found.drawings] == [6, 2]


def test_what_stays_keeps_its_side():
    start = load(
        "graph g\ninput  a in {-1, 1}\ninput  b in {-1, 1}\ninput  c in {-1, 1}\n"
        "neuron p = linear(1*a)\nneuron q = linear(1*b)\nneuron r = linear(1*c)\n"
        "output x = p\noutput y = q\noutput z = r\n"
    )
    end = load(
        "graph g\ninput  a in {-1, 1}\ninput  b in {-1, 1}\ninput  c in {-1, 1}\n"
        "output x = a\noutput y = b\noutput z = c\n"
    )
    found = scenes([Step("lift", start), Step("dead_code", end)])
    orders = [
        [box.key for box in sorted(drawing.boxes, key=lambda box: box.x) if box.kind == "input"]
        for drawing in found.drawings
    ]
    assert len(found.drawings) == 2
    assert orders[0] == orders[1]


@given(graphs())
@settings(max_examples=15)
def test_boxes_stand_apart_and_sources_above(graph):
    drawing = drawn_alone(graph)
    for one, other in combinations(drawing.boxes, 2):
        across = abs(one.x - other.x) - (one.width + other.width) / 2
        down = abs(one.y - other.y) - (one.height + other.height) / 2
        assert max(across, down) > 10
    down = {box.key: box.y for box in drawing.boxes}
    for source, target, kind in edges_of(graph):
        assert kind == "next" or down[source] < down[target]


def crossed(curve, box):
    """Whether a curve leads through a box, but for its border."""
    for at in range(0, len(curve.points) - 1, 3):
        four = np.array(curve.points[at : at + 4])
        for share in np.linspace(0, 1, 12):
            rest = 1 - share
            weights = np.array([rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3])
            x, y = weights @ four
            across = abs(x - box.x) / (box.width / 2 - 4)
            down = abs(y - box.y) / (box.height / 2 - 4)
            if (np.hypot(across, down) if box.round else max(across, down)) < 1:
                return True
    return False


@pytest.mark.parametrize("nodes", [30, 60])
def test_a_large_network_fills_a_screen_and_edges_lead_round_boxes(nodes):
    graph = layered(nodes, np.random.default_rng(1))
    drawing = drawn_alone(graph)
    _, _, width, height = drawing.view
    # A desktop's stage has some 850 x 390 pixels; names are to be read there.
    assert min(850 / width, 390 / height) > 0.5
    for curve in drawing.curves:
        for box in drawing.boxes:
            assert box.key in (curve.source, curve.target) or not crossed(curve, box)


def test_a_wide_network_is_folded_to_the_shape_of_a_screen():
    names = [f"n{place}" for place in range(40)]
    neurons = "".join(f"neuron {name} = linear(1*x)\n" for name in names)
    total = " + ".join(f"1*{name}" for name in names)
    graph = load(
        f"graph g\ninput  x in {{-1, 1}}\n{neurons}neuron d = linear({total})\noutput y = d\n"
    )
    _, _, width, height = drawn_alone(graph).view
    assert 1.2 < width / height < 2.6


def test_there_and_back_are_two_lines():
    graph = load("graph g\nstate s = 1 then n\nneuron n = linear(-1*s)\noutput y = n\n")
    assert any(isinstance(node, State) for node in graph.nodes)
    forth, back = (
        next(curve for curve in drawn_alone(graph).curves if curve.kind == kind)
        for kind in ("term", "next")
    )
    middles = [np.mean(np.array(curve.points), axis=0) for curve in (forth, back)]
    assert np.linalg.norm(middles[0] - middles[1]) > 6
