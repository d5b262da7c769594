"""A page model as one HTML file that holds everything it needs and asks for nothing."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.fsm.closed import Closed
from bonsai_compiler.page.drawing import Curve, codes_of, draw_machine
from bonsai_compiler.page.model import PageModel
from bonsai_compiler.page.notation import Pair, bits_of
from bonsai_compiler.page.page_data import page_data
from bonsai_compiler.page.scenes import Scenes, edges_of, scenes

SCRIPTS = (
    "evaluate",
    "expected",
    "ports",
    "walk",
    "session",
    "marks",
    "fragment",
    "sequences",
    "motion",
    "viewer",
    "scenes",
    "graph",
    "transport",
    "choice",
    "track",
    "traces",
    "details",
    "passes",
    "program",
    "machine",
    "picture",
    "growth",
    "keys",
    "tabs",
    "main",
)
"""The modules of the page in an order in which each imports only what stands before it."""

TITLE_END, TITLE_WITHIN = b": bonsai</title>", 4096
"""How the title of every page ends, among so many of its first bytes."""


def page(model: PageModel) -> str:
    """Return the page; it is the same for the same model."""
    drawn = scenes(model.stages)
    found = model.machine
    bits = bits_of(model.stages[-1].graph) if model.stages else {}
    codes = codes_of(found, bits) if isinstance(found, Closed) else []
    machine = draw_machine(found, codes) if isinstance(found, Closed) else None
    script = bundled(SCRIPTS)
    text = template().render(
        model=model,
        graph=_first_scene(model, drawn),
        machine=machine,
        machine_window=" ".join(map(str, machine.view)) if machine else "",
        machine_note=_machine_note(found, bits) if isinstance(found, Closed) else "",
        # The data stand between tags: there these three are written as JSON's own escapes.
        data=json.dumps(page_data(model, drawn, codes), allow_nan=False, separators=(",", ":"))
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
    return files("bonsai_compiler.page").joinpath("assets", name).read_text(encoding="utf-8")


@cache
def template() -> Template:
    """Return the template of a page, ready to be filled in."""
    environment = Environment(
        loader=PackageLoader("bonsai_compiler.page", "assets"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    return environment.get_template("page.html.j2")


def _first_scene(model: PageModel, drawn: Scenes) -> dict[str, Any]:
    """Return the nodes and edges of all scenes, where the first that is seen has them."""
    if not model.stages:
        return {}
    graph = model.stages[model.shown_first].graph
    drawing = drawn.drawings[drawn.of_stage[model.shown_first]]
    boxes = {box.key: box for box in drawing.boxes}
    curves = {curve.key: curve for curve in drawing.curves}
    return {
        "window": " ".join(map(str, drawing.view)),
        "boxes": [boxes.get(box.key, box) for box in drawn.boxes],
        "curves": [curves.get(edge, Curve(*edge)) for edge in drawn.edges],
        "alive": {node.name for node in graph.nodes} | set(edges_of(graph)),
    }


def _machine_note(found: Closed, bits: Mapping[str, Pair]) -> str:
    """Return what the signs in the diagram of a machine stand for."""
    machine, encoding = found.machine, found.encoding
    ends = [
        ("," if end.ports else " ").join(end.names)
        for end in (machine.input_signals, machine.output_signals)
    ]
    notes = [f"Arrows: {' / '.join(ends).strip()}."]
    if encoding.names:
        legend = "; ".join(
            f"{name}: {', '.join(f'{title} = {value:.3g}' for title, value in levels.items())}"
            for name, levels in encoding.legend.items()
            if name not in bits
        )
        values = f"{', '.join(encoding.names)}{f' ({legend})' if legend else ''}"
        notes.append(f"Below a state's letter: {values} in it.")
    if any(len(members) > 1 for members in encoding.members):
        notes.append("+1: there is one more choice of them that stands for the same state.")
    return " ".join(notes)
