"""`bonsaic new`, the examples in the help of every command, and what is said where no device is."""

import os
import shlex
import sqlite3
import subprocess
import sys

import pytest
from command_line import mistake
from published import text, two_ago

from bonsai_compiler.cli import commands
from bonsai_compiler.devices import caches, choice, opencl

SLOW = ("train-and-compile", "train", "bench", "list")


def test_a_new_task_is_one(bonsaic, tmp_path):
    code, out, err = bonsaic("new", "rising")
    assert (code, out) == (0, "rising.py\n")
    assert err.endswith("then: bonsaic train-and-compile rising.py\n")
    assert bonsaic("check", "rising.py", "rising.py")[0] == 0
    rows = bonsaic("run", "rising.py", "--", "0", "1", "1", "0", "1")[1].splitlines()
    assert [row.split()[-1] for row in rows] == ["y", "0", "1", "0", "0", "1"]
    (tmp_path / "rising.py").write_text("mine")
    assert "is there already" in mistake(bonsaic("new", "rising"))
    assert (tmp_path / "rising.py").read_text() == "mine"


@pytest.mark.parametrize(
    "name", ["", "a/b", "../a", "a.py", "my-task", "class", "1st", "é", "random", "x\x1b[31m"]
)
def test_a_name_that_no_task_can_have_is_refused(bonsaic, tmp_path, name):
    mistake(bonsaic("new", name))
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", commands.commands)
def test_the_example_in_the_help_works(bonsaic, files, name):
    lines = [line.strip() for line in bonsaic(name, "--help")[1].splitlines()]
    examples = [shlex.split(line)[1:] for line in lines if line.startswith("bonsaic ")]
    assert examples
    if any("build/delay2" in words for words in examples) and name not in ("view", "diff"):
        (files / "tasks").mkdir(exist_ok=True)
        (files / "tasks" / "delay2.py").write_text((files / "delay2.py").read_text())
        (files / "delay2.json").write_text(text(two_ago()))
        assert bonsaic("compile", "delay2.json", "delay2.py", "--certificate")[0] == 0
    for words in examples:
        assert words[0] == name
        if name in SLOW:
            command = commands.commands[name]
            assert name == "bench" or command.make_context(name, words[1:])
            continue
        code, _, err = bonsaic(*words)
        assert code == (1 if name == "diff" else 0), err


@pytest.mark.parametrize(
    ("variable", "value"), [("OCL_ICD_VENDORS", "/nonexistent"), ("POCL_CACHE_DIR", "/proc/x")]
)
def test_a_variable_that_hides_every_device_is_named(variable, value):
    code = (
        "from bonsai_compiler.devices import choice, opencl; choice.candidates = lambda: ()\n"
        "print(len(opencl.opencl_devices()), choice.describe_devices())"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), variable: value}
    # Growth in this process may have named the loader that it found.
    environment.pop("OPENCL_PATH", None)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment
    )
    if not done.stdout.startswith("0 "):
        pytest.skip("this OpenCL does not ask for it")
    assert f"{variable}={value}; unset it" in done.stdout


def test_where_there_is_no_device_the_reason_is_told(monkeypatch):
    monkeypatch.setattr(choice, "opencl_devices", lambda: ())
    monkeypatch.setattr(choice, "device_names", lambda: ())
    monkeypatch.setattr(opencl, "_CHOSEN", {})
    assert "finds no device" in choice.describe_devices()[0][1]
    monkeypatch.setitem(sys.modules, "pyopencl", None)
    assert "pip install 'pyopencl[pocl]'" in choice.describe_devices()[0][1]


def test_a_broken_cache_of_kernels_goes_and_a_sound_one_stays(tmp_path):
    path = tmp_path / "cache.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE kernels (name TEXT, val BLOB)")
        rows = [(f"kernel {number}", b"x" * 500) for number in range(200)]
        connection.executemany("INSERT INTO kernels VALUES (?, ?)", rows)
    connection.close()
    whole = path.read_bytes()
    caches.mend(path)
    assert path.read_bytes() == whole
    middle = len(whole) // 2
    torn = whole[:middle] + b"\xff" * 8192 + whole[middle + 8192 :]
    for broken in (b"garbage" * 1000, torn, whole[:middle]):
        path.write_bytes(broken)
        caches.mend(path)
        assert not path.exists()
    caches.mend(path)
    caches.mend(tmp_path)
