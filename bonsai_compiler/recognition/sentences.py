"""What a machine does, in sentences: what it remembers, when that changes, what each output is.

Nothing is said but what components and claims on outputs hold, which were checked on the table.
"""

from collections.abc import Callable, Mapping, Sequence

from bonsai_compiler.ir.expression import Constant, Expression, Name, Operation, arguments, negated
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.recognition.component import Case, Component, Role, Structure
from bonsai_compiler.recognition.english import Words, counted, listed
from bonsai_compiler.recognition.outputs import OutputClaim, output_claims
from bonsai_compiler.recognition.updates import HOLD


def sentences(structure: Structure, held_by: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return a paragraph each on the states, on each component, and on each output.

    `held_by` names the states of a network that hold a component, where that is known.
    """
    words = _words(structure, {})
    paragraphs = [_opening(structure)]
    for part in structure.components:
        told = _TOLD[part.role](part, words)
        if part.start:
            told += f" It starts at {part.start}."
        if held := held_by.get(part.name, ()):
            verb = "holds" if len(held) == 1 else "hold"
            told += f" In the network, {listed(held, 'and')} {verb} it."
        paragraphs.append(told)
    claims = output_claims(structure)
    paragraphs += [_output(claim, structure) for _, claim in claims if claim is not None]
    if unknown := [name for name, claim in claims if claim is None]:
        verb = "is" if len(unknown) == 1 else "are"
        paragraphs.append(f"What {listed(unknown, 'and')} {verb} was not recognised.")
    quoted = "`".join(part for text in paragraphs for part in text.split("`")[1::2])
    if any(port.labels and port.name in quoted for port in structure.machine.ports):
        paragraphs.append("In what is quoted, a word counts as its place, the first as 0.")
    return tuple(paragraphs)


def _words(structure: Structure, called: Mapping[str, str]) -> Words:
    labels = {port.name: port.labels for port in structure.machine.ports if port.labels}
    return Words(_tops(structure), called, labels)


def _tops(structure: Structure) -> dict[str, int]:
    """Return the highest value of each input and component; of ports those that count from 0."""
    fields = structure.machine.input_signals.fields
    tops = {field: 1 for field in fields if isinstance(field, str)}
    tops |= {field.name: 1 + field.high for field in fields if isinstance(field, Port)}
    # A port, of whichever values, is no bit.
    return tops | {part.name: part.track.top for part in structure.components}


def _opening(structure: Structure) -> str:
    size, parts = structure.machine.size, structure.components
    if size == 1:
        return "It remembers nothing: what comes out depends on the inputs of the same tick alone."
    if not parts:
        return f"It has {counted(size)} states, and no structure was recognised in them."
    if structure.complete:
        return f"All that it remembers is {_titled(parts)}."
    return (
        f"It has {counted(size)} states. Part of what they remember was recognised, which is "
        f"{_titled(parts)}; the rest was not."
    )


def _titled(parts: Sequence[Component]) -> str:
    """Return what components are called, and of which values each is one."""
    numbers = [
        f"{part.name}, a number from 0 to {part.track.top}" for part in parts if part.size > 2
    ]
    bits = [part.name for part in parts if part.size == 2]
    if bits:
        kind = "a bit" if len(bits) == 1 else f"{counted(len(bits))} bits"
        numbers.append(f"{kind}, {listed(bits, 'and')}")
    return "; and ".join(numbers)


def _counter(part: Component, words: Words) -> str:
    name, top, back = part.name, part.track.top, part.track.back or 0
    again = f"after {top} comes {back} again"
    adds = {case.update.amount for case in part.cases if case.update.kind == "add"}
    only_adds = all(case.update.kind == "add" for case in part.cases)
    if only_adds and adds == {1}:
        return f"{name} goes one further on every tick, and {again}."
    if only_adds and adds == {0, 1}:
        when = next(case.when for case in part.cases if case.update.amount == 1)
        return f"{name} counts the ticks on which {words.condition(when)}, and {again}."
    if only_adds and part.track.back is None and part.amount and _is_plain_sum(part.amount):
        return (
            f"{name} is the sum of {words.value(part.amount)} over all ticks, modulo {part.size}."
        )
    if part.track.back is not None and max(adds, default=0) > 1:
        return f"{_deeds(part, words)} What would be more than {top} is {back}."
    before = f", and before 0 comes {top}" if min(adds, default=0) < 0 else ""
    return f"{_deeds(part, words)} A{again[1:]}{before}."


def _is_plain_sum(amount: Expression) -> bool:
    match amount:
        case Name():
            return True
        case Operation("+", (left, right)):
            return _is_plain_sum(left) and _is_plain_sum(right)
    return False


def _level(part: Component, words: Words) -> str:
    bounds = ("below 0", "max("), (f"above {part.track.top}", "min(")
    held = [end for end, bound in bounds if bound in part.following.text]
    ends = f" It never goes {listed(held, 'or')}." if held else ""
    stays = f" Once it is {part.track.top}, it is so for ever." if part.track.stays else ""
    return f"{_deeds(part, words)}{ends}{stays}"


def _deeds(part: Component, words: Words) -> str:
    """Return what is done to a value, and when."""
    told = [case for case in part.cases if case.update != HOLD]
    if not told:
        return f"{part.name} becomes `{part.following}`."
    said = [_deed(case, part, words) for case in told]
    if len(told) < len(part.cases):
        said.append("otherwise stays as it is")
    return f"{part.name} {', '.join(said[:-1])}{', and ' if len(said) > 1 else ''}{said[-1]}."


def _deed(case: Case, part: Component, words: Words) -> str:
    amount, bit = case.update.amount, part.size == 2
    match case.update.kind:
        case "add":
            way = "up" if amount > 0 else "down"
            deed = "is turned over" if bit else f"goes {way} by {counted(abs(amount))}"
        case "set":
            deed = f"becomes {bool(amount) if bit else amount}"
        case "raise":
            deed = f"becomes at least {amount}"
        case "lower":
            deed = f"becomes at most {amount}"
    when = "on every tick" if case.when == Constant(True) else f"when {words.condition(case.when)}"
    return f"{deed} {when}"


def _becomes(part: Component, words: Words) -> str:
    """Return what a value becomes: case by case where it is a choice."""
    own, said, tree = Name(part.name), [], part.following
    while isinstance(tree, Operation) and tree.operator == "if":
        test, yes, no = tree.operands
        if no == own or (isinstance(yes, Operation) and not isinstance(no, Operation)):
            test, yes, no = negated(test), no, yes
        deed = "stays as it is" if yes == own else f"becomes {words.value(yes)}"
        said.append(f"{deed} when {words.condition(test)}")
        tree = no
    said.append("stays as it is" if tree == own else f"becomes {words.value(tree)}")
    return f"{part.name} {', else '.join(said)}."


def _remainder(part: Component, words: Words) -> str:
    adds = {case.update.amount for case in part.cases}
    if not isinstance(part.amount, Name) or part.track.factor != 2 or adds != {0, 1}:
        return _becomes(part, words)
    return (
        f"{part.name} is what is left when the number whose binary digits have come in as "
        f"{part.amount}, the highest first, is divided by {part.size}."
    )


def _greatest(part: Component, words: Words) -> str:
    return _extreme(part, words, "largest")


def _least(part: Component, words: Words) -> str:
    return _extreme(part, words, "smallest")


def _extreme(part: Component, words: Words, which: str) -> str:
    if part.amount is None:
        return _becomes(part, words)
    return f"{part.name} is the {which} {words.value(part.amount)} so far."


def _stored(part: Component, words: Words) -> str:
    held = [case.when for case in part.cases if case.update == HOLD]
    if held and part.amount is not None and part.size > 2 and isinstance(part.amount, Name):
        return (
            f"{part.name} becomes {words.value(part.amount)}, but stays as it is when "
            f"{words.condition(held[0])}."
        )
    return _deeds(part, words)


def _previous(part: Component, words: Words) -> str:
    ago = "on the tick before" if part.age < 2 else f"{counted(part.age)} ticks ago"
    match part.amount:
        case None:
            return _deeds(part, words)
        case Name(name):
            return f"{part.name} is what {name} was {ago}."
        case _ if part.size == 2:
            return f"{part.name} tells of the tick {ago[3:] if part.age < 2 else ago}" + (
                f" whether {words.condition(part.amount)}."
            )
    return f"{part.name} is what `{part.amount}` was {ago}."


def _parity(part: Component, words: Words) -> str:
    when = next(case.when for case in part.cases if case.update != HOLD)
    if isinstance(when, Constant):
        return f"{part.name} is turned over on every tick."
    told = words.condition(when)
    return f"{part.name} tells whether there was an odd number of ticks on which {told}."


def _latch(part: Component, words: Words) -> str:
    when = next(case.when for case in part.cases if case.update != HOLD)
    if isinstance(when, Constant):
        return f"{part.name} is False on the first tick, and True ever after."
    return f"{part.name} becomes True when {words.condition(when)}, and stays so for ever."


def _end(part: Component, words: Words) -> str:
    (case,) = part.cases
    when = words.condition(case.when)
    return f"{part.name} becomes True when {when}. Then nothing changes any more: all else is 0."


def _carry(part: Component, words: Words) -> str:
    return f"{part.name} becomes True when {words.condition(part.following)}, and else False."


_TOLD: dict[Role, Callable[[Component, Words], str]] = {
    "counter": _counter,
    "level": _level,
    "remainder": _remainder,
    "greatest": _greatest,
    "least": _least,
    "stored": _stored,
    "previous": _previous,
    "register": _becomes,
    "parity": _parity,
    "latch": _latch,
    "carry": _carry,
    "end": _end,
    "bit": _deeds,
}


def _output(claim: OutputClaim, structure: Structure) -> str:
    read = {name for case in claim.cases for name in arguments(case.expression)} | {claim.by}
    states = [part.name for part in structure.components if part.name in read]
    called = {state: f"the new {state}" for state in states} if claim.after else {}
    words = _words(structure, called)
    if claim.by:
        by = called.get(claim.by, claim.by)
        said = [
            f"{words.value(case.expression, claim.name)} {'while' if not place else 'for'} "
            f"{f'{by} is ' if not place else ''}{listed(list(map(str, case.values)), 'or')}"
            for place, case in enumerate(claim.cases)
        ]
        return f"{claim.name} is {', '.join(said[:-1])}, and {said[-1]}."
    tree = claim.cases[0].expression
    match tree:
        case Constant():
            return f"{claim.name} is always {words.value(tree, claim.name)}."
        case Name():
            return f"{claim.name} is {words.value(tree)}."
    is_bit = claim.name in structure.machine.outputs
    if is_bit and not states and (gate := words.gate(tree)):
        return f"{claim.name} is {gate}."
    told = words.condition(tree) if is_bit and words.is_condition(tree) else "`"
    if "`" not in told or not (claim.after and states):
        return f"{claim.name} is " + (f"`{tree}`." if told == "`" else f"True when {told}.")
    plural = len(states) > 1
    note = f"{listed(states, 'and')} {'are' if plural else 'is'} the new one{'s' * plural}"
    return f"{claim.name} is `{tree}`, where {note}."
