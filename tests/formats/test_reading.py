"""Files of machines as people write them: what is read, and what is refused with its line."""

from pathlib import Path

import pytest
from command_line import mistake

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.specification.machine_file import MachineReading, read_machine

KISS = """\
# a lion, after the MCNC benchmark
.i 2
.o 1
.p 5
.s 2
.r st0
-0 st0 st0 0
11 st0 st0 0
01 st0 st1 -
0- st1 st1 1
11 st1 st0 0
.e
"""
MEALY = """\
digraph coffee {
  __start0 [label="" shape="none"];
  s0 [shape="circle" label="s0"]; s1 [label="s1"];
  s0 -> s1 [label="coin / beep"];
  s0 -> s0 [label="button / init"];
  s1 -> s1 [label="coin / beep"]; /* a
  comment */
  s1 -> s0 [label="button / coffee, hot"];
  __start0 -> s0;
}
"""
MOORE = """\
digraph g {
s0 [label="{s0|1}", shape=record, style=rounded];
s1 [label="s1|0", shape=record];
s0 -> s1 [label=a];
s0 -> s0 [label=b];
s1 -> s0 [label=a];
__start0 [label="", shape=none];
__start0 -> s0 [label=""];
}
"""
DFA = """\
digraph dfa {
node [shape=doublecircle]; s0;
node [shape=circle]; s1;
s0 -> s1 -> s0 [label=0];
s1 -> s1 [label=1];
start [shape=point]; start -> s0;
}
"""
ATT = "0\t0\ta\ta\n0\t1\tb\tb\n1\t0\ta\ta\n1\n"
TRANSDUCER = "0 1 a x\n1 0 a y\n0 0 b x\n1 1 b z 0.0\n0\n1\n"
JFF = """\
<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<structure>
  <type>fa</type>
  <automaton>
    <state id="0" name="even"><x>1</x><y>2</y><initial/><final/></state>
    <state id="1" name="odd"><x>1</x><y>2</y></state>
    <transition><from>0</from><to>1</to><read>1</read></transition>
    <transition><from>1</from><to>0</to><read>1</read></transition>
    <transition><from>0</from><to>0</to><read>0</read></transition>
  </automaton>
</structure>
"""
MEALY_JFF = JFF.replace("fa<", "mealy<").replace("</read>", "</read><transout>1</transout>", 2)
MOORE_JFF = JFF.replace("fa<", "moore<").replace("<final/>", "<output>up</output>")
MOORE_JFF = MOORE_JFF.replace("</y></state>", "</y><output>down</output></state>")
EXAMPLES = {"kiss2": KISS, "dot": MEALY, "att": ATT, "jff": JFF}


def read(text, form, missing=None):
    return read_machine(text, Path("machine.x"), MachineReading(form, missing))


def said(task, word):
    """Return the values that a machine puts out for a word, None where an input may not come."""
    state, told = 0, []
    for values in word:
        values = values if isinstance(values, tuple) else (values,)
        bits = task.input_signals.encoded(values)
        if not task.admits(state, bits):
            return [*told, None]
        state, codes = task.transition(state, bits)
        outputs = task.output_signals.values(tuple(c > 0 if c else None for c in codes))
        told.append(outputs[0] if len(outputs) == 1 else outputs)
    return told


def test_kiss2_has_cubes_and_what_does_not_matter():
    task = read(KISS, "kiss2")
    assert (task.inputs, task.outputs) == (("x0", "x1"), ("y",))
    word = [(True, False), (False, True), (False, True), (True, True), (True, True)]
    assert said(task, word) == [False, None, True, False, False]
    assert said(task, [(False, True), (True, False)])[-1] is None
    assert "1 of 8 steps are missing: there the input may not come." in task.doc
    named = KISS.replace(".p 5", ".p 5\n.ilb req ack\n.ob go")
    assert read(named, "kiss2").inputs == ("req", "ack")
    bare = "\n".join(line for line in KISS.splitlines() if not line.startswith((".", "#")))
    assert said(read(bare, "kiss2"), word) == said(task, word)


def test_dot_has_mealy_moore_and_acceptors():
    coffee = read(MEALY, "dot")
    assert coffee.input_signals.fields[0].labels == ("button", "coin")
    assert said(coffee, ["button", "coin", "button"]) == ["init", "beep", "coffee, hot"]
    moore = read(MOORE, "dot")
    assert said(moore, ["b", "a", "b"]) == [True, False, None]
    assert "Before any input it says '1'." in moore.doc
    assert said(read(MOORE, "dot", "stay"), ["a", "b", "a"]) == [False, False, True]
    dfa = read(DFA, "dot")
    assert said(dfa, [False, True, False, True]) == [False, False, True, False]
    named = (
        MOORE.replace("{s0|1}", "N").replace("s1|0", "A").replace("s1 ->", "s2 [label=A]; s1 ->")
    )
    assert said(read(named, "dot"), ["a", "a"]) == ["A", "N"]


def test_att_has_acceptors_and_transducers():
    assert said(read(ATT, "att"), ["b", "b", "a"]) == [True, False, False]
    assert said(read(ATT, "att", "illegal"), ["b", "b"]) == [True, None]
    assert said(read(TRANSDUCER, "att"), ["a", "b", "a"]) == ["x", "z", "y"]
    partly = TRANSDUCER.removesuffix("1\n")
    assert said(read(partly, "att"), ["a", "a"]) == [("x", False), ("y", True)]


def test_jflap_has_three_types():
    assert said(read(JFF, "jff"), [True, True, False]) == [False, True, True]
    assert said(read(JFF, "jff"), [True, False, True]) == [False, False, False]
    moore = read(MOORE_JFF, "jff")
    assert said(moore, [True, True]) == ["down", "up"]
    assert "it says 'up'" in moore.doc


@pytest.mark.parametrize("form", EXAMPLES)
def test_line_ends_and_marks_of_windows_make_no_difference(form):
    text = EXAMPLES[form]
    plain, other = (tabulate(read(t, form)) for t in (text, "\ufeff" + text.replace("\n", "\r\n")))
    assert (plain.successor == other.successor).all()
    assert (plain.output == other.output).all()


def test_letters_look_like_what_they_are():
    def fields(*edges):
        return read("".join(f"0 0 {edge}\n" for edge in edges), "att")

    assert fields("00 1", "01 0").inputs == ("x0", "x1")
    assert fields("3 1", "4 0", "5 0").input_signals.values((True, False)) == (4,)
    assert [f.labels for f in fields("b x", "a y").input_signals.ports] == [("a", "b")]
    both = fields("up,0 x", "down,1 y")
    assert both.input_signals.names == ("x0", "x1")
    assert fields("a x,0", "b y,1").output_signals.names == ("y0", "y1")
    # One letter alone is no input.
    assert read("0 1 a x\n1 0 a y\n", "att").inputs == ()


FAULTS = {
    "kiss2": {
        "empty": (KISS, "", ":1: the file is empty"),
        "no steps": (KISS[KISS.index("-0") :], ".e\n", ":1: there is no step"),
        "truncated": ("11 st1 st0 0\n", "", ":4: .p says 5, and 4 are there"),
        "too few states": (".s 2", ".s 3", ":5: .s says 3, and 2 are there"),
        "a wide cube": ("11 st0", "110 st0", ":8: '110' has 3 inputs, and .i says 2"),
        "a wide output": (
            "0- st1 st1 1",
            "0- st1 st1 11",
            ":10: '11' has 2 outputs, and .o says 1",
        ),
        "no cube": ("11 st0", "1x st0", ":8: '1x' is no cube of inputs"),
        "no output": ("01 st0 st1 -", "01 st0 st1", ":9: '01 st0 st1' is no step"),
        "a number": (".i 2", ".i two", ":2: .i needs a number"),
        "twice": (".o 1", ".o 1\n.o 1", ":4: .o stands twice"),
        "an order": (".o 1", ".names a b", ":3: '.names' is not known"),
        "no start": (".r st0", ".r st9", ":6: .r names 'st9', which is no state"),
        "any state": ("01 st0", "01 *", ":9: * stands for any state"),
        "two ways": (
            "11 st0 st0 0",
            "1- st0 st1 0",
            ":8: in 'st0' '1-' leads to 'st0' with 0 (line 7) and 'st1' with 0 (line 8)",
        ),
        "two outputs": ("11 st0 st0 0", "1- st0 st0 1", "'st0' with 0 (line 7) and 'st0' with 1"),
        "names": (".p 5", ".ilb a\n.p 5", ":4: 1 names stand here for 2 bits"),
        "a keyword": (".p 5", ".ilb a if\n.p 5", "'if' is no name for a bit"),
        "an own comment": (
            "# a lion",
            "# bonsaic {",
            ":1: this comment of bonsaic's own is damaged",
        ),
    },
    "dot": {
        "a graph": ("digraph", "graph", ":1: 'digraph' is wanted here, not 'graph'"),
        "truncated": ("  __start0 -> s0;\n}\n", "", ":9: a state, an edge or '}' is wanted here"),
        "two graphs": ("s0;\n}", "s0;\n}\ndigraph h {}", ":11: the end of the file, since there"),
        "no start": ("__start0 -> s0;", "", ":11: no start is marked"),
        "two starts": ("__start0 -> s0;", "__start0 -> s0; __start0 -> s1;", ":9: a second start"),
        "to the start": ("s1 -> s1", "s1 -> __start0", ":6: the edge leads to '__start0'"),
        "no label": (
            ' [label="coin / beep"];\n  s0',
            ";\n  s0",
            ":4: the edge from 's0' to 's1' has no",
        ),
        "half a label": ("button / init", "button /", ":5: 'button /' is no label of a step"),
        "a letter alone": ("button / init", "button", ":5: 'button' is no label of a step"),
        "html": ('"button / init"', "<b>", ":5: HTML labels are not read"),
        "never closed": ('"button / init"', '"button / init', "is not in the language of Graphviz"),
        "a comment": ("comment */", "comment", ":6: '/* a' is never closed"),
        "no direction": ("s1 -> s1", "s1 -- s1", ":6: '--' has no direction"),
        "two ways": (
            "s1 -> s1",
            "s0 -> s0",
            ":6: in 's0' 'coin' leads to 's1' with beep (line 4) and 's0' with beep (line 6)",
        ),
        "no attribute": ("[label=", "[=", ":2: an attribute is wanted here, not '='"),
        "one output": (
            MEALY[MEALY.index("  s0 ->") : MEALY.index("  __start0 ->")],
            's0 -> s0 [label="a/x"];',
            "every output is 'x'; there is nothing to compute",
        ),
        "nothing said": (
            MEALY,
            MOORE.replace("{s0|1}", "s0").replace("s1|0", "s1"),
            ":2: edges have no '/', states no '|' and no double circle",
        ),
        "chances": (
            MEALY,
            'digraph { s [shape=none]; s -> a; a [label=N]; b [label=N]; a -> b [label="d:0.9"];\n'
            'a -> a [label="d:0.1"]; }',
            ":1: 'd:0.9' is a probability: 'd' leads from 'a' to 'b' or elsewhere (line 2 to 'a')",
        ),
        "deep": ("s0 [shape", "{" * 30 + "s0 [shape", "subgraphs are more than 20 deep"),
    },
    "att": {
        "empty": (ATT, " \n", ":1: the file is empty"),
        "no steps": (ATT, "0\n", ":1: there is no step"),
        "no final": ("\n1\n", "\n", "no state is final, so that nothing is accepted"),
        "a final state": ("\n1\n", "\n7\n", ":4: the final state '7' has no step"),
        "a gap": ("0\t1\tb\tb", "0\t1\t\tb", ":2: nothing stands between two tabs"),
        "epsilon": ("0\t1\tb\tb", "0\t1\t<eps>\tb", ":2: <eps> takes no letter"),
        "a weight": ("0\t1\tb\tb", "0\t1\tb\tb\t0.5", ":2: the weight '0.5' has no meaning here"),
        "a final weight": ("\n1\n", "\n1\t0.5\n", ":4: the weight '0.5' has no meaning"),
        "six columns": ("0\t1\tb\tb", "0\t1\tb\tb\t0\t0", ":2: 6 columns are too many"),
        "no output": (
            "0\t1\tb\tb",
            "0\t1\tb\n0\t1\tc\ty",
            ":2: there is no output, and other lines have one",
        ),
        "two ways": (
            "0\t1\tb\tb",
            "0\t1\ta\ta",
            ":2: in '0' 'a' leads to '0' (line 1) and '1' (line 2); only a deterministic machine",
        ),
    },
    "jff": {
        "empty": (JFF, "", ":1: the file is empty"),
        "no xml": (JFF, "0 1 a", ":1: not XML: syntax error"),
        "truncated": ("</structure>\n", "", ":11: not XML: no element found"),
        "laughs": (
            "<structure>",
            '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>\n<structure>',
            ":2: a DOCTYPE may define what expands without end",
        ),
        "another root": (JFF, "<html></html>", ":1: the root is 'html'"),
        "a stack": ("<type>fa", "<type>pda", ":3: the type 'pda' is not read"),
        "no type": ("<type>fa</type>", "", "there is no <type>"),
        "no start": ("<initial/>", "", "no state is initial"),
        "two starts": ("</y></state>", "</y><initial/></state>", ":6: a second state is initial"),
        "an id twice": ('id="1"', 'id="0"', ":6: a second state has the id '0'"),
        "no id": ('id="1"', "", ":6: a state has no id"),
        "no state": ("<to>0</to><read>1", "<to>9</to><read>1", ":8: the transition names '9'"),
        "no end": ("<to>1</to>", "", ":7: a transition has no <to>"),
        "nothing read": ("<read>0</read>", "<read/>", ":9: a transition reads nothing"),
        "two ways": ("<read>0</read>", "<read>1</read>", "leads to '1' (line 7) and '0' (line 9)"),
        "no output": (JFF, MEALY_JFF, ":9: the transition has no output"),
        "deep": ("<x>1</x>", "<x>" * 40, ":5: elements stand more than 20 deep"),
    },
    "json": {
        "no json": (KISS, '{"machine": [\n1', ":2: not JSON"),
        "no machine": (KISS, '{"machin": 1}', ":1: there is no 'machine' in it"),
        "another": (KISS, '{"machine": 1}', ":1: the machine is not as 'bonsaic machine' lists"),
    },
    "table": {
        "another": (KISS, "tick x y\n 1 2 3\n", ":1: is no table of 'bonsaic machine'"),
        "truncated": (
            KISS,
            "machine of a: 2 states\ncolumns are x; entries are next state / y\n"
            "     0      1\n> A  B / 0  A / 1\n",
            ":4: 'B' has no row",
        ),
    },
}
CASES = [(form, name) for form, cases in FAULTS.items() for name in cases]


@pytest.mark.parametrize(("form", "name"), CASES)
def test_a_fault_is_told_in_one_line_with_its_place(form, name):
    old, new, expected = FAULTS[form][name]
    text = EXAMPLES.get(form, KISS)
    assert old in text
    with pytest.raises(BonsaiError) as caught:
        tabulate(read(text.replace(old, new, 1), form))
    message = str(caught.value)
    assert expected in message
    assert message.startswith("machine.x:")
    assert "\n" not in message
    assert len(message) < 400


def test_there_are_faults_enough():
    assert len(CASES) >= 40


def test_a_machine_goes_where_a_task_goes(bonsaic, tmp_path):
    kiss, dot = tmp_path / "lion.kiss2", tmp_path / "lion.gv"
    kiss.write_text(KISS)
    assert bonsaic("machine", kiss, "--to", "dot", "-o", dot)[0] == 0
    assert bonsaic("check", dot, kiss)[1].startswith("proved: equal for every legal input")
    assert "x0  x1  y" in bonsaic("run", kiss, "--", "00", "01", "11")[1]
    assert bonsaic("view", kiss, "-o", tmp_path / "lion.html")[0] == 0
    plain = tmp_path / "lion.txt"
    plain.write_text(KISS)
    assert bonsaic("machine", plain, "--format", "kiss2")[0] == 0
    code, out, _ = bonsaic("machine", kiss, "--missing", "stay")
    assert (code, "cannot come" in out) == (0, False)
    kiss.write_text(KISS.replace(".s 2", ".s 9"))
    assert ".s says 9" in mistake(bonsaic("check", kiss, dot))
    assert "a graph is wanted here" in mistake(bonsaic("emit", dot))
    assert "'reject'" not in mistake(bonsaic("machine", kiss, "--format", "dot"))


def test_only_bits_can_reject():
    with pytest.raises(BonsaiError, match="only bits can reject; choose --missing illegal or stay"):
        read(MEALY.replace('s1 -> s1 [label="coin / beep"];', ""), "dot", "reject")
    kept = read(KISS, "kiss2", "reject")
    assert said(kept, [(False, True), (True, False), (True, True)]) == [None, False, False]


def test_a_machine_may_be_too_large():
    lines = [f"{n} {n + 1} {n % 300:03d} {n % 2}" for n in range(300)]
    with pytest.raises(BonsaiError, match="300 values of x are too many; 256 are the most"):
        read("\n".join(f"{line}x" for line in lines), "att")
