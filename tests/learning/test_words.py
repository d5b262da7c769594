"""Words that lead to the states of a machine, and words that tell them apart."""

from itertools import combinations

from hypothesis import given
from machines import delay2
from machines import tabulate as tabulated
from strategies import machines

from bonsai_compiler.learning.words import access, characterizing
from bonsai_compiler.specification.machine import minimized, tabulate


def said(machine, state, word):
    """What a machine answers to a word, up to a letter that may not come."""
    answers = []
    for letter in word:
        if not machine.legal[state, letter]:
            return [*answers, "refused"]
        answers.append(machine.output[state, letter].tolist())
        state = machine.successor[state, letter]
    return answers


def led(machine, word):
    state = 0
    for letter in word:
        assert machine.legal[state, letter]
        state = int(machine.successor[state, letter])
    return state


def test_of_two_ticks_of_delay():
    assert access(delay2()) == ((), (1,), (1, 0), (1, 1))
    assert characterizing(delay2()) == ((0, 0),)
    assert characterizing(tabulated(lambda state, x: (state, x), 0, 1)) == ()


@given(machines())
def test_each_state_is_led_to_and_told_from_any_other(task):
    machine = minimized(tabulate(task))
    assert [led(machine, word) for word in access(machine)] == list(range(machine.size))
    telling = characterizing(machine)
    assert len(telling) < max(machine.size, 1)
    for one, other in combinations(range(machine.size), 2):
        assert any(said(machine, one, word) != said(machine, other, word) for word in telling)
