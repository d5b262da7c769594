"""Emit a stand-alone Python program that is itself a task file."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bonsai_compiler.backends.program import ProgramNames, assigned, packed, returned, unpacked
from bonsai_compiler.backends.python_neurons import neuron_body
from bonsai_compiler.expression import arguments, substitute
from bonsai_compiler.ir import Dialect, Graph
from bonsai_compiler.text import number


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
        start=packed([number(state.init) for state in graph.states]),
        horizon=horizon,
        notes=_notes(graph),
        definitions=definitions,
        parameters=call,
        body=lines,
        function=names.function,
        stream=names.stream,
        memory=names.memory,
        letter=", ".join(inputs) or "_",
        result=", ".join(results),
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
    if text.endswith('"'):
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
    expressions = {node.name: substitute(node.expression, names.local) for node in graph.logic}
    ends = [*(state.next for state in graph.states), *(node.source for node in graph.outputs)]
    read = {source for node in graph.logic for source in arguments(node.expression)}
    once = {name for name in expressions if name not in read and ends.count(name) == 1}
    lines = unpacked(graph, names)
    lines += [
        line
        for node in graph.logic
        if node.name not in once
        for line in assigned(names.of(node.name), expressions[node.name])
    ]
    results = []
    for output in graph.outputs:
        source = output.source
        if source in once:
            lines += assigned(names.of(output.name), expressions[source])
            results.append(names.of(output.name))
        else:
            results.append(names.of(source))
    following = [
        expressions[state.next] if state.next in once else names.of(state.next)
        for state in graph.states
    ]
    return lines + returned(graph, names, following, results), []


def _notes(graph: Graph) -> list[str]:
    return [
        f"{state.name} is one of {state.levels[0]} to {state.levels[-1]}."
        for state in graph.states
        if state.levels and graph.dialect is Dialect.LOGIC
    ]


def _tuple(items: list[str], quote: str) -> str:
    text = ", ".join(items).replace("'", quote)
    return f"({text},)" if len(items) == 1 else f"({text})"
