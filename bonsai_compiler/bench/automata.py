"""Our machines as AALpy's, so that a library that we did not write learns and compares them."""

import math
import time
from collections.abc import Hashable
from typing import Any

import numpy as np
from aalpy.automata import MealyMachine, MealyState
from aalpy.base import SUL

from bonsai_compiler.equivalence.system import Numbers, Product, ProgramSystem, Transition
from bonsai_compiler.fsm.mealy import tabulated
from bonsai_compiler.ir.interpreter import Floats
from bonsai_compiler.oracle.compare import as_specification
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.specification.task import Task

MOST_STATES = 20_000
"""Joint states of a program and its task above which they are not compared as machines.

A program that adds up real numbers has no end of them, and each takes a call or more.
"""

OVER = "over"
"""The answer to a letter that may not come, and to all that follow it."""


class TooLongError(Exception):
    """A learner asked on past its time."""


class BlackBox(SUL):  # type: ignore[misc]  # AALpy has no types
    """A task's machine as AALpy asks it: a letter in, the outputs out, for some seconds.

    After an illegal letter, or past the horizon, there is nothing more to be heard. Raises
    TooLongError when the seconds are over: a learner cannot be stopped in another way.
    """

    def __init__(self, machine: Machine, seconds: float) -> None:
        super().__init__()
        self.successor = machine.successor.tolist()
        self.outputs = [[tuple(row) for row in rows] for rows in machine.output.tolist()]
        self.legal = machine.legal.tolist()
        self.left = math.inf if machine.horizon is None else machine.horizon
        self.horizon = self.left
        self.state = 0
        self.until = time.monotonic() + seconds

    def pre(self) -> None:
        self.state, self.left = 0, self.horizon
        if time.monotonic() > self.until:
            raise TooLongError

    def post(self) -> None:
        pass

    def step(self, letter: int) -> Hashable:
        if self.left < 1 or not self.legal[self.state][letter]:
            self.left = 0
            return OVER
        said: Hashable = self.outputs[self.state][letter]
        self.state = self.successor[self.state][letter]
        self.left -= 1
        return said


class Heedless(Product):
    """A candidate beside a specification, whose don't-cares count as the candidate's answers."""

    def step(self, states: Floats, chosen: Numbers) -> Transition:
        given = super().step(states, chosen)
        wanted = self.specification.step(states[:, self._width :], chosen)
        outputs = np.where(wanted.outputs == 0, 0, given.outputs).astype(np.int8)
        return Transition(given.states, outputs, given.margins)


def machine_of(task: Task) -> Machine:
    """Return the machine that a task specifies, up to its horizon."""
    whole = tabulated(as_specification(task))
    assert whole is not None, "what is tabulated is finite"
    return whole.machine


def machine_of_program(program: Task, task: Task) -> Machine | None:
    """Return the machine of a program under a task's legal inputs; None if it is too large."""
    joint = Heedless(ProgramSystem(program), as_specification(task))
    whole = tabulated(joint, MOST_STATES)
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
