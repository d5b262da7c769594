"""Read a task file: run it as Python, and say in one line what it lacks to be a task."""

from pathlib import Path

from bonsai_compiler.isolation.process import CodeProcess
from bonsai_compiler.specification.fields import task_of
from bonsai_compiler.specification.task import Task
from bonsai_compiler.system.reading import read_bytes


def load_task(path: Path) -> Task:
    """Return the task in the file at `path`; its stem is the task's name.

    Raises BonsaiError, as `read_task` does, and where the file cannot be read.
    """
    return read_task(read_bytes(path), path)


def read_task(source: bytes, path: Path) -> Task:
    """Return the task that `source` says, called after the stem of `path`.

    Its code runs in a process of its own. Raises BonsaiError, one line that names the file, the
    fault and the mend, for a file that is no task.
    """
    functions = CodeProcess(path, source)
    doc = functions.names.get("__doc__")
    text = source.decode("utf-8", "replace")
    return task_of(
        functions.names, functions, path, path.stem, doc if isinstance(doc, str) else "", text
    )
