"""Words of a machine: those that lead to its states, and those that tell its states apart."""

import numpy as np
import numpy.typing as npt

from bonsai_compiler.specification.machine import Machine

Word = tuple[int, ...]
"""Letters of an alphabet, by number."""

Numbers = npt.NDArray[np.int64]


def access(machine: Machine) -> tuple[Word, ...]:
    """Return a shortest legal word to each state of a machine, in the order of its states.

    The states are numbered by discovery, so that the start has the empty word.
    """
    words: dict[int, Word] = {0: ()}
    queue = [0]
    for state in queue:
        for letter in np.flatnonzero(machine.legal[state]).tolist():
            following = int(machine.successor[state, letter])
            if following >= 0 and following not in words:
                words[following] = (*words[state], letter)
                queue.append(following)
    return tuple(words[state] for state in range(machine.size))


def characterizing(machine: Machine) -> tuple[Word, ...]:
    """Return words such that of any two states of a minimal machine one of them tells them apart.

    Each is a shortest one for two states that those before it do not tell apart (A. Gill,
    "Introduction to the Theory of Finite-State Machines", 1962).
    """
    first, after = _separating(machine)
    words: list[Word] = []
    classes = np.zeros(machine.size, dtype=np.int64)
    while True:
        order = np.argsort(classes, kind="stable")
        alike = np.flatnonzero(classes[order][1:] == classes[order][:-1])
        if not len(alike):
            return tuple(words)
        one, other = int(order[alike[0]]), int(order[alike[0] + 1])
        word: Word = ()
        while one != other:
            letter = int(first[one, other])
            word = (*word, letter)
            if not after[one, other]:
                break
            one = int(machine.successor[one, letter])
            other = int(machine.successor[other, letter])
        words.append(word)
        said = np.stack([classes, *_said(machine, word).T], axis=1)
        classes = np.unique(said, axis=0, return_inverse=True)[1].reshape(-1)


def random_word(machine: Machine, rng: np.random.Generator, ticks: int) -> Word:
    """Return a random legal word that leans to some letters."""
    leaning = rng.exponential(size=machine.legal.shape[1]) ** rng.choice([0.0, 1.0, 3.0])
    state, word = 0, []
    for _ in range(ticks):
        legal = machine.legal[state]
        if not legal.any():
            break
        letter = int(np.where(legal, leaning * rng.random(len(legal)), -1.0).argmax())
        word.append(letter)
        state = int(machine.successor[state, letter])
    return tuple(word)


def _separating(machine: Machine) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """Return for any two states the first letter of a shortest word that tells them apart.

    And whether the word goes on after it.
    """
    size = machine.size
    said = np.concatenate([machine.output, machine.legal[:, :, None]], axis=2)
    differ = (said[:, None] != said[None]).any(axis=3)
    first = np.where(differ.any(axis=2), differ.argmax(axis=2), -1)
    after = np.zeros((size, size), dtype=bool)
    # Of two states that differ in no output the same letters are legal.
    following = np.where(machine.successor >= 0, machine.successor, 0)
    moves = machine.legal & (machine.successor >= 0)
    while True:
        reached = first[following[:, None], following[None]] >= 0
        leads = reached & moves[:, None] & moves[None] & (first < 0)[:, :, None]
        found = leads.any(axis=2)
        if not found.any():
            return first, after
        first = np.where(found, leads.argmax(axis=2), first)
        after |= found


def _said(machine: Machine, word: Word) -> Numbers:
    """Return what the machine says to a word in each state, a row each."""
    states = np.arange(machine.size)
    alive = np.ones(machine.size, dtype=bool)
    columns = []
    for letter in word:
        alive = alive & machine.legal[states, letter] & (states >= 0)
        answers = machine.output[states, letter].astype(np.int64)
        columns.append(np.where(alive[:, None], answers, -2))
        states = np.where(alive, machine.successor[states, letter], states)
    return np.concatenate(columns, axis=1)
