"""Machines of graphs, programs and tasks: they behave as what they are of, and are minimal."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from article import DELAY1, DELAY2, LOOP3
from hypothesis import given
from hypothesis import strategies as st
from machines import walk
from strategies import finite_graphs, machines, outputs_of, outputs_of_each, random_bits, task_of

from bonsai_compiler.equivalence.system import GraphSystem, MachineSystem, Product, ProgramSystem
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.fsm.mealy import tabulated
from bonsai_compiler.ir.text import load
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.networks.lift import lift
from bonsai_compiler.specification.machine import Machine, minimal_classes, minimized, tabulate
from bonsai_compiler.specification.task_file import load_task

GRAPHS = {
    "delay1": """\
graph delay1 (logic)
input  x in {False, True}
state  s0 = False then x
output y = s0
""",
    "delay2": DELAY2,
    "loop3": LOOP3,
    "replace111": """\
graph replace111 (logic)
input  x in {False, True}
state  s0 = 0 then left near {0, 1, 2}
logic  left = 2 if x else max(s0 - 1, 0)
logic  on = x or s0 > 0
output y = on
""",
    "balanced_parens": """\
graph balanced_parens (logic)
input  x in {False, True}
state  s0 = 0 then depth near {0, 1, 2, 3, 4, 5, 6, 7, 8}
logic  depth = max(s0 - 1, 0) if x else min(s0 + 1, 8)
logic  closed = depth == 0
output y = closed
""",
    "gate_selector": """\
graph gate_selector (logic)
input  change_mode in {False, True}
input  in1 in {False, True}
input  in2 in {False, True}
state  s0 = 0 then mode near {0, 1, 2, 3}
logic  mode = (1, 2, 3, 0)[s0] if change_mode else s0
logic  both = in1 and in2
logic  late = not (in1 or in2) if mode == 2 else not both
logic  early = both if mode == 1 else late
logic  gate = in1 != in2 if mode == 0 else early
output y = gate
""",
    "mini_cpu": """\
graph mini_cpu (logic)
input  opcode in {False, True}
input  rx in {False, True}
input  tx in {False, True}
state  low = False then low_next
state  high = False then high_next
logic  target = tx if opcode else rx
logic  held = high if rx else low
logic  value = held if opcode else tx
logic  low_next = low if target else value
logic  high_next = value if target else high
output y = value
""",
}


def distinguishable(machine, one, other):
    """Whether some legal inputs tell two states apart, by trying ever longer ones."""
    seen, pairs = set(), [(one, other)]
    while pairs:
        left, right = pairs.pop()
        if (left, right) in seen:
            continue
        seen.add((left, right))
        for letter, legal in enumerate(machine.legal[left]):
            if legal != machine.legal[right, letter]:
                return True
            if legal and (machine.output[left, letter] != machine.output[right, letter]).any():
                return True
            if legal:
                pairs.append((machine.successor[left, letter], machine.successor[right, letter]))
    return False


def same(one, other):
    return all(
        np.array_equal(getattr(one, table), getattr(other, table))
        for table in ("successor", "output", "legal")
    )


@pytest.mark.parametrize("name", GRAPHS)
def test_a_task_and_a_graph_of_it_have_the_same_machine(tasks, name):
    graph, wanted = load(GRAPHS[name]), tabulate(load_task(tasks / f"{name}.py"))
    verify(graph)
    whole = tabulated(Product(GraphSystem(graph), MachineSystem(wanted)))
    assert same(minimized(whole.machine), minimized(wanted))


def test_a_trained_network_has_the_machine_of_its_task(tasks):
    graph = lift(DELAY1, "delay1", ("x",), ("y",))
    whole = tabulated(GraphSystem(graph))
    assert whole.machine.size > 2
    assert same(minimized(whole.machine), minimized(tabulate(load_task(tasks / "delay1.py"))))


@given(finite_graphs(), st.integers(0, 99))
def test_the_minimal_machine_outputs_what_the_graph_does(graph, seed):
    machine = minimized(tabulated(GraphSystem(graph)).machine)
    width = len(graph.inputs)
    alphabet = product((False, True), repeat=width)
    short = np.array(list(product(alphabet, repeat=3)), dtype=bool)
    long = random_bits(300, width, seed)
    answers = [*outputs_of_each(graph, short), outputs_of(graph, long)]
    for bits, given_answers in zip([*short, long], answers, strict=True):
        wanted = [tuple(1 if bit else -1 for bit in tick) for tick in given_answers]
        assert walk(machine, bits)[1] == wanted


@given(finite_graphs())
def test_no_two_states_of_a_minimal_machine_behave_alike(graph):
    machine = minimized(tabulated(GraphSystem(graph)).machine)
    for one, other in product(range(machine.size), repeat=2):
        assert distinguishable(machine, one, other) == (one != other)


@given(machines())
def test_classes_are_what_cannot_be_told_apart(task):
    machine = tabulate(task)
    classes = minimal_classes(machine)
    for one, other in product(range(machine.size), repeat=2):
        assert distinguishable(machine, one, other) == (classes[one] != classes[other])
    assert sorted(set(classes.tolist()), key=classes.tolist().index) == [*range(max(classes) + 1)]


@given(st.integers(0, 2**32 - 1))
def test_a_split_is_felt_through_every_letter(seed):
    rng = np.random.default_rng(seed)
    successor = rng.integers(8, size=(8, 2)).astype(np.int32)
    output = np.full((8, 2, 1), -1, dtype=np.int8)
    output[0, 0] = 1
    machine = Machine(("x",), ("y",), successor, output, np.ones((8, 2), dtype=bool))
    classes = minimal_classes(machine)
    for one, other in product(range(8), repeat=2):
        assert distinguishable(machine, one, other) == (classes[one] != classes[other])


@given(machines())
def test_a_program_beside_its_own_table_has_the_table_s_machine(task):
    wanted = MachineSystem(tabulate(task))
    whole = tabulated(Product(ProgramSystem(task), wanted))
    assert same(minimized(whole.machine), minimized(wanted.machine))
    assert same(minimized(tabulated(ProgramSystem(task)).machine), minimized(wanted.machine))


@given(machines(partial=False), st.integers(1, 4))
def test_a_horizon_ends_the_machine(task, horizon):
    limited = replace(task, horizon=horizon)
    for system in (ProgramSystem(limited), MachineSystem(tabulate(limited))):
        machine = minimized(tabulated(system).machine)
        for sequence in product(product((False, True), repeat=len(task.inputs)), repeat=horizon):
            states, outputs = walk(machine, sequence)
            assert outputs == walk(tabulate(task), sequence)[1]
            assert machine.legal[states[:-1]].all()
            assert not machine.legal[states[-1]].any()


def test_what_follows_the_horizon_is_never_asked():
    table = {(tick, ()): (tick + 1, tick == 2) for tick in range(3)}
    legal = {(tick, ()): True for tick in range(3)}
    machine = tabulated(ProgramSystem(task_of(table, 0, 1, legal, horizon=3))).machine
    assert machine.output[:, 0, 0].tolist() == [-1, -1, 1, 0]
    assert machine.successor[:, 0].tolist() == [1, 2, 3, -1]


def test_a_drifting_state_has_no_machine():
    text = "graph g\ninput x in {-1, 1}\nstate s = 0 then n\n"
    halving = load(text + "neuron n = linear(0.5*s + 0.3*x)\noutput y = n\n")
    assert tabulated(GraphSystem(halving)) is None
    held = load(text + "neuron n = linear(0*s + 0.3*x)\noutput y = n\n")
    assert tabulated(GraphSystem(held)).machine.size == 3


def test_different_interfaces_are_refused(tasks):
    wanted = MachineSystem(tabulate(load_task(tasks / "loop3.py")))
    with pytest.raises(BonsaiError, match="the inputs differ"):
        Product(GraphSystem(load(DELAY2)), wanted)


def test_a_long_counter_is_minimised_at_once():
    size = 4_000
    successor = (np.arange(size, dtype=np.int32)[:, None] + 1) % size
    output = np.full((size, 1, 1), -1, dtype=np.int8)
    output[-1] = 1
    legal = np.ones((size, 1), dtype=bool)
    assert minimized(Machine((), ("y",), successor, output, legal)).size == size
    output[size // 2 - 1] = 1
    assert minimized(Machine((), ("y",), successor, output, legal)).size == size // 2
