"""From a minimal machine to its structure: the components that its states are made of.

Everything that is claimed was held against the whole table of the machine.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from math import prod

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.expression import Name, UnreadableError, joined, substituted
from bonsai_compiler.recognition.component import Case, Component, Structure, holds
from bonsai_compiler.recognition.counting import recognised
from bonsai_compiler.recognition.letters import OPEN, Letters, over
from bonsai_compiler.recognition.naming import named
from bonsai_compiler.recognition.partitions import (
    Partition,
    meet,
    quotient_actions,
    respected_partitions,
    size,
)
from bonsai_compiler.recognition.registers import previous_inputs, registers
from bonsai_compiler.recognition.small import VALUE, Small
from bonsai_compiler.recognition.updates import Track, Update
from bonsai_compiler.specification.machine import Machine

Numbers = npt.NDArray[np.int64]

MOST_STATES, MOST_LETTERS = 256, 256
"""The largest machine that is looked at."""

END = "end"
"""What the bit is called that says that nothing changes any more, before it gets its name."""

MOST_COMPONENTS = 3
"""How many components that run side by side are looked for."""

MOST_CANDIDATES = 40
"""Of how many partitions the smaller machine is looked at, the coarse first."""


def structure_of(machine: Machine) -> Structure:
    """Return what is recognised in a minimal machine; its start is state 0.

    The components are named, and every claim holds in every state for every legal letter. A
    machine of more than MOST_STATES states or MOST_LETTERS letters is not looked at, nor one of a
    single state.
    """
    states, letters = machine.successor.shape
    if not 1 < states <= MOST_STATES or letters > MOST_LETTERS:
        return Structure(machine, ())
    small = _small(machine)
    try:
        found = _components(machine, small)
    except UnreadableError:
        return Structure(machine, ())
    components = named(found, small.letters)
    for component in components:
        if not holds(component, components, machine):
            raise AssertionError(f"{component.name} of {machine.outputs} is not what it is said")
    return Structure(machine, components)


def _small(machine: Machine) -> Small:
    """Return the machine without its outputs, each of its different columns one action."""
    columns = np.where(machine.legal, machine.successor, -1).T.astype(np.int64)
    comes = (columns >= 0).any(axis=1)
    distinct, which = np.unique(columns, axis=0, return_inverse=True)
    which = np.where(comes, which.reshape(-1), OPEN)
    used = np.unique(which[which != OPEN])
    renumbered = np.full(len(distinct), OPEN)
    renumbered[used] = np.arange(len(used))
    which = np.where(which == OPEN, OPEN, renumbered[which])
    return Small(distinct[used], which, Letters.of(machine.input_signals))


def _components(machine: Machine, small: Small) -> Sequence[Component]:
    single = recognised(small)
    shifted = previous_inputs(small)
    if shifted and (single is None or _cost(shifted) < single.following.cost):
        return shifted
    if single is not None:
        return [single]
    parts = _parts(small)
    ways = [_side_by_side(parts, machine.size), registers(small, _told(machine))]
    whole = min(filter(None, ways), key=_cost, default=[])
    return whole or _until_the_end(small) or _partly(parts)


def _until_the_end(small: Small) -> list[Component]:
    """Return what there is to remember until a state that is never left, and when that comes."""
    states = small.actions.shape[1]
    stays = ((small.actions == np.arange(states)) | (small.actions < 0)).all(axis=0)
    ends = [state for state in np.flatnonzero(stays).tolist() if state]
    if len(ends) != 1 or states < 3:
        return []
    others = np.array([state for state in range(states) if state != ends[0]])
    places = np.full(states + 1, OPEN)
    places[others] = np.arange(states - 1)
    # Where the end comes next, nothing is asked of the rest; the last place is that of -1.
    before = replace(small, actions=places[small.actions[:, others]])
    single = recognised(before)
    found = [single] if single else _side_by_side(_parts(before), states - 1)
    if not found:
        return []
    numbered = [_called(component, f"{VALUE}{place}") for place, component in enumerate(found)]
    names = tuple((component.name, component.size) for component in numbered)
    columns = tuple(component.values[:, None] for component in numbered)
    reached = small.by_letter[others]
    labels = np.where(reached == OPEN, OPEN, reached == ends[0]).astype(np.int64)
    when = over(names, columns, small.letters, labels, 2)
    assert when is not None, "the components tell all states apart"
    ended = Component(
        END,
        "end",
        (np.arange(states) == ends[0]).astype(np.int64),
        Track(2),
        joined("or", [Name(END), when]),
        (Case(Update("set", 1), when),),
    )
    return [*(_spread(component, others, states) for component in numbered), ended]


def _called(component: Component, name: str) -> Component:
    """Return a component by another name."""
    following = substituted(component.following, {component.name: Name(name)})
    return replace(component, name=name, following=following)


def _spread(component: Component, others: Numbers, states: int) -> Component:
    """Return a component of all states, given that of all but the end."""
    values = np.zeros(states, dtype=np.int64)
    values[others] = component.values
    return replace(component, values=values, until=END)


def _parts(small: Small) -> list[tuple[Partition, Component]]:
    """Return the parts of a machine that are recognised by themselves."""
    return [
        (partition, component)
        for partition in respected_partitions(small.actions)[:MOST_CANDIDATES]
        if (component := _of(partition, small)) is not None
    ]


def _of(partition: Partition, small: Small) -> Component | None:
    """Return what the blocks of a partition are, as a component of the whole machine."""
    blocks = quotient_actions(small.actions, partition)
    smaller, members = np.unique(blocks, axis=0, return_inverse=True)
    found = recognised(Small(smaller, small.labels(members.reshape(-1)), small.letters))
    return found and replace(found, values=found.values[np.array(partition)])


def _side_by_side(parts: Sequence[tuple[Partition, Component]], states: int) -> list[Component]:
    """Return the components that tell all states apart, as little to read as may be."""
    best: list[Component] = []
    for count in range(2, MOST_COMPONENTS + 1):
        for chosen in combinations(parts, count):
            if prod(size(partition) for partition, _ in chosen) < states:
                continue
            if size(meet(partition for partition, _ in chosen)) == states:
                components = [component for _, component in chosen]
                if not best or _cost(components) < _cost(best):
                    best = components
        if best:
            break
    return best


def _cost(components: Sequence[Component]) -> int:
    return sum(component.following.cost for component in components)


def _partly(parts: Sequence[tuple[Partition, Component]]) -> list[Component]:
    """Return components that tell something, where they do not tell everything."""
    chosen: list[tuple[Partition, Component]] = []
    for partition, component in sorted(parts, key=lambda part: -size(part[0])):
        before = size(meet(own for own, _ in chosen)) if chosen else 1
        if size(meet([partition, *(own for own, _ in chosen)])) > before:
            chosen.append((partition, component))
    return [component for _, component in chosen[:MOST_COMPONENTS]]


def _told(machine: Machine) -> Numbers:
    """Return the outputs that each letter leads to, (bits, states), where none is open."""
    columns = machine.output.transpose(1, 2, 0).reshape(-1, machine.size)
    return np.unique(columns[(columns != 0).all(axis=1)], axis=0).astype(np.int64)
