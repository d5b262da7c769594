"""The last value that is still right, and the first that is not."""

import numpy as np
import pytest

from bonsai_compiler.backends.python import emit_python
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.expression import UnreadableError
from bonsai_compiler.ir.ports import MOST_VALUES
from bonsai_compiler.ir.text import load
from bonsai_compiler.logic.guard import guard
from bonsai_compiler.logic.levels import MOST_COMPARED, observe
from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.specification.task_file import read_task

COUNTS = """\
inputs = {inputs}
outputs = {{"y": range(-1, 4)}}
start = 0


def step(state, x):
    return state, {output}
"""


def task(folder, inputs="{'x': range(2)}", output="x"):
    text = COUNTS.format(inputs=inputs, output=output)
    return read_task(text.encode(), folder / "counts.py")


@pytest.mark.parametrize(("output", "right"), [("-1", 1), ("3", 1), ("-2", 0), ("4", 0)])
def test_an_output_is_within_its_range(output, right, tmp_path):
    given = task(tmp_path, output=output)
    if right:
        assert tabulate(given).size == 1
    else:
        with pytest.raises(BonsaiError, match=f"outputs {output} for 'y'; bring it into -1 to 3"):
            tabulate(given)


@pytest.mark.parametrize("encoding", MOST_VALUES)
def test_an_integer_has_so_many_values_and_no_more(encoding, tmp_path):
    most = MOST_VALUES[encoding]
    told = "{{'x': range(5, 5 + {})}}\nencoding = {{'x': '{}'}}"
    whole = task(tmp_path, told.format(most, encoding), "0")
    assert whole.input_signals.size == most
    with pytest.raises(BonsaiError, match=f"{most} are the most"):
        task(tmp_path, told.format(most + 1, encoding), "0")
    (port,) = whole.input_signals.ports
    nodes = "".join(f"input {bit} in {{-1, 1}}\n" for bit in port.bits)
    rest = f"{nodes}neuron n = linear(1*{port.bits[0]})\noutput y = n\n"
    assert load(f"graph g\nport {port}\n{rest}", "g").ports == (port,)
    beyond = f"port {port.name} in {port.low}..{port.high + 1} {encoding}"
    with pytest.raises(BonsaiError, match=f"a {encoding} port has from 2 to {most} values"):
        load(f"graph g\n{beyond}\n{rest}", "g")


LATCH = """\
graph latch
input x in {-1, 1}
state s = 5 then n
neuron n = linear(1*x)
output y = s
"""


def test_the_start_is_a_level_though_no_pair_holds_it():
    graph = load(LATCH, "latch")
    # What x leads to is all that is looked at; the start itself is left out.
    levels = observe(graph, np.array([[-1.0], [1.0]]), np.array([[True], [False]]))
    assert levels.initial["s"] < levels.count("s")
    assert levels.values["s"][levels.initial["s"]] > 0
    far = load(LATCH.replace("output y = s", "neuron m = linear(1*s - 3)\noutput y = m"), "latch")
    levels = observe(far, np.array([[-1.0], [1.0], [5.0]]), np.array([[True], [False], [True]]))
    assert levels.values["s"][levels.initial["s"]] == 5.0


SHARED = """\
graph shared (logic)
input a in {False, True}
input b in {False, True}
state s = False then n
state t = True then n
logic n = a and b
output y = s
output z = t
"""


def test_what_two_states_take_over_is_written_once():
    program = emit_python(load(SHARED, "shared"))
    assert program.count("a and b") == 1
    assert "    n = a and b\n    return (n, n), (s, t)\n" in program
    single = SHARED.replace("state t = True then n\n", "").replace("output z = t\n", "")
    assert "    return a and b, s\n" in emit_python(load(single, "shared"))


DRIFTING = """\
graph drifting
input x in {-1, 1}
state s = 0 then n
neuron n = linear(0.5 * s + 1 * x)
output y = n
"""


@pytest.mark.parametrize("values", [MOST_COMPARED, MOST_COMPARED + 1])
def test_a_guard_tells_so_many_values_of_a_state_apart(values):
    states = np.arange(values, dtype=np.float64)[:, None]
    allowed = np.stack([states[:, 0] < 5, np.ones(values, bool)], axis=1)
    letters = np.array([[False], [True]])
    graph = load(DRIFTING, "drifting")
    if values <= MOST_COMPARED:
        edges = guard(graph, states, letters, allowed).edges
        assert [len(own) for own in edges.values()] == [1]
    else:
        with pytest.raises(UnreadableError, match="too many"):
            guard(graph, states, letters, allowed)
