"""One case: what it may use, and how it ends."""

import ast
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


class DisagreementError(Exception):
    """The package says one thing, brute force another; the message says which."""


@dataclass(frozen=True)
class Case:
    """A source of choices, a folder for the files that the package is given, and how large to go.

    `scale` is 1 for cases of a few states; larger ones make larger things.
    """

    rng: random.Random
    folder: Path
    scale: int = 1

    def file(self, name: str, text: str) -> Path:
        """Write a file into the folder and return its path."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


Kind = Callable[[Case], str]
"""Runs one case and returns how it ended, in a word; raises DisagreementError for a fault."""


def expect(condition: object, message: str) -> None:
    """Raise DisagreementError unless the condition holds."""
    if not condition:
        raise DisagreementError(message)


def run_program(text: str) -> dict[str, object]:
    """Return the names that a Python text defines, run apart from everything else."""
    names: dict[str, object] = {"__name__": "fuzzed"}
    exec(compile(ast.parse(text), "<fuzzed>", "exec"), names)
    return names
