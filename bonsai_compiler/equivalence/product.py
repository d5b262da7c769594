"""The synchronous product of a candidate and a specification."""

import numpy as np

from bonsai_compiler.equivalence.search import expect_same_interface
from bonsai_compiler.equivalence.system import Numbers, Transition, TransitionSystem
from bonsai_compiler.ir.interpreter import Bools, Floats
from bonsai_compiler.ir.signals import Interface


class Product(Interface):
    """The product of two systems: the candidate, under the inputs that the specification allows.

    A state is the candidate's, then the specification's; the names are the specification's. Where
    only what is `asked` counts, its outputs are "don't care" where the specification's are.
    """

    def __init__(
        self, candidate: TransitionSystem, specification: TransitionSystem, *, asked: bool = False
    ) -> None:
        expect_same_interface(candidate, specification)
        self.candidate, self.specification, self.asked = candidate, specification, asked
        self.inputs, self.outputs = specification.inputs, specification.outputs
        self.ports, self.alphabet = specification.ports, specification.alphabet
        self.horizon = specification.horizon
        self._width = candidate.start().shape[1]

    def start(self) -> Floats:
        return np.concatenate([self.candidate.start(), self.specification.start()], axis=1)

    def legal(self, states: Floats) -> Bools:
        return self.specification.legal(states[:, self._width :])

    def step(self, states: Floats, chosen: Numbers) -> Transition:
        given = self.candidate.step(states[:, : self._width], chosen)
        wanted = self.specification.step(states[:, self._width :], chosen)
        joint = np.concatenate([given.states, wanted.states], axis=1)
        outputs = given.outputs
        if self.asked:
            outputs = np.where(wanted.outputs == 0, wanted.outputs, outputs)
        return Transition(joint, outputs, given.margins)
