"""What the README shows is run, and says what the README says."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
README = (TOP / "README.md").read_text()
BONSAIC = [sys.executable, "-m", "bonsai_compiler.cli"]


def blocks(language: str) -> list[tuple[str, str]]:
    """Return (what follows the language's name, text) of each fenced block."""
    pattern = rf"^```{language}(?: ([^\n]*))?\n(.*?)^```$"
    return re.findall(pattern, README, re.DOTALL | re.MULTILINE)


def sessions(text: str) -> list[tuple[str, str]]:
    """Return each command after `$ `, and the output shown below it."""
    parts = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = shlex.split(command)
    assert words[0] == "bonsaic", command
    return subprocess.run([*BONSAIC, *words[1:]], cwd=folder, capture_output=True, text=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example tasks and the files that the README writes from scratch."""
    place = tmp_path_factory.mktemp("readme")
    (place / "tasks").symlink_to(TOP / "tasks")
    for note, text in blocks("python"):
        if note.startswith("task="):
            (place / note.removeprefix("task=")).write_text(text)
    for note, text in blocks("text"):
        if note.startswith("file="):
            (place / note.removeprefix("file=")).write_text(text)
    return place


def test_the_task_shown_first_is_the_one_in_the_repository() -> None:
    texts = [text for _, text in blocks("python")]
    assert (TOP / "tasks" / "delay2.py").read_text() in texts


@pytest.mark.parametrize("session", [text for _, text in blocks("console")])
def test_the_commands_shown_do_what_is_shown(session: str, folder: Path) -> None:
    for command, shown in sessions(session):
        done = run(command, folder)
        assert done.returncode == 0, done.stderr
        if command.startswith("bonsaic train-and-compile"):
            # Which of several equally small networks is found depends on the machine.
            task = Path(shlex.split(command)[2]).stem
            assert f"{task}: proved" in done.stdout
            assert not shown or f"{task}: proved" in shown
        else:
            assert done.stdout == shown


def test_every_recipe_name_and_command_is_explained() -> None:
    from dataclasses import fields

    from bonsai_compiler.cli import commands
    from bonsai_compiler.growth import Recipe

    for name in [field.name for field in fields(Recipe)]:
        assert f"`{name}`" in README, name
    for name in commands.commands:
        assert f"`bonsaic {name}" in README, name


def test_the_map_names_every_module_and_folder() -> None:
    package = TOP / "bonsai_compiler"
    for path in package.glob("*.py"):
        if path.name not in ("__init__.py", "errors.py"):
            assert path.name in README, path.name
    for path in package.glob("*/__init__.py"):
        assert f"  {path.parent.name}/" in README or f" {path.parent.name}/ " in README
