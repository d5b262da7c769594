"""Spoilt files and words on the command line: one line, exit code 2, and no traceback."""

import json
import random

from ..case import Case, expect
from ..command import bonsaic
from ..damage import STRANGE, damaged
from ..fields import letters, word
from ..machines import completed, random_machine
from ..random_graphs import logic_text, neuron_text
from ..random_networks import random_network
from ..reading import read_graph
from ..spelling import graph_text, task_text


def run(case: Case) -> str:
    """Spoil one file and give it to one command."""
    rng = case.rng
    words = rng.choice((_graph, _graph, _network, _task))(case)
    if rng.random() < 0.15:
        words[rng.randrange(1, len(words))] = rng.choice(STRANGE).replace("\x00", "0")
    if any("\0" in word for word in words):
        return "no word"
    ended = bonsaic(case.folder, *words)
    if ended.code == 2 and words[0] != "opt":
        told = ended.err.splitlines()
        # A name that is nearly one of a task's is told of in a line of its own.
        told = [line for line in told if "means nothing to a task" not in line]
        expect(len(told) == 1, f"bonsaic {' '.join(words)}: {len(told)} lines: {ended.err[-600:]}")
    return f"exit code {ended.code}"


def _graph(case: Case) -> list[str]:
    """Return a command for a graph."""
    rng = case.rng
    text = rng.choice((neuron_text, logic_text))(rng, case.scale)
    whole = case.file("whole.bonsai", text).name
    file = case.file("spoilt.bonsai", damaged(rng, text)).name
    sequence = [word(read_graph(text).input_signals, letter) for letter in _some(rng, text)]
    return rng.choice(
        (
            ["emit", file, "--to", rng.choice(("python", "boolean", "dot", "svg"))],
            ["run", file, "--", *sequence] if all(sequence) else ["run", file, "--ticks", "3"],
            ["check", file, whole],
            ["check", whole, file],
            ["machine", file],
            ["diff", file, whole],
            ["view", file, "-o", "page.html"],
            ["opt", file, "--passes", rng.choice(("dead_code", "simplify", "lower, simplify"))],
            ["opt", whole, "--passes", damaged(rng, "clip(threshold=0.2), merge_equal, drop")],
        )
    )


def _some(rng: random.Random, text: str) -> list[tuple[bool | int, ...]]:
    alphabet = letters(read_graph(text).input_signals)
    return [rng.choice(alphabet) for _ in range(4)]


def _network(case: Case) -> list[str]:
    """Return a command for a network."""
    rng = case.rng
    text = json.dumps(random_network(rng, 1, 1, case.scale), indent=1)
    file = case.file("spoilt.json", damaged(rng, text)).name
    task = case.file("task.py", "inputs, outputs, start = ('x',), ('y',), 0\n" + STEP).name
    return rng.choice(
        (
            ["compile", file, "--task", task],
            ["compile", file],
            ["emit", file],
            ["run", file, "--", "1", "0"],
            ["check", file, task],
            ["machine", file, "--task", task],
        )
    )


STEP = "def step(state, x):\n    return x, bool(state)\n"


def _task(case: Case) -> list[str]:
    """Return a command for a task or program."""
    rng = case.rng
    machine = random_machine(rng, case.scale)
    text = task_text(rng, machine)
    whole = case.file("whole.py", text).name
    file = case.file("spoilt.py", damaged(rng, text)).name
    graph = case.file("whole.bonsai", graph_text(completed(rng, machine))).name
    sequence = [word(machine.inputs, rng.choice(letters(machine.inputs))) for _ in range(3)]
    return rng.choice(
        (
            ["check", file, whole],
            ["check", whole, file],
            ["check", graph, file],
            ["run", file, "--", *sequence] if all(sequence) else ["run", file, "--ticks", "3"],
            ["machine", file],
            ["compile", whole, "--task", file],
        )
    )
