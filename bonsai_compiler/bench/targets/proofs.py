"""`bonsaic bench proofs`: proofs of results in the hands of Yosys, z3 and cvc5, and of mutants."""

import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from bonsai_compiler.bench.targets.hardware import prove_one_circuit
from bonsai_compiler.bench.targets.results import Result, results_in
from bonsai_compiler.bench.targets.solvers import SOLVERS, Solver, timed
from bonsai_compiler.bench.targets.tools import MissingError, ran, written
from bonsai_compiler.certificates.certificate import certificate
from bonsai_compiler.certificates.checker import Certificate, WrongError, ticks
from bonsai_compiler.driver.loading import program_of
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.oracle.compare import as_specification
from bonsai_compiler.targets.about import UNKNOWN

PROVED = ["unsat"] * 3
MUTANTS = 40
TRIES = 10 * MUTANTS


@click.command()
@click.argument("folders", nargs=-1, required=True, type=Path, metavar="DIR...")
@click.option("--mutants", type=click.IntRange(0), default=MUTANTS, show_default=True)
def command(folders: tuple[Path, ...], mutants: int) -> None:
    """Have others prove every proved result, and print a Markdown table in seconds of the clock.

    Each DIR is a folder that 'bonsaic bench SUITE' has filled. Yosys proves that Verilog, BLIF and
    AIGER are one circuit; z3 and cvc5 answer the three questions of the certificate; verify checks
    it with program and task. Then one word of the certificate is another, so often that z3 finds a
    fault in so many MUTANTS: the checker has to find one in the same ones. Exit code: 1 if
    anything is not as it must be.
    """
    print("| suite | task | one circuit | certificate, kB | z3 | cvc5 | verify | mutants caught |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    right = True
    for result in results_in(folders):
        with TemporaryDirectory() as place:
            cells = list(_cells(result, mutants, Path(place)))
        right &= not any(cell.startswith("WRONG") for cell in cells)
        print(f"| {' | '.join([result.suite, result.run.name, *cells])} |", flush=True)
    if not right:
        click.get_current_context().exit(1)


def _cells(result: Result, count: int, folder: Path) -> Iterator[str]:
    yield _tried(partial(_circuits, result, folder))
    text = certificate(result.graph, as_specification(result.task), UNKNOWN)
    yield f"{len(text) / 1024:.0f}"
    for solver in SOLVERS.values():
        yield _tried(partial(_solved, solver, text, folder))
    yield _tried(partial(_verified, result, text, folder))
    yield _tried(partial(caught, text, count, folder))


def _tried(measure: Callable[[], str]) -> str:
    """Return what was measured, or what went wrong, or which tool is missing."""
    try:
        return measure()
    except MissingError as error:
        return f"no {error}"
    except BonsaiError as error:
        return f"WRONG: {error}"


def _circuits(result: Result, folder: Path) -> str:
    began = time.perf_counter()
    prove_one_circuit(result.graph, folder)
    return f"{time.perf_counter() - began:.1f}"


def _solved(solver: Solver, text: str, folder: Path) -> str:
    answers, seconds = timed(solver, text, folder)
    if answers != PROVED:
        raise BonsaiError(f"says {', '.join(answers)}")
    return f"{seconds:.2f}"


def _verified(result: Result, text: str, folder: Path) -> str:
    written(folder, "proof.smt2", text)
    module, paths = "bonsai_compiler.certificates.witnesses", [program_of(result.run.root)]
    words = [str(path.resolve()) for path in (*paths, result.task.path)]
    began = time.perf_counter()
    ran(sys.executable, "-P", "-m", module, "proof.smt2", *words, folder=folder)
    return f"{time.perf_counter() - began:.2f}"


def caught(text: str, wanted: int, folder: Path, seed: int = 0) -> str:
    """Return how many mutants of a certificate, of those that prove nothing, the checker refuses.

    Raises BonsaiError where it lets one pass that z3 does not.
    """
    found = harmless = 0
    for number, mutant in enumerate(mutants(text, random.Random(seed))):
        if found == wanted or number == TRIES:
            break
        try:
            proves = SOLVERS["z3"](mutant, folder) == PROVED
        except BonsaiError:
            # It reads a gate before that is there, and is no certificate at all.
            continue
        if proves:
            # Another proof of the same: of what never comes anything may be said.
            harmless += 1
        elif refused(mutant):
            found += 1
        else:
            raise BonsaiError(f"the checker lets mutant {number + 1} pass, and z3 does not")
    return f"{found} of {found}; {harmless} harmless"


def refused(text: str) -> bool:
    """Return whether the checker finds a certificate wrong."""
    try:
        for _ in ticks(Certificate(text)):
            pass
    except (WrongError, LookupError, ValueError):
        return True
    return False


_SWAPS = {"true": "false", "false": "true", "and": "xor", "xor": "and"}


def mutants(text: str, rng: random.Random) -> Iterator[str]:
    """Yield certificates in which one word of one function is another one that may stand there."""
    lines = text.splitlines()
    places = [number for number, line in enumerate(lines) if line.startswith("  ")]
    starts = [n for n, line in enumerate(lines) if line.startswith("(define-fun |program.start")]
    while True:
        place = rng.choice(places * 3 + starts)
        if place in starts:
            line = re.sub("true|false", lambda word: _SWAPS[word[0]], lines[place])
        else:
            names = re.findall(r"\((\|[^|]+\|) Bool\)", lines[place - 1])
            words = list(re.finditer(r"\|[^|]+\||true|false|\(and|\(xor", lines[place]))
            word = rng.choice(words)
            new = _SWAPS.get(word[0].strip("(")) or rng.choice([*names, "true", "false"])
            new = f"({new}" if word[0].startswith("(") else new
            line = lines[place][: word.start()] + new + lines[place][word.end() :]
        if line != lines[place]:
            yield "\n".join([*lines[:place], line, *lines[place + 1 :]]) + "\n"
