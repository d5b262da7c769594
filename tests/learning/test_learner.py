"""The learner finds the machine of whatever it may ask, and says where it gave up."""

import numpy as np
import pytest
from hypothesis import given
from machines import modulo3
from machines import tabulate as tabulated
from strategies import machines

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.learning import learner
from bonsai_compiler.learning.learner import learn
from bonsai_compiler.specification.machine import minimized, tabulate


class Knowing:
    """A teacher that is a machine, and compares hypotheses with it state by state."""

    def __init__(self, machine):
        self.machine, self.questions = machine, 0

    def answer(self, word):
        self.questions += 1
        return self.followed(self.machine, word)

    def followed(self, machine, word):
        state, answers = 0, []
        for letter in word:
            if not machine.legal[state, letter]:
                answers.append(None)
                continue
            answers.append(tuple(machine.output[state, letter].tolist()))
            state = machine.successor[state, letter]
        return answers

    def counterexample(self, machine):
        ways = {(0, 0): ()}
        for pair in (queue := [(0, 0)]):
            for letter in range(machine.legal.shape[1]):
                word = (*ways[pair], letter)
                if self.followed(machine, word) != self.followed(self.machine, word):
                    return word
                if self.machine.legal[pair[0], letter]:
                    following = (
                        int(self.machine.successor[pair[0], letter]),
                        int(machine.successor[pair[1], letter]),
                    )
                    if following not in ways:
                        ways[following] = word
                        queue.append(following)
        return None


def same(one, other):
    return all(
        np.array_equal(getattr(one, table), getattr(other, table))
        for table in ("successor", "output", "legal")
    )


@given(machines())
def test_what_knows_the_machine_teaches_it(task):
    machine = tabulate(task)
    teacher = Knowing(machine)
    found = learn(teacher, machine, "it")
    assert same(found, minimized(machine))
    assert teacher.questions > 0


def counting(most):
    return tabulated(lambda state, x: ((state + x) % most, state == most - 1), 0, 1)


def test_at_a_limit_it_says_which_machines_were_left(monkeypatch):
    with pytest.raises(BonsaiError) as caught:
        learn(Knowing(counting(40)), modulo3(), "box", most=1)
    said = str(caught.value)
    assert said.startswith("box: no small machine was found by ")
    assert said.endswith(": it does as a machine of 1 state until tick 40")
    monkeypatch.setattr(learner, "MOST_QUESTIONS", 3)
    with pytest.raises(BonsaiError, match="by 4 questions"):
        learn(Knowing(counting(8)), modulo3(), "box")
