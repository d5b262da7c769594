"""From graphs and results to texts in other languages, and to certificates and back."""

import ast
import subprocess
import sys
from inspect import signature
from pathlib import Path

from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.certificates.certificate import certificate
from bonsai_compiler.driver.loading import Run, program_of, read_run, read_source
from bonsai_compiler.driver.styles import expect_style
from bonsai_compiler.driver.task_file import remembered_task
from bonsai_compiler.errors import BonsaiError, shortened
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.oracle.compare import as_specification
from bonsai_compiler.system.reading import file_within
from bonsai_compiler.system.writing import write_file
from bonsai_compiler.targets import TARGETS
from bonsai_compiler.targets.about import UNKNOWN, About


def emit(
    graph: Graph, backend: str, about: About = UNKNOWN, **options: str | bool | None
) -> str | bytes:
    """Return a graph in the language of a backend; a picture as bytes.

    Options that are None or False are not given. Raises BonsaiError for one that the backend has
    not.
    """
    emitters = {**BACKENDS, **TARGETS}
    if backend not in emitters:
        raise BonsaiError(f"there is no backend '{backend}'; known are {', '.join(emitters)}")
    given = {name: value for name, value in options.items() if value}
    if expect_style(str(given.pop("style", "readable"))) != "readable":
        given["style"] = "network"
    known = signature(emitters[backend]).parameters
    for name in given:
        if name not in known or (backend not in TARGETS and name != "style"):
            able = [key for key, item in emitters.items() if name in signature(item).parameters]
            raise BonsaiError(f"--{name} is of {' and '.join(able)}, not of {backend}")
    verify(graph, graph.name)
    if backend in BACKENDS:
        return BACKENDS[backend](graph, **given)
    return TARGETS[backend](graph, about, **given)


def about_result(folder: Path) -> About:
    """Return what a text says of itself that is made of the last graph of a result."""
    run = read_run(folder)
    if not run.verdict:
        return UNKNOWN
    return About(
        _documentation(run),
        header=(
            f"Made of the same graph as {run.name}.py. That program is {run.verdict}. This text "
            "was not judged itself.",
        ),
    )


def _documentation(run: Run) -> str:
    """Return the docstring of a result's program; nothing where it cannot be read."""
    try:
        return ast.get_docstring(ast.parse(run.text(f"{run.name}.py"))) or ""
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""


def certificate_place(run: Run) -> Path:
    """Return where the certificate of a result stands."""
    return run.root / f"{run.name}.proof.smt2"


def certify(folder: Path, specification: str | None = None) -> Path:
    """Write the certificate that a result does what a task, program or graph says.

    Without one it is the task that the result was made for, if its file still is what it was.
    """
    run = read_run(folder)
    specification = specification or str(remembered_task(run, folder))
    about = about_result(folder)
    said = (*about.header, f"Certificate that its logic does what {Path(specification).name} says.")
    wanted = as_specification(read_source(specification))
    place = certificate_place(run)
    write_file(place, certificate(run.stages[-1].graph, wanted, About(about.doc, header=said)))
    return place


def verify_result(folder: Path, task: Path | None) -> tuple[str, bool]:
    """Return what the checker says of the certificate in a folder of results, and whether it holds.

    The program's `step` is called in a process of its own, and that of a task if one is given.
    """
    run = read_run(folder)
    place = certificate_place(run)
    if file_within(run.root, place.name) is None:
        raise BonsaiError(
            f"{folder}: holds no certificate {place.name}; write it with: bonsaic certify "
            f"{shortened(str(folder))}"
        )
    if task is not None and not task.is_file():
        raise BonsaiError(f"{task}: is no file; give the task that the certificate is about")
    module = "bonsai_compiler.certificates.witnesses"
    paths = [str(place), str(program_of(folder)), *([str(task)] if task else [])]
    # -P: a file beside the user must not stand for a module of Python's own.
    done = subprocess.run([sys.executable, "-P", "-m", module, *paths], capture_output=True)
    lines = done.stdout.decode(errors="replace").splitlines()
    if done.returncode not in (0, 1) or not lines:
        last = done.stderr.decode(errors="replace").strip().splitlines() or ["no word"]
        raise BonsaiError(f"{place}: the checker ended with {shortened(last[-1])}")
    return lines[-1], done.returncode == 0
