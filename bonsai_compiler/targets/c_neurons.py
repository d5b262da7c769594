"""Networks of neurons in C: doubles, each sum in the interpreter's order, bit for bit as it is.

The compiler must not fuse a product with a sum: `-std=c99`, or `-ffp-contract=off`, sees to that.
"""

from collections.abc import Mapping
from math import inf

from bonsai_compiler.ir.activation import Activation, ameo_pieces
from bonsai_compiler.ir.activation import padded as padded_pieces
from bonsai_compiler.ir.expression import Name
from bonsai_compiler.ir.graph import Graph, Neuron, Product, State, reads
from bonsai_compiler.ir.integers import conditions
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.targets.c_types import Fields, local_names, padded, prefix_of, started, used

_PLAIN = {
    "relu": "x <= 0.0 ? 0.0 : x",
    "sigmoid": "0.5 * tanh(0.5 * x) + 0.5",
    "step": "x > 0.0 ? 1.0 : 0.0",
    "tanh": "tanh(x)",
}

_NEAREST = """\
/* The level nearest to a value, the lower of two equally near; of NaN the lowest. */
static inline double {name}(double value, const double *levels, int count)
{{
    int place = 0;
    while (place + 1 < count && value > levels[place] / 2 + levels[place + 1] / 2) {{
        place++;
    }}
    return levels[place];
}}"""


def neuron_parts(graph: Graph, fields: Fields) -> dict[str, object]:
    """Return what the template of C shows of a graph of neurons."""
    prefix = prefix_of(graph.name)
    called = {name: fields.common(f"{prefix}_{name}") for name, _ in graph.activations}
    functions = [_function(called[name], activation) for name, activation in graph.activations]
    local = local_names(prefix)
    names = {state.name: f"state->{fields.states[state.name]}" for state in graph.states}
    body, needed = [], _needed(graph)
    for field in graph.input_signals.fields:
        for bit, test in bit_tests(field, fields).items():
            names[bit] = local(bit)
            if bit in needed:
                body.append(f"const double {names[bit]} = {test} ? 1.0 : -1.0;")
    for node in graph.computed:
        if node.name not in needed:
            continue
        names[node.name] = local(node.name)
        assert isinstance(node, Neuron | Product)
        body.append(f"const double {names[node.name]} = {_written(node, names, called)};")
    truths = {output.name: f"{names[output.source]} > 0.0" for output in graph.outputs}
    for field in graph.output_signals.fields:
        body.append(output_line(field, fields, truths))
    nearest = fields.common(f"{prefix}_nearest")
    held = []
    for state in graph.states:
        text = names[state.next]
        if state.levels:
            table = fields.common(f"{prefix}_levels")
            listed = ", ".join(map(_number, state.levels))
            functions.append(f"static const double {table}[{len(state.levels)}] = {{{listed}}};")
            text = f"{nearest}({text}, {table}, {len(state.levels)})"
        held.append((names[state.name], local(f"next_{state.name}"), text))
    if any(state.levels for state in graph.states):
        functions.append(_NEAREST.format(name=nearest))
    body += [f"const double {name} = {text};" for _, name, text in held]
    body += [f"{target} = {name};" for target, name, _ in held]
    return {
        "types": fields.types(),
        "needs_math": any(item.kind in ("tanh", "sigmoid") for _, item in graph.activations),
        "state_members": padded(f"double {fields.states[each.name]};" for each in graph.states),
        "input_members": padded(fields.members(graph.input_signals, fields.inputs, fields.whole)),
        "output_members": padded(
            fields.members(graph.output_signals, fields.outputs, fields.whole)
        ),
        "functions": functions,
        "initial": started(_started(each, fields) for each in graph.states),
        "body": used(body),
    }


def _needed(graph: Graph) -> set[str]:
    """Return the nodes on which a next state or an output rests."""
    needed = {state.next for state in graph.states} | {node.source for node in graph.outputs}
    for node in reversed(graph.computed):
        if node.name in needed:
            needed.update(reads(node))
    return needed


def _number(value: float) -> str:
    """Return a number as C reads it back to the last bit."""
    return repr(float(value) + 0.0)


def _started(state: State, fields: Fields) -> str:
    return f"state->{fields.states[state.name]} = {_number(state.init)};"


def bit_tests(field: Port | str, fields: Fields) -> dict[str, str]:
    """Return when each bit of an input is set."""
    if isinstance(field, str):
        return {field: f"input->{fields.inputs[field]}"}
    # The conditions of a port are sums and comparisons of one integer, which C writes as we do.
    whole = Name(f"({fields.whole})input->{fields.inputs[field.name]}")
    tests = zip(field.bits, conditions(field, whole), strict=True)
    return {bit: f"({test})" for bit, test in tests}


def _written(node: Neuron | Product, names: dict[str, str], called: dict[str, str]) -> str:
    if isinstance(node, Product):
        return f"{names[node.left]} * {names[node.right]}"
    parts = [f"{_number(term.weight)} * {names[term.source]}" for term in node.terms]
    total = " + ".join([*parts, _number(node.bias)]).replace(" + -", " - ")
    return total if node.activation == "linear" else f"{called[node.activation]}({total})"


def _function(name: str, activation: Activation) -> str:
    """Return an activation; a polynomial piece by piece, with its highest power first."""
    if activation.kind == "ameo":
        lines = []
        for piece in padded_pieces(ameo_pieces(activation.factor, activation.leak)):
            offset = f"(x - {_number(piece.centre)})"
            *lower, value = map(_number, piece.coefficients)
            for power in reversed(lower):
                value = f"({value}) * {offset} + {power}"
            lines.append(
                f"return {value};"
                if piece.end == inf
                else f"if (!(x > {piece.end!r})) return {value};"
            )
    else:
        lines = [f"return {_PLAIN.get(activation.kind, 'x')};"]
    inner = "\n".join(f"    {line}" for line in lines)
    return f"static inline double {name}(double x)\n{{\n{inner}\n}}"


def output_line(field: Port | str, fields: Fields, truths: Mapping[str, str]) -> str:
    """Return the line that sets an output; `truths` say when each bit is set."""
    if isinstance(field, str):
        return f"output->{fields.outputs[field]} = {truths[field]};"
    total = _counted(field, [f"({truths[bit]})" for bit in field.bits])
    kind = fields.enums.get(field.name)
    text = f"({kind})({total})" if kind else total
    return f"output->{fields.outputs[field.name]} = {text};"


def _counted(port: Port, truths: list[str]) -> str:
    """Return the value of a port, of whether its bits are set, as `ir.integers.reading` does."""
    match port.encoding:
        case "one-hot":
            total = str(port.high)
            for step, truth in reversed(list(enumerate(truths[:-1]))):
                total = f"{truth} ? {port.low + step} : ({total})"
            return total
        case "thermometer":
            total = " + ".join(truths)
        case "binary":
            sizes = [1 << number for number in port.numbers]
            total = " + ".join(f"({t} ? {n} : 0)" for t, n in zip(truths, sizes, strict=True))
            top = port.high - port.low
            if top < sum(sizes):
                total = f"({total}) > {top} ? {top} : ({total})"
    return f"({total}) + {port.low}" if port.low else total
