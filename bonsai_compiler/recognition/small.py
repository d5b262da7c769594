"""A machine without outputs, as small as a part of a larger one: letters of one effect are one."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.expression import Expression
from bonsai_compiler.recognition.letters import OPEN, Letters

Numbers = npt.NDArray[np.int64]

VALUE = "value"
"""What a component is called before it gets its name."""


@dataclass(frozen=True, slots=True, eq=False)
class Small:
    """A machine without outputs, whose start is state 0.

    `actions` (actions, states) lead to states or, where they cannot come, to -1; `which` (letters,)
    says which action each letter is, OPEN if it never comes.
    """

    actions: Numbers
    which: Numbers
    letters: Letters

    @property
    def weights(self) -> Numbers:
        """How many letters each action is."""
        return np.bincount(self.which[self.which != OPEN], minlength=len(self.actions))

    @property
    def by_letter(self) -> Numbers:
        """Where each letter leads from each state, (states, letters); OPEN where it cannot come."""
        return np.where(self.which == OPEN, OPEN, self.actions[self.which].T)

    def labels(self, of_actions: Iterable[int]) -> Numbers:
        """Return a label for each letter, given one for each action."""
        return np.where(self.which == OPEN, OPEN, np.array([*of_actions])[self.which])

    def condition(self, held: Iterable[bool], known: Iterable[bool] | None = None) -> Expression:
        """Return which letters are actions that are `held`, of those that are `known`."""
        truths = [int(truth) for truth in held]
        if known is not None:
            truths = [truth if told else OPEN for truth, told in zip(truths, known, strict=True)]
        return self.letters.expression(self.labels(truths), 2)
