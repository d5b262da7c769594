"""Pruning of networks that learned a table: only removals, and nothing that counts."""

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bonsai_compiler.growth.architecture import Architecture, initial_population, live
from bonsai_compiler.growth.conversion import network_of
from bonsai_compiler.growth.evaluation import mistakes, results
from bonsai_compiler.growth.population import BESIDES, FAR, culled
from bonsai_compiler.growth.pruning import (
    Lines,
    compacted,
    passing,
    proposed,
    single,
    tidied,
    weights,
)
from bonsai_compiler.growth.table import Table
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.networks.network_file import dump_network

STATES = 5


@st.composite
def architectures(draw):
    """Small ones, without inputs, bits or hidden neurons too."""
    return Architecture(
        draw(st.integers(0, 3)),
        draw(st.integers(0, 4)),
        draw(st.sampled_from([0, 2, 4])),
        draw(st.integers(1, 2)),
        Activation("ameo", draw(st.sampled_from([0.2, 1.0])), 0.1),
    )


@st.composite
def lines(draw):
    """An architecture, and lines of it with few weights.

    Biases are never taken away but from outputs that read one thing alone.
    """
    architecture = draw(architectures())
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    replicas = draw(st.integers(1, 4))
    shape = replicas, architecture.parameters
    kept = rng.random(shape) < draw(st.sampled_from([0.1, 0.3, 0.6]))
    masks = architecture.real() & (kept | ~architecture.weights())
    plain = single(architecture, masks) & (rng.random((replicas, architecture.columns)) < 0.5)
    architecture.layers(masks)[1][:, 0, architecture.bits :] &= ~plain[:, architecture.bits :]
    codes = rng.choice([-1.0, 0.0, 1.0], (replicas, STATES, architecture.bits))
    population = initial_population(architecture, replicas, rng) * masks
    return architecture, Lines(population, masks, codes.astype(np.float32))


def every_row(architecture: Architecture, rng: np.random.Generator) -> Table:
    """Each state with some letters; what comes next is drawn."""
    rows = 4 * STATES
    return Table(
        rng.choice([-1.0, 1.0], (rows, architecture.inputs)).astype(np.float32),
        rng.choice([-1.0, 0.0, 1.0], (rows, architecture.outputs)).astype(np.float32),
        np.arange(rows, dtype=np.int32) % STATES,
        rng.integers(-1, STATES, rows).astype(np.int32),
        STATES,
    )


def reading(architecture: Architecture, mask) -> nx.DiGraph:
    """What reads what in one network: an edge for each weight, from what is read.

    Biases, inputs and bits of state are ("in", row), hidden neurons ("hidden", place), and results
    ("out", column); what a bit is next is what it is read as on the next tick.
    """
    own, ends = (layer[0] for layer in architecture.layers(mask[None]))
    edges = nx.DiGraph()
    edges.add_nodes_from(("out", column) for column in range(architecture.columns))
    for row, neuron in np.argwhere(own):
        edges.add_edge(("in", int(row)), ("hidden", int(neuron)), at=("own", row, neuron))
    for row, column in np.argwhere(ends):
        place = int(row) - architecture.reads
        source = ("in", int(row)) if place < 0 else ("hidden", place)
        edges.add_edge(source, ("out", int(column)), at=("ends", row, column))
    for bit in range(architecture.bits):
        edges.add_edge(("out", bit), ("in", architecture.state_rows.start + bit))
    return edges


@given(lines())
def test_live_is_what_an_output_can_depend_on(found):
    architecture, kept = found
    masks = live(architecture, kept.masks)
    for mask, result in zip(kept.masks, masks, strict=True):
        edges = reading(architecture, mask)
        needed = {("out", architecture.bits + place) for place in range(architecture.outputs)}
        needed = needed.union(*(nx.ancestors(edges, node) for node in needed))
        wanted = np.zeros((1, architecture.parameters), bool)
        layers = dict(zip(("own", "ends"), architecture.layers(wanted), strict=True))
        for source, target, at in edges.edges(data="at"):
            if at is not None and target in needed:
                assert source in needed
                layers[at[0]][0][at[1], at[2]] = True
        assert np.array_equal(result, wanted[0])
    assert np.array_equal(live(architecture, masks), masks)


@given(lines())
def test_tidying_changes_no_output_and_no_bit_that_is_left(found):
    architecture, kept = found
    tidy = tidied(architecture, kept)
    table = every_row(architecture, np.random.default_rng(0))
    before = results(architecture, kept.parameters, kept.codes, table)
    after = results(architecture, tidy.parameters, tidy.codes, table)
    alive = architecture.layers(tidy.masks)[1][:, 0].copy()
    alive[:, architecture.bits :] = True
    columns = np.broadcast_to(alive[:, None], before.shape)
    assert np.allclose(before[columns], after[columns], atol=1e-12)
    dead = ~alive[:, : architecture.bits]
    assert (tidy.codes.swapaxes(1, 2)[dead] == -1.0).all()
    assert not tidy.parameters[~tidy.masks].any()
    wrong, fewer = (
        mistakes(architecture, some.parameters, some.codes, table) for some in (kept, tidy)
    )
    assert (fewer <= wrong).all()


@given(lines())
def test_compacted_lines_are_the_same_networks_with_no_room_to_spare(found):
    architecture, kept = found
    kept = tidied(architecture, kept)
    narrow, moved = compacted(architecture, kept)
    for row in range(len(kept)):
        before, after = network_of(architecture, kept, row), network_of(narrow, moved, row)
        assert dump_network(before) == dump_network(after)
    ends = narrow.layers(moved.masks)[1]
    widest = int(ends[:, narrow.reads :].any(2).sum(1).max())
    assert narrow.hidden == widest + widest % 2
    assert narrow.bits == int(ends[:, 0, : narrow.bits].sum(1).max())
    assert np.array_equal(weights(narrow, moved.masks), weights(architecture, kept.masks))
    assert not (moved.masks & ~narrow.real()).any()
    assert not moved.parameters[~moved.masks].any()


@given(lines())
def test_what_passes_a_value_on_is_a_bit_or_an_output_without_bias_that_reads_one_thing(found):
    architecture, kept = found
    counts = passing(architecture, kept.masks)
    for mask, count in zip(kept.masks, counts, strict=True):
        edges = reading(architecture, mask)
        bias = "in", 0
        read = {node: set(edges.predecessors(node)) for node in edges if node[0] == "out"}
        alone = [
            node
            for node, sources in read.items()
            if len(sources - {bias}) == 1 and (node[1] < architecture.bits or bias not in sources)
        ]
        assert count == len(alone)


@given(lines(), st.integers(0, 1000))
def test_what_is_proposed_only_ever_removes(found, seed):
    architecture, kept = found
    kept = tidied(architecture, kept)
    before = kept.masks.copy(), kept.parameters.copy()
    tries = proposed(architecture, kept, np.random.default_rng(seed))
    assert np.array_equal(kept.masks, before[0])
    assert np.array_equal(kept.parameters, before[1])
    assert not (tries.masks & ~kept.masks & architecture.weights()).any()
    assert np.array_equal(tries.parameters, kept.parameters * tries.masks)
    assert np.array_equal(tries.masks, live(architecture, tries.masks))
    had, has = weights(architecture, kept.masks), weights(architecture, tries.masks)
    assert (has <= had).all()
    # A neuron that is taken away may have read nothing, but one that is left is read by something.
    assert ((has < had) | (had == 0) | plainer(architecture, kept, tries)).all()


def plainer(architecture: Architecture, kept: Lines, tries: Lines):
    """Whether an output has lost its bias: it read one thing alone. Others have it (again)."""
    had, has = (
        architecture.layers(some.masks)[1][:, 0, architecture.bits :] for some in (kept, tries)
    )
    alone, still = (
        single(architecture, some.masks)[:, architecture.bits :] for some in (kept, tries)
    )
    assert not (had & ~has & ~(alone & still)).any()
    assert not (has & ~had & still).any()
    assert (has | still).all()
    return (had & ~has).any(1)


def test_the_smallest_weights_go_first_and_whole_neurons_now_and_then():
    architecture = Architecture(2, 1, 6, 1, Activation("ameo", 0.2, 0.1))
    rng = np.random.default_rng(0)
    masks = np.broadcast_to(architecture.real(), (400, architecture.parameters)).copy()
    population = np.tile(initial_population(architecture, 1, rng), (400, 1))
    codes = np.tile(np.array([[-1.0], [1.0]], np.float32), (400, 1, 1))
    tries = proposed(architecture, Lines(population, masks, codes), rng)
    ends = architecture.layers(tries.masks)[1]
    neurons = ends[:, architecture.reads :].any(2).sum(1)
    assert 20 < (neurons == 5).sum() < 160
    removed = (~tries.masks & architecture.weights()).mean(0)
    sizes = np.abs(population[0])
    weighty = sizes[architecture.weights()]
    small, large = np.quantile(weighty, [0.2, 0.8])
    assert removed[architecture.weights() & (sizes < small)].mean() > 0.3
    assert removed[architecture.weights() & (sizes > large)].mean() < 0.1


@given(st.lists(st.floats(0.0, 100.0), min_size=1, max_size=50), st.booleans())
def test_what_is_far_larger_than_the_best_gives_way_to_the_best_third(measures, worst):
    sizes = np.array(measures)
    rows = culled(sizes, worst=worst)
    best = np.sort(sizes)[: max(1, len(sizes) // 3)].max()
    moved = rows != np.arange(len(sizes))
    assert (sizes[rows[moved]] <= best).all()
    assert (sizes[rows] <= max(best, FAR * sizes.min() + BESIDES)).all()
    assert (sizes[rows] <= sizes).all()
    if worst and len(sizes) >= 3:
        last = np.argsort(sizes, kind="stable")[-(len(sizes) // 3) :]
        assert moved[last].all()
    elif not worst:
        assert not moved[sizes <= FAR * sizes.min() + BESIDES].any()


def test_lines_are_taken_and_chosen_row_by_row():
    architecture = Architecture(1, 1, 0, 1, Activation("ameo", 0.2, 0.1))
    shape = 3, architecture.parameters
    one = Lines(np.zeros(shape, np.float32), np.ones(shape, bool), np.ones((3, 2, 1), np.float32))
    other = Lines(one.parameters + 1, one.masks, one.codes - 1)
    chosen = one.where(np.array([True, False, True]), other)
    assert chosen.parameters[:, 0].tolist() == [1.0, 0.0, 1.0]
    assert chosen.codes[:, 0, 0].tolist() == [0.0, 1.0, 0.0]
    assert chosen.take(np.array([1, 2, 2])).parameters[:, 0].tolist() == [0.0, 1.0, 1.0]
