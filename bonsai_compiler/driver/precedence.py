"""Which of two results keeps a folder: a worse verdict never takes the place of a better one."""

from dataclasses import dataclass
from pathlib import Path

from bonsai_compiler.driver.report import VERDICTS, glimpsed
from bonsai_compiler.errors import BonsaiError, shown
from bonsai_compiler.system.folder import MARK, expect_replaceable


@dataclass(frozen=True, slots=True)
class Place:
    """Where a result goes; `spared` is a better one, left where this would have gone.

    `spared_kind` is the verdict on that, empty where its report cannot be read.
    """

    folder: Path
    spared: Path | None = None
    spared_kind: str = ""

    @property
    def note(self) -> str:
        """What stayed, in words; empty where nothing had to."""
        if self.spared is None:
            return ""
        what = f"is {self.spared_kind}" if self.spared_kind else "has a report that says nothing"
        return f"{self.spared} {what}, and stays"


def place_of(folder: Path, kind: str, *, force: bool) -> Place:
    """Return where a result with this verdict goes: FOLDER, or FOLDER.<kind> beside a better one.

    What cannot be told of an earlier result counts as proved. With `force` nothing is spared.
    """
    earlier = None if force else _verdict(folder)
    if earlier is None or _rank(kind) >= _rank(earlier):
        return Place(folder)
    return Place(_beside(folder, kind), folder, earlier)


def places(folder: Path) -> tuple[Path, ...]:
    """Return all folders that a result could go to: FOLDER, and those beside it."""
    return (folder, *(_beside(folder, kind) for kind in VERDICTS))


def expect_place(folder: Path, *, force: bool) -> None:
    """Raise BonsaiError unless a result of any verdict could be put into FOLDER, or beside it."""
    expect_replaceable(folder)
    for kind in VERDICTS:
        place = place_of(folder, kind, force=force)
        if place.spared is not None:
            expect_replaceable(place.folder)
            _expect_like(place, kind)


def _expect_like(place: Place, kind: str) -> None:
    """Raise BonsaiError where the place beside holds another task's result, or a better one."""
    report = glimpsed(place.folder)
    assert place.spared is not None
    task, earlier = report.get("task", place.spared.name), report.get("verdict", kind)
    if task != place.spared.name or _rank(earlier) > _rank(kind):
        raise BonsaiError(
            f"{place.folder}: holds a result of {shown(task)} that is {shown(earlier)}, and a "
            f"{kind} one would go there, since {place.note}; move one of them, or --force"
        )


def _beside(folder: Path, kind: str) -> Path:
    return folder.with_name(f"{folder.name}.{kind}")


def _rank(kind: object) -> int:
    return VERDICTS.index(kind) if kind in VERDICTS else len(VERDICTS) - 1


def _verdict(folder: Path) -> str | None:
    """Return the verdict on the result in a folder, empty if it is illegible; None if none."""
    if not (folder / MARK).exists():
        return None
    kind = glimpsed(folder).get("verdict")
    return kind if kind in VERDICTS else ""
