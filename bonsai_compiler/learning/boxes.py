"""The machine of a black box, which can only be asked; it is then a task like any other.

What is found is a hypothesis that no word of many refuted. Nothing is claimed of the box itself.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product
from time import monotonic

import numpy as np

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.learning.learner import Answer, TooLargeError, learn
from bonsai_compiler.learning.words import Word, access, characterizing, random_word
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.specification.table import TableFunctions
from bonsai_compiler.specification.task import Basis, Task

MOST_STATES = 256
"""How many states a hypothesis may have before the learner stops."""

MOST_SECONDS = 300.0
"""How long a box is asked."""

SHALLOW = 1_000
"""So many of the shortest words try a hypothesis first."""

TOUR = 20_000
"""So many words at most go through a transition, and then tell apart where it leads."""

WALKS, WALK = 40, 20
"""How many random walks begin in each state, and how long they are."""

LONG, TICKS = 64, 200
"""How many long runs there are, and how long they are."""

AT_ONCE = 256
"""So many steps are asked for at once: then a box that takes its time still answers in time."""

ASIDE = "nothing is said of the black box itself"


def learned_task(task: Task) -> Task:
    """Return a task as it is; of a black box, the task of the machine that was learned by asking.

    Raises BonsaiError where the box fails or has no machine of a size that can be learned.
    """
    if not task.is_box:
        return task
    started = monotonic()
    teacher = _BoxTeacher(task)
    machine = learn(teacher, task, str(task.path), MOST_STATES)
    questions = f"{teacher.questions:,} questions"
    how = (
        f"learned by {questions}, each asked twice, of {teacher.steps:,} steps in "
        f"{monotonic() - started:.1f} s",
        f"tested: on each of its transitions, on {WALKS} random walks from each of its states, and "
        f"on {LONG} runs of {TICKS} ticks; {ASIDE}",
    )
    return replace(
        task,
        functions=TableFunctions(machine, task.functions.neighbours),
        has_step=True,
        is_box=False,
        basis=Basis(f"the machine learned by {questions}", ASIDE, how),
    )


class _BoxTeacher:
    """A black box that is asked words, and what tries hypotheses on it; answers are kept."""

    def __init__(self, task: Task, seed: int = 0) -> None:
        self._task = task
        self._seed = seed
        self.questions = self.steps = 0
        self._until = monotonic() + MOST_SECONDS
        # The tree of all words so far: by letter, where it leads and what came of it.
        self._following: list[dict[int, tuple[int, Answer]]] = [{}]

    def answer(self, word: Word) -> list[Answer]:
        answers = self._remembered(word)
        if len(answers) < len(word):
            self._ask([word])
            answers = self._remembered(word)
        return answers

    def counterexample(self, machine: Machine) -> Word | None:
        words = self._trials(machine)
        while batch := list(islice(words, AT_ONCE)):
            unknown = [word for word in batch if len(self._remembered(word)) < len(word)]
            for chosen in _portions(unknown):
                self._ask(chosen)
            failing = [found for word in batch if (found := self._failing(machine, word))]
            if failing:
                return min(failing, key=len)
        return None

    def _remembered(self, word: Word) -> list[Answer]:
        """Return what is known of the beginning of a word."""
        place, answers = 0, []
        for letter in word:
            if letter not in self._following[place]:
                break
            place, answer = self._following[place][letter]
            answers.append(answer)
        return answers

    def _ask(self, words: list[Word]) -> None:
        if monotonic() > self._until:
            raise TooLargeError
        self.questions += len(words)
        # Each is asked twice.
        self.steps += 2 * sum(map(len, words))
        for word, answers in zip(words, self._task.answers(words), strict=True):
            place = 0
            for tick, (letter, answer) in enumerate(zip(word, answers, strict=True), 1):
                known = self._following[place].setdefault(letter, (len(self._following), answer))
                if known[0] == len(self._following):
                    self._following.append({})
                if known[1] != answer:
                    raise BonsaiError(
                        f"{self._task.path}: the black box answers differently on tick {tick} of a "
                        "word than before; after reset() it must depend on nothing but its inputs"
                    )
                place = known[0]

    def _failing(self, machine: Machine, word: Word) -> Word | None:
        """Return the beginning of a word up to where the machine answers otherwise."""
        state = 0
        for tick, (letter, answer) in enumerate(zip(word, self.answer(word), strict=True), 1):
            if tuple(machine.output[state, letter].tolist()) != answer:
                return word[:tick]
            state = int(machine.successor[state, letter])
        return None

    def _trials(self, machine: Machine) -> Iterator[Word]:
        """Yield words on which a wrong hypothesis may fail, the short ones first."""
        rng = np.random.default_rng(self._seed)
        letters, ways = range(machine.legal.shape[1]), access(machine)
        length = 1
        while len(letters) ** (length + 1) <= SHALLOW and length < WALK:
            length += 1
        yield from islice(product(letters, repeat=length), SHALLOW)
        telling = characterizing(machine) or ((),)
        tour = ((*way, letter, *word) for way in ways for letter in letters for word in telling)
        yield from islice(tour, TOUR)
        for _ in range(WALKS):
            for way in ways:
                yield (*way, *random_word(machine, rng, WALK))
        for _ in range(LONG):
            yield random_word(machine, rng, TICKS)


def _portions(words: list[Word]) -> Iterator[list[Word]]:
    """Yield the words in portions of few steps."""
    portion: list[Word] = []
    for word in words:
        if portion and sum(map(len, portion)) + len(word) > AT_ONCE:
            yield portion
            portion = []
        portion.append(word)
    if portion:
        yield portion
