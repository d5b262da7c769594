"""Is a verdict of the package true? Brute force says."""

from typing import Any

from .brute import Found, Stepped, answered, first_difference, searched
from .case import DisagreementError, expect
from .fields import Fields, letters, values_of


def judged(
    verdict: Any,
    candidate: Stepped,
    specification: Stepped,
    inputs: Fields,
    outputs: Fields,
    horizon: int | None = None,
    limit: int = 3000,
) -> str:
    """Return the kind of a verdict that brute force finds true; DisagreementError for another."""
    found = searched(candidate, specification, letters(inputs), horizon, limit)
    match verdict.kind:
        case "proved":
            expect(found.differing is None, f"proved, but {found.differing} tells them apart")
            expect(verdict.horizon == horizon, f"the verdict's horizon is {verdict.horizon}")
            expect(verdict.counterexample is None, "proved, with a counterexample")
        case "refuted":
            _shown(verdict, candidate, specification, inputs, outputs, horizon, found)
        case "tested":
            expect(not found.closed, "tested, but a small search closes and proves it")
            depth = len(found.differing) if found.differing else None
            claim = verdict.depth or 0
            expect(depth is None or depth > claim, f"right for {claim} ticks, wrong at {depth}")
        case other:
            raise DisagreementError(f"there is no verdict {other!r}")
    return str(verdict.kind)


def _shown(
    verdict: Any,
    candidate: Stepped,
    specification: Stepped,
    inputs: Fields,
    outputs: Fields,
    horizon: int | None,
    found: Found,
) -> None:
    """Check a counterexample: legal, wrong on its last tick, told as it is, shortest if it says."""
    example = verdict.counterexample
    expect(example is not None, "refuted, without a counterexample")
    expect(not found.closed, "refuted, but brute force closes without a difference")
    sequence = tuple(values_of(inputs, bits) for bits in example.inputs)
    first = first_difference(candidate, specification, sequence, horizon)
    expect(first is not None, f"refuted by {sequence}, which tells nothing apart")
    if verdict.shortest:
        known = len(found.differing) if found.differing else found.depth + 1
        expect(first == len(sequence), f"{sequence} is wrong at tick {first} already")
        right = len(sequence) == known if found.differing else len(sequence) >= known
        expect(right, f"{sequence} is not the shortest: {found.differing}")
    left, right_state = candidate.start, specification.start
    rows = zip(sequence, example.outputs, example.expected, strict=True)
    for tick, (letter, told, expected) in enumerate(rows, 1):
        right_state, wanted = specification.step(right_state, letter)
        left, given = answered(candidate, left, letter)
        # Bits that mean no value at all are told as they are, and compared with nothing.
        shown = values_of(outputs, [bool(bit) for bit in expected])
        for place, value in enumerate(wanted):
            bits = _part(outputs, expected, place)
            expect(
                (None in bits) == (value is None) and (value is None or shown[place] == value),
                f"expected {wanted} at tick {tick} of {sequence}, not {expected}",
            )
        if given is None:
            expect(set(told) == {None}, f"the candidate refuses tick {tick}, told {told}")
            break
        answers = values_of(outputs, [bool(bit) for bit in told])
        for place, value in enumerate(given):
            if value is not None and answers[place] is not None:
                expect(answers[place] == value, f"answers {given} at tick {tick}, not {told}")


def _part(outputs: Fields, bits: tuple[bool | None, ...], place: int) -> tuple[bool | None, ...]:
    first = sum(len(field.bits) for field in outputs[:place])
    return bits[first : first + len(outputs[place].bits)]
