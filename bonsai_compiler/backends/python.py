"""Emit a stand-alone Python program that is itself a task file."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bonsai_compiler.backends.program import (
    NOT_JUDGED,
    WIDTH,
    ProgramNames,
    Style,
    commented,
    packed,
)
from bonsai_compiler.backends.python_bodies import legal_body, logic_body, neuron_body
from bonsai_compiler.backends.words import SPACE, literal, literals
from bonsai_compiler.ir.graph import Dialect, Graph, State
from bonsai_compiler.ir.ports import Port, usual_encoding
from bonsai_compiler.ir.signals import Signals
from bonsai_compiler.logic.guard import Guard
from bonsai_compiler.reading.readable import Readable


def emit_python(
    graph: Graph,
    doc: str = "",
    horizon: int | None = None,
    header: Iterable[str] = NOT_JUDGED,
    guard: Guard | None = None,
    style: Style = "readable",
) -> str:
    """A stand-alone Python program, itself a task file, with a generator over the inputs.

    `header` are sentences that it says of itself in comments; a `guard` becomes its `legal`. In the
    `style` "network" each node has a line of its own, in the graph's order and under its name.
    """
    names = ProgramNames(graph)
    if graph.dialect is Dialect.LOGIC:
        lines, definitions = logic_body(graph, names, faithful=style == "network")
    else:
        lines, definitions = neuron_body(graph, names)
    step = _Step(
        names=names,
        start=[_initial(state, graph.dialect) for state in graph.states],
        notes=_notes(graph),
        definitions=definitions,
        legal=legal_body(graph, names, guard) if guard else [],
        body=lines,
    )
    return _emitted(graph, step, doc, horizon, header)


def emit_readable(
    graph: Graph,
    readable: Readable,
    doc: str = "",
    horizon: int | None = None,
    header: Iterable[str] = NOT_JUDGED,
    notes: Iterable[str] = (),
) -> str:
    """Return the program that was found for the machine of a graph, as `emit_python` does.

    `notes` are sentences about what it remembers.
    """
    assert isinstance(readable.naming, ProgramNames)
    step = _Step(
        names=readable.naming,
        start=[
            literal(value) if isinstance(value, str) else repr(value) for value in readable.start
        ],
        notes=[line.removeprefix("# ") for line in commented(notes)],
        definitions=readable.definitions,
        legal=readable.legal,
        body=readable.body,
        memory=readable.memory,
    )
    text = _emitted(graph, step, doc, horizon, header)
    # Loading it takes as long as compiling a small network, and few programs have long lines; how
    # long those of a docstring are, it leaves alone.
    rest = text.removeprefix(_docstring(graph, doc))
    if all(len(line) <= WIDTH for line in rest.splitlines()):
        return text
    import black

    return black.format_str(text, mode=black.Mode(line_length=WIDTH))


@dataclass(frozen=True, slots=True)
class _Step:
    """What a program does on a tick: its names, first values, and lines.

    It may have another name for its `memory` than all else has.
    """

    names: ProgramNames
    start: list[str]
    notes: Sequence[str]
    definitions: list[str]
    legal: list[str]
    body: list[str]
    memory: str = ""


def _emitted(
    graph: Graph, step: _Step, doc: str, horizon: int | None, header: Iterable[str]
) -> str:
    names = step.names
    results = [names.seen(name) for name in graph.output_signals.names]
    call = ", ".join([names.memory, *names.letter])
    text = template().render(
        docstring=_docstring(graph, doc),
        header=commented(header),
        inputs=_fields(graph.input_signals),
        outputs=_fields(graph.output_signals),
        encoding=_encoding(graph),
        start=packed(step.start),
        horizon=horizon,
        notes=step.notes,
        definitions=step.definitions,
        legal=step.legal,
        parameters=", ".join([step.memory or names.memory, *names.letter]),
        body=step.body,
        function=names.function,
        stream=names.stream,
        memory=names.memory,
        letter=", ".join(names.loop),
        results=packed(results),
        yielded=", ".join(results),
        call=call,
        yields=_kinds(graph.output_signals.fields, ("a bool", "an int", "a word"), "a tuple of"),
        takes=_kinds(graph.input_signals.fields, SEVERAL, "tuples of")
        if names.letter
        else "anything",
    )
    return text.rstrip("\n").replace(SPACE, " ") + "\n"


def _docstring(graph: Graph, doc: str) -> str:
    return quoted(doc or f"{graph.name}, compiled from a trained network.")


def quoted(doc: str) -> str:
    """Return a docstring literal that reads back as `doc`, on as many lines."""
    if not all(character.isprintable() or character == "\n" for character in doc):
        return repr(doc)
    text = doc.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if doc.endswith('"') and not doc.endswith('"""'):
        text = text[:-1] + '\\"'
    return f'"""{text}\n"""' if "\n" in text else f'"""{text}"""'


@cache
def template() -> Template:
    """Return the template of a program, ready to be filled in."""
    environment = Environment(
        loader=PackageLoader("bonsai_compiler", "backends"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    return environment.get_template("program.py.j2")


def _initial(state: State, dialect: Dialect) -> str:
    """Return a state's first value: among neurons always a float, and never -0.0."""
    return repr(state.init if dialect is Dialect.LOGIC else float(state.init) + 0.0)


def _notes(graph: Graph) -> list[str]:
    return [
        f"{state.name} is one of {state.levels[0]} to {state.levels[-1]}."
        for state in graph.states
        if state.levels and graph.dialect is Dialect.LOGIC
    ]


def _fields(signals: Signals) -> str:
    """Return the inputs or outputs as a task file writes them."""
    if not signals.ports:
        text = ", ".join(f'"{name}"' for name in signals.names)
        return f"({text},)" if len(signals.names) == 1 else f"({text})"
    text = ", ".join(map(_field, signals.fields))
    if len(text) + len("outputs = {}") <= WIDTH:
        return f"{{{text}}}"
    lines = textwrap.wrap(text, WIDTH - 4, break_long_words=False, break_on_hyphens=False)
    return "\n    ".join(["{", *lines]) + "\n}"


def _field(field: Port | str) -> str:
    if not isinstance(field, Port):
        return f'"{field}": bool'
    if field.labels:
        return f'"{field.name}": {literals(field.labels)}'
    return f'"{field.name}": {field.values}'.replace("range(0, ", "range(")


def _encoding(graph: Graph) -> str:
    """Return how a task file says which ports have another encoding than the default."""
    items = (
        f'"{port.name}": "{port.encoding}"'
        for port in graph.input_signals.ports + graph.output_signals.ports
        if port.encoding != usual_encoding(port.labels)
    )
    text = ", ".join(items)
    return f"{{{text}}}" if text else ""


SEVERAL = ("bools", "ints", "words")


def _kinds(fields: Sequence[Port | str], one: Sequence[str], several: str) -> str:
    """Return what the values of some fields are; `one` says what a bool, an int and a word is."""
    kinds = [0 if not isinstance(field, Port) else 2 if field.labels else 1 for field in fields]
    if len(kinds) == 1:
        return one[kinds[0]]
    return f"{several} {SEVERAL[kinds[0]] if len(set(kinds)) == 1 else 'values'}"
