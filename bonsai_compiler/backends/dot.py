"""Draw a graph for Graphviz in the article's visual language.

Squares are neurons, circles are states; a dashed edge acts when the tick changes. Weights label
their edges, red where positive and blue where negative, wider where larger.
"""

import re
import textwrap

from bonsai_compiler.ir.expression import arguments
from bonsai_compiler.ir.graph import Graph, Input, Logic, Neuron, Output, State
from bonsai_compiler.ir.text import number

TITLE_WIDTH = 44
"""Characters; a title must not be cut where the font is a wider one than Graphviz reckons with."""

EXPRESSION_WIDTH = 40
"""Characters; an expression is set in letters of one width, which fit their box in any font."""

_UNDRAWABLE = re.compile("[^\t -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_HEADING = """\
  rankdir=TB;
  node [fontname="Helvetica", fontsize=11, color="#444444"];
  edge [fontname="Helvetica", fontsize=9, color="#666666", arrowsize=0.7];"""


def emit_dot(graph: Graph, doc: str = "", horizon: int | None = None) -> str:
    """A Graphviz drawing: square neurons, round states, dashed feedback, labelled weights."""
    lines = [f"digraph {quoted(graph.name)} {{", _HEADING]
    if doc:
        title = quoted(textwrap.fill(doc.splitlines()[0], TITLE_WIDTH))
        lines.append(f"  label={title}; labelloc=t; fontname=Helvetica; fontsize=12; pad=0.4;")
    for node in graph.nodes:
        match node:
            case Input(name):
                lines.append(_node(name, name, 'shape=invhouse, style=filled, fillcolor="#e8e8e8"'))
            case State(name, init, following, levels):
                label = f"{name}\n{_brief(init)} first"
                if levels:
                    label += f"\n{{{', '.join(map(_brief, levels))}}}" if len(levels) < 5 else ""
                lines.append(_node(name, label, "shape=circle"))
                lines.append(_edge(following, name, "style=dashed, constraint=false"))
            case Neuron(name, activation, bias, terms):
                label = f"{name}\n{activation}" + (f"\nbias {_brief(bias)}" if bias else "")
                lines.append(_node(name, label, "shape=square"))
                lines += [_edge(term.source, name, _weighted(term.weight)) for term in terms]
            case Logic(name, expression):
                label = f"{name}\n{textwrap.fill(str(expression), EXPRESSION_WIDTH)}"
                lines.append(_node(name, label, "shape=box, fontname=Courier"))
                lines += [_edge(source, name, "") for source in arguments(expression)]
            case Output(name, source):
                lines.append(_node(name, name, 'shape=house, style=filled, fillcolor="#e8e8e8"'))
                lines.append(_edge(source, name, ""))
    return "\n".join([*lines, "}"]) + "\n"


def _node(name: str, label: str, style: str) -> str:
    return f"  {quoted(name)} [label={quoted(label)}, {style}];"


def _edge(source: str, target: str, style: str) -> str:
    return f"  {quoted(source)} -> {quoted(target)}" + (f" [{style}];" if style else ";")


def _weighted(weight: float) -> str:
    colour = "#c0392b" if weight > 0 else "#2457a7"
    width = min(0.8 + abs(weight), 4.0)
    # The space keeps a number off its edge where the font is wider than Graphviz reckons with.
    label = f'label=" {_brief(weight)}"'
    return f'{label}, color="{colour}", fontcolor="{colour}", penwidth={width:.2g}'


def _brief(value: float) -> str:
    """Return a number as far as a drawing has room for it."""
    return number(value if isinstance(value, bool) else float(f"{value:.3g}"))


def quoted(text: str) -> str:
    """Return any text as a string of Graphviz's language, drawn as it stands.

    Graphviz reads entities such as &lt; everywhere, and XML has no place for control characters.
    """
    escaped = text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    drawable = _UNDRAWABLE.sub("\N{REPLACEMENT CHARACTER}", escaped.replace("\n", "\\n"))
    return f'"{drawable}"'
