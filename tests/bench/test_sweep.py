"""Suites are found, run as processes, and written row by row."""

import json
import sys
from pathlib import Path

import pytest
from command_line import mistake

from bonsai_compiler.bench import sweep
from bonsai_compiler.bench.rows import Results, Row, markdown
from bonsai_compiler.bench.suites import find_suite, parse_seeds
from bonsai_compiler.errors import BonsaiError

# Stands for bonsaic: tasks whose text says so crash or hang, and the others are proved at once.
STAND_IN = """\
import json, pathlib, sys, time
command, task, *words = sys.argv[1:]
if command == "machine":
    print(json.dumps({"machine": {"states": {"A": {}, "B": {}}}}))
    sys.exit()
path = pathlib.Path(task)
options = dict(zip(words[::2], words[1::2]))
with open("calls.txt", "a") as calls:
    print(path.stem, options["--seed"], options.get("--budget"), file=calls)
folder = pathlib.Path(options["--out"], path.stem)
folder.mkdir(parents=True)
if "crash" in path.read_text():
    sys.exit("Traceback\\nMemoryError: of the task")
if "hang" in path.read_text():
    folder.with_name(f"{path.stem}.growth").touch()
    time.sleep(60)
said = {"verdict": "proved", "horizon": None, "neurons": 1, "weights": 2, "states": 1}
said |= {"program_size": 6, "task_size": 4}
(folder / "report.json").write_text(json.dumps(said))
(folder / f"{path.stem}.py").write_text("one\\ntwo\\n")
"""


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of three tasks, which a stand-in for bonsaic runs."""
    folder = tmp_path / "three"
    folder.mkdir()
    for name in ("crash", "hang", "plain"):
        (folder / f"{name}.py").write_text(f"# {name}\n")
    (tmp_path / "stand_in.py").write_text(STAND_IN)
    monkeypatch.setattr(sweep, "BONSAIC", (sys.executable, str(tmp_path / "stand_in.py")))
    monkeypatch.setattr(sweep, "PATIENCE", (0.0, 1.0))
    return folder


def test_a_crash_and_a_time_out_are_rows(suite: Path, tmp_path: Path, bonsaic) -> None:
    code, out, err = bonsaic("bench", "three", "--seeds", "0", "--budget", "7", "-o", "results")
    assert code == 1
    given = json.loads((tmp_path / "results" / "results.json").read_text())
    assert given["suite"] == "three"
    assert "Python" in given["machine"]
    rows = {row["task"]: row for row in given["rows"]}
    assert rows["plain"].pop("seconds") > 0.0
    assert rows["plain"] == {
        "task": "plain",
        "seed": 0,
        "verdict": "proved",
        "horizon": None,
        "neurons": 1,
        "weights": 2,
        "states": 1,
        "minimal_states": 2,
        "lines": 2,
        "published": "",
        "program_size": 6,
        "task_size": 4,
    }
    assert [rows[name]["verdict"] for name in ("crash", "hang")] == ["failed", "failed"]
    assert rows["crash"]["reason"] == "MemoryError: of the task"
    assert rows["hang"]["reason"] == "not done after 1 s"
    assert not (tmp_path / "results" / "seed-0" / "hang.growth").exists()
    assert (tmp_path / "calls.txt").read_text().split()[2::3] == ["7.0"] * 3
    assert "plain, seed 0: proved" in err
    assert out == (tmp_path / "results" / "results.md").read_text()
    assert "- crash, seed 0: failed, MemoryError: of the task" in out
    assert "three: 1 of 3 tasks proved, 1 of 3 runs" in out
    assert out.endswith("; programs of 1.50 (1.50) times their task's size\n")


def test_rows_that_are_there_are_kept(suite: Path, tmp_path: Path, bonsaic) -> None:
    (suite / "suite.toml").write_text('[tasks]\n"plain.py" = "42 states"\n')
    words = ("bench", "three", "-o", "results")
    assert bonsaic(*words, "--seeds", "1")[0] == 0
    code, out, _ = bonsaic(*words, "--seeds", "0..2", "--jobs", "2")
    assert code == 0
    assert "| plain | 2 | 3 of 3 |" in out
    assert out.splitlines()[2].endswith("| 1 / 2 / 1 (3) | 2 (3) | 6 / 4 (3) | 42 states |")
    rows = json.loads((tmp_path / "results" / "results.json").read_text())["rows"]
    assert [row["seed"] for row in rows] == [0, 1, 2]
    calls = (tmp_path / "calls.txt").read_text().splitlines()
    assert sorted(calls) == ["plain 0 None", "plain 1 None", "plain 2 None"]
    # What is left of a run that was interrupted has no row, and is replaced.
    (tmp_path / "results" / "results.json").unlink()
    assert bonsaic(*words, "--seeds", "0")[0] == 0


def test_results_of_something_else_are_left_alone(suite: Path, tmp_path: Path, bonsaic) -> None:
    (tmp_path / "results").mkdir()
    path = tmp_path / "results" / "results.json"
    words = ("bench", "three", "-o", "results")
    path.write_text("{}")
    assert "holds no results of a suite" in mistake(bonsaic(*words))
    path.write_text(json.dumps({"suite": "four", "machine": "", "rows": []}))
    assert "is of the suite 'four', not 'three'" in mistake(bonsaic(*words))
    path.write_text(json.dumps({"suite": "three", "machine": "an abacus", "rows": []}))
    assert "is of the machine 'an abacus'" in mistake(bonsaic(*words))
    path.unlink()
    task = tmp_path / "results" / "seed-0" / "crash"
    task.mkdir(parents=True)
    (task / "mine.txt").touch()
    assert "holds something else" in mistake(bonsaic(*words, "--seeds", "0"))
    assert (task / "mine.txt").exists()


@pytest.mark.parametrize(
    ("listing", "fault"),
    [
        ("tasks", "cannot be read"),
        ("[task]", "says 'task'"),
        ("published = 3", "published is 3"),
        ("[tasks]", "lists no tasks"),
        ('[tasks]\n"other.py" = ""', "names other.py"),
        ('[tasks]\n"plain.py" = 3', "plain.py has 3"),
        ('[tasks]\n"plain.py" = ""\n"../three/plain.py" = ""', "two tasks that are called plain"),
    ],
)
def test_a_listing_is_checked(suite: Path, listing: str, fault: str) -> None:
    (suite / "suite.toml").write_text(listing)
    with pytest.raises(BonsaiError, match=fault):
        find_suite(str(suite))


def test_mistakes(suite: Path, bonsaic) -> None:
    known = "article, dfsm, mips_bits, mips_ints, scaling, textbook, tomita"
    assert known in mistake(bonsaic("bench", "fsdm"))
    (suite / "empty").mkdir()
    assert "no task file" in mistake(bonsaic("bench", "three/empty"))
    assert "write 0..4, or 0,3,5" in mistake(bonsaic("bench", "three", "--seeds", "4..0"))
    assert "No such option" in mistake(bonsaic("bench", "three", "--sedes", "4"))


def test_suites_that_come_along() -> None:
    names = ("article", "dfsm", "mips_bits", "mips_ints", "textbook", "tomita")
    assert [len(find_suite(name).tasks) for name in names] == [7, 10, 21, 20, 26, 8]
    assert list(find_suite("mips_bits").tasks.values()).count("no") == 9


def test_seeds() -> None:
    assert parse_seeds("0..2") == (0, 1, 2)
    assert parse_seeds("7") == (7,)
    assert parse_seeds("5,3,5") == (5, 3)


def test_a_table_counts_only_what_is_proved() -> None:
    row = Row("maze", 0, "proved", 10, 30.0, 3, 5, 1, 7, 20, "none", None, 30, 20)
    lost = Row("maze", 1, "tested", None, 90.0, 9, 99, 9, 7, 50, "none")
    text = markdown(Results("mazes", "an abacus", (row, lost)), "figures")
    assert text.splitlines() == [
        "| task | minimal states | proved | seconds, median (worst) | neurons / weights / states "
        "| lines | program / task | published: figures |",
        "|---|---|---|---|---|---|---|---|",
        "| maze | 7 | 1 of 2, to 10 ticks | 60.0 (90.0) | 3 / 5 / 1 | 20 | 30 / 20 | none |",
        "",
        "Not proved:",
        "",
        "- maze, seed 1: tested",
        "",
        "mazes: 1 of 1 tasks proved, 1 of 2 runs; 60.0 (90.0) seconds, median (worst)"
        "; programs of 1.50 (1.50) times their task's size",
    ]
