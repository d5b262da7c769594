"""An active learner: AALpy's Kearns-Vazirani, which asks words until no hypothesis fails.

Sources: Kearns and Vazirani, "An Introduction to Computational Learning Theory" (1994), chapter 8,
with counterexamples processed as by Rivest and Schapire (1993).
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from bonsai_compiler.equivalence.system import TransitionSystem
from bonsai_compiler.equivalence.verdict import Verdict
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.signals import Interface
from bonsai_compiler.learning.words import Word
from bonsai_compiler.specification.machine import Machine, minimized

Answer = tuple[int, ...] | None
"""Codes of the outputs of one tick, 1 for True and -1 for False; None where a letter may not come.

Whatever may not come changes nothing: the next letter comes in the same state.
"""

MOST_STATES = 64
"""How many states a hypothesis may have: what is still wrong then has no small machine."""

MOST_QUESTIONS = 100_000


class Teacher(Protocol):
    """Whatever can be asked, and tries hypotheses on itself."""

    @property
    def questions(self) -> int:
        """How many words were asked."""
        ...

    def answer(self, word: Word) -> list[Answer]:
        """Return what comes of each letter of a word, from the start."""

    def counterexample(self, machine: Machine) -> Word | None:
        """Return a word to which the machine answers otherwise than is right; None if none is."""


@dataclass(frozen=True, slots=True)
class Learned:
    """By what a machine was learned, and the `verdict` on what was asked: does it do as this?

    `questions` are words that were asked, `steps` all ticks that were run, for questions and to try
    hypotheses.
    """

    questions: int
    steps: int
    seconds: float
    verdict: Verdict

    @property
    def cost(self) -> str:
        """Questions, steps and seconds, in words."""
        return f"{self.questions:,} questions and {self.steps:,} steps in {self.seconds:.1f} s"


class TooLargeError(Exception):
    """The learner was stopped at a limit; AALpy lets nothing but an exception through."""


def learn(
    teacher: Teacher,
    interface: Interface | TransitionSystem,
    place: str,
    most: int = MOST_STATES,
) -> Machine:
    """Return the minimal machine that a teacher finds no fault in, numbered by discovery.

    Raises BonsaiError, which calls what was asked `place`, at more than `most` states, or more
    questions than are allowed.
    """
    # Few commands come here, and it takes a while to load.
    from aalpy.base import SUL, Oracle
    from aalpy.learning_algs import run_KV

    alphabet = list(range(interface.input_signals.size))
    left: list[tuple[Machine, Word]] = []

    class Asked(SUL):  # type: ignore[misc]  # AALpy has no types
        def query(self, word: Word) -> list[Answer]:
            if teacher.questions > MOST_QUESTIONS:
                raise TooLargeError
            return teacher.answer(word)

        def pre(self) -> None: ...

        def post(self) -> None: ...

        def step(self, letter: int) -> Answer:
            raise NotImplementedError("whole words are asked")

    class Tried(Oracle):  # type: ignore[misc]
        def find_cex(self, hypothesis: Any) -> Word | None:
            machine = as_machine(hypothesis, interface)
            word = teacher.counterexample(machine)
            if word is not None:
                left.append((machine, word))
                if machine.size >= most:
                    raise TooLargeError
            return word

    asked = Asked()
    try:
        found = run_KV(
            alphabet,
            asked,
            Tried(alphabet, asked),
            "mealy",
            cache_and_non_det_check=False,
            print_level=0,
        )
    except TooLargeError:
        raise BonsaiError(f"{place}: {_no_small(teacher, left)}") from None
    return as_machine(found, interface)


def as_machine(hypothesis: Any, interface: Interface | TransitionSystem) -> Machine:
    """Return AALpy's hypothesis as a machine, minimal and numbered by discovery from its start."""
    numbers = {hypothesis.initial_state.state_id: 0}
    states = [hypothesis.initial_state]
    letters, width = range(interface.input_signals.size), len(interface.outputs)
    successor, output, legal = [], [], []
    for state in states:
        row, said, may = [], [], []
        for letter in letters:
            answer = state.output_fun[letter]
            following = state.transitions[letter]
            may.append(answer is not None)
            said.append((0,) * width if answer is None else answer)
            if answer is None:
                row.append(-1)
                continue
            if following.state_id not in numbers:
                numbers[following.state_id] = len(states)
                states.append(following)
            row.append(numbers[following.state_id])
        successor.append(row)
        output.append(said)
        legal.append(may)
    machine = Machine(
        interface.inputs,
        interface.outputs,
        np.array(successor, dtype=np.int32),
        np.array(output, dtype=np.int8),
        np.array(legal, dtype=bool),
        ports=interface.ports,
    )
    return minimized(machine)


def _no_small(teacher: Teacher, left: list[tuple[Machine, Word]]) -> str:
    """Return why there is no small machine: how many were tried, and on which tick they fail."""
    said = f"no small machine was found by {teacher.questions:,} questions"
    if not left:
        return said
    machine, word = left[-1]
    # The one that lasted longest for what it takes is what a user would call its behaviour.
    early, held = max(left, key=lambda pair: len(pair[1]) / pair[0].size)
    said += f": it does as a machine of {_states(early)} until tick {len(held)}"
    if early.size == machine.size:
        return said
    return f"{said}, and leaves the last one, of {_states(machine)}, at tick {len(word)}"


def _states(machine: Machine) -> str:
    return "1 state" if machine.size == 1 else f"{machine.size:,} states"
