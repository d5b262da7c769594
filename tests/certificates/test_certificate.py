"""Certificates: what a solver says of them, what the checker says, and that mutants are caught."""

import ast
import random
import re
import shutil
import sys
from itertools import islice
from pathlib import Path

import pytest
from documents import TOP
from hypothesis import given, settings
from strategies import machines

from bonsai_compiler.bench.targets.proofs import mutants
from bonsai_compiler.certificates import checker, witnesses
from bonsai_compiler.certificates.certificate import certificate
from bonsai_compiler.certificates.checker import Certificate, WrongError, ticks
from bonsai_compiler.certificates.witnesses import check_program, check_task, plain
from bonsai_compiler.driver.emission import emit
from bonsai_compiler.equivalence.system import MachineSystem
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.text import load
from bonsai_compiler.oracle.compare import as_specification
from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.targets.about import UNKNOWN

DELAY = """\
graph delay (logic)
input  x in {False, True}
state  s0 = False then x
state  s1 = False then s0
output y = s1
"""
COUNTER = """\
graph counter (logic)
port   a in 0..2 thermometer
port   n in 0..4 one-hot
input  a_1 in {False, True}
input  a_2 in {False, True}
state  s0 = 0 then n1 near {0, 1, 2, 3, 4}
logic a = a_1 + a_2
logic n1 = (s0 + a) % 5
logic n2 = s0 == 0
logic n3 = s0 == 1
logic n4 = s0 == 2
logic n5 = s0 == 3
logic n6 = s0 == 4
output n_0 = n2
output n_1 = n3
output n_2 = n4
output n_3 = n5
output n_4 = n6
"""
COUNTER_TASK = """\
inputs = {"a": range(3)}
outputs = {"n": range(5)}
encoding = {"n": "one-hot"}
start = (0, "zero")


def step(state, a):
    n = (state[0] + a) % 5
    return (n, "zero one two three four".split()[n]), state[0]


def legal(state, a):
    return not (state[0] == 4 and a == 2)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A certificate of the counter, its program and its task."""
    from bonsai_compiler.specification.task_file import load_task

    place = tmp_path_factory.mktemp("certificate")
    (place / "counter_task.py").write_text(COUNTER_TASK)
    graph = load(COUNTER)
    specification = as_specification(load_task(place / "counter_task.py"))
    (place / "counter.proof.smt2").write_text(certificate(graph, specification, UNKNOWN))
    (place / "counter.py").write_text(emit(graph, "python"))
    return place


def raw(path):
    names = {"__name__": "raw"}
    exec(path.read_text(), names)
    return names


def solved(text):
    """What z3 says of each question; None where there is no z3."""
    z3 = pytest.importorskip("z3", reason="there is no z3 here; it comes with '.[test]'")
    questions = re.findall(r"\(push 1\)(.*?)\(check-sat\)", text, re.DOTALL)
    start = text.partition("(push 1)")[0]
    answers = []
    for question in questions:
        solver = z3.Solver()
        solver.from_string(start + question)
        answers.append(str(solver.check()))
    return answers


def test_a_certificate_is_checked_against_program_and_task(folder):
    proof = Certificate((folder / "counter.proof.smt2").read_text())
    said = check_program(proof, plain(folder / "counter.py"))
    pairs = "5 pairs of states of logic and task"
    assert said == f"{pairs}, 14 steps of the program, in 5 states"
    assert check_task(proof, raw(folder / "counter_task.py")) == "5 states of the task"
    assert solved((folder / "counter.proof.smt2").read_text()) == ["unsat"] * 3


def test_a_program_may_remember_otherwise_than_the_logic(folder, tmp_path):
    """As those do that are written for their readers: here each state is a word."""
    proof = Certificate((folder / "counter.proof.smt2").read_text())
    own = plain(folder / "counter.py")

    def step(word, *letter):
        state, results = own["step"](len(word), *letter)
        return "i" * state, results

    said = check_program(proof, {"start": "i" * own["start"], "step": step})
    assert said.endswith("14 steps of the program, in 5 states")

    def wrong(word, *letter):
        following, results = step(word, *letter)
        return ("i" if following == "iiii" else following), results

    with pytest.raises(WrongError, match=r"with .* the program's"):
        check_program(proof, {"start": "i" * own["start"], "step": wrong})


@settings(max_examples=8)
@given(machines())
def test_a_machine_against_itself_is_certified_with_illegal_letters_and_dont_cares(task):
    wanted = MachineSystem(tabulate(task))
    graph = _circuit_of_table(wanted.machine)
    text = certificate(graph, wanted, UNKNOWN)
    assert sum(1 for _ in ticks(Certificate(text))) == int(wanted.machine.legal.sum())
    assert solved(text) == ["unsat"] * 3


def _circuit_of_table(machine):
    """A graph of logic that looks a machine's table up."""
    count, letters = machine.legal.shape
    if not len(machine.inputs):
        index = "s"
    else:
        worth = [1 << k for k in reversed(range(len(machine.inputs)))]
        parts = (f"({n} if {x} else 0)" for x, n in zip(machine.inputs, worth, strict=True))
        index = " + ".join([*parts, *["s"] * letters])
    following = [max(int(place), 0) for place in machine.successor.ravel()]
    lines = ["graph table (logic)", *(f"input {x} in {{False, True}}" for x in machine.inputs)]
    lines.append(f"state s = 0 then n near {{{', '.join(map(str, range(count)))}}}")
    lines.append(f"logic n = ({', '.join(map(str, following))},)[{index}]")
    for place, name in enumerate(machine.outputs):
        bits = [str(bool(bit > 0)) for bit in machine.output[:, :, place].ravel()]
        lines.append(f"logic n_{name} = ({', '.join(bits)},)[{index}]")
    lines += [f"output {name} = n_{name}" for name in machine.outputs]
    return load("\n".join(lines) + "\n")


def test_a_wrong_program_gets_no_certificate():
    wrong = load(DELAY.replace("output y = s1", "output y = s0"))
    with pytest.raises(BonsaiError, match="the program is wrong"):
        certificate(wrong, as_specification(load(DELAY)), UNKNOWN)


def caught(text, folder):
    """Whether the checker, with the program and the task, refuses a certificate."""
    try:
        proof = Certificate(text)
        check_program(proof, plain(folder / "counter.py"))
        check_task(proof, raw(folder / "counter_task.py"))
    except (WrongError, LookupError, ValueError):
        return True
    return False


def test_forty_mutants_are_caught(folder):
    text = (folder / "counter.proof.smt2").read_text()
    rng, refused = random.Random(0), 0
    for mutant in islice(mutants(text, rng), 60):
        if caught(mutant, folder):
            refused += 1
        else:
            # Another proof of the same: what never comes may be related too, and be anything.
            assert solved(mutant) == ["unsat"] * 3
    assert refused >= 40


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Bool)) Bool", "Bool)) Boole"),
        (" Bool)", " B[ol)"),
        ("true", "tru"),
        ("(ite ", "(ite true "),
        (" (let ((", " (let \u2028(("),
        ("(define-fun", '("define-fun'),
        ("(check-sat)", "(check-sat)("),
    ],
)
def test_what_no_solver_could_read_is_refused(folder, tmp_path, old, new):
    """Even where brute force would never look."""
    text = (folder / "counter.proof.smt2").read_text()
    mutant = tmp_path / "counter.proof.smt2"
    for place in [found.start() for found in re.finditer(re.escape(old), text)]:
        if "(set-info" not in text[:place].rpartition("\n")[2]:
            mutant.write_text(text[:place] + new + text[place + len(old) :])
            assert witnesses.main(str(mutant), str(folder / "counter.py")) == 1


@pytest.mark.parametrize("line", ["1 // 0", "nowhere", "step(step)", "assert False"])
def test_a_program_that_fails_is_not_verified_in_one_line(folder, tmp_path, capsys, line):
    proof, program = folder / "counter.proof.smt2", (folder / "counter.py").read_text()
    (tmp_path / "counter.py").write_text(f"{program}\n\n{line}\n")
    assert witnesses.main(str(proof), str(tmp_path / "counter.py")) == 1
    said = capsys.readouterr().out
    assert said.startswith("not verified: it is no certificate of this program (")
    assert said.count("\n") == 1


def test_mutants_of_the_program_and_of_the_task_are_caught(folder, tmp_path):
    text = (folder / "counter.proof.smt2").read_text()
    program, task = (folder / "counter.py").read_text(), COUNTER_TASK
    for old, new in [("start = 0", "start = 1"), ("% 5", "% 4"), ("s0 + a", "s0 + a + a")]:
        assert old in program
        (tmp_path / "counter.py").write_text(program.replace(old, new))
        with pytest.raises(WrongError):
            check_program(Certificate(text), plain(tmp_path / "counter.py"))
    for old, new in [("% 5", "% 4"), ("a == 2)", "a == 1)"), ("state[0]\n", "n\n")]:
        assert old in task
        (tmp_path / "task.py").write_text(task.replace(old, new))
        with pytest.raises(WrongError):
            check_task(Certificate(text), raw(tmp_path / "task.py"))


def test_the_checker_is_short_and_stands_alone():
    path = Path(checker.__file__)
    tree = ast.parse(path.read_text())
    lines = [line.strip() for line in path.read_text().splitlines()]
    assert sum(bool(line) and not line.startswith("#") for line in lines) < 150
    roots = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert roots <= sys.stdlib_module_names


def test_what_means_no_value_is_no_legal_input(folder):
    """A solver is asked of all bits; 10 is nothing in a thermometer, and may not be legal here."""
    text = (folder / "counter.proof.smt2").read_text()
    head, name, tail = text.partition("(define-fun task.legal ")
    takes, _, rest = tail.partition("\n")
    body, _, rest = rest.partition("\n")
    mutant = f"{head}{name}{takes}\n  (ite |t.2| false true))\n{rest}"
    assert body.startswith("  (ite")
    with pytest.raises(WrongError, match="a legal input means no value"):
        list(ticks(Certificate(mutant)))


def test_other_questions_prove_nothing(folder):
    text = (folder / "counter.proof.smt2").read_text()
    for old, new in [
        ("(assert (not (related", "(assert (related"),
        ("(push 1)\n(assert", "(push 1)\n(assert false)\n(assert"),
        ("(check-sat)\n(pop 1)\n; an output", "(pop 1)\n; an output"),
    ]:
        assert old in text
        with pytest.raises((WrongError, LookupError)):
            Certificate(text.replace(old, new))


def test_a_program_that_does_more_than_compute_is_not_run(tmp_path):
    for line in ("import os", "print.__self__", "x = ().__class__", "global y", "open.read"):
        (tmp_path / "p.py").write_text(f"start = ()\n{line}\n")
        with pytest.raises(WrongError, match="does more than compute"):
            plain(tmp_path / "p.py")


def test_a_result_knows_its_task_as_long_as_that_is_what_it_was(bonsaic, tmp_path):
    shutil.copy(TOP / "tests/networks/delay2.json", "delay2.json")
    shutil.copy(TOP / "tasks/delay2.py", "delay2.py")
    assert bonsaic("compile", "delay2.json", "delay2.py")[0] == 0
    code, said, noted = bonsaic("certify", "build/delay2")
    assert (code, said) == (0, "build/delay2/delay2.proof.smt2\n")
    assert f"certifying against {Path('delay2.py').resolve()}" in noted
    assert bonsaic("verify", "build/delay2", "delay2.py")[0] == 0
    shutil.copytree("build/delay2", "elsewhere/far/delay2")
    code, _, said = bonsaic("certify", "elsewhere/far/delay2")
    assert (code, said.count("is not there any more; give it: bonsaic certify")) == (2, 1)
    Path("delay2.py").write_text(Path("delay2.py").read_text() + "\n")
    code, _, said = bonsaic("certify", "build/delay2")
    assert (code, said.count("was changed after build/delay2 was made of it")) == (2, 1)
    assert bonsaic("certify", "build/delay2", "delay2.py")[0] == 0
    Path("build/delay2/report.json").unlink()
    code, _, said = bonsaic("certify", "build/delay2")
    assert (code, said.count("does not say which task it is for")) == (2, 1)


def test_the_commands(bonsaic, tmp_path):
    Path("delay.py").write_text(
        'inputs = ("x",)\noutputs = ("y",)\nstart = (False, False)\n\n\n'
        "def step(state, x):\n    return (state[1], x), state[0]\n"
    )
    Path("build/delay/steps").mkdir(parents=True)
    Path("build/delay/steps/00-lift.bonsai").write_text(DELAY)
    Path("build/delay/delay.py").write_text(emit(load(DELAY), "python"))
    code, _, said = bonsaic("verify", "build/delay")
    assert code == 2
    assert said.rstrip().endswith("write it with: bonsaic certify build/delay")
    code, _, said = bonsaic("certify", "build/delay")
    assert code == 2
    assert "bonsaic certify build/delay TASK" in said
    assert bonsaic("certify", "build/delay", "delay.py")[:2] == (
        0,
        "build/delay/delay.proof.smt2\n",
    )
    code, said, _ = bonsaic("verify", "build/delay", "delay.py")
    assert (code, said) == (
        0,
        "verified: 4 pairs of states of logic and task, 8 steps of the program, in 4 states, "
        "and 4 states of the task\n",
    )
    shutil.copy("delay.py", "late.py")
    Path("late.py").write_text(Path("late.py").read_text().replace("state[0]", "state[1]"))
    code, said, _ = bonsaic("verify", "build/delay", "late.py")
    assert (code, said.split(":")[0]) == (1, "not verified")
    assert bonsaic("certify", "build/delay", "late.py")[0] == 2
