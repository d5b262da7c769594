"""The `legal` of an emitted program: what its task refuses, as far as its states can tell."""

from pathlib import Path

import numpy as np
import pytest
from article import DELAY1
from command_line import mistake
from documents import TOP
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import finite_graphs, graphs

import bonsai_compiler as bonsai
from bonsai_compiler.backends.python import emit_python
from bonsai_compiler.driver import summaries
from bonsai_compiler.driver.summaries import EXACT, LOOSE, MERGED, ONLY, limits
from bonsai_compiler.equivalence.system import GraphSystem, MachineSystem
from bonsai_compiler.ir.expression import UnreadableError
from bonsai_compiler.ir.text import load
from bonsai_compiler.networks.network_file import dump_network
from bonsai_compiler.oracle import compare as compare_module
from bonsai_compiler.oracle.compare import as_specification
from bonsai_compiler.specification.machine import Machine, letters
from bonsai_compiler.specification.task_file import load_task, read_task

GALLERY = TOP / "docs" / "gallery"
TASKS = GALLERY.parent.parent / "tasks"


def legal_text(graph, task):
    """Return the lines of the `legal` of a graph's program, and what the header says of it."""
    wanted = as_specification(read_task(task.encode(), Path("wanted.py")))
    limited = limits(graph, wanted)
    text = emit_python(graph, header=limited.said, guard=limited.guard)
    _, found, rest = text.partition("\ndef legal")
    body = rest.partition("\n\n\n")[0].splitlines()[1:] if found else []
    return [line.strip() for line in body], limited.said


@st.composite
def restricting(draw, width):
    """A machine of a few states that asks for nothing, but finds some letters illegal."""
    count, many = draw(st.integers(1, 4)), 2**width
    allowed = np.array(draw(st.lists(st.booleans(), min_size=count * many, max_size=count * many)))
    allowed = allowed.reshape(count, many)
    allowed[0, 0] = True
    entry = st.integers(0, count - 1)
    following = draw(st.lists(entry, min_size=count * many, max_size=count * many))
    successor = np.where(allowed, np.array(following).reshape(count, many), -1).astype(np.int32)
    return successor, allowed, draw(st.none() | st.integers(1, 3))


@given(st.data())
def test_it_lets_pass_what_is_legal_and_says_what_it_cannot_refuse(data):
    """Walked hand in hand: the program as Python runs it, and the machine's own table."""
    graph = data.draw(finite_graphs() | graphs())
    width, wide = len(graph.inputs), len(graph.outputs)
    successor, allowed, horizon = data.draw(restricting(width))
    output = np.zeros((*successor.shape, wide), np.int8)
    names = [tuple(node.name for node in side) for side in (graph.inputs, graph.outputs)]
    machine = Machine(*names, successor, output, allowed, horizon)
    limited = limits(graph, MachineSystem(machine))
    space = {"__name__": "emitted"}
    exec(emit_python(graph, header=limited.said, guard=limited.guard), space)
    pairs, seen, ticks = [(space["start"], 0)], {(space["start"], 0)}, 0
    met = {}
    while pairs and (horizon is None or ticks < horizon):
        ticks, found = ticks + 1, []
        for own, state in pairs:
            passes = (
                [space["legal"](own, *bits) for bits in letters(width).tolist()]
                if ("legal" in space)
                else [True] * 2**width
            )
            assert all(type(answer) is bool for answer in passes)
            met.setdefault(own, []).append((passes, allowed[state].tolist()))
            for letter, bits in enumerate(letters(width).tolist()):
                if allowed[state, letter]:
                    after = space["step"](own, *bits)[0], int(successor[state, letter])
                    if after not in seen:
                        seen.add(after)
                        found.append(after)
        pairs = found
        assume(len(seen) < 500)
    differ = any(len({tuple(legal) for _, legal in beside}) > 1 for beside in met.values())
    told = {
        own: [any(column) for column in zip(*(legal for _, legal in beside), strict=True)]
        for own, beside in met.items()
    }
    for own, beside in met.items():
        assert all(passes == told[own] for passes, _ in beside)
    refuses = any(not all(passes) for passes in told.values())
    said = {(True, False): (EXACT,), (True, True): (LOOSE,), (False, True): (MERGED,)}
    assert limited.said == said.get((refuses, differ), ())
    assert (limited.guard is not None) == refuses


DOOR_TASK = """
inputs, outputs, start = ("open", "close"), ("y",), False
def legal(is_open, open, close):
    return not (open and is_open) and not (close and not is_open)
def step(is_open, open, close):
    return (is_open or open) and not close, is_open
"""
DOOR = """\
graph door (logic)
input  open in {False, True}
input  close in {False, True}
state  s0 = False then n
logic  n = s0 != (open or close)
output y = s0
"""


def test_a_door():
    assert legal_text(load(DOOR), DOOR_TASK) == (["return not open if s0 else not close"], (EXACT,))


TILL_TASK = """
inputs, outputs, start = {"up": range(4, 6), "coin": range(-1, 4)}, {"y": bool}, 0
def legal(n, up, coin):
    return coin not in (-1, 2) and (n < 2 or up == 4)
def step(n, up, coin):
    return min(n + (coin > 0), 2), n == 2
"""
TILL = """\
graph till (logic)
port   up in 4..5 thermometer
port   coin in -1..3 thermometer
input  up_1 in {False, True}
input  coin_1 in {False, True}
input  coin_2 in {False, True}
input  coin_3 in {False, True}
input  coin_4 in {False, True}
state  s0 = 0 then n near {0, 1, 2}
logic  n = min(s0 + coin_2, 2)
logic  o = s0 == 2
output y = o
"""


def test_integers_are_read_as_the_user_gives_them():
    lines, said = legal_text(load(TILL), TILL_TASK)
    assert said == (EXACT,)
    assert len(lines) == 1
    for n, up, coin in np.ndindex(3, 2, 5):
        space = {"s0": n, "up": up + 4, "coin": coin - 1}
        answer = eval(lines[0].removeprefix("return "), space)
        assert answer is (coin - 1 not in (-1, 2) and (n < 2 or up == 0))


COUNTER_TASK = """
inputs, outputs, start = ("x",), ("y",), 0
def legal(n, x):
    return x if n == 0 else n < 3 or not x
def step(n, x):
    return n + (1 if x else -1), n == 3
"""
COUNTER = """\
graph counter
input  x in {-1, 1}
state  s0 = -0.75 then n
neuron n = linear(1*s0 + 0.5*x)
neuron o = linear(1*s0 - 0.5)
output y = o
"""


def test_floats_are_told_apart_where_something_depends_on_it():
    assert legal_text(load(COUNTER), COUNTER_TASK) == (
        [
            "s0_level = sum(s0 > edge for edge in (-0.5, 0.5))",
            "return s0_level == 1 or x != (s0_level != 0)",
        ],
        (EXACT,),
    )
    # Where only the top matters there is one edge, and whether the state is above it is a bool.
    top = COUNTER_TASK.replace("x if n == 0 else n < 3 or not x", "n < 3 or not x")
    held = COUNTER.replace("then n\n", "then n near {-0.75, -0.25, 0.25, 0.75}\n")
    assert legal_text(load(held), top.replace("n + (1 if x else -1)", "max(n + 2 * x - 1, 0)")) == (
        ["s0_level = s0 > 0.5", "return s0_level + x != 2"],
        (EXACT,),
    )


LATE = """
inputs, outputs, start = ("x",), ("y",), False
def legal(before, x):
    return not (before and x)
def step(before, x):
    return x, before
"""


@pytest.fixture
def compiled(bonsaic, tmp_path):
    """Compiles a one-tick delay for a task called late that refuses x twice in a row."""
    (tmp_path / "net.json").write_text(dump_network(DELAY1))

    def call(task=LATE):
        (tmp_path / "late.py").write_text(task)
        return bonsaic("compile", "net.json", "--task", "late.py")

    return call


def test_task_and_program_are_equal_either_way_and_both_refuse(compiled, bonsaic):
    code, out, _ = compiled()
    assert code == 0
    assert EXACT in out.replace("\n#  ", "")
    assert "def legal(before, x):" in out
    for pair in (("late.py", "build/late/late.py"), ("build/late/late.py", "late.py")):
        code, said, _ = bonsaic("check", *pair)
        assert (code, said.startswith("proved")) == (0, True)
    for file in ("late.py", "build/late/late.py"):
        assert "the input 1 is not legal at tick 3" in mistake(bonsaic("run", file, "--", *"011"))
    code, out, _ = bonsaic("machine", "build/late/late.py", "--task", "late.py")
    assert code == 0
    assert ". is an input that cannot come" in out


def test_a_refuted_program_knows_what_is_legal_too(compiled, bonsaic):
    code, out, _ = compiled(LATE.replace("return x, before", "return x, not before"))
    assert code == 1
    assert "# REFUTED" in out
    assert "def legal(" in out
    assert "not legal" in mistake(bonsaic("run", "build/late/late.py", "--", *"011"))


def test_where_one_state_stands_for_several_the_program_may_tell_them_apart():
    """Brackets to a depth of 8 in a network that counts to 7: there no input is refused."""
    task = TASKS / "balanced_parens.py"
    result = bonsai.compile(GALLERY / "balanced_parens" / "network.json", task)
    assert limits(result.steps[-1].graph, as_specification(load_task(task))).said == (MERGED,)
    assert "def legal(depth, x):\n    return depth > 0 if x else depth < 8\n" in result.program
    assert EXACT in result.program.replace("\n#  ", "")
    assert result.verdict.kind == "proved"


def test_what_cannot_be_told_is_said(monkeypatch):
    wanted = as_specification(read_task(DOOR_TASK.encode(), Path("door.py")))

    def unreadable(*_):
        raise UnreadableError("too deep")

    with monkeypatch.context() as patch:
        patch.setattr(summaries, "guard", unreadable)
        told = limits(load(DOOR), wanted)
        assert (told.guard, told.said[0].endswith("nobody could read it.")) == (None, True)
    for name in ("PROGRAM_JOINT_STATES", "MOST_ANSWERS"):
        with monkeypatch.context() as patch:
            patch.setattr(compare_module, name, 0)
            told = limits(load(DOOR), wanted)
            assert told.guard is None
            assert told.said[0].startswith(ONLY)


def test_where_all_is_legal_nothing_is_said():
    free = as_specification(read_task(LATE.replace("legal", "lawful").encode(), Path("late.py")))
    graph = load(
        "graph g (logic)\ninput x in {False, True}\nstate s = False then x\noutput y = s\n"
    )
    for wanted in (free, None, GraphSystem(graph)):
        told = limits(graph, wanted)
        assert (told.guard, told.said) == (None, ())
