"""Draw a graph as a PNG, from the SVG, with resvg and the fonts that lie beside this file."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from struct import unpack_from

from bonsai_compiler.backends.dot import emit_svg
from bonsai_compiler.ir.graph import Graph

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
