"""Values as Jupyter, marimo and `print` show them: their classes know nothing of it.

Importing this module gives each class that `plain` knows its looks.
"""

from typing import Any

from bonsai_compiler.notebook.page import page
from bonsai_compiler.notebook.plain import plain


def _bundle(value: object, include: Any = None, exclude: Any = None) -> dict[str, str]:
    return {"text/plain": plain(value), "text/html": page(value)}


LOOKS = {"__str__": plain, "_repr_html_": page, "_repr_mimebundle_": _bundle}
"""The methods that are looked for, by `str` and by notebooks."""


def _show(kind: type) -> None:
    for name, look in LOOKS.items():
        # Called with the value: a dispatcher is no function, which alone would become a method.
        setattr(kind, name, lambda value, *more, look=look, **named: look(value, *more, **named))


for kind in plain.registry:
    if kind is not object:
        _show(kind)
