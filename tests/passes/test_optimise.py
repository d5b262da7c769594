"""`bonsaic opt`: any passes on any graph, stopped where one breaks the behaviour."""

import json
import re
import shlex
from pathlib import Path

import pytest
from article import DELAY2, LOOP3
from command_line import LOGIC, mistake, table

from bonsai_compiler.driver.target import oracle_of
from bonsai_compiler.ir import parsing
from bonsai_compiler.ir.text import dump, load
from bonsai_compiler.networks.parsing import parse_graph
from bonsai_compiler.passes import HOLD_TO_LEVELS, LOGIC_PASSES, PASSES, REDUCE, ROUND
from bonsai_compiler.passes.base import Pass
from bonsai_compiler.passes.checking import right_on
from bonsai_compiler.passes.clip import Clip
from bonsai_compiler.passes.dead_code import DeadCode
from bonsai_compiler.passes.lower import Lower
from bonsai_compiler.passes.manager import Manager
from bonsai_compiler.passes.optimise import optimise, parse_pipeline
from bonsai_compiler.specification.task_file import load_task

ORDER = [item.name for item in (*HOLD_TO_LEVELS, *REDUCE, *ROUND, *LOGIC_PASSES)]
WHOLE = ", ".join(ORDER)
DRIFTING = """\
graph drifting
activation ameo = factor 1 leak 0
input  x in {-1, 1}
state  s0 = -1 then r0
state  c = 0 then rc
neuron r0 = ameo(-1*x)
neuron rc = linear(1*c + 0.01)
neuron d0 = linear(1*s0)
output y = d0
"""
LATE = DRIFTING.replace("linear(1*s0)", "linear(1*s0 - 1*c)")
STACK = """\
graph stack
activation ameo = factor 1 leak 0
input  x in {-1, 1}
state  s = 0 then r near {-1, 0, 1, 2}
neuron r = linear(1*s - 1*x)
neuron d = linear(-1*r + 0.5)
output y = d
"""
STACK_TASK = """\
inputs, outputs, start = ("x",), ("y",), 0


def step(depth, x):
    depth += -1 if x else 1
    return depth, depth == 0


def legal(depth, x):
    return depth > 0 if x else depth < 2
"""
LAST = """\
inputs, outputs = ("x",), ("y",)


def examples(rng, batch, ticks):
    x = rng.choice([-1, 1], (batch, ticks, 1))
    y = x.copy()
    y[:, 0], y[:, 1:] = -1, x[:, :-1]
    return x, y
"""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["delay2.bonsai", "--passes", "simplify"], "works on logic"),
        (["delay2.bonsai", "--passes", "lower, clip"], "works on neurons"),
        (["logic.bonsai", "--passes", "lower"], "works on neurons"),
        (["delay2.bonsai", "--passes", "quantize(step=0)"], "make no graph"),
        (["delay2.bonsai", "--passes", "snap(levels={'ss1': (1,)})"], "did you mean 's1'?"),
        (["delay2.bonsai", "--passes", "snap(levels={'s0': (1, 0)})"], "levels must ascend"),
        (["delay2.bonsai", "--passes", "clip", "--task", "loop3.py"], "1 input,"),
        (["drifting.bonsai", "--passes", "lower", "--task", "delay1.py"], "put snap before"),
        (["delay2.py", "--passes", "clip"], "a graph is wanted"),
        (["delay2.bonsai"], "--passes"),
    ],
)
def test_a_mistake_is_one_line(bonsaic, files, words, said):
    (files / "drifting.bonsai").write_text(LATE.replace("1*c)", "1e-09*c)"))
    assert said in mistake(bonsaic("opt", *words))


DEAD = """\
graph dead
activation ameo = factor 1 leak 0
input  x in {-1, 1}
state  s0 = -1 then r0
state  idle = -1 then r1
state  runaway = 0 then r2
neuron r0 = ameo(-1*x)
neuron r1 = ameo(-1*idle)
neuron r2 = linear(1*runaway + 1)
output y = s0
"""


def test_what_has_no_effect_does_not_keep_a_graph_from_being_lowered(bonsaic, files):
    (files / "dead.bonsai").write_text(DEAD)
    code, out, err = bonsaic("opt", "dead.bonsai", "--passes", "lower")
    assert (code, err.count("proved")) == (0, 2)
    assert [node.name for node in load(out).states] == ["s0"]


@pytest.mark.parametrize("number", ["1e308", "-1.7e308", "9007199254740993"])
@pytest.mark.parametrize("line", ["linear(1*x + {})", "linear({}*x)"])
def test_numbers_too_large_for_a_grid_are_left_as_they_are(bonsaic, files, number, line):
    line = line.format(number).replace("+ -", "- ")
    graph = f"graph g\ninput x in {{-1, 1}}\nneuron n = {line}\noutput y = n\n"
    (files / "large.bonsai").write_text(graph)
    code, out, _ = bonsaic("opt", "large.bonsai", "--passes", "quantize")
    assert (code, out) == (0, dump(load(graph)))


def test_logic_that_nobody_could_read_is_a_mistake_in_one_line(bonsaic, files, monkeypatch):
    monkeypatch.setattr("bonsai_compiler.ir.expression.DEEPEST", 0)
    parsing.parse.cache_clear()
    said = bonsaic("opt", "delay2.bonsai", "--passes", "lower", "--task", "delay2.py")
    monkeypatch.undo()
    parsing.parse.cache_clear()
    assert "lower: cannot write this graph as logic" in mistake(said)


def test_the_whole_pipeline_gives_what_compile_gives(bonsaic, files):
    code, out, err = bonsaic("opt", "delay1.json", "--passes", WHOLE, "--task", "delay1.py")
    assert code == 0
    assert [line.split()[0] for line in err.splitlines()] == [*ORDER, "against"]
    assert "against delay1.py: proved" in err
    (files / "out.bonsai").write_text(out)
    assert bonsaic("check", "out.bonsai", "delay1.py")[0] == 0
    assert bonsaic("compile", "delay1.json", "--task", "delay1.py")[0] == 0
    *_, last = sorted((files / "build" / "delay1" / "steps").iterdir())
    assert load(out).nodes == load(last.read_text()).nodes


def test_what_is_given_is_taken_and_what_is_not_is_searched(bonsaic, files):
    code, out, err = bonsaic("opt", "delay2.bonsai", "--passes", "clip(threshold=0.75)")
    assert (code, out) == (0, dump(Clip(0.75).apply(load(DELAY2))))
    assert "threshold 0.75" in err
    lifted = parse_graph((files / "delay1.json").read_text(), "delay1.json")
    oracle = oracle_of(lifted, load_task(files / "delay1.py"))
    found = Manager(oracle).search(Clip, lifted)
    words = ["opt", "delay1.json", "--passes", "clip", "--task", "delay1.py"]
    assert bonsaic(*words)[:2] == (0, dump(found.apply(lifted)))
    assert bonsaic("opt", "-", "--passes", "simplify", stdin=LOGIC)[:2] == (0, LOGIC)
    kept = bonsaic("opt", "delay2.bonsai", "--passes", "snap(levels=None), drop(terms=[])")
    assert kept[:2] == (0, dump(load(DELAY2)))
    assert kept[2].count("nothing changed") == 2


def test_the_graph_goes_to_a_file_and_the_differences_to_stdout(bonsaic, files):
    words = ["opt", "delay2.bonsai", "--passes", "clip(threshold=0.5), lower"]
    code, out, _ = bonsaic(*words, "--diff", "-o", "small.bonsai")
    assert code == 0
    assert out.splitlines()[0].split() == ["start", "4", "/", "4", "/", "2"]
    assert out.splitlines()[1].endswith("nothing changed")
    assert "\n- neuron d0 = linear(-1*o2)\n" in out
    assert "\n+ logic  d0 = not s0\n" in out
    assert bonsaic(*words, "--diff")[1] == out
    assert bonsaic(*words)[1] == (files / "small.bonsai").read_text()


def spoiling(monkeypatch, old, new, exact):
    """Put a pass called spoil into the table that replaces one text by another."""

    class Spoil(Pass):
        def apply(self, graph):
            assert old in dump(graph)
            return load(dump(graph).replace(old, new))

    Spoil.exact = exact
    monkeypatch.setitem(PASSES, "spoil", Spoil)


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize(
    ("name", "text", "old", "new"),
    [
        ("delay2", DELAY2, "r0 = ameo(1*s1)", "r0 = ameo(-1*s1)"),
        ("delay2", DELAY2, "s0 = 1 then", "s0 = -1 then"),
        ("loop3", LOOP3, None, None),
    ],
)
@pytest.mark.parametrize("task", [True, False])
def test_a_broken_pass_is_stopped_and_its_input_replays(
    bonsaic, files, monkeypatch, exact, name, text, old, new, task
):
    last = load(text).nodes[-2]
    old = old or dump(load(text)).splitlines()[-2]
    new = new or f"neuron {last.name} = linear(1)"
    spoiling(monkeypatch, old, new, exact)
    (files / "to").mkdir()
    words = ["opt", f"{name}.bonsai", "--passes", "clip(threshold=0.01), spoil, drop"]
    words += ["-o", "to/out.bonsai", "--diff"] + ["--task", f"{name}.py"] * task
    code, out, err = bonsaic(*words)
    assert code == 1
    assert "spoil broke the behaviour" in err
    assert re.search(r"^spoil .* refuted\n- .*\n\+ ", out, re.MULTILINE)
    assert "\ndrop" not in out
    before, after = (files / "to" / f"{name}.{side}-spoil.bonsai" for side in ("before", "after"))
    assert before.read_text() == dump(load(text))
    assert after.read_text() == dump(load(text)).replace(old, new)
    assert sorted((files / "to").iterdir()) == [after, before]
    (line,) = [line for line in err.splitlines() if "to replay:" in line]
    replayed = shlex.split(line.split("bonsaic run ")[1])
    assert Path(replayed[0]) == after.relative_to(files)
    given = table(bonsaic("run", *replayed)[1])
    wanted = table(bonsaic("run", f"{name}.py", *replayed[1:])[1])
    assert [row[-1] for row in given[:-1]] == [row[-1] for row in wanted[:-1]]
    assert given[-1][-1] != wanted[-1][-1]


def test_a_fault_that_shows_late_is_laid_on_its_pass(bonsaic, files, monkeypatch):
    spoiling(monkeypatch, "linear(1*s0)", "linear(1*s0 - 1*c)", False)
    (files / "drifting.bonsai").write_text(DRIFTING)
    words = ["--passes", "quantize(step=0.01), spoil, dead_code", "--task", "delay1.py"]
    code, out, err = bonsaic("opt", "drifting.bonsai", *words)
    assert (code, out) == (1, "")
    assert re.search("^spoil .* accepted$", err, re.MULTILINE)
    assert "spoil broke the behaviour" in err
    assert (files / "drifting.after-spoil.bonsai").exists()


def test_a_graph_that_was_wrong_before_is_no_pass_s_fault(bonsaic, files):
    code, out, err = bonsaic("opt", "delay2.bonsai", "--passes", "drop", "--task", "delay1.py")
    assert (code, out) == (1, "")
    assert "wrong before any pass: x = 1, 0" in err
    (files / "late.bonsai").write_text(LATE)
    code, out, err = bonsaic("opt", "late.bonsai", "--passes", "dead_code", "--task", "delay1.py")
    assert (code, out) == (1, dump(load(LATE)))
    assert "no pass is to blame" in err


def test_lowering_is_held_to_legal_inputs_only(bonsaic, files, monkeypatch):
    (files / "stack.bonsai").write_text(STACK)
    (files / "stack.py").write_text(STACK_TASK)
    words = ["opt", "stack.bonsai", "--passes", "lower, simplify", "--task", "stack.py"]
    code, _, err = bonsaic(*words)
    assert (code, err.count("proved")) == (0, 3)

    apply = Lower.apply
    monkeypatch.setattr(
        Lower, "apply", lambda it, graph: apply(Lower(it.states[:2], it.bits[:2]), graph)
    )
    code, _, err = bonsaic(*words)
    assert (code, err.count("lower broke the behaviour")) == (1, 1)


def test_examples_are_enough_to_stop_a_broken_pass(bonsaic, files, monkeypatch):
    (files / "last.py").write_text(LAST)
    words = ["opt", "delay1.json", "--task", "last.py", "--passes"]
    code, _, err = bonsaic(*words, "clip, dead_code")
    assert (code, "accepted" in err, "against last.py: tested" in err) == (0, True, True)
    spoiling(monkeypatch, "output y = d0", "output y = x", False)
    code, _, err = bonsaic(*words, "clip, spoil")
    assert (code, "spoil broke" in err) == (1, True)


def test_removing_what_is_not_dead_is_seen_although_judging_does_so_too(monkeypatch):
    def greedy(graph):
        """Take what is read for dead."""
        return load(dump(graph).replace("ameo(-1*s0)", "ameo(1)"))

    for place in ("oracle.oracle", "passes.checking"):
        monkeypatch.setattr(f"bonsai_compiler.{place}.live_part", greedy)
    monkeypatch.setattr(DeadCode, "apply", lambda _, graph: greedy(graph))
    graph = load(DELAY2)
    result = optimise(
        graph, parse_pipeline("dead_code"), oracle_of(graph, None), lambda *told: None
    )
    assert (result.broken, result.stages[-1].check) == (True, "refuted")
    assert result.verdict.counterexample is not None
    assert right_on(graph, result.verdict.counterexample)
    assert not right_on(result.stages[-1].graph, result.verdict.counterexample)


def test_examples_prove_no_step(bonsaic, files):
    (files / "last.py").write_text(LAST)
    assert bonsaic("compile", "delay1.json", "--task", "last.py")[0] == 0
    report = json.loads((files / "build" / "last" / "report.json").read_text())
    assert report["verdict"] == "tested"
    checks = {step["check"] for step in report["passes"]}
    assert "accepted" in checks
    assert "proved" not in checks
