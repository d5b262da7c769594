"""What the README shows is run, and says what the README says."""

import shlex
from pathlib import Path
from typing import Any

import pytest
from documents import TOP, blocks, sessions, written

README = (TOP / "README.md").read_text()


(LOG,) = [text for _, text in blocks(README, "text") if " replicas learned delay2; " in text]
"""What growing delay2 says on stderr."""


def passes(log: str) -> set[str]:
    """The passes that a log has a line for."""
    lines = log.partition("neurons / weights / states")[2].splitlines()[1:]
    return {line.split()[0] for line in lines if " -> " in line}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example tasks and the files that the README writes from scratch."""
    return written(README, tmp_path_factory.mktemp("readme"))


def test_the_task_shown_first_is_the_one_in_the_repository() -> None:
    texts = [text for _, text in blocks(README, "python")]
    assert (TOP / "tasks" / "delay2.py").read_text() in texts


@pytest.mark.parametrize("session", [text for _, text in blocks(README, "console")])
def test_the_commands_shown_do_what_is_shown(
    session: str, folder: Path, bonsaic: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    for command, shown in sessions(session):
        name, *words = shlex.split(command)
        assert name == "bonsaic"
        code, out, err = bonsaic(*words)
        assert code == 0, err
        if command.startswith("bonsaic train-and-compile"):
            # Which of several equally small networks is found depends on the machine.
            task = Path(words[1]).stem
            assert f"{task}: proved" in out
            assert not shown or f"{task}: proved" in shown
            if task == "delay2":
                assert passes(LOG) <= passes(err), err
        else:
            assert out == shown


def test_every_recipe_name_and_command_is_explained() -> None:
    from dataclasses import fields

    from bonsai_compiler.cli.main import commands
    from bonsai_compiler.growth.recipe import Recipe

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
