"""Machines learned from logs of traces, with and without wrong outputs."""

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import mistake

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.formats.log import read_log
from bonsai_compiler.learning.passive import task_of_log
from bonsai_compiler.specification.machine import minimized, tabulate
from bonsai_compiler.specification.machine_file import MachineReading
from bonsai_compiler.specification.task_file import load_task

LIGHTS = ("red", "amber", "green")


def logged(machine, count, seed, flipped=0.0):
    """Random traces of up to 20 ticks of a machine of bits, as CSV with empty lines between."""
    rng = np.random.default_rng(seed)
    lines = [",".join((*machine.inputs, *machine.outputs))]
    for _ in range(count):
        state = 0
        for _ in range(rng.integers(1, 21)):
            letter = int(rng.integers(len(machine.letters)))
            bits = [*machine.letters[letter], *(machine.output[state, letter] > 0)]
            bits[-1] ^= rng.random() < flipped
            lines.append(",".join("01"[int(bit)] for bit in bits))
            state = machine.successor[state, letter]
        lines.append("")
    return "\n".join(lines)


def learned(text, name="log.csv", **reading):
    return task_of_log(text, Path(name), MachineReading(**reading))


def same(task, machine):
    """Whether a task's minimal machine is this one."""
    own = minimized(tabulate(task))
    return (
        own.legal.all()
        and own.successor.shape == machine.successor.shape
        and (renumbered(own)[0] == renumbered(machine)[0]).all()
        and (renumbered(own)[1] == renumbered(machine)[1]).all()
    )


def renumbered(machine):
    """Tables of a machine, its states numbered by discovery."""
    order = [0]
    for state in order:
        order += [t for t in dict.fromkeys(machine.successor[state].tolist()) if t not in order]
    number = np.argsort(order)
    return number[machine.successor[order]], machine.output[order]


@pytest.mark.parametrize("name", ["tomita/tomita_3", "tomita/tomita_5", "gate_selector"])
def test_random_traces_give_the_true_minimal_machine(tasks, name):
    machine = minimized(tabulate(load_task(tasks / f"{name}.py")))
    assert same(learned(logged(machine, 200, 0)), machine)
    assert same(learned(logged(machine, 400, 1, 0.02), noise=0.02), machine)


def test_words_and_integers_are_told_from_the_values(tmp_path, bonsaic):
    rng, rows = np.random.default_rng(0), ["trace,move,n,light"]
    for trace in range(60):
        place = 0
        for _ in range(8):
            move = ("stay", "on", "back, please")[rng.integers(3)]
            place = (place + {"stay": 0, "on": 1, "back, please": 2}[move]) % 3
            rows.append(f'{trace},"{move}",{place + 4},{LIGHTS[place]}')
    path = tmp_path / "lamp.csv"
    path.write_text("\n".join(rows))
    code, out, _ = bonsaic("machine", path, "--outputs", "n,light")
    assert code == 0
    assert 'port move in ["back, please", "on", "stay"] one-hot' in out
    assert "port n in 4..6 thermometer" in out
    assert "machine of lamp: 3 states" in out
    rng_of = learned(path.read_text(), outputs=("n", "light"))
    assert rng_of.basis.aside == "0 of 6 held-out traces disagree"
    assert rng_of.doc == "The machine learned from 54 traces. 0 of 6 held-out traces disagree."
    few = learned("\n".join(rows[:25]), outputs=("n", "light"))
    assert few.doc.endswith(" Of fewer than 10 traces none is held out to judge it.")
    assert "there is no column 'm'; there are move, n, light" in mistake(
        bonsaic("machine", path, "--outputs", "m")
    )


def test_a_column_that_numbers_sequences_under_another_name_is_asked_about(capsys):
    rows = [f"{at // 4},{at % 2},{at % 2}" for at in range(40)]
    learned("\n".join(["number,x,y", *rows]))
    asked = "bonsaic: log.csv: number only rises; is it a column `sequence`, or `tick`?\n"
    assert capsys.readouterr().err == asked
    for header in ("sequence,x,y", "seq,x,y"):
        assert learned("\n".join([header, *rows])).inputs == ("x",)
    # A number that falls once is taken for what it is.
    learned("\n".join(["number,x,y", *rows[1:], rows[0]]))
    assert not capsys.readouterr().err
    with pytest.raises(BonsaiError, match="400 values of number are too many; 256 are the most"):
        learned("\n".join(["number,x,y", *(f"{at},0,0\n{at},1,1" for at in range(400))]))


def test_json_lines_are_ticks_or_sequences():
    whole = "\n".join(
        json.dumps({"inputs": x, "outputs": [value % 2 for value in np.cumsum(x).tolist()]})
        for x in ([1, 1, 0], [0, 1, 1, 1], [1, 0, 0, 1], [0, 0, 1])
    )
    ticks = "\n".join(
        json.dumps({"sequence": number, "x": bool(x), "y": bool(y)})
        for number, line in enumerate(map(json.loads, whole.splitlines()))
        for x, y in zip(line["inputs"], line["outputs"], strict=True)
    )
    for text in (whole, ticks):
        task = learned(text, "log.jsonl")
        assert (task.inputs, task.outputs) == (("x",), ("y",))
        assert minimized(tabulate(task)).size == 2


def test_a_contradiction_is_shown_with_both_lines():
    with pytest.raises(BonsaiError) as caught:
        learned("x,y\n0,0\n1,1\n\n0,0\n1,0\n")
    expected = "log.csv:6: the output is '0', and '1' after the same inputs on line 3; say --noise"
    assert expected in str(caught.value)


FAULTS = {
    "empty": ("", ":1: the file is empty"),
    "no tick": ("x,y\n", ":1: there is no tick"),
    "a ragged row": ("x,y\n0,1\n0\n", ":3: 1 values stand here, and the first line names 2"),
    "a gap": ("x,y\n0,\n", ":2: 'y' has no value"),
    "a name twice": ("x,x\n0,1\n", ":1: two columns are called 'x'"),
    "a name": ("x 1,y\n0,1\n", "'x 1' is no name for a bit"),
    "quotes": ('x,y\n"0,1\n', "not CSV: unexpected end of data"),
    "nothing said": ("x,y\n0,a\n1,a\n", "there is nothing to compute"),
    "no object": ("{}\n[1]\n", ":2: a line is an object"),
    "no json": ('{"x": 0, "y": 1}\n{"x"\n', ":2: not JSON"),
    "another object": ('{"x": 0, "y": 1}\n{"x": 0}\n', ":2: there is no 'y', which other lines"),
    "a float": ('{"x": 0.5, "y": 1}\n', ":1: '0.5' is no bool, integer or word"),
    "uneven": ('{"inputs": [1], "outputs": []}\n', ":1: 1 inputs stand here, and 0 outputs"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_damaged_log_gets_one_line(name):
    text, expected = FAULTS[name]
    with pytest.raises(BonsaiError) as caught:
        learned(text)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_run_writes_is_a_log():
    log = read_log("tick,x,y\n1,0,0\n2,1,1\n1,1,0\n", "a.csv")
    assert (log.inputs, log.outputs, len(log.sequences)) == (("x",), ("y",), 2)
