"""Emit a stand-alone Python program that is itself a task file."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bonsai_compiler.backends.program import ProgramNames, assigned, packed, returned, unpacked
from bonsai_compiler.backends.python_neurons import neuron_body
from bonsai_compiler.expression import arguments
from bonsai_compiler.ir import Dialect, Graph
from bonsai_compiler.logic.domains import next_expression, output_expression, value_domains
from bonsai_compiler.logic.rewriting import substitute


def emit_python(graph: Graph, doc: str = "", horizon: int | None = None) -> str:
    """A stand-alone Python program, itself a task file, with a generator over the inputs."""
    names = ProgramNames(graph)
    body = _logic_body if graph.dialect is Dialect.LOGIC else neuron_body
    lines, definitions = body(graph, names)
    inputs = [names.local[node.name] for node in graph.inputs]
    results = [names.local[node.name] for node in graph.outputs]
    call = ", ".join([names.memory, *inputs])
    text = _template().render(
        docstring=quoted(doc or f"{graph.name}, compiled from a trained network."),
        inputs=_tuple([repr(node.name) for node in graph.inputs], '"'),
        outputs=_tuple([repr(node.name) for node in graph.outputs], '"'),
        start=packed([repr(state.init) for state in graph.states]),
        horizon=horizon,
        notes=_notes(graph),
        definitions=definitions,
        parameters=call,
        body=lines,
        function=names.function,
        stream=names.stream,
        memory=names.memory,
        letter=", ".join(inputs) or "_",
        results=packed(results),
        yielded=", ".join(results),
        call=call,
        yields="a bool" if len(results) == 1 else "a tuple of bools",
        takes=("anything", "bools")[len(inputs)] if len(inputs) < 2 else "tuples of bools",
    )
    return text.rstrip("\n") + "\n"


def quoted(doc: str) -> str:
    """Return a docstring literal that reads back as `doc`, on as many lines."""
    if not all(character.isprintable() or character == "\n" for character in doc):
        return repr(doc)
    text = doc.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if doc.endswith('"') and not doc.endswith('"""'):
        text = text[:-1] + '\\"'
    return f'"""{text}\n"""' if "\n" in text else f'"""{text}"""'


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("bonsai_compiler", "backends"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    return environment.get_template("program.py.j2")


def _logic_body(graph: Graph, names: ProgramNames) -> tuple[list[str], list[str]]:
    """Return the lines of `step` for a graph of logic; it needs no definitions."""
    logic = {node.name: node.expression for node in graph.logic}
    # What is an output is called by the task's name for it.
    for output in reversed(graph.outputs):
        if output.source in logic:
            names.local[output.source] = names.of(output.name)
    read = {source for text in logic.values() for source in arguments(text)}
    read |= {output.source for output in graph.outputs}
    following = [state.next for state in graph.states]
    inline = {
        name: text
        for name, text in logic.items()
        if name not in read and following.count(name) == 1
    }
    lines = unpacked(graph, names)
    for name, text in logic.items():
        if name not in inline:
            lines += assigned(names.of(name), substitute(text, names.local))
    domains = value_domains(graph)
    results = [
        substitute(output_expression(output.source, domains), names.local)
        for output in graph.outputs
    ]
    ends = [
        substitute(next_expression(state, inline.get(state.next, state.next), domains), names.local)
        for state in graph.states
    ]
    return lines + returned(graph, names, ends, results), []


def _notes(graph: Graph) -> list[str]:
    return [
        f"{state.name} is one of {state.levels[0]} to {state.levels[-1]}."
        for state in graph.states
        if state.levels and graph.dialect is Dialect.LOGIC
    ]


def _tuple(items: list[str], quote: str) -> str:
    text = ", ".join(items).replace("'", quote)
    return f"({text},)" if len(items) == 1 else f"({text})"
