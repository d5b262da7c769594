"""What outputs are, over the inputs and over what was recognised: in one piece, or case by case."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bonsai_compiler.equivalence.system import FAULT
from bonsai_compiler.ir.expression import Expression, UnreadableError, shifted
from bonsai_compiler.ir.interpreter import evaluate
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.recognition.component import Structure, columns_of
from bonsai_compiler.recognition.letters import OPEN, Letters, over
from bonsai_compiler.specification.machine import Machine

Numbers = npt.NDArray[np.int64]

MOST_CASES = 8
"""How many values a component may have for outputs to be told value by value."""

SHORT = 6
"""What is no longer to read is told in one piece, even where each of several cases is simple."""


@dataclass(frozen=True, slots=True)
class OutputCase:
    """What an output is while a component has one of these values."""

    values: tuple[int, ...]
    expression: Expression


@dataclass(frozen=True, slots=True)
class OutputClaim:
    """What an output is: one expression, or one for each value of the component `by`.

    An expression reads inputs and components by their names: the values after the tick where
    `after`, else those before. A port's is its value.
    """

    name: str
    cases: tuple[OutputCase, ...]
    by: str = ""
    after: bool = False

    @property
    def cost(self) -> int:
        """How much there is to read."""
        return sum(case.expression.cost for case in self.cases) + len(self.cases) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """An output of a machine: one of `count` values from `low`, and which in each situation.

    `labels` (states, letters) count from `low`, and are OPEN where it does not matter.
    """

    name: str
    labels: Numbers
    count: int
    low: int = 0


def output_claims(structure: Structure) -> tuple[tuple[str, OutputClaim | None], ...]:
    """Return each output's name, and what it is; None where what was recognised does not tell.

    Outputs that do not matter in some situations may be anything there.
    """
    claims: list[tuple[str, OutputClaim | None]] = []
    for name, wanted in wanted_outputs(structure.machine):
        found = _claims(wanted, structure) if wanted else []
        best = min(found, key=_preference) if found else None
        if best and wanted and not claim_holds(best, wanted, structure):
            raise AssertionError(f"{name} is not what it is said to be")
        claims.append((name, best))
    return tuple(claims)


def claim_holds(claim: OutputClaim, wanted: Wanted, structure: Structure) -> bool:
    """Return whether an output is what is claimed of it, in every situation where it matters."""
    machine = structure.machine
    letters = Letters.of(machine.input_signals)
    states, ways = np.nonzero(wanted.labels != OPEN)
    told = wanted.labels[states, ways] + wanted.low
    at = machine.successor[states, ways].astype(np.int64) if claim.after else states
    read = {
        **{name: column[ways] for name, column in letters.columns().items()},
        **columns_of(structure.components, at),
    }
    seen = np.zeros(len(states), dtype=bool)
    for case in claim.cases:
        own = np.ones(len(states), dtype=bool)
        if claim.by:
            (part,) = [part for part in structure.components if part.name == claim.by]
            own = np.isin(part.values[at], case.values)
        value = np.broadcast_to(evaluate(case.expression, read), told.shape).astype(np.int64)
        if (value != told)[own].any():
            return False
        seen |= own
    return bool(seen.all())


def _preference(claim: OutputClaim) -> tuple[int, bool]:
    whole = len(claim.cases) == 1
    return claim.cost if whole and claim.cost <= SHORT else claim.cost + 2 * whole, claim.after


def wanted_outputs(machine: Machine) -> Iterator[tuple[str, Wanted | None]]:
    """Yield each output's name, and what it is; None where it fails, or its bits are no value."""
    place = 0
    for field in machine.output_signals.fields:
        width = len(field.numbers) if isinstance(field, Port) else 1
        codes = machine.output[:, :, place : place + width]
        place += width
        asked = machine.legal & (codes != 0).all(axis=2)
        bits = codes == 1
        if isinstance(field, Port):
            labels = field.steps(bits.reshape(-1, width)).reshape(asked.shape)
            found = Wanted(field.name, np.where(asked, labels, OPEN), len(field.values), field.low)
        else:
            labels = bits[:, :, 0].astype(np.int64)
            found = Wanted(field, np.where(asked, labels, OPEN), 2)
        fails = (codes[asked] == FAULT).any() or (labels[asked] < 0).any()
        yield found.name, None if fails else found


def _claims(wanted: Wanted, structure: Structure) -> list[OutputClaim]:
    found = []
    # Where nothing is said of what follows, there are no new values to tell an output by.
    told = ((structure.machine.successor >= 0) | (wanted.labels == OPEN)).all()
    every = tuple(range(len(structure.components)))
    for after in (False, True)[: 1 + bool(told)]:
        columns = _columns(structure, after)
        try:
            whole = _expression(every, columns, wanted, structure)
            if whole is not None:
                found.append(OutputClaim(wanted.name, (OutputCase((), whole),), after=after))
            for place, component in enumerate(structure.components):
                if component.size <= MOST_CASES:
                    cases = _by_value(place, columns, wanted, structure)
                    if len(cases) > 1:
                        found.append(OutputClaim(wanted.name, cases, component.name, after))
        except UnreadableError:
            continue
    return found


def _columns(structure: Structure, after: bool) -> tuple[Numbers, ...]:
    """Return the values of the components, (states, 1), or after each letter, (states, letters)."""
    machine = structure.machine
    following = np.where(machine.legal, machine.successor, 0)
    return tuple(
        part.values[following] if after else part.values[:, None] for part in structure.components
    )


def _expression(
    places: Sequence[int], columns: Sequence[Numbers], wanted: Wanted, structure: Structure
) -> Expression | None:
    """Return an output over some of the components, and the inputs; None if these do not tell."""
    parts = [structure.components[at] for at in places]
    names = tuple((part.name, part.size) for part in parts)
    letters = Letters.of(structure.machine.input_signals)
    told = tuple(columns[at] for at in places)
    found = over(names, told, letters, wanted.labels, wanted.count)
    return found and shifted(found, wanted.low)


def _by_value(
    place: int, columns: tuple[Numbers, ...], wanted: Wanted, structure: Structure
) -> tuple[OutputCase, ...]:
    """Return what an output is for each value of one component; nothing where that is not told."""
    rest = [at for at in range(len(columns)) if at != place]
    cases: dict[Expression, list[int]] = {}
    own = np.broadcast_to(columns[place], wanted.labels.shape)
    for value in range(structure.components[place].size):
        held = replace(wanted, labels=np.where(own == value, wanted.labels, OPEN))
        if (held.labels == OPEN).all():
            continue
        told = _expression(rest, columns, held, structure)
        if told is None:
            return ()
        cases.setdefault(told, []).append(value)
    return tuple(OutputCase(tuple(values), told) for told, values in cases.items())
