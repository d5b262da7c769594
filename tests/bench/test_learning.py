"""AALpy, an independent judge and learner: it finds what we find."""

import json
from dataclasses import replace

import numpy as np
import pytest
from aalpy.utils import bisimilar
from hypothesis import given
from hypothesis import strategies as st
from strategies import machines, task_of

from bonsai_compiler.bench.automata import (
    OVER,
    BlackBox,
    as_mealy,
    machine_of,
    machine_of_program,
)
from bonsai_compiler.bench.learning import learned
from bonsai_compiler.equivalence.system import MachineSystem, ProgramSystem
from bonsai_compiler.oracle.compare import compare
from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.specification.task_file import load_task


@given(machines(), st.sampled_from([None, 1, 3]), st.integers(0, 40))
def test_a_judge_of_others_agrees_with_ours(task, horizon, place):
    machine = tabulate(task)
    said = machine.output.copy()
    # Up to 32 places are there; past them nothing is changed, and the program is right.
    changed = np.where(said == 0, 1, said)
    if place < changed.size:
        changed.flat[place] *= -1
    wide = len(task.outputs)
    table = {
        (state, tuple(machine.letters[letter].tolist())): (
            int(machine.successor[state, letter]),
            tuple(bool(code > 0) for code in changed[state, letter])[: wide if wide > 1 else None],
        )
        for state, letter in np.argwhere(machine.legal).tolist()
    }
    if wide == 1:
        table = {key: (after, outputs[0]) for key, (after, outputs) in table.items()}
    program, wanted = task_of(table, len(task.inputs), wide), replace(task, horizon=horizon)
    verdict = compare(ProgramSystem(program), MachineSystem(tabulate(wanted)))
    found = machine_of_program(program, wanted)
    same = bisimilar(as_mealy(found), as_mealy(machine_of(wanted)))
    assert same == (verdict.kind == "proved")


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("tomita/tomita_3", "5 | 5, right"),
        ("balanced_parens", "9 | 10, right"),
        ("mips_bits/majority_0_1", "40 | 40, right"),
        ("textbook/parity_of_words", "7 | 7, right"),
    ],
)
def test_a_learner_finds_the_machine(tasks, name, states):
    assert learned(load_task(tasks / f"{name}.py"), 60.0).startswith(states)


@given(machines(), st.sampled_from([None, 3]), st.lists(st.integers(0, 9), max_size=6))
def test_a_black_box_answers_as_the_task_does(task, horizon, letters):
    task = replace(task, horizon=horizon)
    machine = tabulate(task)
    box = BlackBox(machine, 60.0)
    box.pre()
    state, heard = task.start, True
    for tick, letter in enumerate(number % task.input_signals.size for number in letters):
        bits = tuple(task.input_signals.alphabet[letter].tolist())
        heard = heard and (horizon is None or tick < horizon) and task.admits(state, bits)
        wanted = OVER
        if heard:
            state, wanted = task.transition(state, bits)
        assert box.step(letter) == wanted


def test_a_learner_is_given_up(tasks):
    cells = learned(load_task(tasks / "delay2.py"), 0.0).split(" | ")
    assert cells == ["4", "not done", "", "", "0"]


def test_results_are_judged_and_run(files, bonsaic):
    assert bonsaic("compile", "delay1.json", "--task", "delay1.py", "-o", "results/seed-0")[0] == 0
    row = {"task": "delay1", "seed": 0, "verdict": "proved", "horizon": None, "seconds": 3.0}
    row |= dict.fromkeys(("neurons", "weights", "states", "minimal_states", "lines"), 1)
    told = {"suite": "own", "machine": "abacus", "rows": [{**row, "published": ""}]}
    (files / "results" / "results.json").write_text(json.dumps(told))
    (files / "own").mkdir()
    (files / "delay1.py").rename(files / "own" / "delay1.py")
    code, out, _ = bonsaic("bench", "learn", "own", "--results", "results")
    assert code == 0
    cells = out.splitlines()[2].split(" | ")
    assert cells[:3] == ["| delay1", "2", "2, right"]
    assert cells[-3:] == ["1 of 1", "3.0", "1 of 1 |"]
    code, out, _ = bonsaic("bench", "run", "results/seed-0/delay1", "--seconds", "0.001")
    assert code == 0
    rows = [line.split(" | ") for line in out.splitlines()[2:]]
    # C and JavaScript are timed where there is a compiler, and node.
    assert len(rows) >= 6
    assert {row[0] for row in rows} == {"| delay1"}
    assert all(int(row[3].split()[0].replace(",", "")) > 0 for row in rows)
