"""Our machines as AALpy's, so that a library that we did not write learns and compares them."""

from collections.abc import Hashable
from typing import Any

import numpy as np
from aalpy.automata import MealyMachine, MealyState
from aalpy.base import SUL

from bonsai_compiler.interp import Floats
from bonsai_compiler.portraits.mealy import tabulated
from bonsai_compiler.proof.alongside import Alongside
from bonsai_compiler.proof.behaviour import MachineBehaviour, Numbers, ProgramBehaviour, Tick
from bonsai_compiler.specification.machine import Machine, tabulate
from bonsai_compiler.specification.task import Task

OVER = "over"
"""The answer to a letter that may not come, and to all that follow it."""


class BlackBox(SUL):  # type: ignore[misc]  # AALpy has no types
    """A task as AALpy asks it: a letter in, the outputs out.

    After an illegal letter, or past the horizon, there is nothing more to be heard.
    """

    def __init__(self, task: Task) -> None:
        super().__init__()
        self.task = task
        self.letters = [tuple(bits) for bits in task.given.alphabet.tolist()]
        self.state: Hashable = task.start
        self.ticks = 0

    def pre(self) -> None:
        self.state, self.ticks = self.task.start, 0

    def post(self) -> None:
        pass

    def step(self, letter: int) -> Hashable:
        bits = self.letters[letter]
        past = self.task.horizon is not None and self.ticks >= self.task.horizon
        if self.ticks < 0 or past or not self.task.admits(self.state, bits):
            self.ticks = -1
            return OVER
        self.ticks += 1
        self.state, outputs = self.task.transition(self.state, bits)
        return outputs


class Heedless(Alongside):
    """A candidate beside a specification, whose don't-cares count as the candidate's answers."""

    def tick(self, states: Floats, chosen: Numbers) -> Tick:
        given = super().tick(states, chosen)
        wanted = self.specification.tick(states[:, self._width :], chosen)
        outputs = np.where(wanted.outputs == 0, 0, given.outputs).astype(np.int8)
        return Tick(given.states, outputs, given.margins)


def machine_of(task: Task) -> Machine:
    """Return the machine that a task specifies, up to its horizon."""
    whole = tabulated(MachineBehaviour(tabulate(task)))
    assert whole is not None, "what is tabulated is finite"
    return whole.machine


def machine_of_program(program: Task, task: Task) -> Machine | None:
    """Return the machine of a program under a task's legal inputs; None if it is not finite."""
    joint = Heedless(ProgramBehaviour(program), MachineBehaviour(tabulate(task)))
    whole = tabulated(joint)
    return None if whole is None else whole.machine


def as_mealy(machine: Machine, over: Hashable = None) -> Any:
    """Return AALpy's form of a machine; letters that may not come are left out.

    With `over` they are answered so for ever, as are all letters past the horizon.
    """
    states = [MealyState(f"s{number}") for number in range(machine.size)]
    end = MealyState(OVER)
    for number, state in enumerate(states):
        for letter in range(machine.legal.shape[1]):
            if machine.legal[number, letter]:
                state.transitions[letter] = states[machine.successor[number, letter]]
                state.output_fun[letter] = tuple(machine.output[number, letter].tolist())
            elif over is not None:
                state.transitions[letter], state.output_fun[letter] = end, over
    for letter in range(machine.legal.shape[1]):
        end.transitions[letter], end.output_fun[letter] = end, over
    return MealyMachine(states[0], states if over is None else [*states, end])
