"""What workers do."""

from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

Value = TypeVar("Value")


class Workers(Protocol):
    """Calls functions whose arguments and results are plain values, somewhere.

    They are a `count`; `width` is how many calls are worth making at once, and `seconds` how long
    one should take that can be gone on with by another.
    """

    seconds: float

    @property
    def count(self) -> int: ...

    @property
    def width(self) -> int: ...

    def submit(self, function: Callable[..., Value], *arguments: Any) -> "Future[Value]":
        """Return what will be the result of a call."""

    def done(self, futures: "Collection[Future[Value]]") -> "list[Future[Value]]":
        """Return which calls are done: none, where for a while none was.

        Raises BonsaiError where none ever will be.
        """

    def everywhere(self, function: Callable[..., Value], *arguments: Any) -> list[Value]:
        """Return what each worker says."""
