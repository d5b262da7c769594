"""Does a program's generator do what its `step` does? It is what the user calls.

The generator of an emitted program is a loop around `step`, in a file that consists of little
else: there, what stands in the file is what is called, and there is nothing to search. Anything
else is run against `step` on many sequences, and can at best be `tested`.

Python can rebind, decorate, patch and forge, so that what a user calls need not be what stands in
the file. Emitted programs do none of it. They consist of names for literals, functions imported
from `math`, and plain functions whose bodies assign to their own variables and call nothing but
each other and a few built-ins. In such a file each name means what its one statement says.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, product

import numpy as np

from bonsai_compiler.equivalence.system import (
    FAULT,
    Codes,
    Numbers,
    ProgramSystem,
    TransitionSystem,
)
from bonsai_compiler.equivalence.verdict import Counterexample, Results, Verdict
from bonsai_compiler.errors import shown
from bonsai_compiler.ir.names import is_special
from bonsai_compiler.ir.parsing import module_tree
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.specification.task import Task

CALLED = frozenset(
    ("abs", "all", "any", "bool", "divmod", "enumerate", "float", "int", "len", "max", "min")
) | frozenset(("range", "reversed", "round", "sorted", "sum", "tuple", "zip"))
"""The built-ins that a plain program may call; none of them changes anything."""

PLAIN_NODES = (
    ast.arguments, ast.arg, ast.expr_context, ast.operator, ast.boolop, ast.unaryop,
    ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn,
    ast.comprehension, ast.Assign, ast.Expr, ast.For, ast.If, ast.Return, ast.Pass, ast.Yield,
    ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.IfExp, ast.Compare, ast.Call, ast.Constant, ast.Name,
    ast.Tuple, ast.List, ast.Dict, ast.Starred, ast.Subscript, ast.Slice, ast.ListComp,
    ast.GeneratorExp,
)  # fmt: skip
"""What the body of a plain function may be made of: nothing with an attribute or a statement that
reaches beyond it, and no `is`, to which equal values need not be the same."""


def iterates_step(task: Task) -> bool:
    """Return whether the generator is sure to be a loop around `step`, in whatever names."""
    tree = _parsed(task.source)
    # A file beside it may be called `math`.
    if tree is None or task.functions.neighbours or not _is_plain(tree):
        return False
    found = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == task.generator
    ]
    return len(found) == 1 and _is_loop(found[0], task)


def _parsed(source: str) -> ast.Module | None:
    """Return the tree of a file as Python reads its bytes; None where UTF-8 does not say them."""
    try:
        # Of bytes, Python itself sees whether their first lines name another encoding.
        return None if "\ufffd" in source else module_tree(source.encode())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _is_plain(tree: ast.Module) -> bool:
    bound = [name for place, node in enumerate(tree.body) for name in _bound(node, place)]
    known = {*bound, *CALLED}
    return (
        len(known) == len(bound) + len(CALLED)
        and None not in known
        and not any(map(is_special, filter(None, known)))
        and all(
            _is_plain_function(node, known)
            for node in tree.body
            if isinstance(node, ast.FunctionDef)
        )
    )


def _bound(node: ast.stmt, place: int) -> Iterator[str | None]:
    """Yield the names that a statement of a module binds; None where it is no plain one."""
    match node:
        case ast.Expr(value=ast.Constant()) if place == 0:
            return
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_literal(value):
            yield name
        case ast.ImportFrom(module="math", level=0, names=names):
            # A star would bind names that are not told.
            yield from (None if part.name == "*" else part.asname or part.name for part in names)
        case ast.FunctionDef(name=name, decorator_list=[], returns=None):
            yield name
        case _:
            yield None


def _is_literal(value: ast.expr) -> bool:
    """Return whether a value is one that nothing can change, or a dict that no function changes."""
    match value:
        case ast.Constant():
            return True
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
            return True
        case ast.Tuple(elts=parts):
            return all(map(_is_literal, parts))
        case ast.Dict(keys=keys, values=values):
            return all(key is not None and _is_literal(key) for key in keys) and all(
                _is_literal(part) or (isinstance(part, ast.Name) and part.id == "bool")
                for part in values
            )
        case ast.Call(func=ast.Name(id="range"), args=arguments, keywords=[]):
            return all(map(_is_literal, arguments))
    return False


def _is_plain_function(function: ast.FunctionDef, known: set[str | None]) -> bool:
    given = function.args
    if given.defaults or given.kw_defaults or given.vararg or given.kwarg:
        return False
    nodes = [node for part in (given, *function.body) for node in ast.walk(part)]
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return all(_is_plain_node(node, own, known) for node in nodes)


def _is_plain_node(node: ast.AST, own: set[str], known: set[str | None]) -> bool:
    match node:
        case ast.arg(annotation=annotation):
            return annotation is None
        case ast.Name(id=name, ctx=ast.Load()):
            return name in own or name in known
        case ast.Call(func=ast.Name(id=name)):
            return name in known and name not in own
        case ast.Name(ctx=ast.Store()):
            return True
        case ast.Subscript(ctx=context):
            return isinstance(context, ast.Load)
        case ast.Dict(keys=keys):
            return None not in keys
        case ast.AugAssign(target=ast.Name(), op=ast.Add() | ast.Sub(), value=value):
            # Numbers and tuples are replaced; a list would be changed, for all that know it.
            return not any(isinstance(part, ast.List | ast.ListComp) for part in ast.walk(value))
        case ast.Call() | ast.Name():
            return False
    return isinstance(node, PLAIN_NODES)


def _is_loop(function: ast.FunctionDef, task: Task) -> bool:
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    match function.args, body:
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
            letters = _names(letter, len(task.input_signals.fields) or 1)
            results = _names(result, len(task.output_signals.fields))
            if letters is None or results is None:
                return False
            # Without inputs each element only says that a tick goes by.
            wanted = [memory, *(letters if task.inputs else [])]
            names = [memory, *letters, *results, stream.arg]
            return (
                iterated == stream.arg
                and kept == memory
                and [part.id for part in given if isinstance(part, ast.Name)] == wanted
                and len(given) == len(wanted)
                and _names(yielded, len(results)) == results
                and len({*names}) == len(names)
                # `step` it calls, and so it can be none of its own names.
                and "start" not in names
            )
    return False


def _names(target: ast.expr, count: int) -> list[str] | None:
    """Return the names of a target: one bare, several as one flat tuple; None for any other."""
    parts = [target] if count == 1 else target.elts if isinstance(target, ast.Tuple) else []
    names = [part.id for part in parts if isinstance(part, ast.Name)]
    return names if len(names) == len(parts) == count else None


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
            type(value) is type(field.seen[0]) and value in field.seen
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
