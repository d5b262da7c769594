"""Black boxes: what is one, and what of one is a fault."""

import pytest
from sources import loaded

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.isolation import process
from bonsai_compiler.specification.task_file import as_task

SIDES = 'inputs = ("x",)\noutputs = ("y",)\n'
BOX = "class Box:\n    def reset(self):\n        self.count = 0\n    def step(self, x):\n        "
PAIR = 'inputs = ("a", "b")\noutputs = {"n": range(3), "y": bool}\n'


def asked(tmp_path, text, *words):
    return loaded(tmp_path, text).answers(words)


def test_a_class_that_is_reset_and_stepped_is_one(tmp_path):
    text = SIDES + BOX + "self.count += x\n        return self.count == 2\n"
    box = loaded(tmp_path, text)
    assert (box.is_box, box.has_step) == (True, False)
    assert box.answers([(1, 1, 0), (), (0,)]) == [[(-1,), (1,), (1,)], [], [(-1,)]]


def test_so_are_functions_and_classes_that_name_their_own_inputs(tmp_path):
    text = SIDES + "def reset():\n    pass\ndef step(x):\n    return x\n"
    assert asked(tmp_path, text, (0, 1)) == [[(-1,), (1,)]]
    inside = BOX + "return not x\n    inputs, outputs = ('x',), ('y',)\n"
    assert asked(tmp_path, inside, (0, 1)) == [[(1,), (-1,)]]


def test_inputs_come_one_by_one_or_as_one_tuple(tmp_path):
    step = "return (a + b, a)\n"
    one = PAIR + "def reset():\n    pass\ndef step(a, b):\n    " + step
    other = PAIR + "def reset():\n    pass\ndef step(both):\n    a, b = both\n    " + step
    given = [[(1, 1, 1), (1, -1, -1)]]
    assert asked(tmp_path, one, (3, 1)) == asked(tmp_path, other, (3, 1)) == given


def test_a_task_with_a_function_that_is_called_reset_is_none(tmp_path):
    text = SIDES + "start = 0\ndef reset():\n    pass\ndef step(s, x):\n    return s, x\n"
    assert not loaded(tmp_path, text).is_box


FAULTS = {
    "raises": (
        SIDES + BOX + "return 1 // 0",
        r":7: step\(True\), on tick 1 of a word, raised Zero",
    ),
    "raises at the reset": (
        SIDES + BOX.replace("self.count = 0", "raise OSError('no such device')") + "return x",
        r":5: reset\(\) raised OSError: no such device",
    ),
    "cannot be made": (
        SIDES + BOX.replace("class Box:", "class Box:\n    def __init__(self, port): ...") + "pass",
        r"Box\(\) raised TypeError",
    ),
    "says too little": (PAIR + BOX + "return True", r"step of a black box must|return a tuple"),
    "says too much": (SIDES + BOX + "return (x, x)", r"outputs \(True, True\) for 'y'; return a b"),
    "says no value": (
        PAIR + BOX.replace("(self, x)", "(self, x)") + "return (7, True)",
        "bring it into 0 to 2",
    ),
    "changes its mind": (
        SIDES + "made = []\n" + BOX + "made.append(x)\n        return len(made) > 3",
        "answers differently when the same word is asked again",
    ),
    "leaves": (SIDES + BOX + "import os\n        os._exit(3)", "ended its process in a call"),
    "asks Python to exit": (SIDES + BOX + "raise SystemExit", "raised SystemExit"),
    "fits no inputs": (PAIR + "def reset(): ...\ndef step(a, b, c): ...\n", "must take its inputs"),
    "has a horizon": (SIDES + "horizon = 3\n" + BOX + "return x", "horizon is for a task"),
    "is two": (
        SIDES + BOX + "return x\n" + BOX.replace("Box", "Other") + "pass",
        r"\(Box, Other\)",
    ),
    "names nothing": (BOX + "return x", "there is no inputs"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_it_does_wrong_is_told_in_one_line(name, tmp_path, capfd):
    text, fault = FAULTS[name]
    with pytest.raises(BonsaiError, match=fault) as caught:
        asked(tmp_path, text + "\n", (1, 0, 1))
    assert str(caught.value).isprintable()
    assert "Traceback" not in capfd.readouterr().err


def test_one_that_never_returns_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "PATIENCE", 0.5)
    text = SIDES + BOX + "while True:\n            pass\n"
    with pytest.raises(BonsaiError, match="has not answered for 0 s; reset and step must return"):
        asked(tmp_path, text, (1,))


class Counter:
    """y is True on every third x."""

    def reset(self):
        self.count = 0

    def step(self, x):
        self.count = (self.count + x) % 3
        return self.count == 0


def test_an_object_of_a_notebook_is_told_its_inputs():
    box = as_task(Counter(), inputs=("x",), outputs=("y",))
    assert box.is_box
    assert box.answers([(1, 1, 1)]) == [[(-1,), (-1,), (1,)]]
    with pytest.raises(BonsaiError, match="there is no inputs"):
        as_task(Counter())
