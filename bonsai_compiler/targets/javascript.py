"""Emit an ES module: a pure `step`, and a generator over it."""

import json

from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.targets.about import UNKNOWN, About, commented
from bonsai_compiler.targets.names import JAVASCRIPT, Names
from bonsai_compiler.targets.notation import Notation, Writer
from bonsai_compiler.targets.rendering import rendered
from bonsai_compiler.targets.steps import INPUT, STATE, steps_of

_REMAINDER = "const mod = (a, b) => ((a % b) + b) % b;"


def emit_javascript(graph: Graph, about: About = UNKNOWN) -> str:
    """An ES module: `step(state, input)`, both plain objects, and a generator `run`."""
    steps = steps_of(graph, "JavaScript")
    local = Names(JAVASCRIPT | {"state", "input", "start", "step", "run", "mod"})
    called = {f"{STATE}{state.name}": _member("state", state.name) for state in graph.states}
    for field in graph.input_signals.fields:
        name = field.name if isinstance(field, Port) else field
        called[f"{INPUT}{name}"] = _member("input", name)
        if (words := _words(field)) is not None:
            called[f"{INPUT}{name}"] = f"{words}.indexOf({_member('input', name)})"
    called |= {name: local(name.partition(".")[2]) for name, _ in steps.locals}
    writer = Writer(
        steps,
        Notation(
            choice="{} ? {} : {}".format,
            least="Math.min({}, {})".format,
            greatest="Math.max({}, {})".format,
            remainder="mod({}, {})".format,
            table=lambda entries, _, place: f"[{', '.join(entries)}][{place}]",
            same="===",
            other="!==",
        ),
        called,
    )
    body = [f"const {called[name]} = {writer.bare(part)};" for name, part in steps.locals]
    following = [f"{_key(name)}: {writer.bare(part)}" for name, part in steps.following]
    results = []
    for field, part in steps.results:
        name, words, text = str(getattr(field, "name", field)), _words(field), writer.bare(part)
        results.append(f"{_key(name)}: {text if words is None else f'{words}[{text}]'}")
    body += ["return [", f"  {_packed(following)},", f"  {_packed(results)},", "];"]
    first = [f"{_key(s.name)}: {str(s.init).lower()}" for s in graph.states]
    return rendered(
        "javascript.js.j2",
        about=commented("//", about.lines(graph.name)),
        start=_packed(first),
        helpers=[_REMAINDER] if "mod" in writer.used else [],
        body=body,
    )


def _key(name: str) -> str:
    return name if name.isascii() and name != "__proto__" else json.dumps(name)


def _member(owner: str, name: str) -> str:
    return f"{owner}.{name}" if name.isascii() else f"{owner}[{json.dumps(name)}]"


def _packed(parts: list[str]) -> str:
    return f"{{ {', '.join(parts)} }}" if parts else "{}"


def _words(field: Port | str) -> str | None:
    """Return the words that a port's values are, as an array; None for integers and bools."""
    if not isinstance(field, Port) or not field.labels:
        return None
    return json.dumps([str(word) for word in field.seen])
