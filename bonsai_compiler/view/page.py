"""An exhibit as one HTML file that holds everything it needs and asks for nothing."""

import base64
import hashlib
import json
import re
from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.portraits.portrait import Closed
from bonsai_compiler.view.drawing import Drawing
from bonsai_compiler.view.exhibit import Exhibit
from bonsai_compiler.view.page_data import page_data
from bonsai_compiler.view.scenery import draw_machine, draw_stages, edges_of

SCRIPTS = (
    "evaluate",
    "expected",
    "ports",
    "walk",
    "session",
    "marks",
    "fragment",
    "sequences",
    "viewer",
    "graph",
    "transport",
    "choice",
    "track",
    "traces",
    "details",
    "passes",
    "program",
    "machine",
    "growth",
    "keys",
    "tabs",
    "main",
)
"""The modules of the page in an order in which each imports only what stands before it."""

FRAME = 18.0
"""Pixels around the drawing's core when the page opens."""

TITLE_END, TITLE_WITHIN = b": bonsai</title>", 4096
"""How the title of every page ends, among so many of its first bytes."""


def page(exhibit: Exhibit) -> str:
    """Return the page; it is the same for the same exhibit."""
    first = exhibit.stages[exhibit.shown_first].graph if exhibit.stages else None
    graph = draw_stages(exhibit.stages)
    there = set(edges_of(first)) if first else set()
    found = exhibit.machine
    script = bundled(SCRIPTS)
    text = _template().render(
        exhibit=exhibit,
        graph=graph,
        viewbox=_window(graph),
        alive={node.name for node in first.nodes} if first else set(),
        edges={
            place
            for place, curve in enumerate(graph.curves)
            if (curve.source, curve.target, curve.kind) in there
        },
        machine=draw_machine(found) if isinstance(found, Closed) else None,
        machine_note=_machine_note(found),
        # The data stand between tags: there these three are written as JSON's own escapes.
        data=json.dumps(page_data(exhibit), allow_nan=False, separators=(",", ":"))
        .replace("&", "\\u0026")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e"),
        script=script,
        script_hash=f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}",
        style=_asset("page.css"),
    )
    # A docstring may hold half of a surrogate pair, which no file in UTF-8 can.
    return text.encode("utf-8", "replace").decode()


def expect_page(path: Path) -> None:
    """Raise BonsaiError if something else than such a page stands at `path`."""
    try:
        with path.open("rb") as file:
            beginning = file.read(TITLE_WITHIN)
    except FileNotFoundError:
        return
    except OSError as error:
        raise BonsaiError(f"{path}: cannot be read ({error.strerror})") from None
    if TITLE_END not in beginning:
        raise BonsaiError(f"{path}: is no page of bonsaic, and stays; name another with -o")


def bundled(names: tuple[str, ...]) -> str:
    """Return modules of JavaScript as one script, each in a scope of its own.

    They import each other with `import { name } from "./module.js"` on a line, no other way.
    """
    parts = ["const modules = {};"]
    for name in names:
        text = _asset(f"{name}.js")
        exported = re.findall(r"^export (?:const|function) (\w+)", text, re.MULTILINE)
        text = re.sub(
            r'^import (\{[^}]*\}) from "\./(\w+)\.js";$',
            r"const \1 = modules.\2;",
            text,
            flags=re.MULTILINE,
        )
        text = re.sub(r"^export ", "", text, flags=re.MULTILINE)
        parts.append(
            f"modules.{name} = (() => {{\n{text}return {{ {', '.join(exported)} }};\n}})();"
        )
    return "\n".join(parts) + "\n"


@cache
def _asset(name: str) -> str:
    return files("bonsai_compiler.view").joinpath("assets", name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("bonsai_compiler.view", "assets"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    return environment.get_template("page.html.j2")


def _window(drawing: Drawing) -> str:
    x, y, width, height = drawing.core
    sides = x - FRAME, y - FRAME, max(width, 1) + 2 * FRAME, max(height, 1) + 2 * FRAME
    return " ".join(f"{side:.1f}" for side in sides)


def _machine_note(found: Closed | str) -> str:
    """Return what the signs in the diagram of a machine stand for."""
    if isinstance(found, str):
        return ""
    machine, meaning = found.machine, found.meaning
    ends = [("," if end.ports else " ").join(end.names) for end in (machine.given, machine.told)]
    notes = [f"Arrows: {' / '.join(ends).strip()}."]
    if meaning.names:
        legend = "; ".join(
            f"{name}: {', '.join(f'{title} = {value:.3g}' for title, value in levels.items())}"
            for name, levels in meaning.legend.items()
        )
        values = f"{', '.join(meaning.names)}{f' ({legend})' if legend else ''}"
        notes.append(f"Below a state's letter: {values} in it.")
    if any(len(members) > 1 for members in meaning.members):
        notes.append("+1: there is one more choice of them that stands for the same state.")
    return " ".join(notes)
