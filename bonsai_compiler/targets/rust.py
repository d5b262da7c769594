"""Emit a module in Rust that needs nothing but `core`: a struct with `step`."""

from collections.abc import Mapping

from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import Signals
from bonsai_compiler.targets.about import UNKNOWN, About, commented
from bonsai_compiler.targets.names import RUST, Names, ascii_name
from bonsai_compiler.targets.notation import Notation, Writer
from bonsai_compiler.targets.rendering import rendered
from bonsai_compiler.targets.steps import INPUT, STATE, steps_of


def emit_rust(graph: Graph, about: About = UNKNOWN) -> str:
    """A module in Rust without `std`: a struct Machine with `step`, enums for words."""
    steps = steps_of(graph, "Rust")
    whole = "i32" if steps.largest < 2**31 else "i64"
    ports = graph.input_signals.ports + graph.output_signals.ports
    enums = enums_of(graph)
    given, made, held = Names(RUST), Names(RUST), Names(RUST)
    inputs = {name: given(name) for name in graph.input_signals.names}
    outputs = {name: made(name) for name in graph.output_signals.names}
    states = {state.name: held(state.name) for state in graph.states}
    local = Names(RUST | {"input"})
    called = {f"{STATE}{name}": f"self.{member}" for name, member in states.items()}
    for name, member in inputs.items():
        text = f"input.{member}"
        called[f"{INPUT}{name}"] = f"{text} as {whole}" if name in enums else text
    called |= {name: local(name.partition(".")[2]) for name, _ in steps.locals}
    writer = Writer(
        steps,
        Notation(
            choice="if {} {{ {} }} else {{ {} }}".format,
            least="{}.min({})".format,
            greatest="{}.max({})".format,
            remainder="{}.rem_euclid({})".format,
            table=lambda entries, bools, place: (
                f"[{', '.join(e if bools else f'{e}{whole}' for e in entries)}][({place}) as usize]"
            ),
            methods=True,
            blocks=True,
            number=f"{whole}::from({{}})".format,
        ),
        called,
    )
    body = []
    for name, part in steps.locals:
        kind = "bool" if steps.is_bool(part) else whole
        body.append(f"let {called[name]}: {kind} = {writer.bare(part)};")
    results = []
    for field, part in steps.results:
        name = field.name if isinstance(field, Port) else field
        text = writer.bare(part)
        results.append(f"{outputs[name]}: {_as_enum(field, text, enums)},")
    result = local("output")
    body += [f"let {result} = Output {{", *(f"    {line}" for line in results), "};"]
    if steps.following:
        body.append("*self = Self {")
        body += [f"    {states[name]}: {writer.bare(part)}," for name, part in steps.following]
        body.append("};")
    text = "\n".join(body)
    return rendered(
        "rust.rs.j2",
        about=commented("//", about.lines(graph.name)),
        types=[line for port in ports if port.name in enums for line in _enum(port, enums)],
        input_members=_members(graph.input_signals, inputs, enums, whole),
        output_members=_members(graph.output_signals, outputs, enums, whole),
        state_members=[
            f"{states[state.name]}: {whole if state.levels else 'bool'}," for state in graph.states
        ],
        initial=", ".join(
            f"{states[s.name]}: {str(s.init).lower() if not s.levels else int(s.init)}"
            for s in graph.states
        ),
        input="input" if "input." in text else "_input",
        body=[*body, result],
    )


_TYPES = {"Input", "Output", "Machine", "Default", "Clone", "Copy", "Debug", "PartialEq", "Eq"}


def enums_of(graph: Graph) -> dict[str, str]:
    """Return what the enums of a graph's ports are called, of those whose values are words."""
    types = Names(RUST | _TYPES)
    ports = graph.input_signals.ports + graph.output_signals.ports
    return {port.name: types(_camel(port.name)) for port in ports if port.labels}


def _camel(name: str) -> str:
    """Return a name as Rust writes those of types."""
    return "".join(part.capitalize() for part in ascii_name(name).split("_"))


def variants(port: Port) -> list[str]:
    """Return what the words of a port are called as variants of its enum."""
    fresh = Names(RUST)
    return [fresh(_camel(str(word))) for word in port.seen]


def _enum(port: Port, enums: Mapping[str, str]) -> list[str]:
    return [
        "#[derive(Clone, Copy, Debug, PartialEq, Eq)]",
        f"pub enum {enums[port.name]} {{",
        *(f"    {variant}," for variant in variants(port)),
        "}",
        "",
    ]


def _as_enum(field: Port | str, text: str, enums: Mapping[str, str]) -> str:
    """Return an integer as the word that it stands for."""
    if not isinstance(field, Port) or field.name not in enums:
        return text
    words = [f"{enums[field.name]}::{variant}" for variant in variants(field)]
    return f"[{', '.join(words)}][({text}) as usize]"


def _members(
    signals: Signals, called: Mapping[str, str], enums: Mapping[str, str], whole: str
) -> list[str]:
    lines = []
    for field in signals.fields:
        if not isinstance(field, Port):
            lines.append(f"pub {called[field]}: bool,")
        elif field.name in enums:
            lines.append(f"pub {called[field.name]}: {enums[field.name]},")
        else:
            lines.append(f"/// From {field.low} to {field.high}.")
            lines.append(f"pub {called[field.name]}: {whole},")
    return lines
