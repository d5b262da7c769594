"""Does a program's generator do what its `step` does? It is what the user calls.

The generator of an emitted program has one shape, a loop around `step`; where it has, there is
nothing to search. Anything else is run against `step` on many sequences, and can at best be
`tested`.
"""

import ast
from dataclasses import replace
from itertools import islice, product

import numpy as np

from bonsai_compiler.names import function_name
from bonsai_compiler.proof.behaviour import FAULT, Behaviour, Codes, Numbers, ProgramBehaviour
from bonsai_compiler.proof.verdict import Counterexample, Results, Verdict
from bonsai_compiler.specification.ports import Bits
from bonsai_compiler.specification.task import Task

SEQUENCES = 2_000
LONG_RUNS, LONG_TICKS = 64, 200


def confirm_generator(
    candidate: ProgramBehaviour, specification: Behaviour, verdict: Verdict, seed: int = 0
) -> Verdict:
    """Return the verdict on a program, given that on its step."""
    task = candidate.task
    if task.generator is None or verdict.kind == "refuted" or iterates_step(task):
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


def iterates_step(task: Task) -> bool:
    """Return whether the generator has the shape of an emitted one, in whatever names."""
    name = function_name(task.name)
    found = [
        node
        for node in ast.parse(task.source).body
        if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    if len(found) != 1 or found[0].decorator_list:
        return False
    body = found[0].body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    match found[0].args, body:
        case (
            ast.arguments(posonlyargs=[], args=[stream], vararg=None, kwonlyargs=[], kwarg=None),
            [
                ast.Assign(targets=[ast.Name(id=memory)], value=ast.Name(id="start")),
                ast.For(
                    target=letter,
                    iter=ast.Name(id=iterated),
                    body=[
                        ast.Assign(
                            targets=[ast.Tuple(elts=[ast.Name(id=kept), result])],
                            value=ast.Call(func=ast.Name(id="step"), args=given, keywords=[]),
                        ),
                        ast.Expr(value=ast.Yield(value=ast.expr() as yielded)),
                    ],
                    orelse=[],
                ),
            ],
        ):
            wanted = [memory, *(_names(letter) if task.inputs else [])]
            names = [*wanted, *_names(result)]
            return (
                iterated == stream.arg
                and kept == memory
                and [ast.unparse(part) for part in given] == wanted
                and ast.unparse(yielded) == ast.unparse(result)
                and len(_names(result)) == len(task.told.fields)
                and len(wanted) == len(task.given.fields) + 1
                and len({*names, stream.arg}) == len(names) + 1
                and not {"start", "step"} & {*names, stream.arg}
            )
    return False


def _names(target: ast.expr) -> list[str]:
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    return [ast.unparse(part) for part in parts]


def _disagreement(task: Task, specification: Behaviour, sequence: Numbers) -> Counterexample | None:
    """Return how the generator differs from the specification on a sequence, as far as legal."""
    states = specification.start()
    expected: list[Codes] = []
    for letter in sequence:
        legal = specification.legal(states)[0, letter]
        if not legal or len(expected) == specification.horizon:
            break
        tick = specification.tick(states, np.array([letter]))
        expected.append(tick.outputs[0])
        states = tick.states
    bits = [tuple(row) for row in specification.alphabet[sequence[: len(expected)]].tolist()]
    given, fault = _yielded(task, bits)
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


def _yielded(task: Task, bits: list[Bits]) -> tuple[list[Results], str]:
    assert task.generator is not None
    given: list[Results] = []
    rows = map(task.given.values, bits)
    stream = (row[0] if len(row) == 1 else row for row in rows)
    try:
        for answer in islice(task.generator(stream), len(bits)):
            values = answer if isinstance(answer, tuple) else (answer,)
            if len(values) != len(task.told.fields) or any(isinstance(v, str) for v in values):
                return given, f"the generator yields {answer!r}"
            given.append(task.told.encoded(values))
    except Exception as error:
        return given, f"the generator raised {type(error).__name__}"
    return given, "the generator stops"


def _fits(answer: Results, wanted: Codes) -> bool:
    return all(
        code == 0 or (code != FAULT and (code > 0) == bit)
        for code, bit in zip(wanted.tolist(), answer, strict=True)
    )


def _results(codes: Codes) -> Results:
    return tuple(None if code == 0 else code > 0 for code in codes.tolist())
