import re

import pytest
from hypothesis import given
from sources import complaint, written
from strategies import machines, random_bits, raw, task_of

from bonsai_compiler.errors import BonsaiError, BonsaiWarning
from bonsai_compiler.specification import machine
from bonsai_compiler.specification.machine import minimal_classes, tabulate
from bonsai_compiler.specification.task_file import load_task

GOOD = '''"""y is the input from one tick ago."""

inputs = ("x",)
outputs = ("y",)
start = False


def step(state, x):
    return x, state
'''
TWO = GOOD.replace('("y",)', '("y", "z")').replace("x, state\n", "x, (state, x)\n")
EXAMPLES = """import numpy as np

inputs = ("x",)
outputs = ("y",)


def examples(rng, batch, ticks):
    x = np.where(rng.random((batch, ticks, 1)) < 0.5, -1, 1)
    return x, x
"""


def changed(old, new, text=GOOD):
    assert old in text
    return text.replace(old, new)


STEP = "    return x, state\n"
BAD = {
    "no inputs": (changed('inputs = ("x",)\n', ""), "there is no inputs; add"),
    "no outputs": (changed('outputs = ("y",)\n', ""), "there is no outputs; add"),
    "no start": (changed("start = False\n", ""), "there is no start; add"),
    "no step": (GOOD[: GOOD.index("def")], "there is no step; add"),
    "empty outputs": (changed('("y",)', "()"), "outputs is empty"),
    "inputs a string": (changed('("x",)', '"x"'), "with a comma it is a tuple"),
    "inputs a number": (changed('("x",)', "1"), "must be a tuple of names"),
    "an input no name": (changed('("x",)', '("x y",)'), "'x y'"),
    "an input a keyword": (changed('("x",)', '("class",)'), "'class'"),
    "an input a constant": (changed('("x",)', '("None",)'), "'None'"),
    "an input a number": (changed('("x",)', "(3,)"), "3"),
    "an input twice": (changed('("x",)', '("x", "x")'), "'x' is named twice"),
    "an output like an input": (changed('("y",)', '("x",)'), "'x' is named twice"),
    "step no function": (GOOD[: GOOD.index("def")] + "step = 3\n", "must be a function"),
    "step takes too few": (changed("(state, x)", "(state)"), "line 8: step must take 2 arguments"),
    "step takes too many": (changed("(state, x)", "(state, x, z)"), r"step\(state, x\)"),
    "legal takes too few": (GOOD + "\n\ndef legal(x):\n    return x\n", "legal must take 2"),
    "an unhashable start": (changed("start = False", "start = [0]"), "use tuples"),
    "an unhashable state": (
        changed(STEP, "    return [x], state\n"),
        ":8: .*unhashable.*use tuples",
    ),
    "a hidden list": (changed(STEP, "    return (x, [1]), state\n"), "unhashable"),
    "no pair": (changed(STEP, "    return x\n"), ":8: step.*the next state, then the output"),
    "nothing returned": (changed(STEP, "    pass\n"), "the next state, then the output"),
    "an output a float": (changed(STEP, "    return x, 0.5\n"), "0.5 for 'y'; return a bool"),
    "an output -1": (changed(STEP, "    return x, -1\n"), "return a bool"),
    "an output a string": (changed(STEP, "    return x, 'True'\n"), "return a bool"),
    "an output a tuple of one": (changed(STEP, "    return x, (x,)\n"), "return a bool"),
    "too few outputs": (changed("(state, x)\n", "state\n", TWO), "a tuple of bools"),
    "too many outputs": (changed("(state, x)\n", "(x, x, x)\n", TWO), r"\(y, z\)"),
    "states without end": (
        changed("start = False", "start = 0").replace("x, state\n", "state + 1, x\n"),
        "do not close.*horizon",
    ),
    "an exception": (changed(STEP, "    y = 1\n    return x, 1 // x\n"), ":10: step.*ZeroDivision"),
    "an assertion": (changed(STEP, "    assert x, 'two\\nlines'\n" + STEP), ":9: step.*Assertion"),
    "an exit": (changed(STEP, "    raise SystemExit(3)\n"), "step.*SystemExit"),
    "an exception in legal": (GOOD + "\n\ndef legal(state, x):\n    return 1 // x\n", ":13: legal"),
    "legal answers an array": (
        GOOD + "\n\ndef legal(state, x):\n    import numpy\n    return numpy.zeros(2)\n",
        "legal",
    ),
    "nothing legal": (
        GOOD + "\n\ndef legal(state, x):\n    return False\n",
        "legal admits no input",
    ),
    "a step that remembers": (
        changed(STEP, "    seen.append(x)\n    return x, len(seen) % 2 == 0\n") + "\n\nseen = []\n",
        "asked twice",
    ),
    "a state that is a NaN": (
        changed(STEP, "    return float('nan'), x\n"),
        "equals no other; is it a NaN",
    ),
    "a step by chance": (
        "import random\n" + changed(STEP, "    return random.random(), x\n"),
        "asked twice",
    ),
    "a state that is printed on lines": (
        changed(STEP, "    import numpy\n    return numpy.zeros((2, 2)), x\n"),
        "unhashable",
    ),
    "outputs that are printed on lines": (
        changed(STEP, "    import numpy\n    return x, numpy.zeros((2, 2))\n"),
        "return a bool",
    ),
    "a very long answer": (changed(STEP, "    return [0] * 9999, x\n"), "unhashable"),
    "a very long start": (changed("start = False", "start = [0] * 9999"), "unhashable"),
    "a hash that fails": (
        changed(
            STEP,
            "    return Odd(), x\n\n\nclass Odd:\n    def __hash__(self):\n        return 1 // 0\n",
        ),
        "hash",
    ),
    "a horizon of nothing": (GOOD + "horizon = 0\n", "horizon is 0; it must be a number of ticks"),
    "a horizon in words": (GOOD + "horizon = 'ten'\n", "horizon is 'ten'"),
    "a horizon that is true": (GOOD + "horizon = True\n", "horizon is True"),
    "a chance of nothing known": (GOOD + "chance = {'z': 0.5}\n", "'z', which is no input"),
    "a chance too large": (GOOD + "chance = {'x': 1.5}\n", "from 0 to 1"),
    "a chance of nan": (GOOD + "chance = {'x': float('nan')}\n", "from 0 to 1"),
    "a chance that is a number": (GOOD + "chance = 0.5\n", "must be a dict"),
    "growth that is a number": (GOOD + "growth = 5000\n", "must be a dict"),
    "no Python": (changed("def step", "dof step"), ":8: not Python"),
    "an unclosed bracket": (changed('("x",)', '("x",'), "not Python"),
    "null bytes": (GOOD + "\x00", ""),
    "a file that raises": (GOOD + "\n1 / 0\n", ":11: .*ZeroDivisionError"),
    "a file that exits": (GOOD + "\nraise SystemExit\n", ":11: .*SystemExit"),
    "a missing module": ("import no_such_module_here\n" + GOOD, ":1: .*no_such_module_here"),
    "too many inputs": (
        changed('("x",)', "tuple(f'x{n}' for n in range(60))").replace("state, x)", "state, *x)"),
        "",
    ),
    "examples not a pair": (changed("return x, x", "return x", EXAMPLES), "pair of arrays"),
    "examples too short": (changed("return x, x", "return x[1:], x", EXAMPLES), "x of shape"),
    "examples too flat": (changed("return x, x", "return x, x[:, :, 0]", EXAMPLES), "y of shape"),
    "examples of 0 and 1": (changed("-1, 1)", "0, 1)", EXAMPLES), "other than -1 and 1"),
    "examples ragged": (changed("return x, x", "return x, [[1], [1, 2]]", EXAMPLES), "y"),
    "examples that raise": (
        changed("return x, x", "return 1 / 0", EXAMPLES),
        ":9: examples raised",
    ),
    "examples that take too few": (
        changed("(rng, batch, ticks)", "(rng)", EXAMPLES),
        "3 arguments",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_task_gets_one_line(name, tmp_path):
    text, fault = BAD[name]
    message = complaint(tmp_path, text)
    assert re.search(fault, message), message


def test_a_file_that_is_not_there_or_no_text(tmp_path):
    with pytest.raises(BonsaiError, match="cannot be read"):
        load_task(tmp_path / "missing.py")
    with pytest.raises(BonsaiError, match="is a folder"):
        load_task(tmp_path)
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe\x00x")
    with pytest.raises(BonsaiError):
        load_task(tmp_path / "bytes.py")


def test_a_good_task_says_what_it_says(tmp_path):
    task = load_task(written(tmp_path, GOOD + "horizon = 9\nchance = {'x': 0.25}\n"))
    assert (task.name, task.doc) == ("delay", "y is the input from one tick ago.")
    assert (task.inputs, task.outputs, task.state(task.start)) == (("x",), ("y",), False)
    assert (task.horizon, task.chance, task.growth) == (9, {"x": 0.25}, {})


@pytest.mark.parametrize("task_name", ["delay1", "delay2", "loop3", "replace111"])
def test_the_example_tasks_are_small_machines(tasks, task_name):
    machine = tabulate(load_task(tasks / f"{task_name}.py"))
    assert (machine.size, machine.minimal_size) == {
        "delay1": (2, 2),
        "delay2": (4, 4),
        "loop3": (3, 3),
        "replace111": (3, 3),
    }[task_name]


def test_inputs_are_plain_bools_and_outputs_may_be_any_bit(tmp_path):
    body = "    assert type(x) is bool\n    import numpy\n"
    body += "    return x, numpy.bool_(state) if x else None\n"
    machine = tabulate(load_task(written(tmp_path, changed(STEP, body))))
    assert sorted(set(machine.output.ravel().tolist())) == [-1, 0, 1]


def test_a_task_may_use_dataclasses_and_a_neighbour(tmp_path):
    (tmp_path / "beside.py").write_text("FIRST = False\n")
    text = (
        "from dataclasses import dataclass\nfrom beside import FIRST\n\n\n@dataclass(frozen=True)\n"
    )
    text += "class Memory:\n    bit: bool\n\n\n" + changed("start = False", "start = Memory(FIRST)")
    text = text.replace("x, state\n", "Memory(x), state.bit\n")
    assert tabulate(load_task(written(tmp_path, text))).size == 2


@given(machines())
def test_the_table_says_what_step_does(task):
    machine, own = tabulate(task), raw(task)
    state, row = own.start, 0
    for bits in map(tuple, random_bits(20, len(task.inputs)).tolist()):
        letter = sum(bit << place for place, bit in enumerate(reversed(bits)))
        assert machine.legal[row, letter] == own.legal(state, *bits)
        if not machine.legal[row, letter]:
            assert machine.successor[row, letter] == -1
            break
        state, result = own.step(state, *bits)
        wanted = result if isinstance(result, tuple) else (result,)
        codes = {True: 1, False: -1, None: 0}
        assert machine.output[row, letter].tolist() == [codes[value] for value in wanted]
        row = machine.successor[row, letter]


@given(machines(partial=False))
def test_classes_behave_alike(task):
    machine = tabulate(task)
    classes = minimal_classes(machine)
    for one in range(machine.size):
        for other in range(machine.size):
            if classes[one] == classes[other]:
                assert (machine.output[one] == machine.output[other]).all()
                following = classes[machine.successor[[one, other]]]
                assert (following[0] == following[1]).all()


def test_a_horizon_needs_no_closing_machine():
    table = {(tick, ()): (tick + 1, False) for tick in range(99)}
    machine = tabulate(task_of(table, 0, 1, horizon=5))
    assert machine.size >= 5
    assert machine.horizon == 5


def test_states_first_met_at_the_horizon_lead_nowhere_and_no_others():
    """Of five ticks the last leads to a state that is not in the table."""
    table = {(tick, ()): (tick + 1, False) for tick in range(99)}
    machine = tabulate(task_of(table, 0, 1, horizon=5))
    assert machine.successor[:, 0].tolist() == [1, 2, 3, 4, -1]
    assert (machine.successor < machine.size).all()


def test_a_state_without_legal_input_ends_the_sequence():
    table = {(state, (bit,)): (state + 1, bit) for state in range(3) for bit in (False, True)}
    legal = {(state, (bit,)): state < 2 for state in range(3) for bit in (False, True)}
    machine = tabulate(task_of(table, 1, 1, legal))
    assert machine.size == 3
    assert not machine.legal[2].any()


def test_where_states_go_on_and_on_it_is_said_once_while_they_are_looked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "LONG", 0.0)
    endless = changed("start = False", "start = 0").replace("x, state\n", "state + 1, x\n")
    task = load_task(written(tmp_path, endless))
    with (
        pytest.warns(BonsaiWarning, match="2 states so far, 100 at most; bound what") as said,
        pytest.raises(BonsaiError, match="do not close within 100"),
    ):
        tabulate(task, limit=100)
    assert len(said) == 1
