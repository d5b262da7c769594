"""A checkpoint: one file that lets a growth that was stopped go on to the same result."""

from __future__ import annotations

import hashlib
import io
import json
import math
import time
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.log import Row
from bonsai_compiler.growth.stage import Stage, load_stage
from bonsai_compiler.passes.journal import Entry
from bonsai_compiler.system.arrays import DAMAGE, MOST_BYTES, load_parts
from bonsai_compiler.system.records import expect, records
from bonsai_compiler.system.terminal import log
from bonsai_compiler.system.writing import write_file

KEEP_SECONDS = 5.0
"""How often the file is written at most: between two writings this much work can be lost."""

KEEP_SHARE = 0.05
"""The share of the time that writing takes at most: large networks are written less often."""

MAGIC = b"bonsaic growth "
"""How a file begins; the digest of all that follows comes next, in a line."""

SEARCH, STAGE = "search.json", "stage.npz"
"""The parts of the file: the search, and the stage of growing."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a search stands.

    `stage` is where growing stands, if it was begun, and `journal` what was compiled. `seconds`
    were spent so far, unless the run `ended` and the next begins to count anew. `struck` is whether
    a budget decided anything until here.
    """

    rows: tuple[Row, ...] = ()
    seconds: float = 0.0
    engine: str = ""
    device: str = ""
    struck: bool = False
    ended: bool = False
    journal: tuple[Entry, ...] = field(default=(), repr=False)
    stage: Stage | None = field(default=None, repr=False)


class Keeper:
    """Keeps a search's checkpoint in a file; `identity` names everything the result depends on.

    Without a path nothing is written.
    """

    def __init__(
        self, path: Path | None, identity: dict[str, Any], clock: Callable[[], float]
    ) -> None:
        self.path, self.clock = path, clock
        self.identity = json.loads(json.dumps(identity))
        self.latest: Checkpoint | None = None
        self.due = clock() + KEEP_SECONDS
        self.failed = False

    def load(self) -> Checkpoint:
        """Return the checkpoint in the file; raises BonsaiError if there is none that fits."""
        if self.path is None:
            raise BonsaiError("nothing was written that could be resumed; say where with out=")
        if not self.path.is_file():
            raise BonsaiError(f"{self.path}: there is nothing to resume; leave out --resume")
        try:
            if self.path.stat().st_size > MOST_BYTES:
                raise ValueError("too large")
            identity, checkpoint = parse(self.path.read_bytes())
        except DAMAGE as error:
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
        """Remember where the search stands, and write it down unless that was done just now."""
        self.latest = checkpoint
        if self.clock() >= self.due:
            self.flush()

    def flush(self) -> bool:
        """Write down what was remembered last; return whether there is such a file now.

        A file that cannot be written is no reason to stop growing: the user is told, once.
        """
        if self.latest is None or self.path is None:
            return False
        begun = self.clock()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_file(self.path, dump(self.identity, self.latest))
        except (BonsaiError, OSError) as error:
            if not self.failed:
                fault = str(error)
                if isinstance(error, OSError):
                    fault = f"{self.path}: {error.strerror}"
                then = "goes on from before" if self.path.is_file() else "cannot be resumed"
                log(f"bonsaic: {fault}; a run that is stopped now {then}")
            self.failed = True
        now = self.clock()
        self.due = now + max(KEEP_SECONDS, (now - begun) / KEEP_SHARE)
        return self.path.is_file()

    def end(self) -> None:
        """Write down that the run came to its end: the next one has its budget whole."""
        if self.latest is not None:
            self.latest = replace(self.latest, ended=True)
            self.flush()

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
    """Return a checkpoint as bytes, which `parse` reads back: a line, then a .zip file."""
    stage = checkpoint.stage
    values = {**asdict(replace(checkpoint, stage=None)), "identity": identity}
    del values["stage"]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(SEARCH, json.dumps(values))
        if stage is not None:
            archive.writestr(STAGE, stage.dump(), zipfile.ZIP_STORED)
    return _sealed(file.getvalue())


def _sealed(data: bytes) -> bytes:
    return MAGIC + hashlib.sha256(data).hexdigest().encode() + b"\n" + data


def parse(data: bytes) -> tuple[dict[str, Any], Checkpoint]:
    """Return the identity and the checkpoint that `dump` wrote; raises one of DAMAGE for others."""
    head, _, body = data.partition(b"\n")
    if head + b"\n" + body != _sealed(body):
        raise ValueError("damaged")
    parts = load_parts(body)
    if not set(parts) <= {SEARCH, STAGE}:
        raise ValueError("other parts")
    values = json.loads(parts[SEARCH])
    identity = values.pop("identity")
    if set(values) != {item.name for item in fields(Checkpoint)} - {"stage"}:
        raise ValueError("other fields")
    if not isinstance(identity, dict) or not math.isfinite(values["seconds"]):
        raise ValueError("of another kind")
    return identity, Checkpoint(
        rows=records(Row, values["rows"]),
        seconds=float(values["seconds"]),
        engine=expect(str, values["engine"]),
        device=expect(str, values["device"]),
        struck=expect(bool, values["struck"]),
        ended=expect(bool, values["ended"]),
        journal=records(Entry, values["journal"]),
        stage=load_stage(parts[STAGE]) if STAGE in parts else None,
    )
