"""Mutants of emitted programs: one whose generator is wrong must never be called proved."""

import random
from collections.abc import Iterator
from itertools import islice, product
from typing import Any

import bonsai_compiler as bonsai

from ..brute import (
    Answer,
    Program,
    Stepped,
    agrees,
    are_values,
    first_difference,
    legal_walks,
    searched,
)
from ..case import Case, expect, run_program
from ..fields import Fields, Letter, letters, values_of
from ..machines import Machine, completed, random_machine
from ..program_mutants import mutant
from ..spelling import graph_text, task_text

NAME = "machine"
SHORT = 200
"""So many short sequences are tried, whole, on a generator."""
LONG, TICKS = 20, 40


def run(case: Case) -> str:
    """Emit a program, change it, and compare the verdict with what step and generator do."""
    rng = case.rng
    machine = random_machine(rng, case.scale)
    graph = case.file("machine.bonsai", graph_text(completed(rng, machine), NAME))
    text = task_text(rng, machine)
    task = case.file("task.py", text)
    emitted = bonsai.emit(bonsai.load(graph), "python")
    assert isinstance(emitted, str)
    changed = mutant(rng, emitted, NAME)
    path = case.file(f"{NAME}.py", changed)
    try:
        verdict = bonsai.check(path, task)
    except bonsai.BonsaiError:
        return "refused"
    wanted = Program(run_program(text), machine.outputs)
    names = run_program(changed)
    given = Program(names, machine.outputs)
    if verdict.kind == "refuted":
        example = verdict.counterexample
        sequence = tuple(values_of(machine.inputs, bits) for bits in example.inputs)
        apart = first_difference(given, wanted, sequence, machine.horizon) is not None
        expect(apart or _differs(names, wanted, machine, sequence), f"refuted by {sequence}: right")
    else:
        found = searched(given, wanted, letters(machine.inputs), machine.horizon)
        apart = found.differing
        # What is tested may differ a long way off, and what is wrong in all states at once is not.
        expect(apart is None, f"{verdict.kind}, but step differs on {apart}")
    if verdict.kind == "proved" and NAME in names:
        for sequence in _sequences(rng, wanted, machine):
            wrong = _differs(run_program(changed), wanted, machine, sequence)
            expect(not wrong, f"proved, but the generator is wrong on {sequence}: {wrong}")
    return str(verdict.kind)


def _sequences(rng: random.Random, wanted: Stepped, machine: Machine) -> list[tuple[Letter, ...]]:
    """Return all short sequences, as far as they are legal, and some long ones."""
    alphabet, depth = letters(machine.inputs), 1
    while len(alphabet) ** (depth + 1) <= SHORT and depth < 12:
        depth += 1
    short = islice(product(alphabet, repeat=depth), SHORT)
    found = [_legal(wanted, sequence, machine.horizon) for sequence in short]
    ticks = min(machine.horizon or TICKS, TICKS)
    return found + [walk for walk, _ in legal_walks(rng, wanted, alphabet, LONG, ticks)]


def _legal(
    wanted: Stepped, sequence: tuple[Letter, ...], horizon: int | None
) -> tuple[Letter, ...]:
    """Return the beginning of a sequence that is legal, and not too long."""
    state, kept = wanted.start, []
    for letter in sequence[:horizon]:
        if not wanted.admits(state, letter):
            break
        state, _ = wanted.step(state, letter)
        kept.append(letter)
    return tuple(kept)


def _differs(
    names: dict[str, Any], wanted: Stepped, machine: Machine, sequence: tuple[Letter, ...]
) -> str:
    """Return how what a user calls differs from the task on a legal sequence, "" if it does not."""
    if NAME not in names:
        return ""
    expected, state = [], wanted.start
    for letter in sequence:
        state, answer = wanted.step(state, letter)
        expected.append(answer)
    taken, yielded = 0, []

    def stream() -> Iterator[Any]:
        nonlocal taken
        for letter in sequence:
            taken += 1
            yield letter[0] if len(letter) == 1 else letter
        taken += 1

    try:
        for answer in islice(names[NAME](stream()), len(sequence) + 1):
            yielded.append(answer)
            if taken > len(yielded) and len(yielded) <= len(sequence):
                return f"it reads ahead, to input {taken} before it yields tick {len(yielded)}"
    except (Exception, SystemExit) as error:
        return f"it fails with {error!r}"
    if len(yielded) != len(sequence):
        return f"it yields {len(yielded)} values"
    right = all(_fits(machine.outputs, *pair) for pair in zip(yielded, expected, strict=True))
    return "" if right else f"it yields {yielded}, not {expected}"


def _fits(outputs: Fields, yielded: Any, answer: Answer) -> bool:
    if len(outputs) == 1:
        yielded = (yielded,)
    whole = isinstance(yielded, tuple) and len(yielded) == len(outputs)
    # What is no value is wrong, even where it does not matter which.
    return whole and are_values(outputs, yielded) and agrees(yielded, answer)
