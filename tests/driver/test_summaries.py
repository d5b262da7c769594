"""What an emitted file says of itself: its verdict, what that rests on, and nothing misleading."""

import ast
import json
from dataclasses import replace
from pathlib import Path

import pytest
from article import DELAY1
from command_line import LOGIC
from hypothesis import given
from hypothesis import strategies as st
from published import drifting
from sources import TASKS
from strategies import graphs, logic_graphs

from bonsai_compiler import __version__
from bonsai_compiler.backends.boolean import emit_boolean
from bonsai_compiler.backends.program import NOT_JUDGED, commented
from bonsai_compiler.backends.python import emit_python, emit_readable
from bonsai_compiler.driver import build, workflow, writing
from bonsai_compiler.driver.summaries import program_header
from bonsai_compiler.driver.target import target_of_task
from bonsai_compiler.equivalence.verdict import Counterexample, Verdict
from bonsai_compiler.ir.graph import Dialect
from bonsai_compiler.ir.text import load
from bonsai_compiler.networks.network_file import dump_network
from bonsai_compiler.schedule.origin import Origin
from bonsai_compiler.specification.task_file import load_task, read_task


def header(text):
    """Return the sentences in the first comments of a file, each on a line."""
    lines = text.splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith("#"))
    comments = []
    for line in lines[first:]:
        if not line.startswith("#"):
            break
        if line.startswith("#   "):
            comments[-1] += f" {line[4:]}"
        else:
            comments.append(line[2:])
    return comments


@pytest.fixture
def late(tmp_path):
    """Compiles a one-tick delay against a task called late, for the verdict that is asked for."""

    def call(kind, network=None):
        (tmp_path / "net.json").write_text(network or dump_network(DELAY1))
        (tmp_path / "late.py").write_text(TASKS[kind])
        task = load_task(tmp_path / "late.py")
        return workflow.compile_file(str(tmp_path / "net.json"), task, tmp_path / "build")

    return call


COMPILED = f"Compiled by bonsaic {__version__} from a network; compile again rather than edit."


@pytest.mark.parametrize(
    ("kind", "said", "network"),
    [
        (
            "proved",
            "PROVED against the task late: equal for every legal input sequence (2 joint states).",
            "So is the network that it was compiled from.",
        ),
        (
            "tested",
            "TESTED against examples of the task late: right on 2048 fresh sequences of examples; "
            "this is no proof.",
            "So is the network that it was compiled from.",
        ),
        (
            "refuted",
            "REFUTED against the task late at tick 1 by the shortest counterexample: x = 0: y = 0, "
            "expected 1.",
            "So is the network that it was compiled from, at tick 1.",
        ),
    ],
)
def test_a_program_and_its_equations_say_their_verdict(late, tmp_path, kind, said, network):
    result = late(kind)
    assert result.verdict.kind == kind
    text = (result.folder / "late.py").read_text()
    assert text == result.program
    assert header(text) == [said, network, COMPILED]
    equations = (result.folder / "late.bool.txt").read_text()
    if kind == "refuted":
        assert equations.startswith("# No equations: ")
    else:
        assert header(equations)[1].startswith(
            "Equations of the same graph as late.py. They are not"
        )
        assert header(equations)[2:5] == [said, network, COMPILED]
    if kind != "tested":
        again, _ = workflow.check(str(result.folder / "late.py"), str(tmp_path / "late.py"))
        assert again.startswith(kind)


def test_a_network_that_a_pass_mended_is_told_from_its_program(late):
    document = json.dumps(drifting(0.25))
    result = late("proved", document)
    tick = len(result.network.counterexample.inputs)
    assert header(result.program) == [
        "PROVED against the task late: equal for every legal input sequence (2 joint states).",
        f"It is not the network that it was compiled from, which is wrong at tick {tick}.",
        COMPILED,
    ]


def test_a_network_of_its_own_is_not_said_to_be_a_task(tmp_path):
    (tmp_path / "net.json").write_text(dump_network(DELAY1))
    result = workflow.compile_file(str(tmp_path / "net.json"), None, None)
    assert header(result.program)[0].startswith(
        "PROVED against the network that it was compiled from: equal"
    )


def test_a_graph_as_it_stands_says_that_nobody_judged_it(bonsaic, files):
    for backend in ("python", "boolean"):
        code, out, _ = bonsaic("emit", "logic.bonsai", "--to", backend)
        assert code == 0
        assert any(line.startswith("NOT JUDGED") for line in header(out))
    assert "PROVED" not in emit_python(load(LOGIC))


def test_horizon_seed_and_depth_are_said():
    counting = (
        "inputs, outputs, start, horizon = ('x',), ('y',), 0, 6\n"
        "def step(n, x): return n + x, n > 3\n"
    )
    target = target_of_task(read_task(counting.encode(), Path("count.py")))
    graph = load(LOGIC)
    grown = Origin(seed=7)
    proved = program_header(target, graph, Verdict("proved", 9, 6), grown)
    assert proved == (
        "PROVED against the task count: equal for every legal input sequence up to its horizon of "
        "6 ticks (9 joint states).",
        f"Grown by bonsaic {__version__} from seed 7; change the task and grow again rather than "
        "edit.",
    )
    tested = Verdict("tested", 9, 6, depth=4, random=64)
    assert "every legal sequence of 4 ticks" in program_header(target, graph, tested, grown)[0]
    apart = program_header(target, graph, Verdict("proved", 9), replace(grown, network=tested))
    assert apart[1].startswith("The network that it was compiled from is tested: equal on every")


@given(graphs() | logic_graphs(), st.lists(st.text(max_size=150), max_size=3))
def test_no_sentence_changes_the_program(graph, sentences):
    """Whatever stands in a header, line breaks and quotes too, Python reads the same program."""
    bare, headed = emit_python(graph), emit_python(graph, header=sentences)
    # As bytes, as a file is read: a comment may name another encoding.
    assert ast.dump(ast.parse(headed.encode())) == ast.dump(ast.parse(bare))
    lines = commented(sentences)
    assert all(line.startswith("# ") and len(line) <= 100 for line in lines)
    assert "\n".join(lines) in headed
    if graph.dialect is Dialect.LOGIC:
        assert "\n".join(lines) in emit_boolean(graph, header=sentences)


def test_a_fault_in_a_counterexample_stays_in_its_comment():
    example = Counterexample(
        ((True,),), ((None,),), ((True,),), "late.py:3 raised\nimport os\r\x0cos.abort()\x1b[2J"
    )
    verdict = Verdict("refuted", 1, counterexample=example)
    target = target_of_task(read_task(TASKS["proved"].encode(), Path("late.py")))
    graph = load(LOGIC)
    text = emit_python(graph, header=program_header(target, graph, verdict, Origin(seed=0)))
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(emit_python(graph)))
    assert "x = 1: late.py:3 raised import os os.abort()\\x1b[2J." in " ".join(header(text))


def test_a_program_that_is_refuted_gives_way_to_the_graphs_own(late, monkeypatch, capsys):
    def wrong(graph, found, doc, horizon, header, notes):
        return emit_readable(graph, found, doc, horizon, header, notes).replace(
            "start = False", "start = True"
        )

    monkeypatch.setattr(writing, "emit_readable", wrong)
    result = late("proved")
    assert (result.verdict.kind, "s0" in result.program) == ("proved", True)
    assert build.UNLIKE in capsys.readouterr().err


def test_a_header_that_changed_the_program_would_not_be_written(late, monkeypatch, tmp_path):
    def broken(graph, found, doc, horizon, header, notes):
        text = emit_readable(graph, found, doc, horizon, notes=notes)
        return text if header is NOT_JUDGED else f"{text}start = (True,)\n"

    monkeypatch.setattr(writing, "emit_readable", broken)
    with pytest.raises(build.BrokenHeaderError, match="another program"):
        late("proved")
    assert not (tmp_path / "build").exists()


def test_a_file_that_does_not_hold_what_was_judged_is_refused(late, monkeypatch, tmp_path):
    fill = build._fill

    def bad_disk(folder, texts):
        fill(folder, {name: text.replace("def step", "def stop") for name, text in texts.items()})

    monkeypatch.setattr(build, "_fill", bad_disk)
    with pytest.raises(build.BonsaiError, match="does not hold what was written"):
        late("proved")
    assert not (tmp_path / "build" / "late").exists()
