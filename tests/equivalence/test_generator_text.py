"""In which files the text says all that a program does: each guard, and what needs it."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from bonsai_compiler.equivalence.generator import iterates_step
from bonsai_compiler.specification.task import Task

STEP = "start = False\n\n\ndef step(state, x):\n    return x, state\n"
HEAD = "def delay(inputs):\n"
LOOP = (
    '    """Yield."""\n    state = start\n    for x in inputs:\n'
    "        state, y = step(state, x)\n        yield y\n"
)
PLAIN = STEP + HEAD + LOOP


def is_loop(text, inputs=("x",), outputs=("y",), neighbours=()):
    functions = SimpleNamespace(neighbours=dict.fromkeys(neighbours, ""))
    return iterates_step(
        Task(
            Path("delay.py"),
            "delay",
            "",
            inputs,
            outputs,
            functions,
            generator="delay",
            source=text,
        )
    )


def test_a_loop_around_step_is_one():
    assert is_loop(PLAIN)
    assert is_loop(f'"""Doc."""\n{PLAIN}')
    assert is_loop(PLAIN.replace('    """Yield."""\n', ""))
    assert not is_loop(PLAIN, neighbours=("math.py",))
    assert not is_loop(PLAIN + "'''\n")
    assert not is_loop(PLAIN + "# \ufffd\n")
    assert not is_loop(STEP + "delay = 1\n")
    assert not is_loop(STEP)
    assert not is_loop("# coding: nothing\n" + PLAIN)


BESIDE = {
    "literals": ("a = 1\nb = -1\nc = (True, -2.5, ())\nd = {'a': range(3), 'b': bool}\n", True),
    "words of math": ("from math import sqrt, exp as raised\n", True),
    "a function": ("def other(a, b):\n    return a and min(b, 1)\n", True),
    "functions that call each other": (
        "def a(x):\n    return b(x)\ndef b(x):\n    return x\n",
        True,
    ),
    "what is made of values": ("def a(x):\n    return [*(y for y in x if y != 1)][0:1]\n", True),
    "a built-in of no use": ("def type(x):\n    return x\n", True),
    "a text that is no docstring": ("'text'\n", False),
    "a call": ("a = min(1, 2)\n", False),
    "a name": ("a = start\n", False),
    "a list": ("a = []\n", False),
    "a set": ("a = {1}\n", False),
    "a dict of lists": ("a = {1: []}\n", False),
    "a dict of names": ("a = {1: int}\n", False),
    "a dict with a name for a key": ("a = {bool: 1}\n", False),
    "a dict of another": ("a = {**{}}\n", False),
    "a tuple of lists": ("a = ([],)\n", False),
    "not": ("a = not 1\n", False),
    "a minus before a tuple": ("a = -(1,)\n", False),
    "a range of calls": ("a = range(min(1, 2))\n", False),
    "a range with words": ("a = range(3, step=1)\n", False),
    "two names at once": ("a = b = 1\n", False),
    "a part of a dict": ("a = {}\na['b'] = 1\n", False),
    "an attribute": ("step.a = 1\n", False),
    "an annotation": ("a: int = 1\n", False),
    "a name twice": ("a = 1\na = 1\n", False),
    "the loop again": ("delay = 1\n", False),
    "step again": ("step = 1\n", False),
    "start again": ("start = True\n", False),
    "the loop from math": ("from math import sqrt as delay\n", False),
    "start from math": ("from math import pi as start\n", False),
    "all of math": ("from math import *\n", False),
    "math itself": ("import math\n", False),
    "another module": ("from cmath import sqrt\n", False),
    "a module beside it": ("from .math import sqrt\n", False),
    "a condition": ("if True:\n    a = 1\n", False),
    "a loop": ("for a in (1,):\n    pass\n", False),
    "a class": ("class A:\n    pass\n", False),
    "del": ("del delay\n", False),
    "an async function": ("async def a():\n    pass\n", False),
    "a built-in that is called": ("def len(x):\n    return 1\n", False),
    "one from math": ("from math import fsum as sum\n", False),
    "other built-ins": ("__builtins__ = {}\n", False),
    "a decorator": ("@step\ndef a():\n    pass\n", False),
    "what is returned": ("def a() -> step(1, 2):\n    pass\n", False),
    "an annotation of an argument": ("def a(b: step(1, 2)):\n    pass\n", False),
    "a default": ("def a(b=1):\n    pass\n", False),
    "a default by name": ("def a(*, b=1):\n    pass\n", False),
    "any number": ("def a(*b):\n    pass\n", False),
    "any names": ("def a(**b):\n    pass\n", False),
}
BODIES = {
    "its own names": ("b = 1\nreturn b", True),
    "several": ("b, *c = a\nreturn (b, c)", True),
    "a choice": ("if a > 1:\n    return 1\nfor b in range(3):\n    pass\nreturn a[1]", True),
    "a sum": ("return sum(b * 2 for b in a) if a else -len(a)", True),
    "membership": ("return a in (1, 2) or a not in (3,)", True),
    "a name of nothing": ("return nothing", False),
    "a built-in that is not listed": ("return id(a)", False),
    "a built-in that is not called": ("return id", False),
    "an address": ("return a is start", False),
    "no address": ("return a is not start", False),
    "global": ("global start\nstart = a", False),
    "an attribute": ("return a.b", False),
    "a method": ("return a.b()", False),
    "a call of a call": ("return step(1, 2)(3)", False),
    "a call of an argument": ("return a(1)", False),
    "a call of a name of its own": ("b = a\nreturn b(1)", False),
    "a call of what is hidden": ("len = a\nreturn len(1)", False),
    "a call by name": ("return step(state=1, x=2)", False),
    "a part that is changed": ("a[0] = 1", False),
    "a part that is deleted": ("del a[0]", False),
    "a name that is deleted": ("del a", False),
    "a list that grows": ("a += [1]", False),
    "a function in it": ("def b():\n    pass", False),
    "lambda": ("return lambda: 1", False),
    "a walrus": ("return (b := a)", False),
    "an import": ("import os", False),
    "an import from math": ("from math import sqrt", False),
    "a try": ("try:\n    pass\nfinally:\n    pass", False),
    "while": ("while a:\n    pass", False),
    "with": ("with a:\n    pass", False),
    "raise": ("raise a", False),
    "assert": ("assert a", False),
    "yield from": ("yield from a", False),
    "a text with parts": ("return f'{a}'", False),
    "a set": ("return {a}", False),
    "a dict": ("return {a: a}", True),
    "a dict of another": ("return {**a}", False),
    "more": ("a += 1\nreturn a", True),
    "less": ("a -= 1\nreturn a", True),
    "more of a dict": ("a |= {1: 1}\nreturn a", False),
    "more of a part": ("a[0] += 1\nreturn a", False),
    "a set that is made": ("return {b for b in a}", False),
    "a dict that is made": ("return {b: b for b in a}", False),
    "match": ("match a:\n    case 1:\n        pass", False),
}


@pytest.mark.parametrize("name", BESIDE)
def test_what_may_stand_beside_it(name):
    text, plain = BESIDE[name]
    assert is_loop(PLAIN + text) == plain
    compile(PLAIN + text, name, "exec")


@pytest.mark.parametrize("name", BODIES)
def test_what_a_function_may_be_made_of(name):
    text, plain = BODIES[name]
    lines = "".join(f"    {line}\n" for line in text.splitlines())
    assert is_loop(f"{PLAIN}def other(a):\n{lines}") == plain
    compile(f"def other(a):\n{lines}", name, "exec")


def told(name):
    return f"state, {name} = step(state, x)\n        yield {name}"


TOLD = told("y")
LOOPS = {
    "other names": (("state", "memory"), True),
    "an argument by place": (("(inputs)", "(inputs, /)"), False),
    "one more argument": (("(inputs)", "(inputs, more)"), False),
    "an argument by name": (("(inputs)", "(*, inputs)"), False),
    "no generator": (("delay", "other"), False),
    "another beginning": (("= start", "= False"), False),
    "a beginning that is another's": (("= start", "= y"), False),
    "something before it": (("    state =", "    y = 1\n    state ="), False),
    "two texts before it": (("    state =", "    2\n    state ="), False),
    "other inputs": (("in inputs", "in start"), False),
    "all inputs first": (("in inputs", "in tuple(inputs)"), False),
    "several letters": (("for x in", "for x, z in"), False),
    "a tuple of one": (("for x in", "for (x,) in"), False),
    "a list of letters": (("for x in", "for [x] in"), False),
    "the memory for a letter": (("for x in", "for state in"), False),
    "the stream for a letter": (("for x in inputs", "for inputs in inputs"), False),
    "memory lost": (("state, y =", "other, y ="), False),
    "memory and answer turned": (("state, y =", "y, state ="), False),
    "an answer over the memory": ((TOLD, told("state")), False),
    "an answer over the stream": ((TOLD, told("inputs")), False),
    "an answer over the letter": ((TOLD, told("x")), False),
    "an answer over step": ((TOLD, told("step")), False),
    "an answer over start": ((TOLD, told("start")), False),
    "a tick over start": (("for x in", "for start in"), False),
    "a yield before it": (('"""Yield."""', "yield start"), False),
    "a name before it": (('"""Yield."""', "y = 1"), False),
    "a starred answer": (("state, y =", "state, *y ="), False),
    "a list": (("state, y =", "[state, y] ="), False),
    "one target too many": (("state, y =", "z = state, y ="), False),
    "another function": (("= step(", "= another("), False),
    "turned arguments": (("(state, x)\n        ", "(x, state)\n        "), False),
    "an argument too few": (("(state, x)\n        ", "(state)\n        "), False),
    "an argument too many": (("(state, x)\n        ", "(state, x, x)\n        "), False),
    "an argument that is no name": (("(state, x)\n        ", "(state, -x)\n        "), False),
    "one more that is no name": (("(state, x)\n        ", "(state, x, 1)\n        "), False),
    "starred arguments": (("(state, x)\n        ", "(state, *x)\n        "), False),
    "another answer": (("yield y", "yield x"), False),
    "no answer": (("yield y", "yield"), False),
    "a tuple of an answer": (("yield y", "yield (y,)"), False),
    "two answers": (("yield y", "yield y\n        yield y"), False),
    "an answer afterwards": (("yield y\n", "yield y\n    yield start\n"), False),
    "an answer at the end": (("yield y\n", "yield y\n    else:\n        yield start\n"), False),
    "a return": (("yield y", "return y"), False),
}


@pytest.mark.parametrize("name", LOOPS)
def test_which_loops_are_loops_around_step(name):
    (old, new), plain = LOOPS[name]
    loop = HEAD + LOOP
    assert old in loop
    assert (
        is_loop(STEP + "\n\ndef another(a, b):\n    return a, b\n" + loop.replace(old, new))
        == plain
    )


def test_several_inputs_and_outputs_come_as_flat_tuples():
    several = PLAIN.replace("for x in", "for x, z in").replace(
        "(state, x)\n        ", "(state, x, z)\n        "
    )
    several = several.replace("state, y =", "state, (y, w) =").replace("yield y", "yield y, w")
    sides = ("x", "z"), ("y", "w")
    assert is_loop(several, *sides)
    assert not is_loop(several)
    assert not is_loop(several.replace("(state, x, z)", "(state, z, x)"), *sides)
    assert not is_loop(several.replace("yield y, w", "yield w, y"), *sides)
    assert not is_loop(several.replace("yield y, w", "yield [y, w]"), *sides)
    assert not is_loop(
        several.replace("for x, z in", "for x, x in").replace("x, z)", "x, x)"), *sides
    )
    assert not is_loop(several.replace("(y, w) =", "(y, y) =").replace("y, w", "y, y"), *sides)
    assert not is_loop(several.replace("(y, w) =", "(y, x) =").replace("y, w", "y, x"), *sides)
    assert not is_loop(several.replace("for x, z in", "for x, *z in"), *sides)


def test_without_inputs_an_element_only_says_that_a_tick_goes_by():
    text = PLAIN.replace("for x in", "for _ in").replace("(state, x)", "(state)")
    text = text.replace("return x", "return state")
    assert is_loop(text, ())
    assert not is_loop(PLAIN, ())
    assert not is_loop(text.replace("for _ in", "for state in"), ())
    assert not is_loop(text.replace("for _ in", "for y in"), ())
