"""Laws of the whole pipeline, over random networks that are their own specification."""

from dataclasses import replace
from itertools import product

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import all_pairs, graphs, module, outputs_of, outputs_of_each, random_bits

from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.driver.target import target_of_graph
from bonsai_compiler.equivalence.system import GraphSystem, MachineSystem
from bonsai_compiler.ir import expression, parsing
from bonsai_compiler.ir.graph import Dialect, size
from bonsai_compiler.ir.text import dump, load
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.oracle import oracle as oracle_module
from bonsai_compiler.oracle.compare import compare
from bonsai_compiler.oracle.oracle import SpecificationOracle
from bonsai_compiler.passes import discretize
from bonsai_compiler.passes.manager import Manager
from bonsai_compiler.passes.pipeline import compile_graph, diagnose_drift
from bonsai_compiler.specification.machine import Machine, tabulate
from bonsai_compiler.specification.task_file import load_task


@st.composite
def finite_graphs(draw, products=True):
    """Random networks whose states reach few values."""
    graph = draw(graphs(products=products))
    assume(all_pairs(graph, 40) is not None)
    return graph


def compiled(graph):
    manager = Manager(SpecificationOracle(GraphSystem(graph)))
    return compile_graph(graph, manager)


@settings(max_examples=60)
@given(finite_graphs(), st.integers(0, 99))
def test_a_compiled_network_is_proved_does_the_same_and_never_grows(graph, seed):
    whole = compiled(graph)
    for step in whole.steps:
        verify(step.graph, step.name)
    weights = [size(step.graph).weights for step in whole.steps if step.name != "lower"]
    assert weights[:-1] == sorted(weights[:-1], reverse=True)
    assert whole.settled
    assert whole.graph.dialect is Dialect.LOGIC
    assert compare(GraphSystem(whole.graph), GraphSystem(graph)).kind == "proved"
    sequence = random_bits(80, len(graph.inputs), seed)
    wanted = outputs_of(graph, sequence)
    assert outputs_of(whole.graph, sequence) == wanted
    assert outputs_of(whole.neurons, sequence) == wanted
    program = module(BACKENDS["python"](whole.graph))
    state = program["start"]
    for bits, expected in zip(sequence, wanted, strict=True):
        state, result = program["step"](state, *map(bool, bits))
        assert (result if isinstance(result, tuple) else (result,)) == expected


@settings(max_examples=40)
@given(finite_graphs(products=False))  # A state that is squared takes many values, and all settle.
def test_compiling_what_was_compiled_changes_nothing(graph):
    once = compiled(graph).neurons
    assert dump(compiled(once).neurons) == dump(once)


def test_every_short_sequence_is_answered_alike():
    """What compiling makes of a three-input network is run through every sequence of 3 ticks."""
    graph = load("""\
graph three
activation ameo = factor 0.5 leak 0.1
input  a in {-1, 1}
input  b in {-1, 1}
input  c in {-1, 1}
state  s0 = -0.9 then r0
neuron r0 = ameo(1.02*a + 0.97*s0 + 0.03*b - 1)
neuron n0 = ameo(0.98*b + 1.01*c + 1)
neuron o0 = ameo(0.96*r0 - 1.03*n0 + 0.02*s0 - 1)
output y = o0
""")
    whole = compiled(graph)
    sequences = np.array(list(product(product((False, True), repeat=3), repeat=3)))
    assert outputs_of_each(whole.graph, sequences) == outputs_of_each(graph, sequences)


def test_a_state_of_three_levels_is_found_beside_one_that_wanders(tasks):
    """The loop of three in one state; the network itself goes wrong, and snapping mends it."""
    graph = load("""\
graph loop3
activation ameo = factor 0.2 leak 0.1
state  s1 = 0.998 then r1
state  s2 = 0.2 then r2
neuron r1 = ameo(-1.498*s1 + 0.002*s2 + 1.5)
neuron r2 = ameo(0.9*s1 + 0.3*s2)
neuron o0 = linear(1*r1 + 0.02*s2)
output y = o0
""")
    wanted = MachineSystem(tabulate(load_task(tasks / "loop3.py")))
    assert compare(GraphSystem(graph), wanted).kind == "refuted"
    whole = compile_graph(graph, Manager(SpecificationOracle(wanted)))
    assert [len(state.levels) for state in whole.neurons.states] == [3]
    assert str(size(whole.neurons)) == "1 / 1 / 1"
    assert compare(GraphSystem(whole.graph), wanted).kind == "proved"


def test_states_that_walks_soon_leave_for_good_are_sampled_too(tasks, monkeypatch):
    """The greatest digit so far: after five ticks it is hardly ever small, but levels it has."""
    digits = range(1, 10)
    greatest = load(
        "\n".join(
            [
                "graph max_seen",
                "activation ameo = factor 0.2 leak 0.1",
                "port x in 0..9 thermometer",
                "port y in 0..9 thermometer",
                *(f"input x_{k} in {{-1, 1}}" for k in digits),
                *(f"state s{k} = -1 then r{k}" for k in digits),
                *(f"neuron r{k} = ameo(-0.6*s{k} - 0.6*x_{k} - 0.5)" for k in digits),
                *(f"output y_{k} = r{k}" for k in digits),
            ]
        )
    )
    machine = tabulate(load_task(tasks / "mips_ints" / "max_seen.py"))
    oracle = SpecificationOracle(MachineSystem(machine))
    sample = oracle.sample(greatest)
    counted = np.bincount(sample.classes, minlength=10)
    assert counted.all()
    assert counted.max() <= len(sample.states) // 7
    assert Manager(oracle).search(discretize.Discretize, greatest) == discretize.Discretize(
        {f"s{k}": (-1.0, 1.0) for k in digits}
    )
    # Where not all of the machine's states have room, any of them may be left out.
    monkeypatch.setattr(oracle_module, "SAMPLED", 5)
    few = oracle.sample(greatest).classes
    assert len(set(few)) == 5
    assert few.max() > 4


DRIFTING = load("""\
graph drifting
state s0 = 0 then r0
state s1 = -1 then r1
neuron r0 = linear(1*s0 + 0.01)
neuron r1 = linear(-1*s1)
neuron o0 = linear(1*s0 + 0.001*s1 - 0.1)
output y = o0
""")


def test_a_state_that_drifts_is_said_to():
    assert diagnose_drift(DRIFTING) == "no few levels: s0 drifts"
    manager = Manager(SpecificationOracle(GraphSystem(DRIFTING)))
    whole = compile_graph(DRIFTING, manager)
    assert not whole.settled
    snapped = next(step for step in whole.steps if step.name == "snap")
    assert snapped.summary == "no few levels: s0 drifts"


def test_what_nothing_reads_is_no_part_of_a_network_that_is_its_own_task():
    """The dead state drifts: beside it, no search would ever end."""
    graph = load("""\
graph late
input  x in {-1, 1}
state  s0 = -1 then x
state  s1 = 0 then r1
neuron r1 = linear(1*s1 + 0.1)
neuron o0 = linear(1*s0)
output y = o0
""")
    target = target_of_graph(graph, "late")
    whole = compile_graph(graph, Manager(target.oracle))
    assert whole.settled
    assert {step.check for step in whole.steps[-3:]} == {"proved"}
    assert target.oracle.verdict(GraphSystem(whole.graph)).kind == "proved"


def test_what_only_a_horizon_ends_keeps_to_no_levels(monkeypatch):
    """All that came in, as one number: seven values within two ticks, 511 within eight."""
    heap = load("""\
graph heap
input  x in {-1, 1}
state  s0 = 0 then r0
neuron r0 = linear(0.5*s0 + 1*x)
neuron o0 = linear(0.01*s0 + 1*x)
output y = o0
""")
    for way in ("_search", "_signs"):
        monkeypatch.setattr(discretize, way, lambda *_: None)
    same = Machine(
        ("x",),
        ("y",),
        np.array([[0, 0]], np.int32),
        np.array([[[-1], [1]]], np.int8),
        np.ones((1, 2), bool),
    )
    found = {}
    for horizon in (2, 8):
        oracle = SpecificationOracle(MachineSystem(replace(same, horizon=horizon)))
        assert oracle.explore(heap).closed
        found[horizon] = discretize.find_levels(heap, oracle)
    assert found == {2: {}, 8: None}


def test_a_state_that_only_never_repeats_is_not_said_to_drift():
    """The logistic map keeps to its interval, and visits it all over."""
    turning = load("""\
graph turning
activation bend = factor 1 leak 0
state s0 = 0.3 then r1
neuron r0 = bend(1.7320508*s0 + 0.1)
neuron r1 = bend(-1.9*r0 - 0.3)
neuron o0 = linear(1*s0)
output y = o0
""")
    assert diagnose_drift(turning) == "no few levels: s0 never repeats"
    assert len(np.unique(outputs_of(turning, random_bits(50, 0)))) == 2


def test_a_graph_whose_logic_nobody_could_read_stays_a_graph_of_neurons(monkeypatch):
    graph = load("""\
graph maze
activation ameo = factor 0 leak 0
input  a in {-1, 1}
input  b in {-1, 1}
state  s0 = -1 then o0
neuron o0 = ameo(1*a + 1*b + 1*s0)
output y = o0
""")
    monkeypatch.setattr(expression, "DEEPEST", 1)
    parsing.parse.cache_clear()
    whole = compiled(graph)
    parsing.parse.cache_clear()
    assert whole.settled
    assert whole.graph.dialect is Dialect.NEURONS
    assert (whole.steps[-1].name, whole.steps[-1].check) == ("lower", "")
    assert "nested too deeply" in whole.steps[-1].summary
    assert compare(GraphSystem(whole.graph), GraphSystem(graph)).kind == "proved"
