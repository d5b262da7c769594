"""A worker beside this process answers in order, and what it cannot do is done here."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from bonsai_compiler.system.child_process import DRAWER
from bonsai_compiler.workers import beside
from bonsai_compiler.workers.here import HERE
from bonsai_compiler.workers.interface import Workers


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    """A worker of its own for each test."""
    known: dict[str, beside._Beside] = {}
    monkeypatch.setattr(beside, "_workers", known)
    monkeypatch.setattr(beside, "cores", lambda: 2)
    yield beside.beside(DRAWER)
    for one in known.values():
        one.close()


def test_calls_are_made_by_another_process_in_their_order(worker):
    calls = [worker.submit(pow, 2, number) for number in range(20)]
    assert worker.submit(os.getpid).result() != os.getpid()
    assert [call.result() for call in calls] == [2**number for number in range(20)]


def test_a_large_answer_and_a_large_question_pass_each_other(worker):
    vast = bytes(3_000_000)
    calls = [worker.submit(bytes.upper, vast) for _ in range(3)]
    assert all(call.result() == vast for call in calls)


def test_the_same_worker_is_given_as_long_as_it_is_there(worker):
    assert beside.beside(DRAWER) is worker
    other = worker.submit(os.getpid).result()
    worker.close()
    again = beside.beside(DRAWER)
    assert again is not worker
    assert again.submit(os.getpid).result() not in (other, os.getpid())


def test_what_fails_there_is_told_here(worker):
    with pytest.raises(ValueError, match="invalid literal"):
        worker.submit(int, "x").result()
    # Its process has ended, so that all else is done here.
    assert worker.submit(os.getpid).result() == os.getpid()


@pytest.mark.parametrize("answered", [False, True])
def test_where_the_process_is_killed_all_is_done_here(answered, worker):
    if answered:
        worker.submit(os.getpid).result()
    worker._process.kill()
    assert worker.submit(os.getpid).result() == os.getpid()


def test_a_call_that_is_not_answered_is_given_up_with_the_worker(worker):
    worker.submit(os.getpid).result()
    waiting = worker.submit(time.sleep, 600.0)
    later = worker.submit(os.getpid)
    while not waiting.running():
        time.sleep(0.01)
    worker.close()
    with pytest.raises(EOFError):
        waiting.result(timeout=10)
    assert later.cancelled()


def test_without_a_core_for_it_all_is_done_here(worker, monkeypatch):
    monkeypatch.setattr(beside, "cores", lambda: 1)
    assert beside.beside(DRAWER) is HERE


def test_where_no_process_can_be_started_all_is_done_here(worker, monkeypatch):
    def full(module: str) -> NoReturn:
        raise BlockingIOError(module)

    monkeypatch.setattr(beside, "_workers", {})
    monkeypatch.setattr(beside, "started", full)
    assert beside.beside(DRAWER) is HERE


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are not told apart")
def test_its_process_ends_with_the_one_that_started_it():
    """Even one that is killed, and takes no leave of anybody."""
    code = (
        "import os, signal\n"
        "from bonsai_compiler.system.child_process import DRAWER\n"
        "from bonsai_compiler.workers import beside\n"
        "beside.cores = lambda: 2\n"
        "print(beside.beside(DRAWER).submit(os.getpid).result(), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    other = int(done.stdout)
    until = time.monotonic() + 20
    while _is_there(other):
        assert time.monotonic() < until, "it goes on without anybody to draw for"
        time.sleep(0.05)


def _is_there(number: int) -> bool:
    try:
        with open(f"/proc/{number}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
