"""What is said of files and runs, and programs that keep a line for each neuron."""

import json

import pytest
from article import DELAY1
from command_line import mistake
from published import text, three_state_loop, two_ago

import bonsai_compiler as bonsai
from bonsai_compiler.driver.explaining import Remembered, explained
from bonsai_compiler.ir.text import load
from bonsai_compiler.networks.network_file import dump_network
from bonsai_compiler.reading.size import reading_size

DELAYED = ["previous is what x was on the tick before.", "y is previous."]


@pytest.fixture
def built(files, bonsaic):
    code, _, _ = bonsaic("compile", "delay1.json", "delay1.py", "-o", "build")
    assert code == 0
    return files / "build" / "delay1"


def test_a_run_its_steps_its_program_and_its_task_are_explained(built, bonsaic):
    (last,) = sorted((built / "steps").glob("*.bonsai"))[-1:]
    for path in (built, built / "steps", last, built / "delay1.py", "delay1.py"):
        code, out, _ = bonsaic("explain", path)
        assert code == 0
        # A run's words have the names of its program, which are the task's.
        assert ("previous_x" in out) == (path not in (built, built / "steps"))
        out = out.replace("previous_x", "previous")
        held = " In the network, s0 holds it."
        assert out.replace(held, "").splitlines()[1:] == DELAYED
        # What is no network has no states of one.
        assert (held in out) == (str(path).endswith((".bonsai", "delay1", "steps")))


def test_the_words_are_in_the_report_and_on_the_page(built):
    words = json.loads((built / "report.json").read_text())["words"]
    assert words[0] == "All that it remembers is a bit, previous."
    page = (built / "view.html").read_text(encoding="utf-8")
    assert all(word in page for word in words)


def test_a_run_of_an_older_version_is_explained_from_its_graph(built, bonsaic):
    report = json.loads((built / "report.json").read_text())
    words = report.pop("words")
    (built / "report.json").write_text(json.dumps(report))
    said = bonsaic("explain", built)[1].replace("previous_x", "previous")
    assert said.splitlines() == words


@pytest.mark.parametrize(
    ("name", "values", "called"),
    [
        ("held", {(0,): 0, (1,): 1}, "held"),
        ("held", {(0,): 1, (1,): 0}, "previous_x"),
        ("previous_x", {(0,): 1, (1,): 0}, "other_previous_x"),
    ],
)
def test_what_a_program_remembers_is_called_as_there_if_it_is_the_same(name, values, called):
    graph = load(
        "graph g (logic)\ninput x in {False, True}\nstate s0 = False then x\noutput y = s0\n"
    )
    words = explained(graph, None, remembered=[Remembered(name, ("s0",), values)])
    assert f"{called} is what x was on the tick before. In the network, s0 holds it." in words
    assert f"y is {called}." in words


def test_a_program_says_of_what_it_remembers_what_is_recognised_in_it(built):
    lines = (built / "delay1.py").read_text().splitlines()
    assert "# previous is what x was on the tick before." in lines


def test_what_never_repeats_is_said_to_have_no_end(files, bonsaic):
    (files / "sum.bonsai").write_text(
        "graph sum\ninput  x in {-1, 1}\nstate  s0 = 0 then r0\n"
        "neuron r0 = linear(0.9*s0 + 1*x)\noutput y = r0\n"
    )
    code, out, _ = bonsaic("explain", "sum.bonsai")
    assert code == 0
    assert "do not close" in out


def test_legal_inputs_are_those_of_the_task(files, bonsaic):
    (files / "depth.py").write_text(
        'inputs = ("x",)\noutputs = ("y",)\nstart = 0\n\n\n'
        "def legal(n, x):\n    return n > 0 if x else n < 3\n\n\n"
        "def step(n, x):\n    n += -1 if x else 1\n    return n, n == 0\n"
    )
    assert "depth goes down by one when x is True" in bonsaic("explain", "depth.py")[1]
    mistake(bonsaic("explain", "depth.py", "--task", "delay1.py2"))


def test_what_cannot_be_read_is_one_line(bonsaic, files):
    mistake(bonsaic("explain", "nothing.bonsai"))
    mistake(bonsaic("explain", "."))


@pytest.mark.parametrize("make", [two_ago, three_state_loop])
def test_a_program_in_the_style_of_its_network_has_a_line_for_each_neuron(make):
    task = {"two_ago": "delay2", "three_state_loop": "loop3"}[make.__name__]
    network = json.loads(text(make()))
    result = bonsai.compile(network, f"tasks/{task}.py", style="network")
    assert result.verdict.kind == "proved"
    lines = [line.split(" = ")[0].strip() for line in result.program.splitlines() if " = " in line]
    neurons = [node.name for node in result.graph.computed]
    assert [name for name in lines if name in neurons] == neurons
    assert all(f"# {name}: " in result.program for name in neurons)


def test_styles_are_proved_each_by_itself():
    network = json.loads(dump_network(DELAY1))
    for style in ("readable", "network"):
        result = bonsai.compile(network, "tasks/delay1.py", style=style)
        assert result.verdict.kind == "proved"
        assert bonsai.check(result.program, "tasks/delay1.py").kind == "proved"
        assert result.report["program_size"] == reading_size(result.program)


def test_a_graph_is_emitted_node_by_node(files, bonsaic):
    (files / "g.bonsai").write_text(
        "graph g (logic)\ninput  x in {False, True}\nstate  s0 = False then r0\n"
        "logic  r0 = not x\nlogic  h0 = x and s0\noutput y = h0\n"
    )
    short, whole = (
        bonsaic("emit", "g.bonsai", "--style", style)[1] for style in ("readable", "network")
    )
    assert "    h0 = x and s0\n" in whole
    assert "    r0 = not x\n" in whole
    assert "r0" not in short
    mistake(bonsaic("emit", "g.bonsai", "--style", "network", "--to", "svg"))


def test_there_are_no_other_styles():
    network = json.loads(dump_network(DELAY1))
    with pytest.raises(bonsai.BonsaiError, match="there is no style 'short'"):
        bonsai.compile(network, "tasks/delay1.py", style="short")
