"""The tasks of tasks/mips_ints against independent statements of what they are."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from oracles_integers import ORACLES

from bonsai_compiler.task_file import load_task

FOLDER = Path(__file__).parent.parent / "tasks" / "mips_ints"
SEQUENCES, LONG_RUNS = 3_000, 100


def sequences(task):
    """Yield every sequence of the ticks that SEQUENCES allow, then random ones of ten ticks."""
    alphabet = list(product(*(field.values for field in task.given.ports)))
    depth = 1
    while len(alphabet) ** (depth + 1) <= SEQUENCES:
        depth += 1
    yield from product(alphabet, repeat=depth)
    rng = np.random.default_rng(0)
    for letters in rng.integers(len(alphabet), size=(LONG_RUNS, 10)).tolist():
        yield tuple(alphabet[letter] for letter in letters)


def answers(task, sequence):
    state, outputs = task.start, []
    for values in sequence:
        state, output = task.step(state, *values)
        outputs.append(output)
    return outputs


def test_every_task_has_an_oracle():
    assert {path.stem for path in FOLDER.glob("*.py")} == set(ORACLES)


@pytest.mark.parametrize("name", ORACLES)
def test_a_task_says_what_its_definition_does(name):
    task = load_task(FOLDER / f"{name}.py")
    tried = 0
    for sequence in sequences(task):
        given = [values[0] if len(values) == 1 else values for values in sequence]
        assert answers(task, sequence) == ORACLES[name](given)
        tried += 1
    assert tried > LONG_RUNS
