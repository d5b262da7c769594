"""A task from a file, run as Python, or from an object; one line says what it lacks to be one."""

import inspect
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bonsai_compiler.errors import BonsaiError, shown
from bonsai_compiler.ir.names import RESERVED, identifier
from bonsai_compiler.isolation.box import RESET, code_of_names
from bonsai_compiler.isolation.code import FUNCTIONS
from bonsai_compiler.isolation.inspection import code_of, described
from bonsai_compiler.isolation.process import CodeProcess
from bonsai_compiler.specification.fields import task_of
from bonsai_compiler.specification.machine_file import (
    PLAIN,
    MachineReading,
    is_machine_file,
    read_machine,
)
from bonsai_compiler.specification.task import Task
from bonsai_compiler.system.reading import read_bytes, read_utf8


def load_task(path: Path, reading: MachineReading = PLAIN) -> Task:
    """Return the task in the file at `path`, or the machine; its stem is the task's name.

    Raises BonsaiError, as `read_task` and `read_machine` do, and where the file cannot be read.
    """
    if is_machine_file(str(path), reading):
        return read_machine(read_utf8(path), path, reading)
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


def as_task(
    written: object,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    start: Hashable = ...,
) -> Task:
    """Return what a user gave as a task: a path, a Task, a class or object, or a step function.

    A class or object has what a task file has: inputs, outputs, start, step and so on, with or
    without `self`; its name and docstring are the task's. An object with `reset` and `step` is a
    black box. The keywords belong to a step function, or, for inputs and outputs, to such an
    object. Raises BonsaiError, as reading a file does, for what is no task.
    """
    keywords = {"inputs": inputs, "outputs": outputs}
    said: dict[str, Any] = {name: value for name, value in keywords.items() if value is not None}
    if start is not ...:
        said["start"] = start
    if _is_step(written):
        return _task({**said, "step": written}, written)
    if said and hasattr(written, RESET) and "start" not in said:
        return _task_of_object(written, said)
    if said:
        raise BonsaiError(f"{min(said)}= goes with a step function; a task says that itself")
    if isinstance(written, Task):
        return written
    if isinstance(written, str | Path):
        return load_task(Path(written))
    return _task_of_object(written)


def _is_step(written: object) -> bool:
    is_class_or_task = inspect.isclass(written) or isinstance(written, Task)
    return callable(written) and not is_class_or_task and not hasattr(written, "step")


def _task_of_object(written: Any, said: Mapping[str, Any] | None = None) -> Task:
    if inspect.isclass(written) and any(_takes_self(written, name) for name in FUNCTIONS):
        try:
            written = written()
        except Exception as error:
            raise BonsaiError(f"{written.__name__}() raised {described(error)}") from None
    names = (*RESERVED, RESET)
    given = {name: getattr(written, name) for name in names if hasattr(written, name)}
    given |= said or {}
    if not given:
        raise BonsaiError(
            f"{shown(written)} is no task; give a path, a class with inputs, outputs, start and "
            "step, or a step function with these as keywords"
        )
    return _task(given, written)


def _task(given: Mapping[str, Any], written: Any) -> Task:
    named = written if hasattr(written, "__name__") else type(written)
    name = identifier(named.__name__)
    codes = (code_of(given[function]) for function in FUNCTIONS if function in given)
    code_file = next((code.co_filename for code in codes if code), "")
    doc = named.__doc__ if isinstance(named.__doc__, str) else ""
    return task_of(given, code_of_names(given, name, code_file), Path(name), name, doc)


def _takes_self(written: type, name: str) -> bool:
    """Return whether a class has the function `name`, its own or inherited, as a method."""
    function = inspect.getattr_static(written, name, None)
    return inspect.isfunction(function) and [*inspect.signature(function).parameters][:1] == [
        "self"
    ]
