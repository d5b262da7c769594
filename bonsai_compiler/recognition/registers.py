"""Bits that take over what other bits or the inputs are: shift registers and register files."""

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.expression import Name
from bonsai_compiler.recognition.component import Component
from bonsai_compiler.recognition.letters import OPEN, over
from bonsai_compiler.recognition.small import Small
from bonsai_compiler.recognition.updates import Track

Numbers = npt.NDArray[np.int64]

MOST_BITS = 6
"""How many registers are told at most."""

MOST_READ = 30
"""How much there may be to read in what becomes of all registers, for each of them."""


def previous_inputs(small: Small) -> list[Component]:
    """Return what the inputs were on the last ticks, where the states are that and nothing else.

    The youngest comes first; none where states are anything else.
    """
    actions = small.actions
    count, states = actions.shape
    if count < 2 or (actions < 0).any():
        return []
    depth = 0
    while count**depth < states:
        depth += 1
    if count**depth != states or depth < 2:
        return []
    # Words of `depth` actions, the oldest first, each of which has to lead to a state of its own.
    reached = np.arange(states)[None, :]
    for _ in range(depth):
        reached = np.concatenate([actions[action][reached] for action in range(count)])
        reached = reached.reshape(count, -1, states).swapaxes(0, 1).reshape(-1, states)
    if (reached != reached[:, :1]).any() or len(set(reached[:, 0].tolist())) != states:
        return []
    word = np.empty(states, dtype=np.int64)
    word[reached[:, 0]] = np.arange(states)
    kind = small.letters.expression(small.which, count)
    components: list[Component] = []
    for age in range(1, depth + 1):
        values = word // count ** (age - 1) % count
        read = kind if age == 1 else Name(f"previous{age - 1}")
        components.append(
            Component(
                f"previous{age}", "previous", values, Track(count), read, amount=kind, age=age
            )
        )
    return components


def registers(small: Small, told: Numbers) -> list[Component]:
    """Return bits of the states each of which a letter holds, sets, clears, or copies from another.

    They are those that the outputs tell: `told` (bits, states) are what they are under some
    letter, and before it others. None where there are more than MOST_BITS, where they are not
    independent, or do not tell all states apart.
    """
    actions = small.actions
    if (actions < 0).any():
        return []
    found = _closed(actions, told)
    if (
        not found
        or len({tuple(row) for row in np.stack(found, axis=1).tolist()}) < actions.shape[1]
    ):
        return []
    if 2 ** len(found) != actions.shape[1]:
        return []
    bits = [bit.astype(np.int64) for bit in found]
    names = tuple((f"register{place}", 2) for place in range(len(bits)))
    columns = tuple(bit[:, None] for bit in bits)
    components = []
    for (name, _), bit in zip(names, bits, strict=True):
        labels = np.where(small.which == OPEN, OPEN, bit[actions[small.which]].T)
        following = over(names, columns, small.letters, labels, 2)
        assert following is not None, "the bits tell all states apart"
        components.append(Component(name, "register", bit, Track(2, round=True), following))
    if sum(component.following.cost for component in components) > MOST_READ * len(components):
        return []
    return components


def _closed(actions: Numbers, told: Numbers) -> list[npt.NDArray[np.bool_]]:
    """Return the bits that are told, and all that they were a letter before; none if too many.

    A bit and its contrary are one, and what never changes is none.
    """
    bits: dict[bytes, npt.NDArray[np.bool_]] = {}
    left = [row > 0 for row in told]
    while left:
        bit = left.pop(0)
        bit = bit ^ bit[0]
        if not bit.any() or bit.tobytes() in bits:
            continue
        bits[bit.tobytes()] = bit
        if len(bits) > MOST_BITS:
            return []
        left += [bit[action] for action in actions]
    return list(bits.values())
