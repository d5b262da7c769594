"""Names for components: what each of them does, in a word or two."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bonsai_compiler.ir.expression import Expression, Name, Operation, arguments, substituted
from bonsai_compiler.ir.names import RESERVED, Fresh
from bonsai_compiler.recognition.component import Case, Component, Structure
from bonsai_compiler.recognition.letters import Letters
from bonsai_compiler.recognition.updates import HOLD


def named(components: Sequence[Component], letters: Letters) -> tuple[Component, ...]:
    """Return components with names that say what they do, each its own, and none an input's."""
    inputs = [name for name, _ in letters.counts]
    fresh = Fresh({*RESERVED, *inputs, *letters.signals.bits}, ())
    wanted = [_wanted(component) for component in components]
    # Several that would be called alike are numbered.
    for place, component in enumerate(components):
        if component.role == "parity" and (subject := _subject(component, "add")):
            wanted[place] = f"parity_{subject}" if len(components) > 1 else "parity"
    numbered = [
        f"{name}_{wanted[: place + 1].count(name)}" if wanted.count(name) > 1 else name
        for place, name in enumerate(wanted)
    ]
    own = [fresh.wanted(name) for name in numbered]
    others = {component.name: Name(name) for component, name in zip(components, own, strict=True)}
    return tuple(
        _renamed(component, name, {**others, component.name: Name(name)})
        for component, name in zip(components, own, strict=True)
    )


def called(structure: Structure, names: Mapping[str, str]) -> Structure:
    """Return a structure whose components have other names, none an input's or given twice."""
    known = {part.name: Name(names.get(part.name, part.name)) for part in structure.components}
    parts = (_renamed(part, known[part.name].text, known) for part in structure.components)
    return replace(structure, components=tuple(parts))


def _renamed(component: Component, name: str, known: Mapping[str, Expression]) -> Component:
    return replace(
        component,
        name=name,
        following=substituted(component.following, known),
        cases=tuple(Case(case.update, substituted(case.when, known)) for case in component.cases),
        amount=component.amount and substituted(component.amount, known),
        until=known[component.until].text if component.until else "",
    )


def _wanted(component: Component) -> str:
    source = component.amount.text if isinstance(component.amount, Name) else ""
    if component.role == "stored" and any(
        case.update == HOLD and source in arguments(case.when) for case in component.cases
    ):
        source = ""
    match component.role:
        case "counter":
            return "total" if source and _wide(component) else "count"
        case "level":
            if not _falls(component):
                return "count"
            if all(
                case.update.amount <= 0 for case in component.cases if case.update.kind == "add"
            ):
                return "countdown"
            return "depth" if component.start == 0 else "level"
        case "remainder":
            return "remainder"
        case "greatest":
            return f"largest_{source}" if source else "largest"
        case "least":
            return f"smallest_{source}" if source else "smallest"
        case "previous":
            if component.age > 1:
                return f"{source or 'it'}_{component.age}_ago"
            return f"previous_{source}" if source else "previous"
        case "stored":
            return f"stored_{source}" if source else "stored"
        case "register":
            return "register"
        case "carry":
            return "carry"
        case "parity":
            return "parity"
        case "end":
            return "ended"
        case "latch":
            subject = _subject(component, "set")
            return f"seen_{subject}" if subject else "seen"
        case "bit":
            return "flag"


def _wide(component: Component) -> bool:
    return any(case.update.amount > 1 for case in component.cases) or not component.cases


def _falls(component: Component) -> bool:
    return any(case.update.kind == "add" and case.update.amount < 0 for case in component.cases)


def _subject(component: Component, kind: str) -> str:
    """Return the one input that turns or sets a bit; `not_x` where it does so when False."""
    for case in component.cases:
        if case.update.kind == kind and case.update.amount:
            match case.when:
                case Name(name):
                    return name
                case Operation("not", (Name(name),)):
                    return f"not_{name}"
    return ""
