"""Components of two values: parities, latches, carries, and what was stored."""

import numpy as np

from bonsai_compiler.ir.expression import OPPOSITES, Constant, Expression, Operation, arguments
from bonsai_compiler.recognition.component import Case, Component, Role
from bonsai_compiler.recognition.letters import OPEN, over
from bonsai_compiler.recognition.small import VALUE, Small
from bonsai_compiler.recognition.updates import HOLD, Track, Update

TURN = Update("add", 1)


def bit(small: Small) -> Component:
    """Return a component of two values; the start is False."""
    place = np.array([0, 1])
    following = over(((VALUE, 2),), (place[:, None],), small.letters, small.by_letter, 2)
    assert following is not None, "two values tell two states apart"
    updates = [_update(tuple(row)) for row in small.actions.tolist()]
    told = set(updates)
    role: Role = "bit"
    if told <= {HOLD, TURN}:
        role = "parity"
    elif told <= {HOLD, Update("set", 1)}:
        role = "latch"
    elif _is_carry(following):
        role = "carry"
    elif not told & {HOLD, TURN}:
        role = "previous"
    elif TURN not in told:
        role = "stored"
    cases = tuple(
        Case(update, small.condition(own == update for own in updates))
        for update in sorted(dict.fromkeys(updates), key=lambda update: update == HOLD)
    )
    amount = None
    if role in ("previous", "stored"):
        sets = [own.amount if own.kind == "set" else OPEN for own in updates]
        amount = small.letters.expression(small.labels(sets), 2)
    return Component(VALUE, role, place, Track(2, round=True), following, cases, amount)


def _is_carry(following: Expression) -> bool:
    """Return whether a bit asks how much a sum is that it is itself a part of."""
    match following:
        case Operation(sign, (Operation("+") as total, Constant())) if sign in OPPOSITES:
            return VALUE in arguments(total)
    return False


def _update(row: tuple[int, ...]) -> Update:
    """Return what an action does to a bit; where it cannot come at both, what is least."""
    for update, wanted in (
        (HOLD, (0, 1)),
        (Update("set", 1), (1, 1)),
        (Update("set", 0), (0, 0)),
        (TURN, (1, 0)),
    ):
        if all(to in (-1, want) for to, want in zip(row, wanted, strict=True)):
            return update
    raise AssertionError(row)
