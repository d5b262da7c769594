"""Emit C99 as a single header, which C++ and Arduino take too: bools, integers and enums."""

from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.targets.about import UNKNOWN, About, commented
from bonsai_compiler.targets.c_neurons import neuron_parts
from bonsai_compiler.targets.c_types import (
    Fields,
    guard_of,
    integer_type,
    local_names,
    padded,
    prefix_of,
    started,
    used,
)
from bonsai_compiler.targets.names import Names
from bonsai_compiler.targets.notation import Notation, Writer
from bonsai_compiler.targets.rendering import rendered
from bonsai_compiler.targets.steps import INPUT, STATE, Steps, steps_of

_HELPERS = {"min": "a < b ? a : b", "max": "a > b ? a : b", "mod": "a % b < 0 ? a % b + b : a % b"}
"""`mod` is what is left of a division, never below 0."""


def emit_c(graph: Graph, about: About = UNKNOWN) -> str:
    """C99 as a single header: structs, NAME_init and NAME_step; also of neurons, in doubles."""
    prefix, fields = prefix_of(graph.name), Fields(graph)
    parts = (
        logic_parts(graph, fields)
        if graph.dialect is Dialect.LOGIC
        else neuron_parts(graph, fields)
    )
    return rendered(
        "c.h.j2",
        about=commented("//", about.lines(graph.name)),
        guard=guard_of(prefix),
        prefix=prefix,
        **parts,
    )


def logic_parts(graph: Graph, fields: Fields) -> dict[str, object]:
    """Return what the template shows of a graph of logic."""
    steps, prefix = steps_of(graph, "C"), prefix_of(graph.name)
    whole = integer_type(steps.largest)
    local = local_names(prefix)
    tables: list[str] = []
    called = {f"{STATE}{name}": f"state->{member}" for name, member in fields.states.items()}
    for field in graph.input_signals.fields:
        name = field.name if isinstance(field, Port) else field
        text = f"input->{fields.inputs[name]}"
        called[f"{INPUT}{name}"] = f"({whole}){text}" if fields.enums.get(name) else text
    called |= {name: local(name.partition(".")[2]) for name, _ in steps.locals}

    def table(entries: list[str], bools: bool, place: str) -> str:
        name = fields.common(f"{prefix}_table{len(tables)}")
        kind = "bool" if bools else whole
        tables.append(f"static const {kind} {name}[{len(entries)}] = {{{', '.join(entries)}}};")
        return f"{name}[{place}]"

    writer = Writer(
        steps,
        Notation(
            choice="{} ? {} : {}".format,
            least=f"{prefix}_min({{}}, {{}})".format,
            greatest=f"{prefix}_max({{}}, {{}})".format,
            remainder=f"{prefix}_mod({{}}, {{}})".format,
            table=table,
            wide=str if whole == "int" else f"({whole}){{}}".format,
        ),
        called,
    )
    body = [
        f"const {'bool' if steps.is_bool(part) else whole} {called[name]} = {writer.bare(part)};"
        for name, part in steps.locals
    ]
    body += _ended(graph, steps, fields, writer, whole, local)
    helped = [
        f"static inline {whole} {prefix}_{word}({whole} a, {whole} b)\n{{\n    return {text};\n}}"
        for word, text in _HELPERS.items()
        if word in writer.used
    ]
    return {
        "types": fields.types(),
        "needs_math": False,
        "state_members": padded(
            f"{whole if state.levels else 'bool'} {fields.states[state.name]};"
            + (f" /* {state.levels[0]} to {state.levels[-1]} */" if state.levels else "")
            for state in graph.states
        ),
        "input_members": padded(fields.members(graph.input_signals, fields.inputs, whole)),
        "output_members": padded(fields.members(graph.output_signals, fields.outputs, whole)),
        "functions": [*tables, *helped],
        "initial": started(
            f"state->{fields.states[each.name]} = {_literal(each.init)};" for each in graph.states
        ),
        "body": used(body),
    }


def _literal(value: float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(int(value))


def _ended(
    graph: Graph, steps: Steps, fields: Fields, writer: Writer, whole: str, local: Names
) -> list[str]:
    """Return the lines that set the outputs, then the states: all of what they were before."""
    lines = []
    for field, part in steps.results:
        name = field.name if isinstance(field, Port) else field
        text = writer.bare(part)
        if kind := fields.enums.get(name):
            text = f"({kind})({text})"
        lines.append((f"output->{fields.outputs[name]}", text))
    held = {}
    for name, part in steps.following:
        held[name] = local(f"next_{name}")
        kind = whole if not steps.is_bool(part) else "bool"
        lines.append((f"const {kind} {held[name]}", writer.bare(part)))
    lines += [(f"state->{fields.states[name]}", held[name]) for name, _ in steps.following]
    return [f"{target} = {text};" for target, text in lines]
