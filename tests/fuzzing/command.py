"""The command line, run in a process of its own: what it printed, and how it ended."""

import os
import pkgutil
import signal
import sys
import time
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from .case import DisagreementError, expect

PROCESSOR = 60
"""Seconds of processor time after which a command counts as hanging; long runs may take thirty."""
MEMORY = 4_000_000_000
"""Bytes that a command may write to; what it only reserves, as for WebAssembly, does not count."""
PATIENCE = 600.0
"""Seconds by the clock, on however loaded a machine."""


@dataclass(frozen=True)
class Ended:
    """What came out, what was said, and the exit code."""

    code: int
    out: str
    err: str


def bonsaic(folder: Path, *words: str) -> Ended:
    """Return how a command ends that is given in a folder; DisagreementError if it does badly.

    It ends well with 0 or 1, or with 2 and a last line that says why; never with a traceback,
    never by a signal, and within PROCESSOR seconds.
    """
    _loaded()
    paths = [folder / "out.txt", folder / "err.txt"]
    child = os.fork()
    if child == 0:
        _become(folder, words, paths)
    status = _awaited(child, words)
    out, err = (path.read_text(encoding="utf-8", errors="replace") for path in paths)
    told = f"bonsaic {' '.join(words)}"
    expect(os.WIFEXITED(status), f"{told}: ended by signal {os.WTERMSIG(status)}; {err[-400:]}")
    code = os.WEXITSTATUS(status)
    expect("Traceback" not in err + out, f"{told}: {err[-1500:]}")
    expect(code in (0, 1, 2), f"{told}: exit code {code}; {err[-400:]}")
    if code == 2:
        last = err.splitlines()[-1:]
        expect(last and last[0].startswith("bonsaic"), f"{told}: exit code 2, and {err!r}")
    return Ended(code, out, err)


@cache
def _loaded() -> None:
    """Load the package once, so that a command that is forked off starts at once.

    What grows networks is left out: it opens devices, and no command here grows.
    """
    import bonsai_compiler

    for module in pkgutil.walk_packages(bonsai_compiler.__path__, "bonsai_compiler."):
        if not {"growth", "training", "devices", "bench"} & {*module.name.split(".")}:
            import_module(module.name)


def _become(folder: Path, words: tuple[str, ...], paths: list[Path]) -> None:
    """Be the command, and end as Python would; never returns."""
    import resource

    code = 70
    try:
        for number, path in enumerate(paths, 1):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        # What the parent's handles had buffered is the parent's to write.
        sys.stdin, sys.stdout, sys.stderr = (
            os.fdopen(number, "w" if number else "r") for number in range(3)
        )
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR + 5))
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        os.chdir(folder)
        os.environ |= {"NO_COLOR": "1", "BONSAIC_DEBUG": "1"}
        sys.argv = ["bonsaic", *words]
        from bonsai_compiler.cli.main import main

        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
        except BaseException:
            import traceback

            traceback.print_exc()
            code = 1
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _awaited(child: int, words: tuple[str, ...]) -> int:
    """Return the status that a child ends with; one that does not end is killed."""
    end, pause = time.monotonic() + PATIENCE, 0.001
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise DisagreementError(f"bonsaic {' '.join(words)}: has not ended after {PATIENCE:.0f} s")
