"""What a trace calls the parts of a program's state: what its own `step` calls them."""

from pathlib import Path

import pytest
from command_line import table
from vcdvcd import VCDVCD

import bonsai_compiler as bonsai
from bonsai_compiler.backends.python import emit_python
from bonsai_compiler.ir.text import load
from bonsai_compiler.specification.task_file import read_task
from bonsai_compiler.traces.running import record, runner_of

HEAD = 'inputs = ("x",)\noutputs = ("y",)\n'


def states(source, ticks=2):
    """Return what the states of a task are called, in order."""
    runner = runner_of(read_task((HEAD + source).encode(), Path("named.py")))
    trace = record(runner, [(True,)] * ticks)
    return [signal.name for signal in trace.signals if signal.detail]


PAIR = "start = (False, False)\n"


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("start = 0\ndef step(depth, x): return depth + x, x", ["depth"]),
        ("start = 0\nstep = lambda depth, x: (depth + x, x)", ["depth"]),
        (PAIR + "def step(before, x): return (x, before[0]), x", ["before0", "before1"]),
        (
            PAIR + "def step(state, x):\n older, newer = state\n return (newer, x), older",
            ["older", "newer"],
        ),
        (
            PAIR + "def step(state, x):\n 'Says.'\n y = x\n [a, b] = state\n return (b, x), y",
            ["a", "b"],
        ),
        (PAIR + "def step(state, x):\n a, _ = state\n return (x, a), x", ["a", "state1"]),
        # An input has its name already.
        (PAIR + "def step(x, z):\n a, y = x\n return (z, a), z", ["a", "y_"]),
    ],
)
def test_parts_are_called_as_the_step_calls_them(source, wanted):
    assert states(source) == wanted


@pytest.mark.parametrize(
    "source",
    [
        # Each of these names would be another thing's, or nobody's.
        PAIR + "def step(state, x):\n state = state[::-1]\n a, b = state\n return (x, a), x",
        PAIR + "def step(state, x):\n if x:\n  a, b = state\n return (x, x), x",
        PAIR + "def step(state, x):\n a, *b = state\n return (x, a), x",
        PAIR + "def step(a, x):\n return (x, x), x\ndef step(state, x):\n return (x, x), x",
        PAIR + "def make():\n def step(b, x):\n  return (x, x), x\n return step\nstep = make()",
        PAIR + "def step(*given):\n a, x = given\n return (x, x), x",
        PAIR + "class Step:\n def __call__(self, b, x): return (x, x), x\nstep = Step()",
    ],
)
def test_where_the_text_leaves_doubt_there_are_numbers(source):
    assert states(source) == ["state0", "state1"]


def test_a_state_that_is_not_always_so_many_parts_is_one_signal():
    text = "start = ()\ndef step(seen, x):\n return (*seen, x)[-2:], x"
    assert states(text, 3) == ["seen"]
    unpacked = "start = (0, 0)\ndef step(state, x):\n a, b = state\n return (x, x), x"
    assert states(unpacked) == ["a", "b"]


class Older:
    """y is x from two ticks ago."""

    inputs, outputs, start = ("x",), ("y",), (False, False)

    def step(self, state, x):
        older, newer = state
        return (newer, x), older


def test_a_class_has_names_too():
    trace = bonsai.run(Older, "1 0 1")
    assert trace["older"] == (False, False, True)
    assert trace["newer"] == (False, True, False)


GRAPH = """\
graph counted (logic)
input  x in {False, True}
state  seen = False then x
state  count = 0 then n near {0, 1, 2}
logic  n = (count + x) % 3
output y = seen
output full = n
"""


def test_a_program_its_graph_and_the_files_of_both_have_the_same_names(bonsaic, tmp_path):
    (tmp_path / "counted.bonsai").write_text(GRAPH)
    (tmp_path / "counted.py").write_text(emit_python(load(GRAPH)))
    named = {}
    for suffix in ("bonsai", "py"):
        code, out, _ = bonsaic(
            "run", f"counted.{suffix}", "--all", "--trace", f"{suffix}.vcd", "--", *"1101"
        )
        assert code == 0
        dump = VCDVCD(str(tmp_path / f"{suffix}.vcd"))
        held = {name.partition("[")[0] for name in dump.signals if ".states." in name}
        columns = zip(*table(out), strict=True)
        named[suffix] = held, {name: values for name, *values in columns if name != "n"}
    assert named["py"] == named["bonsai"]
    assert {name.split(".")[-1] for name in named["py"][0]} == {"seen", "count"}
