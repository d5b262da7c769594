"""Case after case, kinds in turn by the time they took, until the time is up."""

import os
import random
import shutil
import signal
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from .case import Case, DisagreementError, Kind
from .kinds import graphs, malformed, networks, pipelines, programs, tasks

KINDS: dict[str, Kind] = {
    "tasks": tasks.run,
    "graphs": graphs.run,
    "networks": networks.run,
    "pipelines": pipelines.run,
    "programs": programs.run,
    "malformed": malformed.run,
}
LONGEST = 120.0
"""Seconds of processor time after which a case counts as hanging."""


@dataclass
class Tally:
    """How the cases of one kind ended, and those that are open."""

    seconds: float = 0.0
    ends: Counter[str] = field(default_factory=Counter)
    open: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Tally") -> None:
        """Take the cases of another tally in."""
        self.seconds += other.seconds
        self.ends.update(other.ends)
        self.open.update(other.open)


Ended = tuple[str, str, str, Tally]
"""The kind of a case, its place, its fault ("" if none), and a tally of it alone."""


class HangError(BaseException):
    """A case takes too long; nothing that catches exceptions shall catch it."""


def run_case(kind: str, place: str, scale: int, keep: Path | None) -> tuple[str, str]:
    """Return how the case of a kind at a place, such as `1/17`, ended, and its fault or "".

    The same place means the same case. The files of one that is open are kept in `keep`.
    """
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    case = Case(random.Random(f"{kind}/{place}"), folder, scale)
    try:
        with _limited(LONGEST):
            return KINDS[kind](case), ""
    except DisagreementError as fault:
        told = str(fault)
    except HangError:
        told = f"takes longer than {LONGEST:.0f} s"
    except Exception:
        told = traceback.format_exc()
    finally:
        kept = keep / f"{kind}-{place.replace('/', '-')}" if keep else None
        if kept and "told" in locals():
            shutil.copytree(folder, kept, dirs_exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
    return "open", told


def campaign(
    kinds: list[str],
    seed: int,
    job: tuple[int, int] = (0, 1),
    *,
    seconds: float | None = None,
    cases: int | None = None,
    scale: int = 1,
    keep: Path | None = None,
) -> Iterator[Ended]:
    """Yield how each case ended.

    It ends after so many seconds of processor time, children included, or so many cases of each
    kind. Of several jobs, each has its own share of the places.
    """
    first, step = job
    spent = dict.fromkeys(kinds, 0.0)
    number = dict.fromkeys(kinds, first)
    began = processor_time()
    while True:
        left = [kind for kind in kinds if cases is None or number[kind] < cases]
        if not left or (seconds is not None and processor_time() - began >= seconds):
            return
        kind = min(left, key=lambda name: spent[name])
        place = f"{seed}/{number[kind]}"
        before = processor_time()
        end, fault = run_case(kind, place, scale, keep)
        took = processor_time() - before
        spent[kind] += took
        number[kind] += step
        yield kind, place, fault, Tally(took, Counter([end]), {place: fault} if fault else {})


def processor_time() -> float:
    """Return the seconds that this process and its children have computed for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise HangError in what takes longer, in processor time."""

    def stop(_: int, __: FrameType | None) -> None:
        raise HangError

    previous = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)
