"""The views, as a table: each turns a machine into text."""

from collections.abc import Callable

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.fsm.closed import NamedMachine
from bonsai_compiler.fsm.dot_view import view_dot
from bonsai_compiler.fsm.json_view import view_json
from bonsai_compiler.fsm.table_view import view_table

View = Callable[[NamedMachine], str]

VIEWS: dict[str, View] = {"table": view_table, "dot": view_dot, "json": view_json}


def expect_view(name: str) -> View:
    """Return the view of a name; raises BonsaiError if there is none."""
    if name not in VIEWS:
        raise BonsaiError(f"there is no view '{name}'; known are {', '.join(VIEWS)}")
    return VIEWS[name]
