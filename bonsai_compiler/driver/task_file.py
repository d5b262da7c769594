"""The file of the task that a result was made for: remembered in its report, and found again."""

import os
from hashlib import sha256
from pathlib import Path

from bonsai_compiler.driver.loading import Run
from bonsai_compiler.errors import BonsaiError, shortened
from bonsai_compiler.system.terminal import log


def task_file(path: Path, folder: Path) -> dict[str, str]:
    """Return the field `task_file` of the report in a folder of results."""
    place = Path(os.path.relpath(os.path.realpath(path), os.path.realpath(folder)))
    return {"path": place.as_posix(), "sha256": _digest(path)}


def remembered_task(run: Run, folder: Path) -> Path:
    """Return the file of the task that a result was made for; raises BonsaiError unless it is."""
    told, given = run.task_file, f"bonsaic certify {shortened(str(folder))} TASK"
    if told is None:
        raise BonsaiError(f"{folder}: does not say which task it is for; give it: {given}")
    path = Path(os.path.normpath(run.root.absolute() / told.path))
    if not path.is_file():
        raise BonsaiError(f"{path}: the task of {folder} is not there any more; give it: {given}")
    if _digest(path) != told.sha256:
        raise BonsaiError(
            f"{path}: was changed after {folder} was made of it; to certify what it says now, give "
            f"it: {given}"
        )
    log(f"bonsaic: certifying against {path}")
    return path


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
