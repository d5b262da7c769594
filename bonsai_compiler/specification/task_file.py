"""Read a task file: run it as Python, and say in one line what it lacks to be a task."""

import sys
from pathlib import Path
from types import ModuleType

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.specification.fields import task_of
from bonsai_compiler.specification.task import Task, described, line_of


def load_task(path: Path) -> Task:
    """Return the task in the file at `path`; its stem is the task's name.

    Raises BonsaiError, as `read_task` does, and where the file cannot be read.
    """
    try:
        source = path.read_bytes()
    except OSError as error:
        raise BonsaiError(f"{path}: cannot be read ({error.strerror})") from None
    return read_task(source, path)


def read_task(source: bytes, path: Path) -> Task:
    """Return the task that `source` says, called after the stem of `path`.

    Raises BonsaiError, one line that names the file, the fault and the mend, for a file that is
    no task.
    """
    module = _import(source, path)
    text = source.decode("utf-8", "replace")
    return task_of(vars(module), path, path.stem, module.__doc__ or "", text)


def _import(source: bytes, path: Path) -> ModuleType:
    module = ModuleType(f"bonsai_task_{path.stem}")
    module.__file__ = str(path)
    # Dataclasses and enums look their module up by its name.
    sys.modules[module.__name__] = module
    before = sys.path[:]
    # A task may import a module that stands beside it.
    sys.path.insert(0, str(path.resolve().parent))
    try:
        exec(compile(source, str(path), "exec"), vars(module))
    except SyntaxError as error:
        place = f"{path}:{error.lineno}" if error.lineno else str(path)
        raise BonsaiError(f"{place}: not Python: {error.msg}") from None
    except (Exception, SystemExit) as error:
        place = line_of(error, path)
        raise BonsaiError(f"{place}: loading the file raised {described(error)}") from None
    finally:
        sys.path[:] = before
    return module
