"""What a comparison of two behaviours found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Bits = tuple[bool, ...]
Results = tuple[bool | None, ...]


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Legal inputs, a tuple a tick, on whose last tick the outputs are not as expected.

    An expected None is a "don't care"; an output of None is no output at all: the candidate
    refused the input or failed, and `fault` says how.
    """

    inputs: tuple[Bits, ...]
    outputs: tuple[Results, ...]
    expected: tuple[Results, ...]
    fault: str = ""

    def describe(self, inputs: Sequence[str], outputs: Sequence[str]) -> str:
        """Return one line, such as `x = 1, 0: y = 1, expected 0`."""
        sequence = "; ".join(
            f"{name} = {', '.join(_bit(bits[place]) for bits in self._shown())}"
            for place, name in enumerate(inputs)
        )
        left_out = len(self.inputs) - len(self._shown())
        if left_out:
            sequence = f"... {left_out} earlier ticks; then {sequence}"
        wrong = ", ".join(
            f"{name} = {_bit(given)}, expected {_bit(wanted)}"
            for name, given, wanted in zip(
                outputs, self.outputs[-1], self.expected[-1], strict=True
            )
            if wanted is not None and given != wanted
        )
        where = sequence if inputs else f"tick {len(self.inputs)}"
        return f"{where}: {self.fault or wrong}"

    def replay(self) -> str:
        """Return the inputs as `bonsaic run` takes them: `-- 10 01`, or `--ticks 2` if none."""
        words = ["".join("01"[bit] for bit in bits) for bits in self.inputs]
        return f"-- {' '.join(words)}" if all(words) else f"--ticks {len(words)}"

    def _shown(self) -> tuple[Bits, ...]:
        return self.inputs if len(self.inputs) <= 40 else self.inputs[-20:]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a candidate behaves as specified.

    `proved`: for every legal input sequence of any length (up to `horizon` ticks, if given).
    `tested`: on every legal sequence of `depth` ticks and on `random` long ones.
    `refuted`: by `counterexample`; no other is shorter if `shortest`.
    `situations` counts the joint states that were visited; 0 where that is not known.
    """

    kind: Literal["proved", "tested", "refuted"]
    situations: int
    horizon: int | None = None
    depth: int | None = None
    random: int | None = None
    counterexample: Counterexample | None = None
    shortest: bool = False

    def describe(self, inputs: Sequence[str], outputs: Sequence[str]) -> str:
        """Return one line that says how far the verdict reaches."""
        if self.counterexample is not None:
            which = "the shortest counterexample" if self.shortest else "a counterexample"
            ticks = len(self.counterexample.inputs)
            shown = self.counterexample.describe(inputs, outputs)
            return f"refuted at tick {ticks} by {which}: {shown}"
        until = f" up to its horizon of {self.horizon} ticks" if self.horizon else ""
        if self.kind == "proved":
            visited = f" ({self.situations} joint states)" if self.situations else ""
            return f"proved: equal for every legal input sequence{until}{visited}"
        if not self.depth:
            return f"tested: right on {self.random} fresh sequences of examples; this is no proof"
        return (
            f"tested: equal on every legal sequence of {self.depth} ticks "
            f"and on {self.random} long random ones{until}; this is no proof"
        )


def _bit(value: bool | None) -> str:
    return "none" if value is None else "1" if value else "0"
