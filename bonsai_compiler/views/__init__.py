"""The views, as a table: each turns the portrait of a machine into text."""

from collections.abc import Callable

from bonsai_compiler.portrait import Portrait
from bonsai_compiler.views.dot import view_dot
from bonsai_compiler.views.json import view_json
from bonsai_compiler.views.table import view_table

View = Callable[[Portrait], str]

VIEWS: dict[str, View] = {"table": view_table, "dot": view_dot, "json": view_json}
