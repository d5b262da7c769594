"""A page model as one HTML file that holds everything it needs and asks for nothing."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.fsm.closed import Closed
from bonsai_compiler.page.drawing import Curve, Drawing, codes_of, draw_machine
from bonsai_compiler.page.model import PageModel
from bonsai_compiler.page.notation import Pair, bits_of
from bonsai_compiler.page.page_data import data_drawn, data_told
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


@dataclass(frozen=True, slots=True)
class Drawn:
    """What takes most of a page's time, and needs neither its verdict nor its texts.

    These are the scenes of its stages, the machine if there is one, and most of the data that its
    scripts read.
    """

    scenes: Scenes
    machine: Drawing | None
    data: dict[str, Any]


def drawn_of(model: PageModel) -> Drawn:
    """Return what is drawn on a page, whatever its verdict and texts."""
    found, drawn = model.machine, scenes(model.stages)
    if not isinstance(found, Closed):
        return Drawn(drawn, None, data_drawn(model, drawn, []))
    codes = codes_of(found, bits_of(model.stages[-1].graph) if model.stages else {})
    return Drawn(drawn, draw_machine(found, codes), data_drawn(model, drawn, codes))


def page(model: PageModel, drawn: Drawn | None = None) -> str:
    """Return the page; it is the same for the same model, whose drawings may be there already."""
    drawn = drawn or drawn_of(model)
    found, machine = model.machine, drawn.machine
    bits = bits_of(model.stages[-1].graph) if model.stages else {}
    script = bundled(SCRIPTS)
    text = template().render(
        model=model,
        graph=_first_scene(model, drawn.scenes),
        machine=machine,
        machine_window=" ".join(map(str, machine.view)) if machine else "",
        machine_note=_machine_note(found, bits) if isinstance(found, Closed) else "",
        # The data stand between tags: there these three are written as JSON's own escapes.
        data=json.dumps(drawn.data | data_told(model), allow_nan=False, separators=(",", ":"))
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
