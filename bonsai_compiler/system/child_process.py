"""Processes of this program beside this one, which answer on pipes."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import bonsai_compiler

ChildProcess = subprocess.Popen[bytes]

DRAWER, RUNNER = "bonsai_compiler.page.child", "bonsai_compiler.isolation.child"
"""Modules whose `serve` child processes run: one draws, the other runs the code of a task."""

START = (
    "import sys; sys.path.insert(0, {root!r}); from {module} import serve; del sys.path[0]; serve()"
)


def started(module: str) -> ChildProcess:
    """Return a process that runs `serve` of a module, with pipes to ask and to be answered."""
    root = str(Path(bonsai_compiler.__file__).resolve().parent.parent)
    # A session of its own: what it starts ends with it, and Ctrl-C does not reach it.
    # -P: a file beside the user must not stand for a module of Python's own.
    return subprocess.Popen(
        [sys.executable, "-P", "-c", START.format(root=root, module=module)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


def ended(process: ChildProcess, owner: int) -> None:
    """End a process, with all that it started, if this is still the process that started it."""
    if os.getpid() != owner:
        return
    # Once it was waited for, its number may be another's.
    if process.returncode is None:
        killed(process)
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def killed(process: ChildProcess) -> None:
    """Have a process end, with all that it started."""
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
