"""`bonsaic compile`: the folder that it writes, and its verdict."""

import json

import pytest
from article import DELAY1
from command_line import mistake
from published import drifting, text, three_state_loop, two_ago

from bonsai_compiler.networks.network_file import dump_network


def test_compile_writes_the_whole_folder(bonsaic, files):
    for _ in range(2):
        code, out, err = bonsaic("compile", "delay1.json", "--task", "delay1.py", "-o", "build")
        assert code == 0
        assert "def delay1(" in out
        assert "proved" in out.splitlines()[-1]
        assert "\nprevious is what x was on the tick before. In the network, s0 holds it.\n" in out
        assert "Traceback" not in err
        folder = files / "build" / "delay1"
        names = {path.name for path in folder.iterdir()}
        suffixes = {f"delay1.{ending}" for ending in ("py", "bool.txt", "dot", "svg")}
        assert names == {"network.json", "steps", "report.json", "view.html"} | suffixes
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


@pytest.mark.parametrize(("name", "make"), [("delay2", two_ago), ("loop3", three_state_loop)])
def test_the_published_networks_are_proved_in_the_graph_format(bonsaic, files, name, make):
    (files / "net.json").write_text(text(make()))
    assert bonsaic("check", "net.json", f"{name}.py")[0] == 0
    code, out, _ = bonsaic("compile", "net.json", "--task", f"{name}.py")
    assert (code, "proved" in out.splitlines()[-1]) == (0, True)
    folder = files / "build" / name
    assert (folder / "network.json").read_text() == text(make())
    report = json.loads((folder / "report.json").read_text())
    network = report["network"]
    assert (network["verdict"], network["by"], network["counterexample"]) == (
        *("proved", "search"),
        None,
    )
    assert report["weights"] <= report["passes"][0]["weights"] == {"delay2": 4, "loop3": 5}[name]


def test_a_network_that_a_pass_mends_is_refuted_and_its_program_proved(bonsaic, files):
    (files / "net.json").write_text(text(drifting(0.25)))
    code, out, _ = bonsaic("compile", "net.json", "--task", "delay1.py")
    last = out.splitlines()[-1]
    assert code == 1
    assert last.startswith("delay1: the network is wrong at tick ")
    assert "; this program is not it, and is proved" in last
    report = json.loads((files / "build" / "delay1" / "report.json").read_text())
    assert (report["verdict"], report["network"]["verdict"]) == ("proved", "refuted")
    assert report["network"]["shortest"]
    bits = [str(int(bit)) for (bit,) in report["network"]["counterexample"]["inputs"]]
    rows = bonsaic("run", "net.json", "--", *bits)[1].splitlines()[1:]
    wanted = ["0", *bits]
    answers = [row.split()[-1] for row in rows]
    assert answers[:-1] == wanted[: len(bits) - 1]
    assert answers[-1] != wanted[len(bits) - 1]


def test_every_pass_is_accounted_for(bonsaic, files):
    bonsaic("compile", "delay1.json", "--task", "delay1.py")
    folder = files / "build" / "delay1"
    passes = json.loads((folder / "report.json").read_text())["passes"]
    names = [path.stem.partition("-")[2] for path in sorted((folder / "steps").iterdir())]
    assert [item["name"] for item in passes] == names
    assert all(item["check"] for item in passes[1:])
    assert sum(item["checks"] for item in passes) > len(passes)


def test_a_network_that_was_only_trained_compiles(bonsaic, files):
    changes = ["--set", "replicas=16", "--set", "batch=32", "--set", "prunings=4"]
    code, out, err = bonsaic("train", "delay1.py", *changes, "-o", "net.json")
    assert (code, out) == (0, "")
    assert "Traceback" not in err
    code, out, _ = bonsaic("compile", "net.json", "--task", "delay1.py")
    report = json.loads((files / "build" / "delay1" / "report.json").read_text())
    assert report["verdict"] == "proved"
    assert code == (1 if report["network"]["verdict"] == "refuted" else 0)


def test_a_run_stands_for_its_network_and_its_task(bonsaic, files):
    assert bonsaic("compile", "delay1.json", "--task", "delay1.py", "-o", "first")[0] == 0
    again = bonsaic("compile", "first/delay1", "--task", "first/delay1", "-o", "second")
    assert again[0] == 0
    assert "delay1: proved" in again[1].splitlines()[-1]
    (files / "first" / "delay1" / "network.json").unlink()
    # Then it is compiled from its first graph.
    assert bonsaic("compile", "first/delay1", "--task", "delay1.py", "-o", "third")[0] == 0
    (files / "first" / "delay1" / "steps" / "00-lift.bonsai").unlink()
    assert "steps are not numbered" in mistake(bonsaic("compile", "first/delay1"))


def test_a_network_of_pytorch_is_compiled_against_its_task(bonsaic, files):
    code, out, _ = bonsaic("compile", "model.safetensors", "delay1.py", "--activation", "tanh")
    assert code == 0
    assert out.splitlines()[-1].startswith("delay1: ")
    folder = files / "build" / "delay1"
    report = json.loads((folder / "report.json").read_text())
    assert report["verdict"] == "proved"
    assert report["network"]["verdict"] in ("tested", "proved")
    assert not (folder / "network.json").exists()
    assert "neuron d0 = linear(1*r1)" in (folder / "steps" / "00-lift.bonsai").read_text()
    code, out, _ = bonsaic("compile", "model.safetensors", "delay2.py", "--activation", "relu")
    assert code == 1
    assert "the network is wrong at tick 2" in out


def test_a_network_of_pytorch_is_shown_and_run_as_any_other(bonsaic, files):
    flags = "model.safetensors", "--activation", "tanh"
    assert [
        row.split()[-1] for row in bonsaic("run", *flags, "--", "1", "0", "1")[1].splitlines()
    ] == [
        "y",
        "0",
        "1",
        "0",
    ]
    assert "def model(" in bonsaic("emit", *flags)[1]
    assert "tanh(4*s0)" in bonsaic("opt", *flags, "--passes", "dead_code")[1]
    assert bonsaic("view", *flags)[0] == 0
    assert (files / "model.html").exists()
    code, out, _ = bonsaic(
        "opt",
        *flags,
        "--passes",
        "clip(threshold=0.1), snap",
        "--task",
        "delay1.py",
        "-o",
        "g.bonsai",
    )
    assert (code, out) == (0, "")
    assert bonsaic("machine", "g.bonsai", "--task", "delay1.py")[0] == 0


MISTAKES = {
    "two tasks": (("model.safetensors", "delay1.py", "--task", "delay1.py"), "the task once"),
    "no activation": (("model.safetensors",), "--activation tanh"),
    "a pickle": (("model.pt",), "may run any code"),
    "a missing file": (("other.safetensors",), "No such file"),
    "what JSON says": (("delay1.json", "--activation", "tanh"), "says itself what --activation"),
    "one letter": (
        ("model.safetensors", "--activation", "tanh", "--input-values", "one-hot"),
        "from 2 to 64",
    ),
    "letters of a task": (
        ("model.safetensors", "delay1.py", "--activation", "tanh", "--output", "argmax"),
        "has 1 output, but delay1.py has 2 letters of its outputs",
    ),
    "first states of others": (
        ("model.safetensors", "--activation", "tanh", "--h0", "model.safetensors"),
        "h0, and c0 of an LSTM, are wanted",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_about_a_network_of_pytorch_is_one_line(bonsaic, files, name):
    words, said = MISTAKES[name]
    assert said in mistake(bonsaic("compile", *words))
    assert not (files / "build").exists()


def test_what_is_no_network_takes_nothing_that_is_said_of_one(bonsaic, files):
    flags = "--input-values", "0,1"
    for words in (("emit", "delay2.bonsai"), ("run", "delay2.py"), ("view", "delay2.py")):
        assert "is no network" in mistake(bonsaic(*words, *flags))
