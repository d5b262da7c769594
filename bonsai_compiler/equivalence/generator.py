"""Does a program's generator do what its `step` does? It is what the user calls.

The generator of an emitted program is a loop around `step`, in a file that consists of little else
(plain_program.py says of what): there, what stands in the file is what is called, and there
is nothing to search. Anything else is run against `step` on many sequences, and can at best be
`tested`.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, product

import numpy as np

from bonsai_compiler.equivalence.plain_program import iterates_step
from bonsai_compiler.equivalence.system import (
    FAULT,
    Codes,
    Numbers,
    ProgramSystem,
    TransitionSystem,
)
from bonsai_compiler.equivalence.verdict import Counterexample, Results, Verdict
from bonsai_compiler.errors import shown
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.specification.task import Task

SEQUENCES = 2_000
LONG_RUNS, LONG_TICKS = 64, 200


def confirm_generator(
    candidate: ProgramSystem, specification: TransitionSystem, verdict: Verdict, seed: int = 0
) -> Verdict:
    """Return the verdict on a program, given that on its step."""
    task = candidate.task
    if not task.generator or verdict.kind == "refuted" or iterates_step(task):
        return verdict
    letters = len(specification.alphabet)
    depth = 1
    while letters ** (depth + 1) <= SEQUENCES and depth < LONG_TICKS:
        depth += 1
    rng = np.random.default_rng(seed)
    sequences = [np.array(row) for row in islice(product(range(letters), repeat=depth), SEQUENCES)]
    sequences += list(rng.integers(letters, size=(LONG_RUNS, LONG_TICKS)))
    for sequence in sequences:
        example = _disagreement(task, specification, sequence)
        if example is not None:
            return replace(verdict, kind="refuted", counterexample=example, shortest=False)
    if verdict.kind == "tested":
        return verdict
    return replace(verdict, kind="tested", depth=depth, random=LONG_RUNS)


def _disagreement(
    task: Task, specification: TransitionSystem, sequence: Numbers
) -> Counterexample | None:
    """Return how the generator differs from the specification on a sequence, as far as legal."""
    states = specification.start()
    expected: list[Codes] = []
    for letter in sequence:
        legal = specification.legal(states)[0, letter]
        if not legal or len(expected) == specification.horizon:
            break
        tick = specification.step(states, np.array([letter]))
        expected.append(tick.outputs[0])
        states = tick.states
    chosen = sequence[: len(expected)]
    bits = [tuple(row) for row in specification.alphabet[chosen].tolist()]
    given, fault = _yielded(task, chosen)
    for place, wanted in enumerate(expected):
        answer = given[place] if place < len(given) else None
        if answer is None or not _fits(answer, wanted):
            nothing: Results = (None,) * len(task.outputs)
            return Counterexample(
                tuple(bits[: place + 1]),
                (*given[:place], answer or nothing),
                tuple(_results(codes) for codes in expected[: place + 1]),
                fault if answer is None else "",
            )
    return None


def _yielded(task: Task, letters: Numbers) -> tuple[list[Results], str]:
    """Return the bits that the generator yields, and why it yields no more."""
    answers, fault = task.functions.generated(task.generator, letters.tolist())
    given: list[Results] = []
    for answer in answers[: len(letters)]:
        values = answer if isinstance(answer, tuple) else (answer,)
        if not _are_results(task, values):
            return given, f"the generator yields {shown(answer)}"
        given.append(task.output_signals.encoded(values))
    return given, fault


def _are_results(task: Task, values: Sequence[object]) -> bool:
    """Return whether what a generator yields are the outputs of a tick."""
    fields = task.output_signals.fields
    return len(values) == len(fields) and all(
        # None is no value: right where the task does not care, as it is of a step.
        value is None
        or (
            type(value) is int and value in field.values
            if isinstance(field, Port)
            else type(value) in (bool, int) and value in (0, 1)
        )
        for field, value in zip(fields, values, strict=True)
    )


def _fits(answer: Results, wanted: Codes) -> bool:
    return all(
        code == 0 or (code != FAULT and (code > 0) == bit)
        for code, bit in zip(wanted.tolist(), answer, strict=True)
    )


def _results(codes: Codes) -> Results:
    return tuple(None if code == 0 else code > 0 for code in codes.tolist())
