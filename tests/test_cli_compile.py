"""`bonsaic compile`: the folder that it writes, and its verdict."""

import json

from command_line import mistake
from test_article import DELAY1

from bonsai_compiler.network import dump_network


def test_compile_writes_the_whole_folder(bonsaic, files):
    for _ in range(2):
        code, out, err = bonsaic("compile", "delay1.json", "--task", "delay1.py", "-o", "build")
        assert code == 0
        assert "def delay1(" in out
        assert "proved" in out.splitlines()[-1]
        assert "Traceback" not in err
        folder = files / "build" / "delay1"
        names = {path.name for path in folder.iterdir()}
        suffixes = {f"delay1.{ending}" for ending in ("py", "bool.txt", "dot", "svg")}
        assert names == {"network.json", "steps", "report.json"} | suffixes
        assert (folder / "network.json").read_text() == dump_network(DELAY1)
        (folder / "steps" / "stale").write_text("left over")
    report = json.loads((folder / "report.json").read_text())
    assert (report["task"], report["verdict"], report["states"]) == ("delay1", "proved", 1)
    assert report["counterexample"] is None
    assert {"horizon", "depth", "random", "shortest", "neurons", "weights"} <= report.keys()
    assert {"logic", "replicas", "solved_replicas", "seconds", "seed", "versions"} <= report.keys()
    for path in sorted((folder / "steps").glob("*.bonsai"))[2:]:
        assert bonsaic("check", path, "delay1.py")[0] == 0


def test_compile_without_a_task_is_held_against_the_network(bonsaic, files):
    code, out, _ = bonsaic("compile", "delay1.json")
    assert (code, "proved" in out.splitlines()[-1]) == (0, True)
    assert (files / "build" / "delay1" / "delay1.py").exists()


def test_a_refuted_network_is_written_with_its_verdict(bonsaic, files):
    code, out, _ = bonsaic("compile", "delay1.json", "--task", "delay2.py")
    assert (code, "refuted" in out.splitlines()[-1]) == (1, True)
    report = json.loads((files / "build" / "delay2" / "report.json").read_text())
    example = report["counterexample"]
    assert (report["verdict"], report["shortest"]) == ("refuted", True)
    assert all(len(example[what]) == 2 for what in ("inputs", "outputs", "expected"))
    assert example["outputs"][-1] != example["expected"][-1]


def test_a_folder_of_the_users_own_is_not_replaced(bonsaic, files):
    (files / "build" / "delay1").mkdir(parents=True)
    (files / "build" / "delay1" / "thesis.txt").write_text("mine")
    mistake(bonsaic("compile", "delay1.json", "--task", "delay1.py"))
    assert (files / "build" / "delay1" / "thesis.txt").read_text() == "mine"
