"""What C calls the fields of a graph, and the types of those that are integers or words."""

from collections.abc import Iterable, Mapping, Sequence

from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import Signals
from bonsai_compiler.targets.names import C, Names, ascii_name

_TAKEN = ("state", "input", "output", "init", "step", "min", "max", "mod")
"""What the names of functions and types in each header end with."""


def prefix_of(name: str) -> str:
    """Return what the names of all types, functions and tables begin with."""
    return ascii_name(name)


def guard_of(prefix: str) -> str:
    """Return the macro that says that a header is there already."""
    return f"{prefix.upper()}_H"


def local_names(prefix: str) -> Names:
    """Return what hands out the names of locals, none of which hides a type or a function."""
    return Names(C | {"state", "input", "output"}, apart=prefix)


class Fields:
    """The members of the structs, and the enums of ports whose values are words.

    `common` hands out names of types, functions and tables.
    """

    def __init__(self, graph: Graph) -> None:
        self._prefix = prefix_of(graph.name)
        self._ports = graph.input_signals.ports + graph.output_signals.ports
        self.common = Names(C | {f"{self._prefix}_{word}" for word in _TAKEN})
        self.enums = {
            port.name: self.common(f"{self._prefix}_{port.name}")
            for port in self._ports
            if port.labels
        }
        state, given, made = (
            Names(C | {guard_of(self._prefix), *self.enums.values()}) for _ in range(3)
        )
        self.states = {each.name: state(each.name) for each in graph.states}
        self.inputs = {name: given(name) for name in graph.input_signals.names}
        self.outputs = {name: made(name) for name in graph.output_signals.names}

    @property
    def whole(self) -> str:
        """The type that holds the values of all ports."""
        ends = (abs(end) for port in self._ports for end in (port.low, port.high))
        return integer_type(max(ends, default=0))

    def types(self) -> list[str]:
        """Return the enums: the values of words, and the bounds of integers."""
        lines = []
        for port in self._ports:
            stem = f"{self._prefix}_{port.name}".upper()
            if kind := self.enums.get(port.name):
                names = [self.common(f"{stem}_{word}".upper()) for word in port.seen]
                lines.append(f"typedef enum {{ {', '.join(names)} }} {kind};")
            else:
                first, last = self.common(f"{stem}_FIRST"), self.common(f"{stem}_LAST")
                lines.append(f"enum {{ {first} = {port.low}, {last} = {port.high} }};")
        return ["", *lines] if lines else []

    def members(self, signals: Signals, called: Mapping[str, str], whole: str) -> list[str]:
        """Return the members of the struct of the inputs or the outputs."""
        lines = []
        for field in signals.fields:
            if not isinstance(field, Port):
                lines.append(f"bool {called[field]};")
            elif kind := self.enums.get(field.name):
                lines.append(f"{kind} {called[field.name]};")
            else:
                lines.append(f"{whole} {called[field.name]}; /* {field.low} to {field.high} */")
        return lines


def padded(members: Iterable[str]) -> list[str]:
    """Return the members of a struct; C knows none without."""
    return [*members] or ["char nothing;"]


def integer_type(largest: int) -> str:
    """Return the type of integers that all lie within a bound: `int` has 16 bits in places."""
    return "int" if largest < 2**15 else "int32_t" if largest < 2**31 else "int64_t"


def started(lines: Iterable[str]) -> list[str]:
    """Return the lines of NAME_init, whose argument is used even where there is no state."""
    return [*lines] or ["(void)state;"]


def used(body: Sequence[str]) -> list[str]:
    """Return the lines of NAME_step, all of whose arguments are used."""
    text = "\n".join(body)
    return [*(f"(void){name};" for name in ("state", "input") if f"{name}->" not in text), *body]
