"""Draw a graph for Graphviz in the article's visual language, as text, SVG or PNG.

Squares are neurons, circles are states; a dashed edge acts when the tick changes. Weights label
their edges, red where positive and blue where negative, wider where larger. A PNG is made with
resvg, and the fonts that lie beside this file.
"""

import re
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from struct import unpack_from
from typing import Any

from bonsai_compiler.backends.graphviz import TITLE_WIDTH, digraph, edge, node, quoted, rendered
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.expression import arguments
from bonsai_compiler.ir.graph import Graph, Input, Logic, Neuron, Output, Product, State, reads
from bonsai_compiler.ir.text import number

EXPRESSION_WIDTH = 40
"""Characters; an expression is set in letters of one width, which fit their box in any font."""

MOST_EDGES = 2_000
"""So many edges are laid out in some ten seconds, seven thousand not in minutes; nor can they be
told apart then."""

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
            case Product(name, left, right):
                lines.append(node(name, label=f"{name}\nproduct", shape="square"))
                lines += [edge(left, name), edge(right, name)]
            case Logic(name, expression):
                label = f"{name}\n{textwrap.fill(str(expression), EXPRESSION_WIDTH)}"
                lines.append(node(name, label=label, shape="box", fontname="Courier"))
                lines += [edge(source, name) for source in arguments(expression)]
            case Output(name, source):
                lines.append(node(name, label=name, shape="house", **_PORT))
                lines.append(edge(source, name))
    return digraph(graph.name, lines)


def too_large(graph: Graph) -> str | None:
    """Return why a graph cannot be laid out, or None if it can."""
    edges = sum(len(reads(node)) + isinstance(node, State) for node in graph.nodes)
    if edges <= MOST_EDGES:
        return None
    return f"{edges:,} edges are too many to be laid out; the most are {MOST_EDGES:,}"


def emit_svg(graph: Graph, doc: str = "", horizon: int | None = None) -> str:
    """The drawing of the `dot` backend, laid out as SVG.

    Raises BonsaiError for more than MOST_EDGES edges.
    """
    if (fault := too_large(graph)) is not None:
        raise BonsaiError(f"{graph.name}: {fault}; the backend dot writes them for other tools")
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


ZOOM = 2.0
"""Pixels for each of the 1/96 inches of the SVG: sharp on a screen of today."""

LARGEST = 16_000.0
"""Pixels of the longer side: viewers refuse more, so a larger drawing is shrunk."""

DPI = 96

FONTS = Path(__file__).parent / "fonts"

FONT, MONOSPACE = "DejaVu Sans", "DejaVu Sans Mono"

STYLE = f"""
text {{ font-family: '{FONT}' }}
text[font-family='Courier,monospace'] {{ font-family: '{MONOSPACE}' }}
"""


def emit_png(graph: Graph, doc: str = "", horizon: int | None = None) -> bytes:
    """The drawing of the `svg` backend as a PNG; it needs no font of the system's."""
    from resvg_py import svg_to_bytes

    drawing = emit_svg(graph, doc, horizon)
    paths, letters = _fonts()
    return svg_to_bytes(
        svg_string=drawing,
        # Only what the font lacks is looked for elsewhere: the same graph gives the same bytes.
        skip_system_fonts=letters.issuperset(map(ord, drawing.replace("\n", ""))),
        font_files=paths,
        style_sheet=STYLE,
        dpi=DPI,
        zoom=min(ZOOM, LARGEST / _longer_side(drawing)),
    )


def _longer_side(drawing: str) -> float:
    """Return the width or height of an SVG of Graphviz's, which gives them in points, in pixels."""
    sides = re.findall(r'(?:width|height)="([\d.]+)pt"', drawing)
    return max(map(float, sides)) * DPI / 72


@cache
def _fonts() -> tuple[list[str], frozenset[int]]:
    """Return the fonts' files, and the code points that each of them has letters for."""
    paths = [FONTS / f"{font.replace(' ', '')}.ttf" for font in (FONT, MONOSPACE)]
    letters = [frozenset(_letters(path.read_bytes())) for path in paths]
    return [str(path) for path in paths], frozenset.intersection(*letters)


def _letters(font: bytes) -> Iterator[int]:
    """Yield the code points of a TrueType font whose `cmap` has a table of format 12."""
    for entry in range(12, 12 + 16 * int.from_bytes(font[4:6]), 16):
        if font[entry : entry + 4] == b"cmap":
            table = int.from_bytes(font[entry + 8 : entry + 12])
    for entry in range(table + 4, table + 4 + 8 * int.from_bytes(font[table + 2 : table + 4]), 8):
        part = table + int.from_bytes(font[entry + 4 : entry + 8])
        if int.from_bytes(font[part : part + 2]) == 12:
            (groups,) = unpack_from(">I", font, part + 12)
            for group in range(groups):
                first, last, _ = unpack_from(">III", font, part + 16 + 12 * group)
                yield from range(first, last + 1)
