"""A task's own code, asked by the numbers of its states: all that runs of it runs here.

For a file this is loaded in a process of its own (child.py), and only numbers and plain data leave
it. Needs nothing but the standard library.
"""

import os
import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeGuard

from bonsai_compiler.errors import BonsaiError, shown
from bonsai_compiler.isolation.identity import (
    ATOMS,
    NoIdentityError,
    fresh,
    identity,
    unfit,
)
from bonsai_compiler.isolation.inspection import (
    Bounds,
    code_of,
    described,
    is_bit,
    is_loop,
    line_of,
    pass_on,
    remedy,
    takes,
)
from bonsai_compiler.isolation.purity import Contents, changed, contents, written

DONT_CARE = -(2**31)
"""What stands for an output of None, "don't care"."""

Fields = Sequence[tuple[str, Bounds | None]]
"""The name of each output, and its words or, of an integer, the least and greatest value."""

NO_FUNCTION = "no function"

DIFFERS = "answers differently when asked twice; it must depend on nothing else"

FUNCTIONS = ("step", "legal", "examples")


class Code:
    """The functions of a task, and the states that they were seen to return, by number.

    State 0 is the start. `names` are the names of a task file and what they stand for; `place` is
    its path as errors give it, and `code_file` what Python calls the file of the code, where that
    is another. `home` begins the paths of the modules that are the task's own.
    """

    def __init__(
        self, names: Mapping[str, Any], place: str, code_file: str = "", home: str = ""
    ) -> None:
        self.names, self.place = names, place
        self.neighbours: Mapping[str, str] = {}
        self._code_file, self._home = code_file or place, home
        self._letters: Sequence[tuple[Any, ...]] = ()
        self._fields: Fields = ()
        self._states: list[Any] = []
        self._numbers: dict[Any, int] = {}
        self._before: Contents | None = None

    # What it says.

    @property
    def loops(self) -> tuple[str, ...]:
        """The names of generators of one argument that mention `start` and `step`."""
        return tuple(name for name, value in self.names.items() if is_loop(value))

    def fits(self, name: str, count: int) -> str:
        """Return why `name` is no function of `count` arguments; empty if it is."""
        function = self.names[name]
        if not callable(function):
            return NO_FUNCTION
        if takes(function, count):
            return ""
        code = code_of(function)
        return f"line {code.co_firstlineno if code else 1}"

    def begin(self, letters: Sequence[tuple[Any, ...]], fields: Fields) -> str:
        """Get ready to be asked; return why `start` can be no state, empty if it can.

        `letters` are the values of all inputs for each letter, `fields` the outputs.
        """
        self._letters, self._fields = letters, fields
        if "step" not in self.names:
            return ""
        fault = unfit(self.names["start"])
        if not fault:
            self._states, self._numbers = [self.names["start"]], {identity(self.names["start"]): 0}
            self._before = self._contents()
            variable = written(self._before)
            if variable is not None:
                raise self._impure(f"writes '{variable}'")
        return fault

    # What it answers.

    def legal(self, numbers: Sequence[int], letters: Sequence[int] | None = None) -> bytes:
        """Return whether each letter may come in each state: a byte each, letters innermost.

        With `letters`, one for each of the states, whether just that one may.
        """
        every = range(len(self._letters))
        if letters is not None:
            rows = list(zip(numbers, letters, strict=True))
        else:
            rows = [(number, letter) for number in numbers for letter in every]
        admitted = bytes(self._admits(*row) for row in rows)
        if "legal" in self.names:
            for row, answer in zip(reversed(rows), reversed(admitted), strict=True):
                if self._admits(*row, again=True) != answer:
                    raise self._fault(*row, DIFFERS, "legal")
        return admitted

    def step(
        self, numbers: Sequence[int], letters: Sequence[int], *, guarded: bool
    ) -> tuple["array[int]", "array[int]", dict[int, str]]:
        """Return the next states, the outputs (rows x fields), and the faults by row.

        Everything is asked a second time, in the opposite order and with copies of the states:
        what then has another answer depends on more than its arguments. If `guarded`, a letter that
        `legal` refuses is a fault.
        """
        rows = list(zip(numbers, letters, strict=True))
        following, outputs, faults = array("i"), array("i"), {}
        for row, (number, letter) in enumerate(rows):
            try:
                if guarded and not self._admits(number, letter):
                    raise BonsaiError(f"legal() of {self.place} refuses this input")
                target, values = self._answer(number, letter)
            except BonsaiError as error:
                faults[row] = str(error)
                target, values = number, (DONT_CARE,) * len(self._fields)
            following.append(target)
            outputs.extend(values)
        width = len(self._fields)
        for row in reversed(range(len(rows))):
            if row in faults:
                continue
            answer = following[row], tuple(outputs[row * width : (row + 1) * width])
            try:
                if guarded and not self._admits(*rows[row], again=True):
                    raise self._fault(*rows[row], DIFFERS, "legal")
                if self._answer(*rows[row], again=True) != answer:
                    raise self._fault(*rows[row], DIFFERS)
            except BonsaiError as error:
                faults[row] = str(error)
        return following, outputs, faults

    def state(self, number: int) -> Any:
        """Return the state that has a number."""
        return self._states[number]

    def drawn(self, rng: Any, batch: int, ticks: int) -> Any:
        """Return the pair of arrays that `examples` gives; raises BonsaiError where it fails."""
        # The one thing that needs more than the standard library.
        import numpy as np

        try:
            pair = self.names["examples"](rng, batch, ticks)
        except BaseException as error:
            raise self._raised(error, "examples") from None
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise BonsaiError(f"{self.place}: examples must return a pair of arrays (x, y)")
        try:
            return tuple(np.ascontiguousarray(np.asarray(part, dtype=np.float64)) for part in pair)
        except (TypeError, ValueError):
            raise BonsaiError(f"{self.place}: examples must return arrays of numbers") from None

    def generated(self, name: str, letters: Sequence[int]) -> tuple[list[Any], str]:
        """Return what the generator called `name` yields for a sequence, and why it ended early.

        One that takes inputs of later ticks before it yields is ended: its user may not have them.
        """
        given: list[Any] = []
        taken: list[int] = []

        def stream() -> Iterator[Any]:
            for letter in letters:
                taken.append(letter)
                row = self._letters[letter]
                yield row[0] if len(row) == 1 else row

        try:
            for answer in islice(self.names[name](stream()), len(letters)):
                if len(taken) > len(given) + 1:
                    return given, "the generator takes inputs of later ticks before it yields"
                given.append(answer)
        except BaseException as error:
            pass_on(error)
            return given, f"the generator raised {described(error)}"
        return given, "the generator stops"

    def answers(self, words: Sequence[Sequence[int]]) -> "array[int]":
        """Return what a black box puts out to words; a task has states instead, and is none."""
        raise NotImplementedError("no black box")

    def expect_pure(self) -> None:
        """Raise BonsaiError if what the functions can reach is not as it was before any answer."""
        if self._before is None:
            return
        variable = changed(self._before, self._contents())
        if variable is not None:
            raise self._impure(f"changes '{variable}'")

    # How.

    def _admits(self, number: int, letter: int, *, again: bool = False) -> bool:
        legal = self.names.get("legal")
        if legal is None:
            return True
        answer = self._call("legal", number, letter, again=again)
        if not is_bit(answer):
            fault = f"gives {shown(answer)}; legal must return a bool"
            raise self._fault(number, letter, fault, "legal")
        return bool(answer)

    def _call(self, name: str, number: int, letter: int, *, again: bool) -> Any:
        state, given = self._states[number], self._letters[letter]
        if again:
            state = fresh(state)
        try:
            answer = self.names[name](state, *given)
        except BaseException as error:
            raise self._raised(error, self._written(name, number, letter)) from None
        if type(state) not in ATOMS and self._numbers.get(_identity(state)) != number:
            raise self._fault(number, letter, "changes the state that it is given", name)
        return answer

    def _answer(
        self, number: int, letter: int, *, again: bool = False
    ) -> tuple[int, tuple[int, ...]]:
        answer = self._call("step", number, letter, again=again)
        if not isinstance(answer, tuple) or len(answer) != 2:
            fault = f"returns {shown(answer)}; return the next state, then the output"
            raise self._fault(number, letter, fault)
        following, output = answer
        values = self._outputs(number, letter, output)
        return self._number(number, letter, following), values

    def _number(self, number: int, letter: int, following: Any) -> int:
        try:
            known = self._numbers.get(identity(following))
        except NoIdentityError:
            known = None
        if known is not None:
            return known
        fault = unfit(following)
        if fault:
            unhashable = fault.partition("is unhashable")
            said = f"the unhashable state {shown(following)}{unhashable[2]}"
            if not unhashable[1]:
                said = f"the state {shown(following)}, which {fault}"
            raise self._fault(number, letter, f"returns {said}")
        self._numbers[identity(following)] = len(self._states)
        self._states.append(following)
        return len(self._states) - 1

    def _outputs(self, number: int, letter: int, output: Any) -> tuple[int, ...]:
        several = len(self._fields) > 1
        if several and (not isinstance(output, tuple) or len(output) != len(self._fields)):
            kind = "values" if any(bounds for _, bounds in self._fields) else "bools"
            names = ", ".join(name for name, _ in self._fields)
            fault = f"outputs {shown(output)}; return a tuple of {kind} for ({names})"
            raise self._fault(number, letter, fault)
        values = output if several else (output,)
        told = []
        for (name, bounds), value in zip(self._fields, values, strict=True):
            wish = remedy(value, bounds)
            if wish is not None:
                raise self._fault(number, letter, f"outputs {shown(value)} for '{name}'; {wish}")
            told.append(_numbered(value, bounds))
        return tuple(told)

    def _contents(self) -> Contents:
        names = self.names
        roots = {name: names[name] for name in ("step", "legal", "start") if name in names}
        return contents(roots, self._is_own)

    def _is_own(self, module: str | None) -> bool:
        """Return whether a module is that of a function of the task, or a neighbour of its file."""
        homes = {getattr(self.names.get(name), "__module__", None) for name in FUNCTIONS}
        if module in homes - {None, "builtins"}:
            return True
        return is_beside(getattr(sys.modules.get(module or ""), "__file__", None), self._home)

    def _impure(self, does: str) -> BonsaiError:
        return BonsaiError(
            f"{self.place}: step {does}, which outlasts the call; it must depend on nothing but "
            "its arguments: keep what it remembers in the state"
        )

    def _fault(self, number: int, letter: int, fault: str, name: str = "step") -> BonsaiError:
        code = code_of(self.names[name])
        line = code.co_firstlineno if code else 1
        return BonsaiError(f"{self.place}:{line}: {self._written(name, number, letter)} {fault}")

    def _written(self, name: str, number: int, letter: int) -> str:
        arguments = self._states[number], *self._letters[letter]
        return f"{name}({', '.join(map(shown, arguments))})"

    def _raised(self, error: BaseException, called: str) -> BonsaiError:
        pass_on(error)
        place = line_of(error, self.place, self._code_file)
        return BonsaiError(f"{place}: {called} raised {described(error)}")


def _numbered(value: Any, bounds: Bounds | None) -> int:
    """Return the number that stands for an output, of a word its place."""
    if value is None:
        return DONT_CARE
    return bounds.index(value) if isinstance(value, str) and bounds else int(value)


def is_beside(file: object, home: str) -> TypeGuard[str]:
    """Return whether a module's file stands in the folder `home` or below, and is not installed."""
    if not home or not isinstance(file, str) or not file.startswith(home + os.sep):
        return False
    parts = file.removeprefix(home).split(os.sep)
    return not {"site-packages", "bonsai_compiler"} & {*parts} and os.path.isfile(file)


def _identity(value: Any) -> Any:
    try:
        return identity(value)
    except NoIdentityError:
        return None
