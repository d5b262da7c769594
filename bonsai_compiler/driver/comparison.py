"""What `bonsaic diff` shows: of two graphs, or of a finished run."""

from pathlib import Path
from typing import Literal

from bonsai_compiler.differences.diff import changed_lines, dump_diff
from bonsai_compiler.differences.diff_table import beside, coloured, stat, walk_beside
from bonsai_compiler.differences.walk import Step, changes_anything, dump_walk
from bonsai_compiler.driver.loading import read_graph
from bonsai_compiler.driver.run_folder import read_run
from bonsai_compiler.errors import BonsaiError

Form = Literal["lines", "columns", "stat"]


def compare_files(before: str, after: str | None, form: Form, width: int) -> tuple[str, bool]:
    """Return what differs, coloured, and whether anything does; `before` alone is a run."""
    if after is None:
        return _run(Path(before), form, width)
    if before == after == "-":
        raise BonsaiError("only one of the two can come from standard input")
    old, new = read_graph(before), read_graph(after)
    if form == "stat":
        text = stat((Step(before, old), Step(after, new)), width)
    elif not changed_lines(old, new):
        text = ""
    elif form == "columns":
        text = beside(old, new, width)
    else:
        text = coloured(dump_diff(old, new))
    return text, bool(changed_lines(old, new))


def _run(path: Path, form: Form, width: int) -> tuple[str, bool]:
    if path.is_file() or str(path) == "-":
        raise BonsaiError(f"{path}: give a second graph beside it, or the folder of a run")
    run = read_run(path)
    if form == "stat":
        text = stat(run.stages, width)
    elif form == "columns":
        text = walk_beside(run.stages, width)
    else:
        text = coloured(dump_walk(run.stages))
    verdict = f"\n{run.verdict}\n" if run.verdict else ""
    return text + verdict, changes_anything(run.stages)
