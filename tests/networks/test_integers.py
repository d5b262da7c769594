"""Networks and graphs of integers, each held against what says the same integers, or others."""

import re

import numpy as np
import pytest
from command_line import mistake
from integers import ADDITION

import bonsai_compiler
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.interpreter import run
from bonsai_compiler.ir.text import load
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.networks.network import Cell, Dense, Network
from bonsai_compiler.networks.network_file import dump_network
from bonsai_compiler.passes.lower import Lower

INTEGERS = 'inputs = {"a": range(3), "b": range(3)}\noutputs = {"s": range(3)}'
BITS = 'inputs = ("a_1", "a_2", "b_1", "b_2")\noutputs = ("s_1", "s_2")'
OTHERS = {
    "values": ('"a": range(3)', '"a": range(1, 4)', "a in 1..3 thermometer against a in 0..2"),
    "encodings": ("start", "encoding = {'a': 'binary'}\nstart", "a in 0..2 binary against a in"),
    "bools": (INTEGERS, BITS, "integers on one side and bools on the other"),
    "a bool": ('"b": range(3)', '"b": bool, "c": bool', "b (bool) against b in 0..2 thermometer"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_integers_are_not_compared_with_others(built, bonsaic, name):
    folder, _ = built
    old, new, fault = OTHERS[name]
    other = folder / "other.py"
    other.write_text(ADDITION.replace(old, new, 1).replace("carry, a, b", "carry, *values"))
    assert fault in mistake(bonsaic("check", other, folder / "addition.py"))


def test_a_wide_network_is_held_against_a_task_of_integers(tmp_path, bonsaic):
    """Nineteen bits of one digit: twenty letters, of half a million words."""
    tanh, nothing = Activation("tanh"), np.zeros(0)
    cell = Cell(np.ones((19, 1)), np.zeros(1), np.zeros((19, 0)), nothing, nothing, tanh, tanh)
    network = Network(19, 1, (cell,), (Dense(np.ones((1, 1)), np.zeros(1)),))
    (tmp_path / "wide.json").write_text(dump_network(network))
    task = tmp_path / "large.py"
    task.write_text("""\
inputs, outputs, start = {"n": range(20)}, ("y",), ()
def step(state, n):
    return state, n >= 10
""")
    for pair in ((tmp_path / "wide.json", task), (task, tmp_path / "wide.json")):
        code, out, _ = bonsaic("check", *pair)
        assert (code, out.split(":")[0]) == (0, "proved")
    assert "there are 19 inputs; 16 are the most, unless a task says which are integers" in mistake(
        bonsaic("machine", tmp_path / "wide.json")
    )


def test_a_graph_of_integers_is_not_compiled_for_bools(tmp_path):
    graph = load("""\
graph both
port   p in 0..2 thermometer
input  p_1 in {-1, 1}
input  p_2 in {-1, 1}
neuron n = linear(-1*p_1 + 1*p_2 - 1)
output y = n
""")
    task = tmp_path / "both.py"
    task.write_text("""\
inputs, outputs, start = ("p_1", "p_2"), ("y",), ()
def step(state, p_1, p_2):
    return state, p_2 and not p_1
""")
    with pytest.raises(BonsaiError, match=r"p in 0\.\.2 thermometer against p_1 \(bool\)"):
        bonsai_compiler.compile(graph, task)


SILENT = """\
graph silent
port   y in 0..2 one-hot
input  x in {-1, 1}
neuron n = linear(-1*x)
neuron never = linear(-1)
output y_0 = x
output y_1 = never
output y_2 = never
"""


def test_bits_that_mean_no_value_are_lowered_as_they_are():
    graph, bits = load(SILENT), np.array([[False], [True]])
    lowered = Lower(np.zeros((2, 0)), bits).apply(graph)
    verify(lowered, "lower")
    for name in ("y_0", "y_1", "y_2"):
        wanted, given = (run(item, bits)[name] for item in (graph, lowered))
        assert np.array_equal(np.array(wanted) > 0, np.array(given) > 0)


def test_a_task_says_what_the_bits_of_a_network_are(built, bonsaic, monkeypatch, tasks):
    folder, _ = built
    monkeypatch.chdir(folder)
    rng = np.random.default_rng(0)
    kernels = [rng.normal(size=(4, width)) for width in (3, 0)]
    ameo = Activation("ameo", 0.2, 0.1)
    cell = Cell(kernels[0], np.zeros(3), kernels[1], np.zeros(0), np.zeros(0), ameo, ameo)
    dense = Dense(rng.normal(size=(2, 3)), np.zeros(2))
    (folder / "plain.json").write_text(dump_network(Network(4, 2, (cell,), (dense,))))
    optimised = ["opt", "plain.json", "--passes", "clip(threshold=0.001)", "--task"]
    code, out, err = bonsaic(*optimised, "addition.py")
    # It is as wrong before as after the pass, and letters and outputs are those of the task.
    assert (code, out) == (1, "")
    assert re.search(r"wrong before any pass: a = [012]; b = [012]: s = ", err)
    machine = bonsaic("machine", "plain.json", "--task", "addition.py")[1]
    assert "columns are a b; entries are next state / s" in machine
    assert bonsaic("view", "plain.json", "--task", "addition.py", "-o", "plain.html")[0] == 0
    assert "has 4 inputs, but" in mistake(bonsaic(*optimised, str(tasks / "delay1.py")))
