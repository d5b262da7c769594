"""Hold a certificate against the program and the task that it is about, by calling their `step`.

`python -m bonsai_compiler.certificates.witnesses NAME.proof.smt2 NAME.py [TASK.py]` is what
`bonsaic verify` runs, in a process of its own. Exit code: 0 verified, 1 not.
"""

import ast
import runpy
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from bonsai_compiler.certificates.checker import (
    MOST,
    Bits,
    Certificate,
    WrongError,
    expect,
    parsed,
    ticks,
)

CALLED = (abs, all, any, bool, divmod, int, len, list, max, min, range, sorted, sum, tuple, zip)
BUILTINS = {f.__name__: f for f in CALLED}


class Table(Protocol):
    """What a certificate says of a task: its inputs, its outputs, and its table."""

    outputs: Any

    @property
    def table(self) -> Sequence[str]:
        """The names of what tells its states apart."""

    def letters(self) -> Iterator[tuple[list[Any], Any]]:
        """Yield each choice of the inputs' values, and what stands for it."""

    def call(self, name: str, values: Any) -> Any:
        """Return a function of the table."""


OPERANDS = {"not": 1, "and": 2, "xor": 2, "ite": 3}


def expect_bools(text: str) -> None:
    """Raise WrongError unless all functions of a certificate are of Bools, as solvers read them.

    Brute force does not look at branches that nothing leads to.
    """
    for kind, *item in parsed(text):
        if kind == "define-fun":
            _, takes, sort, body = item
            sorts = [sort, *(each for _, each in takes)]
            expect(all(each == "Bool" for each in sorts), "a function is not of Bools")
            _expect_term(body, {"true", "false", *(name for name, _ in takes)})


def _expect_term(term: Any, names: set[str]) -> None:
    while term[0] == "let":
        _, [[name, part]], term = term
        _expect_term(part, names)
        names = names | {name}
    if isinstance(term, str):
        expect(term in names, f"nothing is called {term:.60}")
        return
    operator, *parts = term
    known = isinstance(operator, str) and OPERANDS.get(operator) == len(parts)
    expect(known, f"{operator!s:.60} is no operator of {len(parts)} terms")
    for part in parts:
        _expect_term(part, names)


def check_program(proof: Certificate, program: Any) -> str:
    """Return what was verified; raises WrongError where the program or the certificate is wrong.

    The program may remember otherwise than the logic that was certified: it is walked beside the
    task's table, from the start on, until nothing new is met.
    """
    pairs = {tuple(pair.values()) for pair in ticks(proof)}
    states, steps = set(), 0

    def answered(state: Any, now: Bits, given: list[Any], results: Any) -> None:
        nonlocal steps
        for name, names, values, result in _fields(proof, results):
            cared = [n for n in names if proof.call(f"task.cares.{n}", now)]
            wants = [proof.call(f"task.wants.{n}", now) for n in cared]
            told = [
                dict(zip(names, map(bool, word), strict=True)) for v, word in values if v == result
            ]
            right = any([word[n] for n in cared] == wants for word in told)
            expect(right, f"in {state} with {given} the program's {name} is {result}")
        states.add(repr(state))
        steps += 1

    _walk(proof, program, lambda *_: None, answered)
    return (
        f"{len(pairs):,} pairs of states of logic and task, {steps:,} steps of the program, "
        f"in {len(states):,} states"
    )


def _walk(
    proof: Table,
    system: Any,
    asked: Callable[[Any, Bits, list[Any], int, bool], None],
    answered: Callable[[Any, Bits, list[Any], Any], None],
) -> int:
    """Walk a program or task beside the table until nothing new is met; return how many pairs.

    Before each step `asked` is told the state, the bits, the inputs, the tick, and whether they may
    come; after it `answered` what came out.
    """
    frontier, met = [(system["start"], dict.fromkeys(proof.table, False), 0)], set()
    while frontier:
        state, number, tick = frontier.pop()
        key = repr(state), tuple(number.values())
        if key in met:
            continue
        met.add(key)
        expect(len(met) < MOST, "the states do not come to an end")
        for given, letter in proof.letters():
            now = number | letter
            legal = proof.call("task.legal", now)
            asked(state, now, given, tick, legal)
            if legal:
                following, results = system["step"](state, *given)
                answered(state, now, given, results)
                moved = {n: proof.call(f"task.next.{n[2:]}", now) for n in proof.table}
                frontier.append((following, moved, tick + 1))
    return len(met)


def _fields(proof: Table, results: Any) -> Iterator[tuple[str, list[str], list[Any], Any]]:
    """Yield of each output its name, its bits' names, its values with their bits, its result."""
    several = [results] if len(proof.outputs) == 1 else results
    for field, result in zip(proof.outputs, several, strict=True):
        yield (*field, result)


def check_task(proof: Table, task: Any) -> str:
    """Return what was verified of the table; raises WrongError where the task says otherwise."""
    allows = task.get("legal", lambda *_: True)

    def asked(state: Any, _: Bits, given: list[Any], tick: int, legal: bool) -> None:
        wanted = tick != task.get("horizon") and bool(allows(state, *given))
        expect(legal == wanted, f"the task in {state} with {given}: legal is otherwise")

    def answered(state: Any, now: Bits, given: list[Any], results: Any) -> None:
        for name, names, values, result in _fields(proof, results):
            words = [[bool(bit) for bit in word] for v, word in values if v == result]
            wants = [proof.call(f"task.wants.{n}", now) for n in names]
            cares = {proof.call(f"task.cares.{n}", now) for n in names}
            right = cares == {False} if result is None else ([wants], {True}) == (words, cares)
            expect(right, f"the task in {state} with {given}: {name} is otherwise")

    return f"{_walk(proof, task, asked, answered):,} states of the task"


def plain(path: Path) -> Any:
    """Return the names of a program, which may compute and do nothing else."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        word = getattr(node, "id", getattr(node, "attr", ""))
        wild = isinstance(node, ast.Import | ast.ImportFrom | ast.Global | ast.ClassDef)
        far = isinstance(node, ast.Attribute) and word not in ("index", "get")
        expect(not wild and not far and "__" not in word, f"{path} does more than compute")
    names: dict[str, Any] = {"__builtins__": BUILTINS}
    exec(compile(tree, str(path), "exec"), names)
    return names


def main(proof_path: str, program_path: str, task_path: str = "") -> int:
    """Say what was verified, and return the exit code."""
    sys.setrecursionlimit(100_000)
    try:
        text = Path(proof_path).read_text(encoding="utf-8")
        expect_bools(text)
        proof = Certificate(text)
        said = [check_program(proof, plain(Path(program_path)))]
        if task_path:
            sys.path.insert(0, str(Path(task_path).parent))
            said.append(check_task(proof, runpy.run_path(task_path)))
    except WrongError as error:
        print(f"not verified: {error}")
        return 1
    except Exception as error:  # Whatever else a program or a text does: it is not verified.
        print(f"not verified: it is no certificate of this program ({error!r:.100})")
        return 1
    print(f"verified: {', and '.join(said)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
