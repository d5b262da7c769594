"""From graphs and results to texts in other languages, and to certificates and back."""

import ast
import subprocess
import sys
from inspect import signature
from pathlib import Path

from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.certificates.certificate import certificate
from bonsai_compiler.certificates.region_certificate import region_certificate
from bonsai_compiler.driver.loading import (
    Run,
    first_step,
    program_of,
    read_graph,
    read_run,
    read_source,
)
from bonsai_compiler.driver.styles import expect_style
from bonsai_compiler.driver.task_file import remembered_task
from bonsai_compiler.equivalence.system import MachineSystem
from bonsai_compiler.errors import BonsaiError, shortened
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.networks.conventions import UNSAID, Conventions
from bonsai_compiler.oracle.compare import as_specification
from bonsai_compiler.system.reading import file_within
from bonsai_compiler.system.terminal import log
from bonsai_compiler.system.writing import write_file
from bonsai_compiler.targets import OF_NEURONS, TARGETS
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


def read_to_emit(path: str, backend: str, conventions: Conventions = UNSAID) -> tuple[Graph, About]:
    """Return the graph that a backend is given of what a user names, and what is known about it.

    Of a folder of results it is the last one; of neurons, where the backend writes no other.
    """
    graph = read_graph(path, conventions=conventions)
    if path == "-" or not Path(path).is_dir():
        return graph, UNKNOWN
    run = read_run(Path(path))
    if backend in OF_NEURONS and run.neurons is not None:
        return run.neurons, _about(run, "the network that was lowered to")
    return graph, _about(run, "the same graph as")


def about_result(folder: Path) -> About:
    """Return what a text says of itself that is made of the last graph of a result."""
    return _about(read_run(folder), "the same graph as")


def _about(run: Run, source: str) -> About:
    """Return what a text says of itself that is made of a source of a result's program."""
    if not run.verdict:
        return UNKNOWN
    return About(
        _documentation(run),
        header=(
            f"Made of {source} {run.name}.py. That program is {run.verdict}. This text was not "
            "judged itself.",
        ),
    )


def _documentation(run: Run) -> str:
    """Return the docstring of a result's program; nothing where it cannot be read."""
    try:
        return ast.get_docstring(ast.parse(run.text(f"{run.name}.py"))) or ""
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""


CHECKERS = {
    "proof.smt2": ("witnesses", "program"),
    "regions.json": ("region_checker", "network"),
}
"""How certificates end, what checks them, and what of a result they are about."""


def certify(folder: Path, specification: str | None = None) -> list[Path]:
    """Write the certificates that a result does what a task, program or graph says.

    One is of its program, where that is proved; one of its network, where that is by regions.
    Without a specification it is the task that the result was made for, if its file still is what
    it was.
    """
    run = read_run(folder)
    specification = specification or str(remembered_task(run, folder))
    wanted = as_specification(read_source(specification))
    logical = run.kind == "proved" and run.stages[-1].graph.dialect is Dialect.LOGIC
    texts: dict[str, str] = {}
    if run.by_regions and isinstance(wanted, MachineSystem):
        try:
            texts["regions.json"] = region_certificate(run.stages[0].graph, wanted)
        except BonsaiError as error:
            if not logical:
                raise
            log(f"bonsaic: there is no certificate of the network: {error}")
    if logical or not texts:
        about = about_result(folder)
        said = f"Certificate that its logic does what {Path(specification).name} says."
        about = About(about.doc, header=(*about.header, said))
        texts["proof.smt2"] = certificate(run.stages[-1].graph, wanted, about)
    places = {run.root / f"{run.name}.{ending}": text for ending, text in sorted(texts.items())}
    for place, text in places.items():
        write_file(place, text)
    return [*places]


def verify_result(folder: Path, task: Path | None) -> list[tuple[str, bool]]:
    """Return what is said of each certificate in a folder of results, and whether it holds.

    The program's `step` is called in a process of its own, and that of a task if one is given.
    """
    run = read_run(folder)
    if task is not None and not task.is_file():
        raise BonsaiError(f"{task}: is no file; give the task that the certificate is about")
    found = [ending for ending in CHECKERS if file_within(run.root, f"{run.name}.{ending}")]
    if not found:
        raise BonsaiError(
            f"{folder}: holds no certificate {run.name}.proof.smt2; write it with: bonsaic certify "
            f"{shortened(str(folder))}"
        )
    return [_checked(run, folder, ending, task) for ending in found]


def _checked(run: Run, folder: Path, ending: str, task: Path | None) -> tuple[str, bool]:
    """Return what the checker of a certificate says, and whether that holds."""
    module, what = CHECKERS[ending]
    about = program_of(folder) if what == "program" else first_step(run)
    place = run.root / f"{run.name}.{ending}"
    paths = [str(place), str(about), *([str(task)] if task else [])]
    module = f"bonsai_compiler.certificates.{module}"
    # -P: a file beside the user must not stand for a module of Python's own.
    done = subprocess.run([sys.executable, "-P", "-m", module, *paths], capture_output=True)
    lines = done.stdout.decode(errors="replace").splitlines()
    if done.returncode not in (0, 1) or not lines:
        last = done.stderr.decode(errors="replace").strip().splitlines() or ["no word"]
        raise BonsaiError(f"{place}: the checker ended with {shortened(last[-1])}")
    return lines[-1], done.returncode == 0
