"""Grow tiny sparse RNNs for a task and compile them to programs proved equal to it.

    import bonsai_compiler as bonsai

    result = bonsai.grow("tasks/delay2.py")
    result.graph, result.program, result.verdict, result.steps

docs/python.md tells the rest; `bonsaic` is the same on the command line.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bonsai_compiler.api import (
        check,
        compile,  # noqa: A004
        diff,
        emit,
        explain,
        grow,
        load,
        machine,
        opt,
        run,
        view,
    )
    from bonsai_compiler.driver.build import Result
    from bonsai_compiler.equivalence.verdict import Verdict
    from bonsai_compiler.errors import BonsaiError
    from bonsai_compiler.fsm.machine_drawing import MachineDrawing as Portrait
    from bonsai_compiler.ir.graph import Graph
    from bonsai_compiler.passes.optimise import Optimised
    from bonsai_compiler.specification.task import Task
    from bonsai_compiler.traces.trace import Trace

__version__ = "0.1.0"

__all__ = [
    "BonsaiError",
    "Graph",
    "Optimised",
    "Portrait",
    "Result",
    "Task",
    "Trace",
    "Verdict",
    "check",
    "compile",
    "diff",
    "emit",
    "explain",
    "grow",
    "load",
    "machine",
    "opt",
    "run",
    "view",
]


def __getattr__(name: str) -> Any:
    # All of the compiler takes a while to load, and each command needs only a part of it.
    if name in __all__:
        return getattr(import_module(f"{__name__}.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
