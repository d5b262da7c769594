"""A wheel carries all that is needed, the kernels included; .ci/run tries an editable install."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from documents import TOP

SETTINGS = ("--set", "steps=400", "--set", "replicas=16", "--set", "batch=32")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources, so that building leaves nothing behind in the checkout."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("bonsai_compiler", "kernels", "tasks", "pyproject.toml", "README.md", "LICENSE"):
        subprocess.run(["cp", "-r", str(TOP / name), str(folder)], check=True)
    return folder


def environment(folder: Path) -> Path:
    """Make a virtual environment that sees this one's packages, and return its Python."""
    # Without pip, whose own installation takes the most time of all; ours is used for it.
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    find = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.run([python, "-c", find], check=True, capture_output=True, text=True).stdout
    # After its own packages come ours: what is installed here stands before what is shared.
    Path(site.strip(), "shared.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def grows_and_proves(python: Path, place: Path, folder: Path) -> None:
    """Assert that this Python imports the package from `place`, and grows a proved network."""
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    where = "import bonsai_compiler; print(bonsai_compiler.__file__)"
    found = subprocess.run(
        [python, "-c", where], check=True, capture_output=True, text=True, cwd=folder, env=clean
    )
    assert Path(found.stdout.strip()).is_relative_to(place)
    command = [python.parent / "bonsaic", "train-and-compile", TOP / "tasks" / "delay1.py"]
    done = subprocess.run(
        [*command, *SETTINGS], capture_output=True, text=True, cwd=folder, env=clean
    )
    assert done.returncode == 0, done.stderr
    report = json.loads((folder / "build" / "delay1" / "report.json").read_text())
    assert report["verdict"] == "proved"
    assert report["engine"] == "kernel"


def test_a_wheel_runs_a_task(source: Path, tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(wheels), str(source)],
        check=True,
        capture_output=True,
    )
    python = environment(tmp_path / "venv")
    (wheel,) = wheels.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "--python", python]
    install = [*pip, "install", "--quiet", "--no-deps", "--force-reinstall"]
    subprocess.run([*install, wheel], check=True)
    grows_and_proves(python, tmp_path / "venv", tmp_path)
