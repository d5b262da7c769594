"""Draw a graph as a PNG, from the SVG, with resvg and the fonts that come with matplotlib."""

import re
from functools import cache
from pathlib import Path

from bonsai_compiler.backends.svg import emit_svg
from bonsai_compiler.ir.graph import Graph

ZOOM = 2.0
"""Pixels for each of the 1/96 inches of the SVG: sharp on a screen of today."""

LARGEST = 16_000.0
"""Pixels of the longer side: viewers refuse more, so a larger drawing is shrunk."""

DPI = 96

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
    from matplotlib import get_data_path
    from matplotlib.ft2font import FT2Font

    folder = Path(get_data_path(), "fonts", "ttf")
    paths = [str(folder / f"{font.replace(' ', '')}.ttf") for font in (FONT, MONOSPACE)]
    letters = [frozenset(FT2Font(path).get_charmap()) for path in paths]
    return paths, frozenset.intersection(*letters)
