"""Task files as text, and what is said when they are loaded and judged."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from bonsai_compiler.equivalence.system import MachineSystem, ProgramSystem
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.oracle.compare import compare
from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.specification.task_file import load_task, read_task

DELAY = """\
inputs = ("x",)
outputs = ("y",)
start = False


def step(state, x):
    return x, state
"""
TASK = 'inputs = ("x",)\noutputs = ("y",)\nstart = 0\n\n\ndef step(state, x):\n    '
"""All but the last line of a task that counts."""

HEADING = 'inputs, outputs, start = ("x",), ("y",), False\n'
RIGHT = HEADING + "def step(before, x): return x, before\n"
WRONG = HEADING + "def step(before, x): return x, not before\n"
SOME = """
import numpy as np
inputs, outputs = ("x",), ("y",)
def examples(rng, batch, ticks):
    x = rng.choice([-1.0, 1.0], (batch, ticks, 1))
    return x, np.concatenate([np.full((batch, 1, 1), -1.0), x[:, :-1]], axis=1)
"""
TASKS = {"refuted": WRONG, "tested": SOME, "proved": RIGHT}


class TwoAgo:
    """y is the input from two ticks ago."""

    inputs = ("x",)
    outputs = ("y",)
    start = (False, False)

    def step(self, state, x):
        older, newer = state
        return (newer, x), older


def loaded(folder, text, name="delay.py"):
    """Return the task that a text is, written to a file whose folder may be new."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return load_task(path)


def verdict(folder, program, task=DELAY):
    """The verdict on a program, in its own folder, against a task."""
    wanted = delay() if task == DELAY else tabulate(loaded(folder / "wanted", task))
    return compare(ProgramSystem(loaded(folder / "given", program)), MachineSystem(wanted))


@lru_cache
def delay():
    """The machine of the delay, which knows no folder."""
    return tabulate(read_task(DELAY.encode(), Path("wanted.py")))


def written(tmp_path, text):
    """Return the path of a file that holds a text."""
    path = tmp_path / "delay.py"
    path.write_text(text, encoding="utf-8")
    return path


def used(path, limit):
    """Load a task, and ask it for what it is there for."""
    task = load_task(path)
    if not task.has_step:
        task.draw(np.random.default_rng(0), 4, 5)
    else:
        tabulate(task, limit)


def complaint(tmp_path, text, limit=300):
    """Return what is said of a task file that is refused, after its name: one short line."""
    path = written(tmp_path, text)
    with pytest.raises(BonsaiError) as caught:
        used(path, limit)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    assert len(message) < 400 + len(str(path))
    return message.removeprefix(str(path))
