"""Draw a graph for Graphviz in the article's visual language, as text or as an SVG.

Squares are neurons, circles are states; a dashed edge acts when the tick changes. Weights label
their edges, red where positive and blue where negative, wider where larger.
"""

import textwrap
from typing import Any

from bonsai_compiler.backends.graphviz import TITLE_WIDTH, digraph, edge, node, quoted, rendered
from bonsai_compiler.ir.expression import arguments
from bonsai_compiler.ir.graph import Graph, Input, Logic, Neuron, Output, State
from bonsai_compiler.ir.text import number

EXPRESSION_WIDTH = 40
"""Characters; an expression is set in letters of one width, which fit their box in any font."""

_HEADING = (
    "rankdir=TB;",
    'node [fontname="Helvetica", fontsize=11, color="#444444"];',
    'edge [fontname="Helvetica", fontsize=9, color="#666666", arrowsize=0.7];',
)

_PORT = {"style": "filled", "fillcolor": "#e8e8e8"}


def emit_dot(graph: Graph, doc: str = "", horizon: int | None = None) -> str:
    """A Graphviz drawing: square neurons, round states, dashed feedback, labelled weights."""
    lines = [*_HEADING]
    if doc:
        title = quoted(textwrap.fill(doc.splitlines()[0], TITLE_WIDTH))
        lines.append(f"label={title}; labelloc=t; fontname=Helvetica; fontsize=12; pad=0.4;")
    for part in graph.nodes:
        match part:
            case Input(name):
                lines.append(node(name, label=name, shape="invhouse", **_PORT))
            case State(name, init, following, levels):
                label = f"{name}\n{_brief(init)} first"
                if levels:
                    label += f"\n{{{', '.join(map(_brief, levels))}}}" if len(levels) < 5 else ""
                lines.append(node(name, label=label, shape="circle"))
                lines.append(edge(following, name, style="dashed", constraint="false"))
            case Neuron(name, activation, bias, terms):
                label = f"{name}\n{activation}" + (f"\nbias {_brief(bias)}" if bias else "")
                lines.append(node(name, label=label, shape="square"))
                lines += [edge(term.source, name, **_weighted(term.weight)) for term in terms]
            case Logic(name, expression):
                label = f"{name}\n{textwrap.fill(str(expression), EXPRESSION_WIDTH)}"
                lines.append(node(name, label=label, shape="box", fontname="Courier"))
                lines += [edge(source, name) for source in arguments(expression)]
            case Output(name, source):
                lines.append(node(name, label=name, shape="house", **_PORT))
                lines.append(edge(source, name))
    return digraph(graph.name, lines)


def emit_svg(graph: Graph, doc: str = "", horizon: int | None = None) -> str:
    """The drawing of the `dot` backend, laid out as SVG."""
    return rendered(emit_dot(graph, doc, horizon)).decode()


def _weighted(weight: float) -> dict[str, Any]:
    colour = "#c0392b" if weight > 0 else "#2457a7"
    return {
        # The space keeps a number off its edge where the font is wider than Graphviz reckons with.
        "label": f" {_brief(weight)}",
        "color": colour,
        "fontcolor": colour,
        "penwidth": f"{min(0.8 + abs(weight), 4.0):.2g}",
    }


def _brief(value: float) -> str:
    """Return a number as far as a drawing has room for it."""
    return number(value if isinstance(value, bool) else float(f"{value:.3g}"))
