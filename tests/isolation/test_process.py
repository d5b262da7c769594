"""A file's code gets one line, whatever it does to the process that it runs in."""

import time

import pytest
from sources import DELAY, loaded

from bonsai_compiler.errors import BonsaiError, shown
from bonsai_compiler.isolation import process
from bonsai_compiler.specification.machine import tabulate

SIDES = 'inputs = ("x",)\noutputs = ("y",)\n'
VAST = "vast = ()\nfor _ in range(60):\n    vast = vast, vast\n" + SIDES
STEP = "def step(s, x):\n    return "

FAULTS = {
    "a range that no JSON says": (
        'inputs = {"a": range(10**5000)}\noutputs = ("y",)\nstart = 0\n' + STEP + "s, True\n",
        "must be a range",
    ),
    "a start without end": (VAST + "start = vast\n" + STEP + "s, True\n", "parts; bound"),
    "one in a dataclass": (
        "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass C:\n    v: object\n"
        + VAST
        + "start = C(vast)\n"
        + STEP
        + "s, True\n",
        "a C of many parts",
    ),
    "a state that doubles": (SIDES + "start = ()\n" + STEP + "(s, s), True\n", "parts; bound"),
    "a number that doubles": (SIDES + "start = 3\n" + STEP + "s * s, True\n", "bits; bound"),
    "a text that doubles": (SIDES + "start = 'x'\n" + STEP + "s + s, True\n", "longer than"),
    "an output without end": (VAST + "start = 0\n" + STEP + "s, vast\n", "outputs a tuple of many"),
    "an answer without end": (VAST + "start = 0\n" + STEP + "(vast,)\n", "returns a tuple of many"),
    "a name that is an order": (
        "Odd = type('Odd\\n\\x1b[31m', (Exception,), {})\n"
        + DELAY.replace("    return", "    raise Odd\n    return"),
        r"raised Odd \\x1b",
    ),
    "a fault that is an interrupt": (
        DELAY.replace("    return", "    raise KeyboardInterrupt\n    return"),
        r"delay\.py: the code raised KeyboardInterrupt",
    ),
    "no way to answer": ("import json\njson.dumps = None\n" + DELAY, "ended.*exit code 1"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_cannot_be_said_gets_one_line(name, tmp_path, capfd):
    text, fault = FAULTS[name]
    with pytest.raises(BonsaiError, match=fault) as caught:
        tabulate(loaded(tmp_path, text))
    assert str(caught.value).isprintable()
    assert "Traceback" not in capfd.readouterr().err


def test_a_fork_that_returns_disturbs_nothing(tmp_path):
    text = DELAY.replace("    return", "    import os\n    os.fork()\n    return")
    assert tabulate(loaded(tmp_path, text)).size == 2


def test_a_fork_that_stays_keeps_nobody_waiting(tmp_path):
    text = "import os, time\nif not os.fork():\n    time.sleep(300)\nos._exit(3)\n" + DELAY
    began = time.monotonic()
    with pytest.raises(BonsaiError, match="exit code 3"):
        loaded(tmp_path, text)
    assert time.monotonic() - began < 100


def test_code_that_takes_all_memory_meets_a_bound(tmp_path):
    pytest.importorskip("resource")
    text = "import resource\nmost = resource.getrlimit(resource.RLIMIT_DATA)[0]\n" + DELAY
    text = text.replace("x, state", "x, state if most > 0 else None\nassert most > 0, most")
    assert tabulate(loaded(tmp_path, text)).size == 2


def test_what_is_long_is_shown_by_its_beginning():
    assert shown("x" * 10**6) == "'" + "x" * 56 + "..."
    assert shown([[0] * 200] * 200) == "a list of many parts"
    assert shown({"a": [0] * 20_000}) == "a dict of many parts"
    assert shown(list(range(9_000))).startswith("[0, 1, 2")


@pytest.mark.parametrize("ended", [False, True])
def test_a_process_that_was_started_ahead_is_the_next_one_unless_it_ended(
    ended, tmp_path, monkeypatch
):
    begun, start = [], process.started
    monkeypatch.setattr(process, "_ahead", [])
    monkeypatch.setattr(process, "started", lambda module: begun.append(start(module)) or begun[-1])
    process.prepare()
    process.prepare()
    assert len(begun) == 1
    if ended:
        begun[0].kill()
        begun[0].wait()
    assert tabulate(loaded(tmp_path, DELAY)).size == 2
    assert len(begun) == 1 + ended
    assert tabulate(loaded(tmp_path, DELAY)).size == 2
    assert len(begun) == 2 + ended
