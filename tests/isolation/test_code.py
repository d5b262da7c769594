"""What a file's own code may do, and that none of it leads to a wrong `proved`."""

import numpy as np
import pytest
from sources import DELAY, loaded, verdict

from bonsai_compiler.errors import BonsaiError, BonsaiWarning
from bonsai_compiler.specification.machine import tabulate

CONSTANT = DELAY.replace("x, state\n", "state, False\n")


STATES = {
    "1 is not True": ("1", "x, state is True", 3),
    "0.0 is not -0.0": ("0.0", "-0.0 if x else 0.0, str(state) == '-0.0'", 2),
    "tuples of them": ("(1,)", "(x,), state[0] is True", 3),
    "sets of them": (
        "frozenset([1])",
        "frozenset([x]), True in state and repr(state) != str(1)",
        3,
    ),
    "what == leaves out": ("Both(0)", "Both(0, x), state.hidden is True", 2),
}
BOTH = """\
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Both:
    seen: int
    hidden: object = field(default=False, compare=False)


"""


@pytest.mark.parametrize("name", STATES)
def test_states_are_told_apart_by_type_and_contents(name, tmp_path):
    start, result, count = STATES[name]
    text = BOTH + DELAY.replace("False", start).replace("x, state\n", f"{result}\n")
    assert tabulate(loaded(tmp_path, text)).size == count


NO_STATES = {
    "a counter": ("class C:\n    n = 0\n", "C()", "state, state.__dict__.update(n=1)", "address"),
    "an iterator": ("", "iter([True, False])", "state, next(state, None)", "address"),
    "one in a tuple": ("", "(iter([True]), 0)", "state, next(state[0], None)", "address"),
    "a bound method": ("seen = []\n", "seen.append", "state, x", "remember"),
    "a closure": ("def make(n):\n    return lambda: n\n", "make(1)", "state, x", "remember"),
    "changed in place": (
        "class C:\n    def __init__(s):\n        s.n = 0\n    def __hash__(s):\n        return 0\n"
        "def up(s):\n    s.n ^= 1\n    return s\n",
        "C()",
        "up(state), state.n == 1",
        "changes the state that it is given",
    ),
}


@pytest.mark.parametrize("name", NO_STATES)
def test_states_that_only_an_address_tells_apart_are_refused(name, tmp_path):
    before, start, result, fault = NO_STATES[name]
    text = before + DELAY.replace("False", start).replace("x, state\n", f"{result}\n")
    with pytest.raises(BonsaiError, match=fault):
        tabulate(loaded(tmp_path, text))


MEMORIES = {
    "a global": ("count = 0\n", "    global count\n    count += 1\n"),
    "a list": ("seen = []\n", "    seen.append(x) if len(seen) < 2 else None\n"),
    "a default": ("", "    step.__defaults__ or setattr(step, '__defaults__', (0,))\n"),
    "an attribute": ("", "    step.calls = 1\n"),
    "an iterator": ("it = iter(range(10**6))\n", "    next(it)\n"),
    "a neighbour's global": ("import beside\n", "    beside.count()\n"),
    "a neighbour's list": ("from beside import seen\n", "    seen.append(1)\n"),
    "a class": ("class C:\n    n = 0\n", "    C.n = 1\n"),
    "an array": ("import numpy\nheld = numpy.zeros(1)\n", "    held[0] = 1\n"),
}


@pytest.mark.parametrize("name", MEMORIES)
def test_a_step_that_remembers_is_refused_on_either_side(name, tmp_path):
    before, line = MEMORIES[name]
    text = before + DELAY.replace("    return", f"{line}    return")
    for folder in ("wanted", "given"):
        (tmp_path / folder).mkdir()
        neighbour = "seen = []\nn = 0\ndef count():\n    global n\n    n += 1\n"
        (tmp_path / folder / "beside.py").write_text(neighbour)
    with pytest.raises(BonsaiError, match="must depend on nothing but its arguments"):
        verdict(tmp_path, DELAY, text)
    with pytest.raises(BonsaiError, match="must depend on nothing but its arguments"):
        verdict(tmp_path, text)


def test_what_functools_remembers_and_tables_are_no_memory(tmp_path):
    text = "from functools import cache\n\nTABLE = {False: 0, True: 1}\n\n\n@cache\ndef same(x):\n"
    text += "    return x\n\n\n" + DELAY.replace("x, state\n", "same(x), bool(TABLE[state])\n")
    assert verdict(tmp_path, text).kind == "proved"


def test_each_file_has_its_own_neighbours(tmp_path):
    text = "from helper import value\n" + DELAY.replace("x, state\n", "x, value(state)\n")
    for folder, body in (("wanted", "return s"), ("given", "return not s")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "helper.py").write_text(f"def value(s):\n    {body}\n")
    assert verdict(tmp_path, text, text).kind == "refuted"
    task = loaded(tmp_path / "wanted", text)
    assert list(task.functions.neighbours) == ["helper.py"]
    before = dict(task.functions.neighbours)
    (tmp_path / "wanted" / "helper.py").write_text("def value(s):\n    return s  # changed\n")
    assert loaded(tmp_path / "wanted", text).functions.neighbours != before


PATCHES = [
    "import numpy\nnumpy.flatnonzero = lambda *_: numpy.array([], int)\nnumpy.array_equal = all\n",
    "import builtins\nbuiltins.zip = lambda *_, **__: iter(())\n",
    "import bonsai_compiler.equivalence.search as e\ne.mismatches = lambda a, b: a != a\n",
    "import gc, types\n[f.__setattr__('__code__', (lambda *a, **k: False).__code__) for f in gc."
    "get_objects() if isinstance(f, types.FunctionType) and f.__name__ == 'mismatches']\n",
]


@pytest.mark.parametrize("patch", PATCHES)
def test_patching_reaches_no_judge(patch, tmp_path):
    try:
        found = verdict(tmp_path, patch + CONSTANT).kind
    except BonsaiError:
        # Its own process is what it broke.
        found = "refused"
    assert found in ("refuted", "refused")


ENDS = {
    "while loading": ("import os\nos._exit(0)\n" + DELAY, "loaded.*exit code 0"),
    "in step": (
        DELAY.replace("    return", "    import os\n    os._exit(0)\n    return"),
        "a call",
    ),
    "by a signal": (
        DELAY.replace("    return", "    import os\n    os.kill(os.getpid(), 9)\n    return"),
        "SIGKILL",
    ),
    "with a fault of its own": (
        "class Odd(BaseException):\n    pass\n"
        + DELAY.replace("    return", "    raise Odd\n    return"),
        "step.* raised Odd",
    ),
    "in a comparison": (
        "import sys\nclass C:\n    __hash__ = None\n    def __eq__(s, o):\n        sys.exit(0)\n"
        + DELAY.replace("x, state\n", "C(), state\n"),
        "unhashable",
    ),
    "in a repr": (
        "import sys\nclass C(list):\n    def __repr__(s):\n        sys.exit(0)\n"
        + DELAY.replace("x, state\n", "C(), state\n"),
        "unhashable state a C",
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_code_that_ends_its_process_gets_one_line(name, tmp_path):
    text, fault = ENDS[name]
    with pytest.raises(BonsaiError, match=fault) as caught:
        tabulate(loaded(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_examples_that_exit_get_one_line(tmp_path):
    text = 'inputs, outputs = ("x",), ("y",)\n\n\ndef examples(rng, batch, ticks):\n    exit(0)\n'
    with pytest.raises(BonsaiError, match="examples raised SystemExit"):
        loaded(tmp_path, text).draw(np.random.default_rng(0), 2, 3)


def test_what_code_prints_is_no_verdict(tmp_path, bonsaic):
    loud = DELAY.replace("    return", "    print('proved: equal')\n    return")
    (tmp_path / "wanted.py").write_text("print('proved: at once')\n" + DELAY)
    (tmp_path / "given.py").write_text(loud.replace("x, state\n", "x, x\n"))
    code, out, _ = bonsaic("check", str(tmp_path / "given.py"), str(tmp_path / "wanted.py"))
    assert code == 1
    assert out.startswith("refuted")
    assert "proved" not in out


def test_what_python_finds_odd_in_a_task_is_not_said(tmp_path, capfd):
    with pytest.raises(BonsaiError, match="is not subscriptable"):
        tabulate(loaded(tmp_path, DELAY.replace("return x, state", "return 0[x], state")))
    assert capfd.readouterr().err == ""


def test_a_thread_keeps_nothing_alive(tmp_path):
    text = "import threading\nthreading.Thread(target=threading.Event().wait).start()\n" + DELAY
    task = loaded(tmp_path, text)
    process = task.functions._process
    assert tabulate(task).size == 2
    del task
    assert process.wait(10) == -9


FORGER = """\
    import os
    for fd in range(3, 30):
        try:
            os.write(fd, b"x" * 99)
        except OSError:
            pass
    return"""


def test_forged_answers_are_no_answers(tmp_path):
    with pytest.raises(BonsaiError, match=r"disturbs|ended"):
        tabulate(loaded(tmp_path, DELAY.replace("    return", FORGER)))


@pytest.mark.parametrize(
    ("inputs", "agree"),
    [
        (("a", "b"), True),
        (("b", "c"), False),
        (("c", "a"), False),
        (("c", "d"), True),
        (("a", "c"), True),
    ],
)
def test_names_that_both_sides_have_stand_in_the_same_places(inputs, agree, tmp_path):
    text = "inputs = {}\noutputs = ('y',)\nstart = 0\n\n\ndef step(s, p, q):\n    return s, p\n"
    given, wanted = text.format(inputs), text.format(("a", "b"))
    if agree:
        assert verdict(tmp_path, given, wanted).kind == "proved"
    else:
        with pytest.raises(BonsaiError, match="other places"):
            verdict(tmp_path, given, wanted)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("lgeal", "legal"), ("horizn", "horizon"), ("examlpes", "examples"), ("gorwth", "growth")],
)
def test_names_that_look_misspelt_are_told(name, meant, tmp_path):
    with pytest.warns(BonsaiWarning, match=f"'{name}' means nothing to a task; is '{meant}' meant"):
        loaded(tmp_path, DELAY + f"{name} = None\n")


@pytest.mark.filterwarnings("error")
def test_names_of_a_task_s_own_are_its_own(tmp_path):
    loaded(tmp_path, "import math\nfrom functools import cache\nlimit = 3\nstates = ()\n" + DELAY)


def test_a_docstring_that_is_no_text_is_none(tmp_path):
    assert loaded(tmp_path, DELAY + "__doc__ = 3\n").doc == ""
