"""How much there is to read in a step: counted by hand, and by tokens, another way."""

import io
import tokenize
from pathlib import Path

import pytest

from bonsai_compiler.reading.size import reading_size

TASKS = Path(__file__).parents[2] / "tasks"


MATCH = """
    match x:
        case 1:
            return x
        case _:
            return 0
"""


@pytest.mark.parametrize(
    ("size", "name"),
    [
        (9, "loop3"),
        (14, "mips_bits/div_3"),
        (17, "dfsm/skip_every_4th_1"),
        (23, "mini_cpu"),
        (31, "gate_selector"),
    ],
)
def test_the_size_of_a_task_is_as_counted_by_hand(size: int, name: str) -> None:
    assert reading_size((TASKS / f"{name}.py").read_text(encoding="utf-8")) == size


@pytest.mark.parametrize(
    ("size", "body"),
    [
        # return, x
        (2, "    return x\n"),
        # return, -, 1 ; a constant with a sign is two things to read
        (3, "    return -1\n"),
        # =, y, x, and, x ; return, y
        (7, "    y = x and x\n    return y\n"),
        # return, x, <, x, <, x
        (6, "    return x < x < x\n"),
        # return, []: TABLE, x ; and the table itself: 1, 2
        (6, "    return TABLE[x]\n"),
        # return, helper, x ; and the helper: return, x, +, 1
        (7, "    return helper(x)\n"),
        # return, helper, helper, x ; the helper only once
        (8, "    return helper(helper(x))\n"),
        # the docstring and the comment are free
        (2, '    """What it does."""\n    return x  # indeed\n'),
        # if, x ; return, 1 ; return, 2
        (6, "    if x:\n        return 1\n    return 2\n"),
        # x ; case, 1 ; return, x ; case ; return, 0
        (8, MATCH),
        # return, lambda, y, y applied to x
        (4, "    return (lambda y: y)(x)\n"),
    ],
)
def test_the_size_of_a_step(size: int, body: str) -> None:
    beside = "TABLE = (1, 2)\nUNUSED = (1, 2, 3)\n\n\ndef helper(x):\n    return x + 1\n\n\n"
    assert reading_size(f"{beside}def step(x):\n{body}") == size


@pytest.mark.parametrize("source", ["", "def stop(x):\n    return x\n", "def step(:\n"])
def test_what_has_no_step_has_no_size(source: str) -> None:
    assert reading_size(source) is None


def test_tokens_tell_much_the_same_about_programs_of_one_function() -> None:
    """Counted by tokens, brackets and commas aside, sizes differ by what a token is."""
    for path in sorted((TASKS.parent / "docs" / "gallery").glob("*/*.py")):
        source = path.read_text(encoding="utf-8")
        lines = source.splitlines()
        first = next(n for n, line in enumerate(lines) if line.startswith("def step"))
        last = next(n for n, line in enumerate(lines) if n > first and line.startswith("def "))
        tokens = _tokens("".join(f"{line[4:]}\n" for line in lines[first + 1 : last]))
        size = reading_size(source)
        assert size is not None
        assert 0.8 * tokens <= size <= 1.3 * tokens, (path.stem, size, tokens)


def _tokens(text: str) -> int:
    """The names, numbers, operators and keywords of a text that say something."""
    count = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME:
            count += token.string not in {"in", "else"}
        elif token.type in (tokenize.NUMBER, tokenize.STRING):
            count += 1
        elif token.type == tokenize.OP:
            count += token.string not in "()]{},:"
    return count
