"""What to say of a run that did not get there: why it ended, and what to do next."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from bonsai_compiler.schedule.origin import Origin
from bonsai_compiler.schedule.settings import Settings

MORE = 4
"""How many times the budget of a run that it ended is worth a try."""


def advice(
    task: Path, out: Path | None, settings: Settings, grown: Origin, *, more: bool
) -> tuple[str, str]:
    """Return why a search ended without what it was for, and the command to give next.

    There is `more` to be had where the budget ended it.
    """
    last = grown.attempts[-1]
    learned = f"{last.solved} of {last.replicas} replicas learned the task"
    if not last.solved and last.mistakes < 1.0:
        learned += f", the best was wrong on {last.mistakes:.2%} of its outputs"
    compiled = f", and {last.settled} candidates settled" if last.solved else ""
    if more:
        why = f"it ended since its budget of {grown.budget:.0f} s was over: "
        budget = max(1, round(MORE * (grown.budget or 0)))
        words = _command(task, out, settings, settings.seed)
        next_step = f"to go on from there: {shlex.join(words)} --resume --budget {budget}"
    else:
        why = "it ended as all was done that its recipe says: "
        words = _command(task, out, settings, settings.seed + 1)
        next_step = f"to try other networks: {shlex.join(words)}"
    return f"{why}{learned}{compiled}", next_step


def _command(task: Path, out: Path | None, settings: Settings, seed: int) -> Sequence[str]:
    changes = (settings.changes or {}).items()
    return [
        *("bonsaic", "train-and-compile", str(task)),
        *(("-o", str(out)) if out not in (None, Path("build")) else ()),
        *(("--seed", str(seed)) if seed else ()),
        *(("--engine", settings.engine) if settings.engine != "auto" else ()),
        *(("--device", settings.device) if settings.device else ()),
        *(("--cluster", settings.cluster) if settings.cluster else ()),
        *(("--recipe", settings.recipe) if settings.recipe != "auto" else ()),
        *(("--smallest", settings.smallest) if settings.smallest != "weights" else ()),
        *(word for name, value in changes for word in ("--set", f"{name}={value!r}")),
    ]
