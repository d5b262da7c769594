"""What changed: between two graphs, and in a finished run, as lines, columns and counts."""

import json
import re
from collections import Counter
from itertools import pairwise

import pytest
from article import DELAY2
from command_line import LOGIC, mistake
from hypothesis import given
from hypothesis import strategies as st
from strategies import graphs, logic_graphs

from bonsai_compiler.differences.diff import diff, dump_diff, reordered, tally
from bonsai_compiler.differences.diff_table import beside, coloured
from bonsai_compiler.ir.graph import Dialect
from bonsai_compiler.ir.text import dump, load
from bonsai_compiler.passes.clip import Clip
from bonsai_compiler.passes.quantize import Quantize

PAIRS = st.tuples(graphs(), graphs()) | st.tuples(graphs(), logic_graphs())
COARSER = graphs().map(lambda graph: (graph, Quantize(0.5).apply(Clip(0.5).apply(graph))))
ESCAPES = re.compile(r"\x1b\[[\d;]*m")


@given(PAIRS | COARSER)
def test_every_changed_line_is_shown_and_no_other(pair):
    before, after = pair
    old, new = dump(before).splitlines(), dump(after).splitlines()
    shown = dump_diff(before, after).splitlines()
    assert [line for line in shown if line[0] == "-"] == [f"- {x}" for x in old if x not in new]
    added = [line for line in shown if line[0] == "+"]
    assert sorted(added) == sorted(f"+ {line}" for line in new if line not in old)
    assert bool(shown) == (old != new)


@given(PAIRS | COARSER)
def test_the_changes_make_one_graph_into_the_other(pair):
    before, after = pair
    lines = set(dump(before).splitlines())
    for change in diff(before, after):
        lines = lines - {change.before} | ({change.after} - {None})
    assert lines == set(dump(after).splitlines())


@given(COARSER)
def test_the_two_lines_of_a_node_stand_together(pair):
    lines = dump_diff(*pair).splitlines()
    for line, following in pairwise(lines):
        if line[0] == "-":
            assert following[0] == "+"
            assert following.split(" = ")[0][2:] == line.split(" = ")[0][2:]


@given(PAIRS | COARSER)
def test_the_counts_add_up(pair):
    before, after = pair
    counts, (old, new) = tally(before, after), (len(graph.nodes) for graph in pair)
    assert new == old + counts.added - counts.removed
    nodes = [c for c in diff(before, after) if not _is_header(c.before or c.after)]
    assert counts.added == sum(change.before is None for change in nodes)
    assert counts.removed == sum(change.after is None for change in nodes)
    assert counts.changed == len(nodes) - counts.added - counts.removed


def _is_header(line):
    return line.startswith(("graph", "activation"))


@given(PAIRS | COARSER, st.integers(20, 120))
def test_two_columns_cut_nothing_off_and_keep_to_the_width(pair, width):
    text = ESCAPES.sub("", beside(*pair, width))
    assert all(len(line) <= width and line == line.rstrip() for line in text.splitlines())
    wanted = "".join(dump_diff(*pair).splitlines()[:-1])
    assert Counter("".join(text.split())) == Counter("".join(wanted.split()))


def test_a_new_line_stands_below_the_one_that_it_follows():
    after = DELAY2.replace("neuron r0", "neuron n0 = ameo(1*x)\nneuron r0")
    after = after.replace("output y = d0", "neuron n1 = ameo(1*n0)\noutput y = n1")
    after = after.replace("neuron o2 = ameo(-1*s0)", "neuron o2 = ameo(-2*s0)")
    assert dump_diff(load(DELAY2), load(after)).splitlines() == [
        "- neuron o2 = ameo(-1*s0)",
        "+ neuron o2 = ameo(-2*s0)",
        "+ neuron n0 = ameo(1*x)",
        "+ neuron n1 = ameo(1*n0)",
        "- output y = d0",
        "+ output y = n1",
        "neurons / weights / states: 4 / 4 / 2 -> 6 / 6 / 2",
    ]


def test_a_changed_activation_is_one_change():
    after = load(DELAY2.replace("factor 0.5", "factor 1"))
    assert dump_diff(load(DELAY2), after).splitlines()[:2] == [
        "- activation ameo = factor 0.5 leak 0.1",
        "+ activation ameo = factor 1 leak 0.1",
    ]


def test_another_order_is_a_difference():
    swapped = DELAY2.replace("neuron r0 = ameo(1*s1)\n", "").replace(
        "neuron d0", "neuron r0 = ameo(1*s1)\nneuron d0"
    )
    assert reordered(load(DELAY2), load(swapped))
    assert dump_diff(load(DELAY2), load(swapped)).startswith("lines that both have stand in")
    assert not reordered(load(DELAY2), load(DELAY2))


def test_between_neurons_and_logic_the_old_lines_stand_first():
    marks = [line[0] for line in dump_diff(load(DELAY2), load(LOGIC)).splitlines()[:-1]]
    assert marks == sorted(marks, reverse=True)
    assert load(LOGIC).dialect is Dialect.LOGIC
    assert set(marks) == {"-", "+"}


@pytest.fixture
def run(files):
    """A finished run of three passes, of which one changed nothing."""
    graphs = {
        "00-lift": DELAY2,
        "01-clip": DELAY2.replace("ameo(-1*x)", "ameo(-2*x)"),
        "02-dead_code": DELAY2.replace("ameo(-1*x)", "ameo(-2*x)"),
        "03-lower": LOGIC,
    }
    (files / "run" / "steps").mkdir(parents=True)
    for name, text in graphs.items():
        (files / "run" / "steps" / f"{name}.bonsai").write_text(text)
    passes = [
        {"name": name[3:], "check": "proved", "what": "threshold 0.2" * (name == "01-clip")}
        for name in graphs
    ]
    report = {"verdict": "proved", "horizon": 9, "passes": passes}
    (files / "run" / "report.json").write_text(json.dumps(report))
    return files / "run"


def told(run, **changes):
    report = json.loads((run / "report.json").read_text())
    (run / "report.json").write_text(json.dumps(report | changes))


def test_a_run_is_shown_pass_by_pass(bonsaic, run):
    code, out, err = bonsaic("diff", run)
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert lines[:6] == [
        "lift            4 / 4 / 2",
        "clip            4 / 4 / 2 -> 4 / 4 / 2         proved    threshold 0.2",
        "- neuron r1 = ameo(-1*x)",
        "+ neuron r1 = ameo(-2*x)",
        "",
        "dead_code       4 / 4 / 2 -> 4 / 4 / 2         proved    nothing changed",
    ]
    assert lines[6] == "lower           4 / 4 / 2 -> 0 / 0 / 2         proved"
    assert lines[-2:] == [
        "",
        "proved: equal for every legal input sequence up to its horizon of 9 ticks",
    ]
    assert bonsaic("diff", run / "steps") == (code, out, err)


def test_a_run_is_shown_without_a_report_or_its_passes(bonsaic, run):
    told(run, passes=None)
    code, out, _ = bonsaic("diff", run)
    assert (code, out.count("proved")) == (1, 1)
    (run / "report.json").unlink()
    code, out, _ = bonsaic("diff", run)
    assert (code, out.count("proved")) == (1, 0)
    assert "+ input  x in {False, True}" in out


def test_a_refuted_run_shows_its_counterexample(bonsaic, run):
    example = {"inputs": [[True], [False]], "outputs": [[False], [True]]}
    told(run, verdict="refuted", shortest=True, counterexample={**example, "expected": [[0], [0]]})
    out = bonsaic("diff", run)[1]
    assert "refuted at tick 2 by the shortest counterexample: x = 1, 0: y = 1, expected 0" in out


def test_a_run_in_which_nothing_changed_is_exit_code_0(bonsaic, run):
    for path in (run / "steps").iterdir():
        path.write_text(DELAY2)
    assert bonsaic("diff", run)[0] == 0
    (run / "steps" / "03-lower.bonsai").write_text(DELAY2.replace("factor 0.5", "factor 1"))
    assert bonsaic("diff", run)[0] == 1


def test_stat_is_a_table(bonsaic, run):
    names = "lift", "clip", "dead_code", "lower"
    told(run, passes=[{"name": n, "seconds": 0.126} for n in names])
    code, out, err = bonsaic("diff", run, "--stat")
    assert (code, err) == (1, "")
    rows = [" ".join(line.split()) for line in out.splitlines()]
    assert rows[0] == "pass before after added removed changed seconds"
    assert rows[1] == "clip 4 / 4 / 2 4 / 4 / 2 0 0 1 0.13"
    assert rows[2] == "dead_code 4 / 4 / 2 4 / 4 / 2 0 0 0 0.13"
    assert rows[3] == "lower 4 / 4 / 2 0 / 0 / 2 0 4 4 0.13"
    assert "lower" in bonsaic("diff", run, "--side-by-side")[1]
    assert bonsaic("diff", "delay2.bonsai", "delay2.bonsai", "--stat")[0] == 0


def test_columns_stand_side_by_side(bonsaic, files, monkeypatch):
    monkeypatch.setenv("COLUMNS", "70")
    changed = DELAY2.replace("ameo(-1*x)", "ameo(-2*x)")
    code, out, _ = bonsaic("diff", "delay2.bonsai", "-", "--side-by-side", stdin=changed)
    assert (code, out) == (1, f"{'- neuron r1 = ameo(-1*x)':<35}+ neuron r1 = ameo(-2*x)\n")
    assert bonsaic("diff", "delay2.bonsai", "delay2.bonsai", "--side-by-side") == (0, "", "")


@pytest.mark.parametrize("form", [[], ["--side-by-side"]])
def test_colour_is_for_terminals_only(bonsaic, files, monkeypatch, form):
    words = ["diff", "delay2.bonsai", "logic.bonsai", *form]
    assert "\x1b" not in bonsaic(*words)[1]
    monkeypatch.setattr("click._compat.isatty", lambda stream: True)
    assert "\x1b[31m" in bonsaic(*words)[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in bonsaic(*words)[1]
    assert ESCAPES.sub("", coloured("- a\n")) == "- a\n"


def test_what_is_no_run_is_one_line(bonsaic, run):
    assert "is no run" in mistake(bonsaic("diff", run.parent))
    assert "cannot be read" in mistake(bonsaic("diff", "missing"))
    assert "second graph" in mistake(bonsaic("diff", "delay2.bonsai"))
    assert "not both" in mistake(bonsaic("diff", run, "--stat", "--side-by-side"))
    assert "only one of the two" in mistake(bonsaic("diff", "-", "-"))
    (run / "steps" / "02-dead_code.bonsai").rename(run / "steps" / "02-dead.bonsai")
    assert "tells of other passes" in mistake(bonsaic("diff", run))
    for text in ("", "[]", "{}", '{"verdict": "refuted"}', '{"verdict": "good"}'):
        (run / "report.json").write_text(text)
        assert "is no report" in mistake(bonsaic("diff", run))
    (run / "steps" / "02-dead.bonsai").unlink()
    assert "not numbered" in mistake(bonsaic("diff", run))
    for path in (run / "steps").glob("0[13]*"):
        path.unlink()
    (run / "steps" / "00-lift.bonsai").write_text("graph g")
    assert "00-lift.bonsai: no node" in mistake(bonsaic("diff", run))
