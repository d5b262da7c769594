"""Random Mealy machines as tables: the meaning of a random task, and its mutants."""

import random
from dataclasses import dataclass, replace

from .fields import Field, Fields, Letter, Value, letters

Answer = tuple[Value | None, ...]
Place = tuple[int, Letter]
NAMES = ("x", "up", "a1", "ok", "mode_2", "é")
RESULTS = ("y", "carry", "z_0", "q")


@dataclass(frozen=True)
class Machine:
    """State 0 is the start; a place is a state with a letter.

    `table` has the next state and the answer for every place that may be asked; the others are in
    `illegal`. An answer's None is "don't care".
    """

    inputs: Fields
    outputs: Fields
    size: int
    table: dict[Place, tuple[int, Answer]]
    illegal: frozenset[Place] = frozenset()
    horizon: int | None = None


def random_fields(rng: random.Random, names: tuple[str, ...], least: int, most: int) -> Fields:
    """Return bools and, now and then, integers."""
    some = rng.sample(names, rng.randint(least, most))
    if rng.random() < 0.75:
        return tuple(map(Field, some))
    fields = []
    for name in some:
        low = rng.choice((0, 0, 0, 1, -2))
        encoding = rng.choice(("thermometer", "thermometer", "one-hot", "binary"))
        field = Field(name, low, low + rng.randint(1, 3), encoding)
        fields.append(field if rng.random() < 0.7 else Field(name))
    return tuple(fields)


def random_machine(rng: random.Random, scale: int = 1, *, partial: bool = True) -> Machine:
    """Return a machine of a few states; if `partial`, with all that a task may leave open."""
    inputs = random_fields(rng, NAMES, 0, 2)
    outputs = random_fields(rng, RESULTS, 1, 2)
    size = rng.randint(1, 4 + 2 * scale)
    careless = rng.choice((0.0, 0.0, 0.2)) if partial else 0.0
    alphabet = letters(inputs)
    places = [(state, letter) for state in range(size) for letter in alphabet]
    # Chains of states make faults deep: most letters lead on, some anywhere.
    leap = rng.choice((0.2, 0.5, 1.0))
    table = {
        (state, letter): (
            rng.randrange(size) if rng.random() < leap else (state + 1) % size,
            random_answer(rng, outputs, careless),
        )
        for state, letter in places
    }
    machine = Machine(inputs, outputs, size, table)
    if not partial:
        return machine
    if rng.random() < 0.4:
        share = rng.choice((0.1, 0.3, 0.6))
        start = 0, rng.choice(alphabet)
        illegal = frozenset(p for p in places if p != start and rng.random() < share)
        machine = replace(machine, illegal=illegal)
    if rng.random() < 0.25:
        machine = replace(machine, horizon=rng.randint(1, 6))
    return machine


def random_answer(rng: random.Random, outputs: Fields, careless: float = 0.0) -> Answer:
    """Return a value for each output, or None."""
    return tuple(None if rng.random() < careless else rng.choice(field.values) for field in outputs)


def completed(rng: random.Random, machine: Machine) -> Machine:
    """Return a machine that decides all that another leaves open: legal everywhere, no None."""
    table = {
        place: (
            rng.randrange(machine.size) if place in machine.illegal else following,
            tuple(
                rng.choice(field.values) if value is None else value
                for field, value in zip(machine.outputs, answer, strict=True)
            ),
        )
        for place, (following, answer) in machine.table.items()
    }
    return replace(machine, table=table, illegal=frozenset(), horizon=None)


def renumbered(rng: random.Random, machine: Machine) -> Machine:
    """Return the same machine with its states in another order, the start still being 0."""
    others = list(range(1, machine.size))
    rng.shuffle(others)
    number = [0, *others]
    return replace(
        machine,
        table={
            (number[state], letter): (number[following], answer)
            for (state, letter), (following, answer) in machine.table.items()
        },
        illegal=frozenset((number[state], letter) for state, letter in machine.illegal),
    )


def split(rng: random.Random, machine: Machine) -> Machine:
    """Return the same behaviour with one state twice, reached now as one, now as the other."""
    twin, copy = rng.randrange(machine.size), machine.size

    def either(following: int) -> int:
        return copy if following == twin and rng.random() < 0.5 else following

    table = {place: (either(to), answer) for place, (to, answer) in machine.table.items()}
    illegal = set(machine.illegal)
    for letter in letters(machine.inputs):
        to, answer = machine.table[twin, letter]
        table[copy, letter] = either(to), answer
        if (twin, letter) in illegal:
            illegal.add((copy, letter))
    return replace(machine, size=copy + 1, table=table, illegal=frozenset(illegal))


def mutated(rng: random.Random, machine: Machine) -> Machine:
    """Return a machine with one entry changed, in what it answers or in where it goes."""
    place = rng.choice(list(machine.table))
    following, answer = machine.table[place]
    if rng.random() < 0.5 and machine.size > 1:
        following = rng.choice([s for s in range(machine.size) if s != following])
    else:
        number = rng.randrange(len(answer))
        others = [v for v in machine.outputs[number].values if v != answer[number]]
        answer = (*answer[:number], rng.choice(others), *answer[number + 1 :])
    return replace(machine, table={**machine.table, place: (following, answer)})
