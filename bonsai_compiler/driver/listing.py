"""What there is to choose from: passes, backends, activations and devices."""

import inspect
from collections.abc import Iterable

from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.devices.choice import describe_devices
from bonsai_compiler.ir.activation import KINDS
from bonsai_compiler.passes import PASSES
from bonsai_compiler.targets import TARGETS


def listing() -> str:
    """Return passes, backends, activations and devices, a line each."""
    emitters = {**BACKENDS, **TARGETS}
    parts = [
        *_section("passes", ((item.name, item.summary) for item in PASSES.values())),
        *_section("backends", ((name, _first(emit)) for name, emit in emitters.items())),
        *_section("activations", ((name, _first(kind)) for name, kind in KINDS.items())),
        *_section("devices", describe_devices()),
    ]
    return "\n".join(parts) + "\n"


def _section(title: str, rows: Iterable[tuple[str, str]]) -> list[str]:
    return [title, *(f"  {name:<15} {text}" for name, text in rows), ""]


def _first(thing: object) -> str:
    return (inspect.getdoc(thing) or "").split("\n\n")[0].replace("\n", " ")
