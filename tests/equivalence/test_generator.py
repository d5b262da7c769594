"""A program's generator is judged as the object that its user calls, whatever the file says."""

import pytest
from sources import DELAY, loaded, verdict

from bonsai_compiler.equivalence.system import MachineSystem, ProgramSystem
from bonsai_compiler.oracle.compare import compare
from bonsai_compiler.specification.machine import tabulate

LOOP = """

def delay(inputs):
    state = start
    for x in inputs:
        state, y = step(state, x)
        yield y
"""


def test_a_plain_program_is_proved(tmp_path):
    assert verdict(tmp_path, DELAY + LOOP).kind == "proved"
    named = LOOP.replace("state", "memory").replace("inputs", "stream").replace("x", "letter")
    assert verdict(tmp_path, DELAY + named).kind == "proved"


OTHER = "\n\ndef other(inputs):\n    yield from (None for _ in inputs)\n"
GENERATORS = {
    "rebound": LOOP + OTHER + "\n\ndelay = other\n",
    "rebound to a lambda": LOOP + "\n\ndelay = lambda inputs: iter(())\n",
    "rebound in a loop": LOOP + OTHER + "\n\nfor delay in (other,):\n    pass\n",
    "rebound by an import": LOOP + "\n\nfrom math import sqrt as delay\n",
    "rebound to a module": LOOP + "\n\nimport math as delay\n",
    "rebound to a number": LOOP + "\n\ndelay = 3\n",
    "rebound by a star": LOOP + "\n\nfrom beside import *\n",
    "rebound by name": LOOP + OTHER + "\n\nglobals()['delay'] = other\n",
    "a generator beside it": LOOP + "\n\ndef other(inputs):\n    yield start\n",
    "deleted and made anew": LOOP + "\n\ndel delay\n\n\ndef delay(inputs):\n    return iter(())\n",
    "decorated": OTHER + "\n\n@lambda f: other" + LOOP.replace("\n\n", "\n", 1),
    "a class": "\n\nclass delay:\n    def __init__(self, inputs):\n        pass\n",
    "an async def": LOOP.replace("\n\ndef", "\n\nasync def"),
    "a plain function": "\n\ndef delay(inputs):\n    return [False for _ in inputs]\n",
    "other code": LOOP + OTHER + "\n\ndelay.__code__ = other.__code__\n",
    "other defaults": LOOP.replace("(inputs)", "(inputs, start=True)"),
    "another start": LOOP + "\n\nstart = True\n" + "start = False\n",
    "a start of its own": LOOP.replace("    state = start", "    start = True\n    state = start"),
    "a step of its own": LOOP.replace("    state =", "    step = lambda s, x: (x, x)\n    state ="),
    "memory that the letter hides": LOOP.replace("for x in", "for state in").replace(
        "x)", "state)"
    ),
    "a bare tuple": LOOP.replace("for x in", "for (x,) in").replace("yield y", "yield (y,)"),
    "a list for a letter": LOOP.replace("for x in", "for [x] in"),
    "an attribute for a letter": LOOP.replace("for x in", "for box.v in").replace("x)", "box.v)")
    + "\n\nclass Box:\n    v = property(lambda s: True, lambda s, value: None)\n\n\nbox = Box()\n",
    "another memory kept": LOOP.replace("state, y = ", "other, y = "),
    "answers turned": LOOP.replace("yield y", "yield not y"),
    "a condition": LOOP.replace("yield y", "if y is not None:\n            yield y"),
    "an exit": LOOP.replace(
        "    state = start", "    import sys\n    sys.exit(0)\n    state = start"
    ),
    "all inputs at once": LOOP.replace("in inputs:", "in list(inputs):"),
    "texts for bits": LOOP.replace("yield y", "yield '01'[y]"),
    "read as another encoding": "",
    "another encoding after a bare return": "",
    "words of a neighbour called math": "\n\nfrom math import half" + LOOP,
    "a letter that is a long sum": LOOP.replace("(state, x)", f"(state, x{' + 0' * 800})"),
    "other built-ins": "\n\n__builtins__ = {}" + LOOP,
    "a built-in of its own": "\n\ndef type(x):\n    return x\n" + LOOP,
    "a built-in that it calls": "\n\ndef len(x):\n    return x\n" + LOOP,
    "a comparison by address": "\n\ndef other(a):\n    return a is start\n" + LOOP,
}
RIGHT = {
    "words of a neighbour called math": "tested",
    "a letter that is a long sum": "tested",
    "a comparison by address": "tested",
    "other built-ins": "tested",
    "a built-in of its own": "proved",
    "a built-in that it calls": "tested",
    "a generator beside it": "proved",
    "another start": "tested",
    "a condition": "tested",
}
"""Those that do what they should; the others are refuted."""


@pytest.mark.parametrize("name", GENERATORS)
def test_a_generator_is_judged_as_the_object_that_a_user_calls(name, tmp_path):
    text = DELAY + GENERATORS[name]
    if name == "read as another encoding":
        # In UTF-7 the line that looks like a comment is one more statement.
        text = "# coding: utf-7\n" + DELAY + LOOP + "# +AAo-delay = lambda inputs: iter(())\n"
    if name == "another encoding after a bare return":
        text = "\r# coding: utf-7\r" + (DELAY + LOOP).replace("\n", "\r")
        text += "# +AAo-delay = lambda inputs: iter(())\r"
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "math.py").write_text("half = 0.5\nsqrt = abs\n")
    (tmp_path / "given" / "beside.py").write_text("def delay(inputs):\n    return iter(())\n")
    assert verdict(tmp_path, text).kind == RIGHT.get(name, "refuted")


@pytest.mark.parametrize(
    ("loop", "kind"),
    [
        (LOOP, "proved"),
        (LOOP.replace("yield y", "yield not y"), "refuted"),
        (LOOP.replace("(inputs):", "(inputs, *more):"), "tested"),
        ("\n\ndef letters(count):\n    yield from (False,) * count\n", "proved"),
        (LOOP.replace("(inputs):", "(inputs, other):").replace("yield y", "yield 7"), "proved"),
    ],
)
def test_a_file_that_was_renamed_is_judged_with_its_loop(loop, kind, tmp_path):
    wanted = MachineSystem(tabulate(loaded(tmp_path / "wanted", DELAY)))
    given = loaded(tmp_path / "given", DELAY + loop, "another.py")
    assert compare(ProgramSystem(given), wanted).kind == kind


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("stem", "name"), [("horizon", "horizon_"), ("vending", "vending"), ("example", "example")]
)
def test_a_generator_s_name_is_no_misspelling(stem, name, tmp_path):
    loop = LOOP.replace("delay", name)
    assert loaded(tmp_path, DELAY + loop, f"{stem}.py").generator == name


def test_no_value_is_right_where_the_task_does_not_care(tmp_path):
    """As of a step, whose None is no fault there either; and wrong where it does."""
    first = "\n\ndef delay(inputs):\n    yield from (None for _ in inputs)\n"
    for wanted, kind in (("None", "tested"), ("False", "refuted")):
        careless = DELAY.replace("return x, state", f"return x, {wanted}")
        specification = MachineSystem(tabulate(loaded(tmp_path / wanted, careless)))
        given = ProgramSystem(loaded(tmp_path / f"given {wanted}", DELAY + first))
        assert compare(given, specification).kind == kind
