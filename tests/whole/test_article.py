"""The article's own networks: its printed weights compile, and its graphs are proved."""

import pytest
from article import DELAY1, DELAY2, LOOP3

from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.equivalence.system import GraphSystem, MachineSystem, ProgramSystem
from bonsai_compiler.ir.graph import Dialect, size
from bonsai_compiler.ir.text import load
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.networks.lift import lift
from bonsai_compiler.oracle.compare import compare
from bonsai_compiler.oracle.oracle import SpecificationOracle
from bonsai_compiler.passes import HOLD_TO_LEVELS, REDUCE, ROUND
from bonsai_compiler.passes.manager import Manager
from bonsai_compiler.passes.pipeline import compile_graph
from bonsai_compiler.passes.simplify import Simplify
from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.specification.task_file import load_task


def specification(tasks, name):
    return MachineSystem(tabulate(load_task(tasks / f"{name}.py")))


def compiled(graph, wanted):
    manager = Manager(SpecificationOracle(wanted))
    steps = compile_graph(graph, manager)
    assert steps.settled
    return steps


def test_the_printed_weights_of_delay1_compile_to_a_proved_program(tasks, tmp_path):
    wanted = specification(tasks, "delay1")
    whole = compiled(lift(DELAY1, "delay1", ("x",), ("y",)), wanted)
    assert len(whole.neurons.states) == len(whole.graph.states) == 1
    path = tmp_path / "delay1.py"
    path.write_text(BACKENDS["python"](whole.graph))
    assert compare(ProgramSystem(load_task(path)), wanted).kind == "proved"


def test_the_steps_are_named_and_checked(tasks):
    whole = compiled(lift(DELAY1, "delay1", ("x",), ("y",)), specification(tasks, "delay1"))
    names = [step.name for step in whole.steps]
    holding, reducing = ([item.name for item in table] for table in (HOLD_TO_LEVELS, REDUCE))
    first = ["lift", *holding, *reducing]
    assert names[: len(first)] == first
    assert set(names[len(first) : -2]) <= {item.name for item in ROUND}
    assert names[-2:] == ["lower", "simplify"]
    assert {step.check for step in whole.steps[3:]} == {"proved"}
    assert all(step.checks > 0 for step in whole.steps[1:4])


@pytest.mark.parametrize(
    ("text", "name", "published"), [(DELAY2, "delay2", (4, 4, 2)), (LOOP3, "loop3", (4, 5, 2))]
)
def test_a_published_graph_is_proved_and_gets_no_larger(tasks, text, name, published):
    graph, wanted = load(text), specification(tasks, name)
    verify(graph)
    assert (size(graph).neurons, size(graph).weights, size(graph).states) == published
    assert compare(GraphSystem(graph), wanted).kind == "proved"
    whole = compiled(graph, wanted)
    smaller = size(whole.neurons)
    assert smaller.weights <= published[1]
    assert smaller.states <= published[2]
    assert compare(GraphSystem(whole.graph), wanted).kind == "proved"


def test_the_logic_of_loop3_is_an_xnor_and_a_not(tasks):
    whole = compiled(load(LOOP3), specification(tasks, "loop3"))
    assert whole.graph.dialect is Dialect.LOGIC
    expressions = sorted(str(node.expression) for node in whole.graph.logic)
    assert expressions in (["not s3", "s1 == s3"], ["not s3", "s3 == s1"])
    assert Simplify().apply(whole.graph) == whole.graph


def test_the_logic_of_delay2_is_two_states_in_a_row(tasks):
    whole = compiled(load(DELAY2), specification(tasks, "delay2"))
    assert whole.graph.logic == ()
    assert [state.next for state in whole.graph.states] == ["s1", "x"]
    assert [state.name for state in whole.graph.states] == ["s0", "s1"]


def test_a_wrong_network_does_not_pass(tasks):
    wanted = specification(tasks, "delay2")
    graph = lift(DELAY1, "delay1", ("x",), ("y",))
    found = compare(GraphSystem(graph), wanted)
    assert (found.kind, len(found.counterexample.inputs)) == ("refuted", 2)
    assert not compile_graph(graph, Manager(SpecificationOracle(wanted))).settled
