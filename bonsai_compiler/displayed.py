"""What a notebook shows instead of a `repr`, for values that know nothing of notebooks."""

from typing import Any


class Displayed:
    """A value that Jupyter and marimo show as HTML, and `print` as text.

    How each kind looks is said in `notebook`, which is loaded only when something is looked at.
    """

    __slots__ = ()

    def __str__(self) -> str:
        from bonsai_compiler.notebook.plain import plain

        return plain(self)

    def _repr_html_(self) -> str:
        from bonsai_compiler.notebook.page import page

        return page(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self._repr_html_()}
