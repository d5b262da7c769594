"""The finite machine of a transition system: its reachable states, numbered and tabulated."""

from dataclasses import dataclass

import numpy as np

from bonsai_compiler.equivalence.system import Numbers, Transition, TransitionSystem
from bonsai_compiler.ir.interpreter import Bools, Floats
from bonsai_compiler.ir.signals import Interface
from bonsai_compiler.specification.machine import Machine

MOST_STATES = 65_536
STEPS_A_STATE = 16
MOST_STEPS = STEPS_A_STATE * MOST_STATES
SLICE = 65_536
"""How many steps are taken at once, so that memory stays bounded."""


@dataclass(frozen=True, slots=True, eq=False)
class Tabulated:
    """A machine, and the system's own state (a row of `states`) in each of its states."""

    machine: Machine
    states: Floats


class Unrolled(Interface):
    """A system unrolled up to its horizon, after which no letter is legal.

    A state is the system's, then the number of ticks that are over.
    """

    def __init__(self, system: TransitionSystem, horizon: int) -> None:
        self.system = system
        self.inputs, self.outputs = system.inputs, system.outputs
        self.ports, self.alphabet = system.ports, system.alphabet
        self.horizon: int | None = horizon
        self._last = horizon

    def start(self) -> Floats:
        return np.concatenate([self.system.start(), np.zeros((1, 1))], axis=1)

    def legal(self, states: Floats) -> Bools:
        # A specification has nothing to say, and must not be asked, about what follows the last.
        goes_on = states[:, -1] < self._last
        allowed = np.zeros((len(states), len(self.alphabet)), dtype=bool)
        allowed[goes_on] = self.system.legal(states[goes_on, :-1])
        return allowed

    def step(self, states: Floats, chosen: Numbers) -> Transition:
        reached = self.system.step(states[:, :-1], chosen)
        layered = np.concatenate([reached.states, states[:, -1:] + 1], axis=1)
        return Transition(layered, reached.outputs, reached.margins)


def tabulated(system: TransitionSystem, most: int = MOST_STATES) -> Tabulated | None:
    """Return the machine of the states that legal letters reach, in order of discovery.

    With a horizon the machine ends there: its states tell the ticks apart. None when more than
    `most` states are reached, or more than 16 times as many steps would be between them.
    """
    if system.horizon is not None:
        system = Unrolled(system, system.horizon)
    alphabet = len(system.alphabet)
    # Adding 0.0 turns -0.0 into 0.0, as after every later tick, so that equal states are one.
    frontier = system.start() + 0.0
    numbers: dict[bytes, int] = {}
    _number(frontier, numbers)
    met, successors, outputs, legal = [frontier], [], [], []
    while len(frontier):
        if len(numbers) > most or len(numbers) * alphabet > STEPS_A_STATE * most:
            return None
        allowed = system.legal(frontier)
        reached = _followed(system, frontier, allowed)
        known = len(numbers)
        targets = _number(reached.states, numbers)
        successor = np.full(allowed.shape, -1, dtype=np.int32)
        successor[allowed] = targets
        output = np.zeros((*allowed.shape, len(system.outputs)), dtype=np.int8)
        output[allowed] = reached.outputs
        successors.append(successor)
        outputs.append(output)
        legal.append(allowed)
        distinct, first = np.unique(targets, return_index=True)
        frontier = reached.states[first[distinct >= known]]
        met.append(frontier)
    machine = Machine(
        system.inputs,
        system.outputs,
        np.concatenate(successors),
        np.concatenate(outputs),
        np.concatenate(legal),
        system.horizon,
        system.ports,
    )
    return Tabulated(machine, np.concatenate(met))


def _followed(system: TransitionSystem, states: Floats, allowed: Bools) -> Transition:
    """Return where every allowed letter leads, the letters of the first state first."""
    rows, chosen = np.nonzero(allowed)
    parts = [
        system.step(states[rows[at : at + SLICE]], chosen[at : at + SLICE])
        for at in range(0, max(len(rows), 1), SLICE)
    ]
    return Transition(
        np.concatenate([part.states for part in parts]),
        np.concatenate([part.outputs for part in parts]),
        np.concatenate([part.margins for part in parts]),
    )


def _number(states: Floats, numbers: dict[bytes, int]) -> Numbers:
    """Return the number of each state; a new one gets, and is noted with, the next."""
    size = states.shape[1] * states.itemsize
    whole = np.ascontiguousarray(states).tobytes()
    keys = (whole[row * size : (row + 1) * size] for row in range(len(states)))
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)
