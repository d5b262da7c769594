"""Growth by worker processes: the same networks as here, and one line where there are none."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from command_line import mistake
from growing import SMALL, reporting, texts
from machines import loop3

from bonsai_compiler.bench import sweep
from bonsai_compiler.bench.rows import load_results
from bonsai_compiler.bench.suites import Suite
from bonsai_compiler.devices.opencl import opencl_devices
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.grow import grow
from bonsai_compiler.growth.progress import Progress
from bonsai_compiler.growth.stage import Stage
from bonsai_compiler.growth.table import table_of
from bonsai_compiler.schedule import selection
from bonsai_compiler.workers import cluster
from bonsai_compiler.workers.cluster import Cluster, workers_at

pytestmark = [
    pytest.mark.skipif(find_spec("distributed") is None, reason="dask.distributed is not there"),
    pytest.mark.skipif(not opencl_devices(), reason="no OpenCL here: growth takes minutes"),
]
RECIPE = replace(SMALL, populations=3, replicas=8, steps=500)
TASK = """
inputs, outputs, start = ["x"], ["y"], (0, 0)
def step(state, x):
    return (x, state[0]), state[1]
"""
WORDS = [
    word
    for change in ("populations=3", "replicas=8", "prunings=12", "generations=2")
    for word in ("--set", change)
]


@pytest.fixture(scope="module")
def two() -> Iterator[Any]:
    """Two worker processes of this machine."""
    with workers_at("local:2") as workers:
        yield workers


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address of a scheduler in a process of its own, with one worker, and its process."""
    place = tmp_path / "scheduler.json"
    common = ["--scheduler-file", str(place), "--no-dashboard"]
    start = [sys.executable, "-m", "dask"]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    host = ["--host", "127.0.0.1", "--port", "0"]
    process = subprocess.Popen([*start, "scheduler", *host, *common], cwd=tmp_path, **quiet)
    options = ["--nthreads", "1", "--no-nanny"]
    worker = subprocess.Popen([*start, "worker", *options, *common], cwd=tmp_path, **quiet)
    try:
        until = time.monotonic() + 60.0
        while not place.exists():
            assert time.monotonic() < until
            time.sleep(0.1)
        yield json.loads(place.read_text())["address"], process
    finally:
        for other in (process, worker):
            other.kill()
            other.wait()


def test_workers_grow_what_this_process_grows_though_one_is_killed(two: Cluster) -> None:
    table = table_of(loop3())
    wanted = texts(grow(table, (), RECIPE, 0))
    assert texts(grow(table, (), RECIPE, 0, workers=two)) == wanted
    victim, other = two.everywhere(os.getpid)
    assert len({victim, other, os.getpid()}) == 3
    told: list[Progress] = []

    def report(progress: Progress, _: Stage) -> bool:
        if not told:
            os.kill(victim, signal.SIGKILL)
        told.append(progress)
        return True

    found = grow(table, (), RECIPE, 0, workers=two, report=report)
    assert texts(found) == wanted
    assert victim not in two.everywhere(os.getpid)


def test_what_a_worker_cannot_do_is_one_line_and_it_lives_on(
    two: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = two.everywhere(os.getpid)
    with pytest.raises(BonsaiError, match=r"worker at tcp://.*: no such thing"):
        two.everywhere(complaining)
    with pytest.raises(ZeroDivisionError):
        two.everywhere(divmod, 1, 0)
    with monkeypatch.context() as patched:
        mine = cluster.identity()
        patched.setattr(cluster, "identity", lambda: {**mine, "numpy": "0.1"})
        with pytest.raises(BonsaiError, match=r"has numpy .*, and here it is 0.1; install"):
            two.everywhere(os.getpid)
    with monkeypatch.context() as patched:
        patched.setattr(complaining, "__module__", "bonsai_compiler.elsewhere")
        patched.setitem(sys.modules, "bonsai_compiler.elsewhere", sys.modules[__name__])
        with pytest.raises(BonsaiError, match="a worker cannot run this bonsaic"):
            two.everywhere(complaining)
    assert set(before) <= set(two.everywhere(os.getpid))


def complaining() -> None:
    raise BonsaiError("no such thing")


# Stands for bonsaic: a task that imports another one, and one that crashes.
STAND_IN = """\
import json, pathlib, runpy, sys
command, task, *words = sys.argv[1:]
if command == "machine":
    sys.exit(json.dump({"machine": {"states": {"A": {}}}}, sys.stdout))
path = pathlib.Path(task)
sys.path.insert(0, str(path.parent))
if "answer" not in runpy.run_path(task):
    sys.exit(f"bonsaic: {task}: no answer")
folder = pathlib.Path(words[words.index("--out") + 1], path.stem)
(folder / "steps").mkdir(parents=True)
(folder / "steps" / "one").write_text("1")
(folder / "report.json").write_text(json.dumps({"verdict": "proved"}))
(folder / f"{path.stem}.py").write_text("one")
"""


def test_a_suite_is_grown_by_workers(two: Cluster, tmp_path: Path) -> None:
    # What stands for one that was killed may be late, and would not be told of the stand-in.
    until = time.monotonic() + 60.0
    while len(two.everywhere(os.getpid)) < 2:
        assert time.monotonic() < until
        time.sleep(0.1)
    for name, text in (("other", "answer = 1"), ("same", "from other import *"), ("wrong", "")):
        (tmp_path / f"{name}.py").write_text(text)
    (tmp_path / "stand_in").write_text(STAND_IN)
    tasks = {tmp_path / name: "" for name in ("same.py", "wrong.py")}
    before = sweep.BONSAIC
    two.everywhere(set_bonsaic, (sys.executable, str(tmp_path / "stand_in")))
    try:
        results = sweep.sweep(Suite("few", tasks), (0, 1), None, two, tmp_path / "out")
    finally:
        two.everywhere(set_bonsaic, before)
    assert [(row.task, row.seed) for row in results.rows] == [
        (name, seed) for name in ("same", "wrong") for seed in (0, 1)
    ]
    assert [row.verdict for row in results.rows] == ["proved", "proved", "failed", "failed"]
    assert {row.reason for row in results.rows} == {None, "bonsaic: wrong.py: no answer"}
    assert {row.minimal_states for row in results.rows} == {1}
    for seed in (0, 1):
        assert os.listdir(tmp_path / "out" / f"seed-{seed}") == ["same"]
        assert (tmp_path / "out" / f"seed-{seed}" / "same" / "steps" / "one").read_text() == "1"
    assert load_results(tmp_path / "out" / "results.json") == results


def set_bonsaic(words: tuple[str, ...]) -> None:
    sweep.BONSAIC = words


def test_a_scheduler_that_goes_away_is_one_line_and_nothing_found_is_lost(
    scheduler: tuple[str, subprocess.Popen[bytes]],
    tmp_path: Path,
    bonsaic: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is killed when the first population has come back; what is left is grown here."""
    address, process = scheduler
    (tmp_path / "late.py").write_text(TASK)
    for name in ("EFFORT", "LARGE"):  # so that few networks are compiled
        monkeypatch.setattr(selection, name, 0)
    words = ("train-and-compile", "late.py", *WORDS)
    assert bonsaic(*words, "-o", "whole")[0] == 0

    def killing() -> None:
        process.kill()
        process.wait()

    with monkeypatch.context() as patched:
        reporting(patched, killing)
        ended = bonsaic(*words, "-o", "parts", "--cluster", address)
    assert "Traceback" not in ended[2]
    line = mistake((ended[0], ended[1], ended[2].splitlines(keepends=True)[-1]))
    assert f"the scheduler at {address} went away" in line
    assert "late.growth holds where growth stood, and --resume goes on from there" in line
    assert bonsaic(*words, "-o", "parts", "--resume")[0] == 0
    for name in ("network.json", "late.py", "growth.csv"):
        here, there = (Path(out, "late", name).read_bytes() for out in ("whole", "parts"))
        assert here == there


@pytest.mark.parametrize(
    "address",
    ["", "junk", "local", "local:0", "local:two", "local:999", "foo://x:1", "h:99999", "a b:1"],
)
def test_what_is_no_address_is_one_line(address: str, tmp_path: Path, bonsaic: Any) -> None:
    (tmp_path / "late.py").write_text(TASK)
    for words in (("train-and-compile", "late.py"), ("train", "late.py"), ("bench", "article")):
        assert "write local:2 for two" in mistake(bonsaic(*words, "--cluster", address))
    assert os.listdir(tmp_path) == ["late.py"]


def test_where_nobody_listens_and_without_dask_it_is_one_line(
    tmp_path: Path, bonsaic: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "CONNECTING", 0.5)
    (tmp_path / "late.py").write_text(TASK)
    words = ("train-and-compile", "late.py", "--cluster", "127.0.0.1:9")
    assert "no scheduler answers at 127.0.0.1:9" in mistake(bonsaic(*words))
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert "--cluster needs dask.distributed; pip install" in mistake(bonsaic(*words))
    assert os.listdir(tmp_path) == ["late.py"]


def test_a_scheduler_without_workers_or_with_others_than_it_needs_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from distributed import LocalCluster

    monkeypatch.setattr(cluster, "CONNECTING", 2.0)
    options = {"processes": False, "protocol": "tcp://", "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(n_workers=0, **options) as there:
        address = there.scheduler_address
        with pytest.raises(BonsaiError, match="has no worker; start some: dask worker tcp://"):
            opened(address)
    with (
        LocalCluster(n_workers=1, threads_per_worker=2, **options) as there,
        pytest.raises(BonsaiError, match="has 2 threads, which growth cannot share"),
    ):
        opened(there.scheduler_address)
    with LocalCluster(n_workers=1, threads_per_worker=1, **options) as there:
        with monkeypatch.context() as patched:
            patched.setattr(cluster, "version", lambda _: "1.0")
            with pytest.raises(BonsaiError, match=r"runs distributed .*, and here it is 1.0"):
                opened(there.scheduler_address)
        monkeypatch.setattr(cluster, "WAITING", 0.5)
        with workers_at(there.scheduler_address) as workers:
            assert workers.everywhere(os.getpid) == [os.getpid()]
            there.scale(0)
            while there.scheduler.workers:
                time.sleep(0.05)
            with pytest.raises(BonsaiError, match=r"no worker came back to .* in 0 s; start some"):
                waited_for(workers)


def waited_for(workers: Any) -> None:
    future = workers.submit(os.getpid)
    while not workers.done([future]):
        pass


def opened(address: str) -> None:
    with workers_at(address):
        pass
