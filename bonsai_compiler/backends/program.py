"""The parts that every emitted program has: names, comments, and the lines around its `step`."""

import textwrap
from collections.abc import Iterable, Sequence
from typing import Literal, get_args

from bonsai_compiler import __version__
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.names import RESERVED, Fresh, function_name

WIDTH = 100
BUILTINS = ("all", "any", "float", "int", "len", "list", "max", "min", "sorted", "sum", "zip")
"""What emitted programs call; nothing of the task's may hide it."""


class ProgramNames:
    """What the program calls everything that has a name: one source, so that no two are alike.

    A port or a node has its own name, unless Python or the program needs that; a node that is
    called like a port leaves the name to the port. `letter` is what comes in on a tick. A program
    with another code than the graph's names what is `held`, not nodes, and all of it `memory`.
    """

    def __init__(
        self, graph: Graph, held: Sequence[str] | None = None, memory: str = "state"
    ) -> None:
        self.function = function_name(graph.name)
        self.stream = "inputs"
        ends = [node.name for node in graph.inputs] + [node.name for node in graph.outputs]
        nodes = [node.name for node in graph.nodes] if held is None else ends
        ports = [port.name for port in graph.ports]
        self.fresh = Fresh({*RESERVED, *BUILTINS, self.function}, {*nodes, *ports})
        self.ports = {name: self.fresh.wanted(name) for name in ports}
        self.local = {name: self.fresh.wanted(name) for name in nodes}
        # A state that is called as an input is leaves the name to that.
        self._held = {name: self.fresh(name) for name in held or ()}
        states = [state.name for state in graph.states] if held is None else held
        self.memory = self.of(states[0]) if len(states) == 1 else self.fresh(memory)
        self.letter = tuple(map(self.seen, graph.input_signals.names))
        # The loop needs a name even where nothing comes in: not one that something else has.
        self.loop = self.letter or (self.fresh("_"),)

    def of(self, name: str) -> str:
        """Return what the program calls the node `name`, or what is held by that name."""
        return self._held.get(name) or self.local[name]

    def seen(self, name: str) -> str:
        """Return what the program calls what a user sees as `name`: a port, or a bit of no port."""
        return self.ports.get(name) or self.local[name]


def unpacked(graph: Graph, names: ProgramNames) -> list[str]:
    """Return the line that gives each of several states its name."""
    states = [names.of(state.name) for state in graph.states]
    return [f"{', '.join(states)} = {names.memory}"] if len(states) > 1 else []


def assigned(name: str, text: str) -> list[str]:
    """Return the lines `name = text`, none longer than WIDTH."""
    line = f"{name} = {text}"
    if len(line) + 4 <= WIDTH:
        return [line]
    wrapped = textwrap.wrap(text, WIDTH - 8, break_long_words=False, break_on_hyphens=False)
    return [f"{name} = (", *(f"    {part}" for part in wrapped), ")"]


def returned(
    graph: Graph, names: ProgramNames, following: list[str], results: list[str]
) -> list[str]:
    """Return the lines that end `step` with the next states and the results."""
    line = f"return {packed(following)}, {packed(results)}"
    if len(line) + 4 <= WIDTH:
        return [line]
    lines, short = [], []
    for state, text in zip(graph.states, following, strict=True):
        if text.isidentifier():
            short.append(text)
        else:
            short.append(names.fresh(f"next_{names.of(state.name)}"))
            lines += assigned(short[-1], text)
    return [*lines, *assigned_return(packed(short), packed(results))]


def assigned_return(following: str, results: str) -> list[str]:
    """Return the closing line, over several lines where it is too long for one."""
    line = f"return {following}, {results}"
    if len(line) + 4 <= WIDTH:
        return [line]
    text = f"{following}, {results}"
    wrapped = textwrap.wrap(text, WIDTH - 8, break_long_words=False, break_on_hyphens=False)
    return ["return (", *(f"    {part}" for part in wrapped), ")"]


def packed(items: list[str]) -> str:
    """Return one item bare, and several as a tuple."""
    return items[0] if len(items) == 1 else f"({', '.join(items)})"


Style = Literal["readable", "network"]
"""As short as it comes, or with a line for each neuron, in the network's order and names."""

STYLES: tuple[Style, ...] = get_args(Style)

NOT_JUDGED = (
    f"NOT JUDGED: written by bonsaic {__version__} from a graph; 'bonsaic check' says whether it "
    "does what a task wants.",
)
"""What is said of a graph as it stands, of which nobody knows whether it is right."""


def commented(sentences: Iterable[str]) -> list[str]:
    """Return sentences as comment lines, none longer than WIDTH; nothing can break out of them."""
    return [
        f"# {line}"
        for sentence in sentences
        for line in textwrap.wrap(
            _printable(sentence), WIDTH - 2, subsequent_indent="  ", break_on_hyphens=False
        )
    ]


def _printable(text: str) -> str:
    """Return a text on one line, in which anything that is no letter or sign is an escape."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in " ".join(text.split())
    )
