"""What the nodes of a finite graph are written over: levels, and the integers of its ports."""

from collections.abc import Iterable

from bonsai_compiler.ir.expression import Expression, Name, readable, shifted, substituted
from bonsai_compiler.ir.graph import Graph, Input, Logic, State
from bonsai_compiler.ir.integers import reading
from bonsai_compiler.ir.interpreter import Bools, Floats
from bonsai_compiler.logic.levels import Labels, Levels, observe
from bonsai_compiler.logic.synthesis import synthesise


class LoweringContext:
    """The levels of a graph of neurons over the pairs of `states` (n, states), `bits` (n, inputs).

    Instead of the bits of an input port with more than two values its integer is read, in a node
    called like the port.
    """

    def __init__(self, graph: Graph, states: Floats, bits: Bools) -> None:
        self.levels: Levels = observe(graph, states, bits)
        self._ports = {
            port.name: port for port in graph.input_signals.ports if len(port.values) > 2
        }
        self._integers = {bit: port.name for port in self._ports.values() for bit in port.bits}
        sources = [node.name for node in graph.nodes if isinstance(node, State | Input)]
        self.varying = self._read(name for name in sources if self.levels.count(name) > 1)
        for port in self._ports.values():
            place = graph.input_signals.bits.index(port.bits[0])
            steps = port.steps(bits[:, place : place + len(port.bits)])
            self.levels = self.levels.with_integer(port.name, steps, port)

    def reader(self, bit: str) -> Logic | None:
        """Return the node that reads a port, if `bit` is the last of its bits."""
        port = self._ports.get(self._integers.get(bit, ""))
        if port is None or port.bits[-1] != bit:
            return None
        return Logic(port.name, reading(port, port.bits))

    def expression(self, sources: Iterable[str], result: Labels, count: int) -> Expression:
        """Return an expression over what the sources say for one of `count` levels."""
        names = self._read(sources)
        arguments = tuple((name, self.levels.count(name)) for name in names)
        columns = [self.levels.labels[name].tolist() for name in names]
        keys = zip(*columns, strict=True) if columns else [()] * len(result)
        table = dict(zip(keys, result.tolist(), strict=True))
        found = synthesise(arguments, table, count)
        return readable(substituted(found, {name: self._level(name) for name in names}))

    def _read(self, sources: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._integers.get(name, name) for name in sources))

    def _level(self, name: str) -> Expression:
        port = self._ports.get(name)
        return shifted(Name(name), -port.low if port else 0)
