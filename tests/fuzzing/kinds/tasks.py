"""Random tasks against programs and graphs that do the same, or nearly: is `check` right?"""

import random

import bonsai_compiler as bonsai

from ..brute import Program
from ..case import Case, expect, run_program
from ..machines import (
    Machine,
    Place,
    completed,
    mutated,
    random_machine,
    renumbered,
    split,
)
from ..reading import read_graph
from ..running import GraphRun
from ..spelling import graph_text, task_text
from ..verdicts import judged

SPOILT = ("", "([0], True)", "(0,)", "(0, 2)", "(0, 'yes')", "(0, None)", "None", "(0, (True,))")
"""Entries of a program's table that are no answer to a step, or not always."""


def run(case: Case) -> str:
    """Check a task against a program of the same, of a neighbour's or of another behaviour."""
    rng = case.rng
    machine = random_machine(rng, case.scale)
    odd = rng.random() < 0.2
    specification = task_text(rng, machine, odd=odd)
    path = case.file("task.py", specification)
    wanted = Program(run_program(specification), machine.outputs)
    other = _other(rng, machine)
    if rng.random() < 0.3:
        text = graph_text(completed(rng, other))
        candidate = case.file("candidate.bonsai", text)
        given = GraphRun(read_graph(text))
    else:
        text, odd_too = _program(rng, other)
        odd = odd or odd_too
        candidate = case.file("candidate.py", text)
        given = Program(run_program(text), machine.outputs)
    try:
        verdict = bonsai.check(candidate, path)
    except bonsai.BonsaiError as error:
        # A task may be refused for states that Python's own `==` mixes up, and for nothing else.
        expect(odd, f"refused: {error}")
        return "refused"
    return judged(verdict, given, wanted, machine.inputs, machine.outputs, machine.horizon)


def _other(rng: random.Random, machine: Machine) -> Machine:
    """Return a machine that is the same or nearly so, in other states."""
    other = machine
    for _ in range(rng.randrange(3)):
        other = rng.choice((renumbered, split))(rng, other)
    return mutated(rng, other) if rng.random() < 0.5 else other


def _program(rng: random.Random, machine: Machine) -> tuple[str, bool]:
    """Return a program's text, and whether its states are odd."""
    odd, strict = rng.random() < 0.15, rng.random() < 0.3
    spoilt: dict[Place, str] = {}
    if not strict:
        machine = completed(rng, machine) if rng.random() < 0.5 else machine
    if rng.random() < 0.15:
        spoilt[rng.choice(list(machine.table))] = rng.choice(SPOILT)
    return task_text(rng, machine, odd=odd, legal=strict, spoilt=spoilt), odd
