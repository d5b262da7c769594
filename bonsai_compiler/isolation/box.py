"""A black box: an object with `reset()` and `step(inputs)`, of which only the answers are seen.

Needs nothing but the standard library, as all that runs beside a task's own code.
"""

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from bonsai_compiler.errors import BonsaiError, shown
from bonsai_compiler.isolation.code import Code, Fields
from bonsai_compiler.isolation.inspection import described, pass_on, takes

RESET = "reset"
"""What a black box has, and no task needs."""

UNFIT = ("start", "legal", "examples", "horizon")
"""What a task may have, and a black box not: it takes any input, at any time."""


def is_box(names: Mapping[str, Any]) -> bool:
    """Return whether names are those of a black box: `reset` and `step`, and no state to begin."""
    functions = names.get(RESET), names.get("step")
    return "start" not in names and all(map(callable, functions))


def box_in(names: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    """Return the names of a file, or of the black box in it where one of its classes is such.

    Inputs and outputs may stand in the class or beside it. Raises BonsaiError where there are
    several, or it cannot be made.
    """
    if "step" in names or "examples" in names:
        return names
    module = names.get("__name__")
    classes = [
        value
        for value in names.values()
        if isinstance(value, type) and value.__module__ == module and is_box(_parts(value))
    ]
    if not classes:
        return names
    if len(classes) > 1:
        several = ", ".join(sorted(kind.__name__ for kind in classes))
        raise BonsaiError(f"{place}: holds several black boxes ({several}); leave one")
    box = made(classes[0], place)
    doc = names.get("__doc__") or classes[0].__doc__
    return {**names, **_parts(box), "__doc__": doc}


def made(kind: Any, place: str) -> Any:
    """Return a black box of a class; raises BonsaiError where that fails."""
    try:
        return kind()
    except BaseException as error:
        pass_on(error)
        raise BonsaiError(f"{place}: {kind.__name__}() raised {described(error)}") from None


def _parts(box: Any) -> dict[str, Any]:
    """Return what a black box, or its class, says of itself."""
    names = (RESET, "step", "inputs", "outputs", "encoding", "chance", "growth", *UNFIT)
    return {name: getattr(box, name) for name in names if hasattr(box, name)}


class BoxCode(Code):
    """The functions of a black box, which is asked whole words.

    `step` takes an argument for each input, or all of them as one tuple.
    """

    def begin(self, letters: Sequence[tuple[Any, ...]], fields: Fields) -> str:
        self._letters, self._fields = letters, fields
        spread = takes(self.names["step"], len(letters[0]))
        self._arguments = [letter if spread else (letter,) for letter in letters]
        return ""

    def answers(self, words: Sequence[Sequence[int]]) -> "array[int]":
        """Return the outputs (ticks x fields) that words give, each after a reset.

        Each word is asked a second time, in the opposite order. Raises BonsaiError where the box
        raises, returns what is no output, or answers differently then.
        """
        told = [self._followed(word) for word in words]
        for word, answers in zip(reversed(words), reversed(told), strict=True):
            again = self._followed(word)
            if again != answers:
                pairs = enumerate(zip(again, answers, strict=True))
                tick = next(n for n, (one, other) in pairs if one != other) // len(self._fields)
                fault = "answers differently when the same word is asked again after a reset"
                raise self._fault(tick, word[tick], fault)
        return array("i", [value for answers in told for value in answers])

    def _followed(self, word: Sequence[int]) -> list[int]:
        try:
            self.names[RESET]()
        except BaseException as error:
            raise self._raised(error, "reset()") from None
        values: list[int] = []
        step = self.names["step"]
        for tick, letter in enumerate(word):
            try:
                output = step(*self._arguments[letter])
            except BaseException as error:
                raise self._raised(error, self._written("step", tick, letter)) from None
            values += self._outputs(tick, letter, output)
        return values

    def _written(self, name: str, number: int, letter: int) -> str:
        arguments = ", ".join(map(shown, self._letters[letter]))
        return f"{name}({arguments}), on tick {number + 1} of a word,"


def code_of_names(
    names: Mapping[str, Any], place: str, code_file: str = "", home: str = ""
) -> Code:
    """Return the code of a task or of a black box, whichever the names are of."""
    kind = BoxCode if is_box(names) else Code
    return kind(names, place, code_file, home)
