"""How bonsaic ends when its streams, its surroundings or its own code fail it."""

import os
import re
import subprocess
import sys

import pytest
from article import DELAY2
from command_line import LOGIC

from bonsai_compiler import cli
from bonsai_compiler.errors import printable
from bonsai_compiler.system import terminal

BONSAIC = f"{sys.executable} -m bonsai_compiler.cli"
LONG = " ".join("10" * 10000)


def shell(line, folder, **environment):
    """Run a line of bash in which `bonsaic` is the command; return code, stdout and stderr."""
    done = subprocess.run(
        ["bash", "-c", f'bonsaic() {{ {BONSAIC} "$@"; }}\n{line}'],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def folder(files):
    (files / "sequence").write_text(LONG)
    return files


FULL = "bonsaic: standard output: No space left on device"
PRINTING = (
    "--help",
    "check delay2.py delay1.py",
    "run logic.bonsai -- 1 0",
    "emit logic.bonsai",
    "machine logic.bonsai --task delay1.py",
    "diff delay2.bonsai logic.bonsai --stat",
    "opt logic.bonsai --passes simplify",
    "view logic.bonsai",
    "compile delay1.json",
)


@pytest.mark.parametrize("words", PRINTING)
def test_a_full_device_is_told_in_one_line(bonsaic, files, monkeypatch, words):
    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        code, _, err = bonsaic(*words.split())
    *talk, last = err.splitlines()
    assert (code, last) == (2, FULL)
    assert not any("Traceback" in line for line in talk)


def test_a_full_device_is_told_by_the_process_too(folder):
    assert shell("bonsaic check delay2.py delay1.py > /dev/full", folder) == (2, "", FULL + "\n")


def test_closed_output_is_refused_before_any_work(folder):
    code, _, err = shell("bonsaic check delay2.py delay1.py 1>&-", folder)
    assert code == 2
    assert err.startswith("bonsaic: standard output is closed")
    assert len(err.splitlines()) == 1


def test_a_reader_that_goes_away_ends_it_as_a_signal_would(folder):
    line = "bonsaic run logic.bonsai -- $(cat sequence) | head -1; exit ${PIPESTATUS[0]}"
    for unbuffered in ("", "1"):
        code, out, err = shell(line, folder, PYTHONUNBUFFERED=unbuffered)
        assert (code, len(out.splitlines()), err) == (141, 1, "")


@pytest.mark.parametrize("words", ["check delay2.py logic.bonsai", "check delay2.py delay1.py"])
def test_a_pipe_that_is_closed_is_no_answer(folder, words):
    # The reader is gone long before there is a verdict.
    line = f"bonsaic {words} | true; exit ${{PIPESTATUS[0]}}"
    assert shell(line, folder) == (141, "", "")


def test_talk_that_nobody_hears_changes_no_exit_code(bonsaic, folder, monkeypatch):
    words = "opt delay2.bonsai --passes dead_code"
    whole = bonsaic(*words.split())[1]
    assert shell(f"bonsaic {words} 2>&-", folder) == (0, whole, "")
    assert shell(f"bonsaic {words} 2> /dev/full", folder) == (0, whole, "")
    # A stream that is closed is None in Python.
    monkeypatch.setattr(sys, "stderr", None)
    assert bonsaic("check", "delay2.py", "delay1.py")[0] == 1
    assert bonsaic("check", "delay2.py", "missing.py")[:2] == (2, "")
    assert bonsaic("emit", "-", stdin=None)[0] == 2


def test_a_folder_that_was_removed_is_told(folder):
    (folder / "gone").mkdir()
    code, out, err = shell("cd gone; rmdir ../gone; bonsaic view ../logic.bonsai", folder)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "Traceback" not in err


def test_letters_outside_ascii_are_written_in_any_locale(folder):
    task = 'inputs = ("é",)\noutputs = ("ü",)\nstart = False\ndef step(é, x):\n    return x, é\n'
    (folder / "umlaut.py").write_text(task)
    (folder / "umlaut.bonsai").write_text(LOGIC.replace("x", "é").replace("output y", "output ü"))
    bare = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
    code, out, _ = shell("bonsaic emit umlaut.bonsai", folder, **bare)
    assert (code, 'inputs = ("é",)' in out) == (0, True)
    assert shell("cat umlaut.bonsai | bonsaic emit -", folder, **bare) == (0, out, "")
    code, out, err = shell("bonsaic run umlaut.py -- 1 0", folder, **bare)
    assert (code, out.splitlines()[0].split(), err) == (0, ["tick", "é", "ü"], "")


def test_what_asks_python_to_exit_is_no_verdict(bonsaic, files, monkeypatch):
    def leave(**words):
        raise SystemExit(0)

    monkeypatch.setattr(cli.showing.check, "callback", leave)
    code, out, err = bonsaic("check", "delay2.py", "delay2.py")
    assert (code, out) == (2, "")
    assert "asked Python to exit" in err


@pytest.mark.parametrize("fault", [ValueError("a\nb"), RecursionError(), GeneratorExit()])
def test_a_fault_of_our_own_is_one_line_with_a_code_of_its_own(bonsaic, files, monkeypatch, fault):
    def fail(**words):
        raise fault

    monkeypatch.setattr(cli.showing.check, "callback", fail)
    code, out, err = bonsaic("check", "delay2.py", "delay2.py")
    assert (code, out, len(err.splitlines())) == (70, "", 1)
    assert f"({type(fault).__name__} in test_main.py:" in err
    assert "please report it" in err
    monkeypatch.setenv("BONSAIC_DEBUG", "1")
    assert "Traceback" in bonsaic("check", "delay2.py", "delay2.py")[2]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (FileNotFoundError(2, "No such file or directory", "there"), "there: No such file"),
        (OSError(27, "File too large"), "a file or stream: File too large"),
        (MemoryError(), "not enough memory"),
    ],
)
def test_what_the_system_refuses_is_a_mistake(bonsaic, files, monkeypatch, fault, said):
    def fail(**words):
        raise fault

    monkeypatch.setattr(cli.showing.check, "callback", fail)
    code, out, err = bonsaic("check", "delay2.py", "delay2.py")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert said in err


def test_alone_it_shows_its_help(bonsaic):
    assert bonsaic() == bonsaic("--help")
    assert bonsaic("bench") == bonsaic("bench", "--help")


HOSTILE = "\x1b]0;title\x07\x9b31m\u202ered\ud800\r\nproved"


def test_no_text_gives_a_terminal_orders(bonsaic, files, capsys):
    assert printable("é ✓ 漢") == "é ✓ 漢"
    assert printable(HOSTILE) == r"\x1b]0;title\x07\x9b31m\u202ered\ud800\r\nproved"
    name = HOSTILE.replace("\ud800", "")
    (files / f"{name}.bonsai").write_text(DELAY2)
    (files / "loud.py").write_text(
        'class Loud(str):\n    def __repr__(self): return self\n\ninputs = ("x",)\n'
        f'outputs = ("y",)\nstart = Loud({name!r})\ndef step(state, x): return state, x\n'
    )
    said = [
        bonsaic("run", f"{name}.py", "--", "1"),
        bonsaic("check", f"{name}.bonsai", "missing.bonsai"),
        bonsaic(name),
        bonsaic("run", "delay2.py", name),
        bonsaic("run", "loud.py", "--all", "--", "1", "0"),
        bonsaic("run", "loud.py", "--all", "--draw", "--", "1", "0"),
        bonsaic("opt", f"{name}.bonsai", "--passes", "clip(threshold=0.2)", "--task", "delay2.py"),
    ]
    for _, out, err in said:
        assert all(line.isprintable() for line in f"{out}{err}".splitlines()), (out, err)
        assert len(err.splitlines()) <= 3
    terminal.say(HOSTILE)
    assert capsys.readouterr().err == printable(HOSTILE) + "\n"


def test_what_is_to_be_done_at_the_end_is_done_though_memory_is_given_back_at_once(folder):
    line = "import atexit; atexit.register(print, 'done'); "
    line += "from bonsai_compiler.cli.main import script; script()"
    code, out, err = shell(f'{sys.executable} -c "{line}" --version', folder)
    assert (code, err) == (0, "")
    assert re.fullmatch(r"bonsaic, version \S+\ndone\n", out)
    code, out, err = shell(f'{sys.executable} -c "{line}" emit nowhere', folder)
    assert (code, out) == (2, "done\n")
