"""Networks of neurons in C without floats: whole numbers that decide as the interpreter does."""

import re
from collections.abc import Sequence

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Dialect, Graph, Neuron, Node, Product
from bonsai_compiler.targets.about import UNKNOWN, About, commented
from bonsai_compiler.targets.c_neurons import bit_tests, output_line
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
from bonsai_compiler.targets.rendering import rendered
from bonsai_compiler.targets.whole_numbers import (
    NEXT,
    NUMBER,
    OUTPUT,
    Stairs,
    WholeNetwork,
    whole_network,
)

MOST_COMPARED = 4
"""Of more steps than this, stairs are a table."""

_LOCAL = re.compile(r"(?<!->)\b\w+")
"""A word that may name a local: no member."""

_LOOKUP = """\
/* The value beside the first of some ends that a sum does not exceed, or else the last value. */
static inline {kind} {name}({kind} sum, const {kind} *ends, const {kind} *values, int count)
{{
    int place = 0;
    while (place < count && sum > ends[place]) {{
        place++;
    }}
    return values[place];
}}"""


def emit_c_integers(graph: Graph, about: About = UNKNOWN) -> str:
    """C99 of a network of neurons in integers alone, for processors without floats."""
    if graph.dialect is not Dialect.NEURONS:
        raise BonsaiError(
            f"{graph.name} is a graph of logic, which --to c writes in integers as it is; "
            "c-integers takes one of neurons, such as those in a result's steps"
        )
    return _Writer(whole_network(graph)).text(about)


class _Writer:
    """Writes one network: tables and helpers are noted while expressions are written."""

    def __init__(self, network: WholeNetwork) -> None:
        self._network, self._graph = network, network.graph
        self._prefix, self._fields = prefix_of(self._graph.name), Fields(self._graph)
        self._kind = integer_type(network.largest)
        self._lookup = self._fields.common(f"{self._prefix}_lookup")
        self._local = local_names(self._prefix)
        self._tables: list[str] = []
        self._locals: list[tuple[str, str]] = []

    def text(self, about: About) -> str:
        """Return the header."""
        fields, graph, prefix = self._fields, self._graph, self._prefix
        body = self._body()
        lookup = [_LOOKUP.format(kind=self._kind, name=self._lookup)] if self._tables else []
        return rendered(
            "c.h.j2",
            about=commented("//", [*about.lines(graph.name), "", *self._meaning()]),
            guard=guard_of(prefix),
            prefix=prefix,
            types=fields.types(),
            needs_math=False,
            state_members=padded(
                f"{self._kind} {fields.states[each.name]};" for each in graph.states
            ),
            input_members=padded(fields.members(graph.input_signals, fields.inputs, fields.whole)),
            output_members=padded(
                fields.members(graph.output_signals, fields.outputs, fields.whole)
            ),
            functions=[*lookup, *self._tables],
            initial=started(
                f"state->{fields.states[name]} = {value};"
                for name, value in self._network.initial.items()
            ),
            body=body,
        )

    def _meaning(self) -> list[str]:
        """Return what the numbers mean, and how large they come."""
        unit = f"1/{1 << self._network.fraction}" if self._network.fraction else "1"
        return [
            f"States, and what neurons put out, are in units of {unit}. Whatever the inputs, no",
            f"number on the way is larger than {self._network.largest:,} in size.",
        ]

    def _body(self) -> list[str]:
        """Return the lines of a tick."""
        graph, fields = self._graph, self._fields
        one = 1 << self._network.fraction
        # Where each node is before anything is read off it, and what other nodes read.
        places = {each.name: f"state->{fields.states[each.name]}" for each in graph.states}
        for field in graph.input_signals.fields:
            for bit, test in bit_tests(field, fields).items():
                places[bit] = self._noted(bit, f"{test} ? {one} : -{one}")
        numbers = dict(places)
        for node in graph.computed:
            places[node.name] = self._noted(f"{node.name}_sum", self._summed(node, numbers))
            numbers[node.name] = places[node.name]
            stairs = self._network.stairs.get((NUMBER, node.name))
            if stairs:
                text = self._climbed(stairs, places[node.name], node.name)
                numbers[node.name] = self._noted(node.name, text)
        truths = {
            each.name: self._truth(
                self._network.stairs[OUTPUT, each.name], places[each.source], each.name
            )
            for each in graph.outputs
        }
        ends = [output_line(field, fields, truths) for field in graph.output_signals.fields]
        held = []
        for state in graph.states:
            stairs, place = self._network.stairs.get((NEXT, state.name)), places[state.next]
            text = self._climbed(stairs, place, state.name) if stairs else place
            held.append(
                (f"state->{fields.states[state.name]}", self._local(f"next_{state.name}"), text)
            )
        ends += [f"const {self._kind} {name} = {text};" for _, name, text in held]
        ends += [f"{target} = {name};" for target, name, _ in held]
        return self._used(ends)

    def _noted(self, wished: str, text: str) -> str:
        """Return the name of a new local number."""
        name = self._local(wished)
        self._locals.append((name, text))
        return name

    def _used(self, ends: Sequence[str]) -> list[str]:
        """Return some lines behind all locals that they read, and arguments that nothing does."""
        lines = list(ends)
        read = set(_LOCAL.findall(" ".join(ends)))
        for name, text in reversed(self._locals):
            if name in read:
                lines.insert(0, f"const {self._kind} {name} = {text};")
                read.update(_LOCAL.findall(text))
        return used(lines)

    def _summed(self, node: Node, numbers: dict[str, str]) -> str:
        if isinstance(node, Product):
            return f"{numbers[node.left]} * {numbers[node.right]}"
        assert isinstance(node, Neuron)
        written = self._network.sums[node.name]
        parts = [_times(weight, numbers[source]) for weight, source in written.weights]
        parts += [str(written.bias)] if written.bias or not parts else []
        return " + ".join(parts).replace(" + -", " - ")

    def _climbed(self, stairs: Stairs, place: str, wished: str) -> str:
        """Return what stairs lead to from a place."""
        if len(stairs.ends) <= MOST_COMPARED:
            steps = zip(stairs.ends, stairs.values, strict=False)
            below = "".join(f"{place} <= {end} ? {value} : " for end, value in steps)
            return f"{below}{stairs.values[-1]}"
        ends, values = (
            self._table(f"{wished}_{word}", getattr(stairs, word)) for word in ("ends", "values")
        )
        return f"{self._lookup}({place}, {ends}, {values}, {len(stairs.ends)})"

    def _table(self, wished: str, entries: Sequence[int]) -> str:
        name = self._fields.common(f"{self._prefix}_{wished}")
        listed = ", ".join(map(str, entries))
        self._tables.append(f"static const {self._kind} {name}[{len(entries)}] = {{{listed}}};")
        return name

    def _truth(self, stairs: Stairs, place: str, wished: str) -> str:
        """Return when an output is set."""
        if len(stairs.ends) > MOST_COMPARED:
            return f"{self._climbed(stairs, place, wished)} != 0"
        starts = [f"{place} > {end}" for end in stairs.ends]
        ends = [f"{place} <= {end}" for end in stairs.ends]
        if not stairs.ends:
            return "true" if stairs.values[0] else "false"
        # True and false take turns.
        pieces = zip(["", *starts], [*ends, ""], stairs.values, strict=True)
        both = [" && ".join(filter(None, (low, high))) for low, high, value in pieces if value]
        return " || ".join(f"({each})" if len(both) > 1 and "&&" in each else each for each in both)


def _times(weight: int, name: str) -> str:
    """Return a product as it is read most easily."""
    return {1: name, -1: f"-{name}"}.get(weight, f"{weight} * {name}")
