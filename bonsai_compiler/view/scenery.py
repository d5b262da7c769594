"""What is drawn: one drawing of all stages of a graph, and one of a machine."""

from collections.abc import Iterator, Sequence

from bonsai_compiler.differences.walk import Stage
from bonsai_compiler.ir import Graph, Input, Node, Output, State, reads
from bonsai_compiler.portraits.portrait import Closed
from bonsai_compiler.portraits.words import joint_word, letter_word, output_word, state_title
from bonsai_compiler.view.drawing import Box, Curve, Drawing, placed

LONGEST = 14
"""How many letters of a name stand in its node; the whole name is told beside the graph."""

LETTER = 7.4
"""How wide a letter is, in pixels."""

_KINDS: dict[type[Node], str] = {Input: "input", State: "state", Output: "output"}


def draw_stages(stages: Sequence[Stage]) -> Drawing:
    """Return one drawing of every node and edge that any stage has, so that none ever moves.

    What the last stage of neurons and the stages after it have is the core: it stands together.
    """
    nodes: dict[str, Box] = {}
    edges: dict[tuple[str, str, str], Curve] = {}
    last = len(stages) - 1
    dialect = {place: stage.graph.dialect for place, stage in enumerate(stages)}
    before_logic = max(
        (place for place in dialect if dialect[place] is not dialect[last]), default=last
    )
    for place in reversed(range(len(stages))):
        for node in stages[place].graph.nodes:
            if node.name not in nodes:
                nodes[node.name] = _box(node, place >= before_logic)
        for key in edges_of(stages[place].graph):
            edges.setdefault(key, Curve(*key))
    # The start's order, which is that of evaluation, reads from left to right.
    named = [node.name for stage in stages[:1] for node in stage.graph.nodes]
    order = {name: place for place, name in enumerate(named)}
    boxes = sorted(nodes.values(), key=lambda box: order.get(box.key, len(order)))
    # The more nodes stand beside each other, the more room the edges between their rows need.
    settings = f"nodesep=0.45; ranksep={0.5 + len(boxes) / 120:.2f};"
    return placed(boxes, list(edges.values()), settings, "next")


def edges_of(graph: Graph) -> Iterator[tuple[str, str, str]]:
    """Yield every edge as (source, target, kind); a kind is term, next or output."""
    for node in graph.nodes:
        if isinstance(node, State):
            yield node.next, node.name, "next"
        else:
            kind = "output" if isinstance(node, Output) else "term"
            for source in reads(node):
                yield source, node.name, kind


def draw_machine(found: Closed) -> Drawing:
    """Return the state diagram: a round box for each state, an arrow for all letters alike."""
    machine = found.machine
    boxes, curves = [], []
    for state, members in enumerate(found.meaning.members):
        first, more = joint_word(members[0]), len(members) - 1
        note = shortened(f"{first} +{more}" if more else first)
        width = max(44.0, LETTER * len(note) + 14)
        boxes.append(Box(str(state), "machine", (state_title(state), note), width, 44.0))
        ways: dict[int, dict[str, list[str]]] = {}
        for letter in machine.legal[state].nonzero()[0].tolist():
            following = int(machine.successor[state, letter])
            if following >= 0:
                words = ways.setdefault(following, {})
                words.setdefault(output_word(machine, state, letter), []).append(
                    letter_word(machine, letter)
                )
        for following, words in ways.items():
            lines = [line for output, letters in words.items() for line in _way(letters, output)]
            curves.append(Curve(str(state), str(following), "way", tuple(lines)))
    settings = 'nodesep=0.5; ranksep=0.45; edge [fontname="Courier", fontsize=11];'
    return placed(boxes, curves, settings, "")


MOST_LETTERS = 4
"""How many letters that lead the same way are listed; the count of the others follows."""


def _way(letters: Sequence[str], output: str) -> list[str]:
    """Return the label of an arrow for these letters; without inputs, the output alone."""
    if not any(letters):
        return [f"/ {output}"]
    listed = ", ".join(letters[:MOST_LETTERS])
    more = len(letters) - MOST_LETTERS
    return [f"{listed}{f' +{more}' if more > 0 else ''} / {output}"]


def _box(node: Node, core: bool) -> Box:
    kind = _KINDS.get(type(node), "neuron")
    text = shortened(node.name)
    width = max(50.0, LETTER * len(text) + 16)
    if kind == "state":
        width = max(54.0, width)
    return Box(
        node.name, kind, (text,), width, {"state": 54.0, "neuron": 50.0}.get(kind, 46.0), core
    )


def shortened(name: str) -> str:
    """Return as much of a name as a node has room for."""
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
