"""A suite: a folder of tasks and machines, those that its `suite.toml` names or else all of them.

`suite.toml` says `published`, what the figures are that others have published, and lists under
`[tasks]` each task's file, from the folder of the suite on, with its figure. So a suite can name a
task that another one holds.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bonsai_compiler.errors import BonsaiError, shown
from bonsai_compiler.specification.machine_file import is_machine_file
from bonsai_compiler.system.reading import bundled_folder

LISTING = "suite.toml"

ARTICLE = "article"
"""The suite whose tasks stand in the folder of tasks itself."""


@dataclass(frozen=True, slots=True)
class Suite:
    """Tasks with the figure published for each, and what these figures are; "" is for none."""

    name: str
    tasks: Mapping[Path, str]
    published: str = ""


def find_suite(word: str) -> Suite:
    """Return the suite called `word`: one that comes with bonsaic, or else a folder of tasks.

    Raises BonsaiError, naming the place, where there is none or its listing is wrong.
    """
    bundled = bundled_folder("tasks")
    known = {item.name: item for item in sorted(bundled.glob("*/")) if any(item.glob("*.py"))}
    if bundled.is_dir():
        known = {ARTICLE: bundled, **known}
    folder = known.get(word, Path(word))
    if not folder.is_dir():
        names = ", ".join(known) or "none are installed; give the path of a folder of task files"
        raise BonsaiError(f"{word}: is neither a suite nor a folder; suites: {names}")
    return _suite_in(folder, word if word in known else folder.resolve().name)


def _suite_in(folder: Path, name: str) -> Suite:
    listing = folder / LISTING
    if not listing.exists():
        paths = sorted(path for path in folder.iterdir() if _is_task(path))
        if not paths:
            raise BonsaiError(f"{folder}: there is no task file (.py) or machine in this folder")
        for path in paths:
            if [other.stem for other in paths].count(path.stem) > 1:
                raise BonsaiError(f"{folder}: two of its files are called {path.stem}")
        return Suite(name, dict.fromkeys(paths, ""))
    try:
        given = tomllib.loads(listing.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BonsaiError(f"{listing}: cannot be read ({error})") from None
    if unknown := set(given) - {"tasks", "published"}:
        raise BonsaiError(f"{listing}: says {min(unknown)!r}; known are published and [tasks]")
    published = given.get("published", "")
    if not isinstance(published, str):
        raise BonsaiError(f"{listing}: published is {shown(published)}; it must be text")
    return Suite(name, _tasks(listing, given.get("tasks")), published)


def _is_task(path: Path) -> bool:
    return path.is_file() and (path.suffix == ".py" or is_machine_file(str(path)))


def _tasks(listing: Path, figures: Any) -> dict[Path, str]:
    if not isinstance(figures, dict) or not figures:
        raise BonsaiError(f'{listing}: lists no tasks; under [tasks] goes "delay1.py" = ""')
    tasks: dict[Path, str] = {}
    for word, figure in figures.items():
        path = listing.parent / word
        if not path.is_file():
            raise BonsaiError(f"{listing}: names {word}, but {path} is no file")
        if not isinstance(figure, str):
            raise BonsaiError(f"{listing}: {word} has {shown(figure)}; its figure must be text")
        if path.stem in {other.stem for other in tasks}:
            raise BonsaiError(f"{listing}: names two tasks that are called {path.stem}")
        tasks[path] = figure
    return tasks


MOST = 10_000
"""How many seeds a range may name."""


def parse_seeds(text: str) -> tuple[int, ...]:
    """Return the seeds that `0..9`, `0,3,5` or `7` names, each once."""
    number = r"[0-9]{1,18}"
    if found := re.fullmatch(rf"({number})\.\.({number})", text):
        first, last = int(found[1]), int(found[2])
        if last - first >= MOST:
            raise BonsaiError(f"the seeds '{text}' are more than {MOST:,}; take fewer")
        seeds = tuple(range(first, last + 1))
    else:
        parts = re.fullmatch(rf"{number}(,{number})*", text)
        seeds = tuple(dict.fromkeys(int(part) for part in text.split(","))) if parts else ()
    if not seeds:
        raise BonsaiError(f"the seeds '{text}' are none; write 0..4, or 0,3,5")
    return seeds
