"""A checkpoint: one file that lets a growth that was stopped go on to the same result."""

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth_log import Row, Rung
from bonsai_compiler.terminal import talk
from bonsai_compiler.writing import write_file

KEEP_SECONDS = 10.0
"""How often the file is written at most: between two writings this much work can be lost."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a climb stands.

    `rungs` are those done, each of which left a network in `fallbacks`; `stage` is where the next
    one stands, as bytes, or empty. `lessons` are counterexamples. `seconds` were spent so far.
    """

    rungs: tuple[Rung, ...] = ()
    fallbacks: tuple[str, ...] = ()
    lessons: tuple[tuple[int, ...], ...] = ()
    rows: tuple[Row, ...] = ()
    seconds: float = 0.0
    stage: bytes = field(default=b"", repr=False)


class Keeper:
    """Keeps a climb's checkpoint in a file; `identity` names everything the result depends on.

    Without a path nothing is written.
    """

    def __init__(
        self, path: Path | None, identity: dict[str, Any], clock: Callable[[], float]
    ) -> None:
        self.path, self.clock = path, clock
        self.identity = json.loads(json.dumps(identity))
        self.latest: Checkpoint | None = None
        self.written = clock()
        self.failed = False

    def load(self) -> Checkpoint:
        """Return the checkpoint in the file; raises BonsaiError if there is none that fits."""
        if self.path is None:
            raise BonsaiError("nothing was written that could be resumed; say where with out=")
        if not self.path.is_file():
            raise BonsaiError(f"{self.path}: there is nothing to resume; leave out --resume")
        try:
            identity, checkpoint = parse(self.path.read_bytes())
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            raise BonsaiError(
                f"{self.path}: is no checkpoint of this version ({type(error).__name__}); "
                "remove it and start anew"
            ) from None
        other = [name for name, value in self.identity.items() if identity.get(name) != value]
        if other:
            raise BonsaiError(
                f"{self.path}: is of a run with another {' and '.join(other)}; "
                "start anew without --resume"
            )
        return checkpoint

    def keep(self, checkpoint: Checkpoint) -> None:
        """Remember where the climb stands, and write it down unless that was done just now."""
        self.latest = checkpoint
        if self.clock() - self.written >= KEEP_SECONDS:
            self.flush()

    def flush(self) -> bool:
        """Write down what was remembered last; return whether there is such a file now.

        A file that cannot be written is no reason to stop growing: the user is told, once.
        """
        if self.latest is None or self.path is None:
            return False
        self.written = self.clock()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_file(self.path, dump(self.identity, self.latest))
        except (BonsaiError, OSError) as error:
            if not self.failed:
                fault = (
                    error if isinstance(error, BonsaiError) else f"{self.path}: {error.strerror}"
                )
                talk(f"bonsaic: {fault}; a run that is stopped now cannot be resumed")
            self.failed = True
            return False
        return True

    def drop(self) -> None:
        """Remove the file: what it was for is done."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)


def keeper(path: Path | None, identity: dict[str, Any]) -> Keeper:
    """Return a keeper that goes by the machine's clock."""
    return Keeper(path, identity, time.monotonic)


def digest(text: str) -> str:
    """Return a short name for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def dump(identity: dict[str, Any], checkpoint: Checkpoint) -> bytes:
    """Return a checkpoint as the bytes of a .zip file, which `parse` reads back."""
    values = {**asdict(replace(checkpoint, stage=b"")), "identity": identity}
    del values["stage"]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("climb.json", json.dumps(values))
        archive.writestr("stage.npz", checkpoint.stage)
    return file.getvalue()


def parse(data: bytes) -> tuple[dict[str, Any], Checkpoint]:
    """Return the identity and the checkpoint that `dump` wrote; raises ValueError and the like."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        values = json.loads(archive.read("climb.json"))
        stage = archive.read("stage.npz")
    identity = values.pop("identity")
    if set(values) != {item.name for item in fields(Checkpoint)} - {"stage"}:
        raise ValueError("other fields")
    return identity, Checkpoint(
        rungs=tuple(Rung(**rung) for rung in values["rungs"]),
        fallbacks=tuple(values["fallbacks"]),
        lessons=tuple(map(tuple, values["lessons"])),
        rows=tuple(Row(**row) for row in values["rows"]),
        seconds=float(values["seconds"]),
        stage=stage,
    )
