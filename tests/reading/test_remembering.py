"""Programs that remember a sequence of inputs: blocks, windows over the last, all that came."""

from collections.abc import Callable
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from walking import expect_equal, interface, names_in

from bonsai_compiler.backends import program
from bonsai_compiler.backends.python import emit_readable
from bonsai_compiler.certificates import witnesses
from bonsai_compiler.reading.codes import sequences_of
from bonsai_compiler.reading.features import CALLED
from bonsai_compiler.reading.readable import Readable
from bonsai_compiler.reading.remembering import remembering
from bonsai_compiler.specification.machine import Machine, tabulate
from bonsai_compiler.specification.task_file import load_task

WORDS = {
    "first_and_last": (4, lambda word: word[0] == word[-1], 17),
    "majority": (5, lambda word: sum(word) > 2, 16),
    "halves": (6, lambda word: word[:3] == word[3:], 17),
    "in_order": (5, lambda word: list(word) == sorted(word), 17),
    "prime": (4, lambda word: int("".join("01"[x] for x in word), 2) in (2, 3, 5, 7, 11), 21),
    "two_ones": (5, lambda word: (1, 1) in pairwise(word), 18),
}
"""Blocks: how many letters, what is said of them, and how much there is to read at most."""


def blocks(
    length: int, said: Callable[[tuple[bool, ...]], bool], before: Callable[..., bool | None]
) -> Machine:
    """A machine that takes so many bits, and after the last is in its start; `before` that ..."""
    words = [word for size in range(length) for word in product((False, True), repeat=size)]
    places = {word: place for place, word in enumerate(words)}
    successor = np.zeros((len(words), 2), np.int32)
    output = np.zeros((len(words), 2, 1), np.int8)
    for word, place in places.items():
        for x in (False, True):
            now = (*word, x)
            successor[place, int(x)] = places.get(now, 0)
            told = before(now) if len(now) < length else said(now)
            output[place, int(x)] = 0 if told is None else 1 if told else -1
    return Machine(("x",), ("y",), successor, output, np.ones_like(successor, dtype=bool))


def found(machine: Machine, enough: int | None = None) -> list[tuple[int, Readable]]:
    """What is found, each held against the machine."""
    programs = list(remembering(machine, [], lambda code: names_in(machine, code), enough))
    for _, one in programs:
        expect_equal(machine, emit_readable(interface(machine, "found"), one))
    return programs


@pytest.mark.parametrize("name", WORDS)
def test_what_is_said_of_a_block_is_found(name: str) -> None:
    length, said, most = WORDS[name]
    ((_, one),) = found(blocks(length, said, lambda _: False))
    assert one.size <= most


def test_what_comes_inside_a_block_is_said_apart() -> None:
    ((_, one),) = found(
        blocks(4, lambda word: sum(word) == 2, lambda word: word[-1] and not any(word[:-1]))
    )
    assert one.body == [
        "word += (x,)",
        "if len(word) == 4:",
        "    return (), sum(word) == 2",
        "return word, x and sum(word) == 1",
    ]
    assert one.notes == [
        "word has what x was, the latest at the end, and is empty again after 4 ticks."
    ]


@settings(max_examples=6)
@given(st.integers(1, 3), st.integers(0, 2**8 - 1), st.integers(0, 2**8 - 1), st.booleans())
def test_any_block_is_told_rightly(length: int, ends: int, inside: int, free: bool) -> None:
    """The law: whatever is found does what the machine does, for any function of a block."""

    def bit(number: int, word: tuple[bool, ...]) -> bool:
        return bool(number >> int("".join("01"[x] for x in word), 2) & 1)

    before = (lambda _: None) if free else (lambda word: bit(inside, word))
    found(blocks(length, lambda word: bit(ends, word), before))


@settings(max_examples=4)
@given(st.integers(1, 3), st.integers(0, 2**16 - 1), st.integers(0, 1))
def test_any_function_of_the_last_inputs_is_told_rightly(last: int, table: int, first: int) -> None:
    states = np.arange(2**last)
    successor = np.stack([2 * states + x for x in (0, 1)], axis=1)
    output = ((table >> successor & 1) * 2 - 1)[:, :, None].astype(np.int8)
    following = (successor % 2**last ^ first * (2**last - 1)).astype(np.int32)
    machine = Machine(("x",), ("y",), following, output, np.ones_like(following, dtype=bool))
    found(machine)


TASKS = {
    "letters": """inputs = {"move": ("up", "down", "left")}
outputs = ("y",)
start = ()
def step(moves, move):
    moves = (*moves, move)
    return moves[-2:], moves == ("up", "up", "left")
""",
    "digits": """inputs = {"x": range(4)}
outputs = ("y",)
start = ()
def step(digits, x):
    digits = (*digits, x)
    return digits if len(digits) < 3 else (), len(digits) == 3 and sum(digits) == 5
""",
    "ports": """inputs = ("a", "b")
outputs = ("greater",)
start = ((), ())
def step(words, a, b):
    one, other = words
    one, other = (*one, a), (*other, b)
    if len(one) < 3:
        return (one, other), None
    return ((), ()), one > other
""",
}
BODIES = {
    "letters": """moves += (move,)
return moves[-2:], moves == ("up", "up", "left")""",
    "digits": """digits += (x,)
if len(digits) == 3:
    return (), sum(digits) == 5
return digits, False""",
    "ports": """one, other = words
one += (a,)
other += (b,)
if len(one) == 3:
    return ((), ()), one > other
return (one, other), False""",
}


@pytest.mark.parametrize("name", TASKS)
def test_sequences_are_called_as_the_task_calls_them(name: str, tmp_path) -> None:
    (tmp_path / f"{name}.py").write_text(TASKS[name])
    task = load_task(tmp_path / f"{name}.py")
    machine = tabulate(task)
    called = sequences_of([task.state(at) for at in range(machine.size)], task.source)
    ((_, one),) = remembering(machine, called, lambda code: names_in(machine, code), None)
    expect_equal(machine, emit_readable(interface(machine, "found"), one))
    assert "\n".join(one.body) == BODIES[name]


def test_what_no_sequence_tells_is_ruled_out(tasks) -> None:
    for name in ("elevator", "up_down_counter", "debouncer"):
        assert not found(tabulate(load_task(tasks / "textbook" / f"{name}.py")))


def test_a_task_of_words_is_as_short_as_its_author_has_it(tasks) -> None:
    machine = tabulate(load_task(tasks / "mips_bits" / "bit_palindrome.py"))
    assert found(machine, 12)[0][1].body == ["word += (x,)", "return word, word == word[::-1]"]


def test_what_programs_call_is_nobodys_name_and_may_be_verified() -> None:
    assert {*CALLED} <= {*program.BUILTINS}
    assert {*CALLED} <= {*witnesses.BUILTINS}
