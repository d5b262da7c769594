"""A task of small integers the whole way: read, compiled, proved, emitted, run and shown."""

import json
from functools import partial

import numpy as np
import pytest
from command_line import mistake
from integers import ADDITION, NETWORK
from oracles.mips_ints import addition
from sources import complaint, written

from bonsai_compiler.driver.build import build
from bonsai_compiler.driver.emission import emit
from bonsai_compiler.driver.target import target_of_task
from bonsai_compiler.equivalence.system import MachineSystem, ProgramSystem
from bonsai_compiler.ir.text import load
from bonsai_compiler.oracle.compare import compare
from bonsai_compiler.passes.manager import Manager
from bonsai_compiler.passes.pipeline import compile_graph
from bonsai_compiler.schedule.origin import Origin
from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.specification.task_file import load_task


def test_the_emitted_program_is_proved_and_takes_integers(built):
    folder, result = built
    assert result.verdict.kind == "proved"
    # Nine letters in two states, not sixteen words of four bits.
    assert tabulate(load_task(folder / "addition.py")).legal.shape == (2, 9)
    names: dict = {}
    exec(result.program, names)
    assert (names["inputs"], names["outputs"]) == ({"a": range(3), "b": range(3)}, {"s": range(3)})
    rng = np.random.default_rng(0)
    for _ in range(50):
        pairs = [tuple(pair) for pair in rng.integers(3, size=(10, 2)).tolist()]
        assert list(names["addition"](iter(pairs))) == addition(3, pairs)
    assert "% 3" in result.program


def test_every_step_and_language_agrees_with_the_task(built, bonsaic):
    folder, _ = built
    steps = sorted((folder / "built" / "steps").iterdir())
    assert len(steps) > 5
    for path in (steps[0], steps[-2], steps[-1], folder / "built" / "addition.py"):
        assert bonsaic("check", path, folder / "addition.py")[0] == 0
    neurons = folder / "neurons.py"
    neurons.write_text(emit(load(steps[0].read_text()), "python"))
    assert bonsaic("check", neurons, folder / "addition.py")[0] == 0
    assert "s in 0..2" in (folder / "built" / "addition.bool.txt").read_text()


def test_run_takes_and_prints_integers(built, bonsaic):
    folder, _ = built
    rows = ["1  2  1  0", "2  0  0  1", "3  2  2  1"]
    for path in (folder / "addition.py", folder / "built" / "addition.py"):
        code, out, _ = bonsaic("run", path, "--", "2,1", "0,0", "2,2")
        assert (code, [line.split() for line in out.splitlines()[1:]]) == (
            0,
            [row.split() for row in rows],
        )
    last = sorted((folder / "built" / "steps").iterdir())[-1]
    told = bonsaic("run", last, "--", "2,1", "0,0")[1].split()
    assert told[:5] == ["tick", "a", "b", "s0", "s"]
    assert "a is from 0 to 2, not '3'" in mistake(bonsaic("run", last, "--", "3,1"))
    assert "2 integers with commas between" in mistake(bonsaic("run", last, "--", "21"))
    assert "-- 2,2" in mistake(bonsaic("run", last))


def test_a_fault_is_told_in_integers(built, bonsaic):
    folder, _ = built
    wrong = folder / "wrong.py"
    wrong.write_text(ADDITION.replace("total % 3", "min(total, 2)"))
    code, out, _ = bonsaic("check", wrong, folder / "addition.py")
    assert (code, "a = 1; b = 2: s = 2, expected 0" in out) == (1, True)
    code, out, _ = bonsaic("machine", wrong, "--task", folder / "addition.py")
    assert code == 1
    assert "bonsaic run replays it: -- 1,2" in out
    assert "columns are a b; entries are next state / s" in out
    told = json.loads(bonsaic("machine", wrong, "--to", "json")[1])
    assert told["machine"]["inputs"] == ["a", "b"]
    assert told["machine"]["states"]["A"]["1,2"] == {"next": "B", "outputs": [2]}
    target = target_of_task(load_task(wrong))
    compiled = compile_graph(load(NETWORK), Manager(target.oracle))
    result = build(target, "{}", compiled, folder / "refuted", Origin(), lambda line: None)
    report = json.loads((folder / "refuted" / "report.json").read_text())
    assert report["verdict"] == result.verdict.kind == "refuted"
    example = report["counterexample"]
    assert (example["inputs"][-1], example["expected"][-1]) == ([1, 2], [2])
    assert "expected 2" in bonsaic("diff", folder / "refuted")[1]


BAD = {
    "no range": ("range(3), ", "3, ", "inputs gives 'a' 3; it must be a range"),
    "a string": ("range(3), ", "'int', ", "it must be a range, such as range"),
    "an empty range": ("range(3), ", "range(0), ", "'a' range(0, 0), which has no values"),
    "one value": ("range(3), ", "range(4, 5), ", "which has one value; two are the fewest"),
    "a step": ("range(3), ", "range(0, 6, 2), ", "its step must be 1"),
    "a range downwards": ("range(3), ", "range(3, 0, -1), ", "its step must be 1"),
    "too many values": ("range(3), ", "range(10_000), ", "'a' has 10,000 values; 64 are the most"),
    "too many letters": (
        "start",
        "inputs = {n: range(50) for n in 'abc'}\nstart",
        "125,000 choices of values; 65,536 are the most",
    ),
    "huge values": ("range(3), ", "range(10**12, 10**12 + 3), ", "nine digits at most"),
    "endless values": ("range(3), ", "range(10**20), ", "nine digits at most"),
    "a bit's name": ('"b": range(3)', '"a_1": bool', "'a_1' is a bit of an integer too"),
    "an unknown encoding": ("start", "encoding = {'a': 'gray'}\nstart", "known: binary, one-hot"),
    "an encoding of nothing": ("start", "encoding = {'c': 'binary'}\nstart", "neither an input"),
    "encoding no dict": ("start", "encoding = 'binary'\nstart", "it must be a dict"),
    "an output out of range": (
        "total % 3",
        "total",
        ":8: step(0, 1, 2) outputs 3 for 's'; bring it into 0 to 2",
    ),
    "an output below": ("total % 3", "-1", "step(0, 0, 0) outputs -1 for 's'; bring it into"),
    "a bool": ("total % 3", "total > 2", "outputs False for 's'; return an int from 0 to 2"),
    "a float": ("total % 3", "total / 3", "outputs 0.0 for 's'; return an int from 0 to 2"),
    "an int for a bool": (
        'outputs = {"s": range(3)}',
        'outputs = {"s": range(3), "c": bool}',
        "return a tuple of",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_file_gets_one_line(tmp_path, name):
    old, new, expected = BAD[name]
    assert old in ADDITION
    assert expected in complaint(tmp_path, ADDITION.replace(old, new, 1))


MIXED = """
inputs = {"x": range(-2, 3), "up": bool}
outputs = {"y": range(-2, 3), "odd": bool}
encoding = {"x": "one-hot", "y": "binary"}
start = 0


def legal(state, x, up):
    return abs(x - state) <= 1 or up


def step(state, x, up):
    return x, (None if up else state, x % 2 == 1)
"""


def test_integers_below_zero_bools_and_nothing_can_be_mixed(tmp_path):
    task = load_task(written(tmp_path, MIXED))
    machine = tabulate(task)
    assert machine.legal.shape == (5, 10)
    assert machine.legal.sum() == 5 * 5 + 13
    assert (len(machine.inputs), machine.outputs) == (6, ("y_2", "y_1", "y_0", "odd"))
    upwards = machine.letters[:, -1]
    assert (machine.output[0][upwards][:, :3] == 0).all()


EXAMPLES = """import numpy as np

inputs = {"x": range(-1, 2), "up": bool}
outputs = {"y": range(3)}


def examples(rng, batch, ticks):
    x = rng.integers(-1, 2, (batch, ticks, 1))
    up = rng.choice([-1, 1], (batch, ticks, 1))
    return np.concatenate([x, up], axis=2), np.where(up > 0, x + 1, np.nan)
"""


def test_examples_are_of_integers_too(tmp_path):
    task = load_task(written(tmp_path, EXAMPLES))
    x, y = task.draw(np.random.default_rng(0), 20, 9)
    assert (x.shape, y.shape) == ((20, 9, 3), (20, 9, 2))
    asked = x[..., 2] > 0
    assert np.array_equal(x[asked][:, :2], y[asked])
    assert (y[~asked] == 0).all()
    wrong = partial(complaint, tmp_path)
    assert "values other than 0 to 2 for 'y'" in wrong(EXAMPLES.replace("x + 1", "x"))
    assert "values other than -1 and 1" in wrong(EXAMPLES.replace("[-1, 1]", "[0, 1]"))


DOOR = """\
graph door (logic)
port   opening in 0..1 thermometer
input  call in {False, True}
input  obstacle in {False, True}
output opening_1 = call
output shut = obstacle
"""


def test_a_program_of_bools_and_integers_has_no_long_line():
    program = emit(load(DOOR), "python")
    assert "a tuple of values, for an iterable of tuples of bools" in program
    assert max(map(len, program.splitlines())) <= 100


@pytest.mark.parametrize("result", ["s - 1", "s + 1", "'00'", "'0'"])
def test_a_generator_that_yields_anything_else_is_refuted(built, result, tmp_path):
    folder, made = built
    assert made.program.count("yield s") == 1
    path = tmp_path / "addition.py"
    path.write_text(made.program.replace("yield s", f"yield {result}"))
    task = MachineSystem(tabulate(load_task(folder / "addition.py")))
    assert compare(ProgramSystem(load_task(path)), task).kind == "refuted"
