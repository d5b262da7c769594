"""A checker is worth what it refuses: every mutant of an emitted program is judged rightly."""

import ast
import copy
from itertools import product
from pathlib import Path

import pytest
from article import DELAY2, LOOP3
from strategies import all_pairs, module

from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.equivalence.system import MachineSystem, ProgramSystem
from bonsai_compiler.ir.text import load
from bonsai_compiler.isolation.code import Code
from bonsai_compiler.oracle.compare import compare
from bonsai_compiler.passes.lower import Lower
from bonsai_compiler.passes.simplify import Simplify
from bonsai_compiler.specification.fields import task_of
from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.specification.task_file import load_task

COUNTER = """\
graph counter
input  up in {-1, 1}
input  hold in {-1, 1}
state  s0 = 0 then r0 near {0, 1, 2, 3}
state  s1 = -1 then up
neuron r0 = linear(1*s0 + 0.75*up - 0.75*hold)
neuron o0 = linear(1*s0 + 1*s1 - 2)
output y = o0
"""
MEMORY = """\
graph memory (logic)
input  x in {False, True}
input  clear in {False, True}
state  s0 = False then n
state  s1 = 0 then m near {0, 1, 2}
logic  n = (s0 or x) and not clear
logic  m = (1, 2, 0)[s1] if x else s1
logic  a = s1 == 2 and s0
output y = a
output z = n
"""


def as_logic(text):
    graph = load(text)
    return Simplify().apply(Lower(*all_pairs(graph)).apply(graph))


PROGRAMS = {
    "delay2": lambda: as_logic(DELAY2),
    "loop3": lambda: as_logic(LOOP3),
    "counter": lambda: as_logic(COUNTER),
    "memory": lambda: load(MEMORY),
    "delay2 of neurons": lambda: load(DELAY2),
    "counter of neurons": lambda: load(COUNTER),
}
COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def alternatives(node, names):
    """What could stand in the place of a node by mistake."""
    match node:
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() | float() as value):
            yield from (ast.Constant(other) for other in (value + 1, value - 1, -value))
        case ast.BoolOp(op=operator, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
            yield from values
        case ast.UnaryOp(op=ast.Not(), operand=operand) | ast.UnaryOp(operand=operand):
            yield operand
        case ast.Compare(left=left, ops=[operator], comparators=right):
            others = (kind for kind in COMPARISONS if not isinstance(operator, kind))
            yield from (ast.Compare(left, [kind()], right) for kind in others)
        case ast.BinOp(left=left, op=operator, right=right):
            kinds = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add}
            if type(operator) in kinds:
                yield ast.BinOp(left, kinds[type(operator)](), right)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield ast.IfExp(test, orelse, body)
            yield from (body, orelse)
        case ast.Name(id=name, ctx=ast.Load()) if name in names:
            yield from (ast.Name(other, ast.Load()) for other in sorted(names - {name}))
            yield ast.UnaryOp(ast.Not(), node)


def mutants(text):
    """Every program that differs in one place of `start` or `step`."""
    tree = ast.parse(text)
    parts = [
        place
        for place, part in enumerate(tree.body)
        if (isinstance(part, ast.FunctionDef) and part.name == "step")
        or (isinstance(part, ast.Assign) and part.targets[0].id == "start")
    ]
    step = next(part for part in tree.body if getattr(part, "name", "") == "step")
    names = {argument.arg for argument in step.args.args}
    for place in parts:
        count = len(list(ast.walk(tree.body[place])))
        for position in range(count):
            node = list(ast.walk(tree.body[place]))[position]
            for other in alternatives(node, names):
                changed = copy.deepcopy(tree)
                target = list(ast.walk(changed.body[place]))[position]
                yield ast.unparse(ast.fix_missing_locations(_Replace(target, other).visit(changed)))


class _Replace(ast.NodeTransformer):
    def __init__(self, target, other):
        self.target, self.other = target, other

    def visit(self, node):
        return copy.deepcopy(self.other) if node is self.target else super().generic_visit(node)


def answer(program, state, bits):
    """The next state and the outputs, or None where a program fails."""
    try:
        state, result = program["step"](state, *bits)
    except Exception:
        return None, None
    results = result if isinstance(result, tuple) else (result,)
    return state, results if all(value in (False, True) for value in results) else None


def differs_within(mutant, original, width, ticks):
    """Whether a sequence of so many ticks tells two programs apart, found without equiv."""
    joint = {(mutant["start"], original["start"])}
    for _ in range(ticks):
        following = set()
        for (left, right), bits in product(joint, product((False, True), repeat=width)):
            (left_next, given), (right_next, wanted) = (
                answer(mutant, left, bits),
                answer(original, right, bits),
            )
            if given != wanted:
                return True
            following.add((left_next, right_next))
        if following <= joint:
            return False
        joint |= following
    return False


def replays(example, mutant, original):
    left, right = mutant["start"], original["start"]
    for bits in example.inputs:
        left, given = answer(mutant, left, bits)
        right, wanted = answer(original, right, bits)
        if given != wanted:
            return bits is example.inputs[-1]
    return False


@pytest.mark.parametrize("name", PROGRAMS)
def test_mutants_are_refuted_and_only_they(name, tmp_path):
    text = BACKENDS["python"](PROGRAMS[name]())
    (tmp_path / "original.py").write_text(text)
    task = load_task(tmp_path / "original.py")
    machine, original = MachineSystem(tabulate(task)), module(text)
    kinds = []
    for changed in dict.fromkeys(mutants(text)):
        mutant = module(changed)
        # Asked here, as a task in a notebook is: a process for each would take most of the time.
        names = {name: mutant[name] for name in ("inputs", "outputs", "start", "step")}
        given = task_of(names, Code(names, "mutant"), Path("mutant"), "mutant", "")
        found = compare(ProgramSystem(given), machine, limit=2000)
        kinds.append(found.kind)
        if found.kind == "refuted":
            assert replays(found.counterexample, mutant, original), changed
        else:
            assert not differs_within(mutant, original, len(task.inputs), 14), changed
    assert kinds.count("refuted") >= 4
    assert "refuted" in kinds


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("yield y", "yield not y"),
        ("= start", "= (True, True)"),
        ("for x in inputs", "for x in [True]"),
    ],
)
def test_a_mutated_generator_is_refuted_too(old, new, tmp_path):
    text = BACKENDS["python"](as_logic(DELAY2))
    assert old in text
    head, _, tail = text.rpartition("def delay2")
    path = tmp_path / "delay2.py"
    path.write_text(text)
    machine = MachineSystem(tabulate(load_task(path)))
    path.write_text(head + "def delay2" + tail.replace(old, new))
    assert compare(ProgramSystem(load_task(path)), machine).kind == "refuted"
