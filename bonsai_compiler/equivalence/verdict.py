"""The outcome of a comparison of two transition systems, with a counterexample if they differ."""

from dataclasses import dataclass
from typing import Literal

from bonsai_compiler.ir.ports import Bits
from bonsai_compiler.ir.signals import Signals, digits
from bonsai_compiler.specification.task import Basis

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

    def describe(self, inputs: Signals, outputs: Signals) -> str:
        """Return one line about inputs and outputs, such as `x = 1, 0: y = 1, expected 0`."""
        ticks = [inputs.values(bits) for bits in self._shown()]
        sequence = "; ".join(
            f"{name} = {', '.join(digits(values[place]) for values in ticks)}"
            for place, name in enumerate(inputs.names)
        )
        left_out = len(self.inputs) - len(self._shown())
        if left_out:
            sequence = f"... {left_out} earlier ticks; then {sequence}"
        wrong = ", ".join(
            f"{name} = {digits(answer)}, expected {digits(wanted)}"
            for name, answer, wanted in zip(
                outputs.names,
                outputs.values(self.outputs[-1]),
                outputs.values(self.expected[-1]),
                strict=True,
            )
            if wanted is not None and answer != wanted
        )
        where = sequence if inputs.bits else f"tick {len(self.inputs)}"
        return f"{where}: {self.fault or wrong}"

    def replay(self, inputs: Signals) -> str:
        """Return the inputs as `bonsaic run` takes them: `-- 10 01`, or `--ticks 2` if none."""
        words = [inputs.word(bits) for bits in self.inputs]
        return f"-- {' '.join(words)}" if all(words) else f"--ticks {len(words)}"

    def _shown(self) -> tuple[Bits, ...]:
        return self.inputs if len(self.inputs) <= 40 else self.inputs[-20:]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a candidate behaves as specified.

    `proved`: for every legal input sequence of any length (up to `horizon` ticks, if given). Of
    code in files it rests on what docs/trust.md says: that a `step` depends on nothing but its
    arguments, as far as its file was not caught at anything else.
    `tested`: on every legal sequence of `depth` ticks and on `random` long ones.
    `refuted`: by `counterexample`; no other is shorter if `shortest`.
    `joint_states` counts those that were visited; 0 where that is not known.

    A graph is proved `by` the search through all joint states or, where these never end, by so many
    `regions`; then for every way to round, each sum by no more than `slack`. Where nobody wrote the
    specification, it is about the machine of its `basis`.
    """

    kind: Literal["proved", "tested", "refuted"]
    joint_states: int
    horizon: int | None = None
    depth: int | None = None
    random: int | None = None
    counterexample: Counterexample | None = None
    shortest: bool = False
    by: Literal["search", "regions"] = "search"
    regions: int = 0
    slack: float | None = None
    basis: Basis | None = None

    def describe(self, inputs: Signals, outputs: Signals) -> str:
        """Return one line that says how far the verdict reaches."""
        said, basis = self._described(inputs, outputs), self.basis
        return said if basis is None or not basis.aside else f"{said}; {basis.aside}"

    def _described(self, inputs: Signals, outputs: Signals) -> str:
        equal = "equal" if self.basis is None else f"equal to {self.basis.machine}"
        if self.counterexample is not None:
            which = "the shortest counterexample" if self.shortest else "a counterexample"
            ticks = len(self.counterexample.inputs)
            shown = self.counterexample.describe(inputs, outputs)
            return f"refuted at tick {ticks} by {which}: {shown}"
        until = f" up to its horizon of {self.horizon} ticks" if self.horizon else ""
        if self.kind == "proved" and self.by == "regions":
            how = f"{self.regions} regions, whatever rounds by up to {self.slack:.1e}"
            return f"proved: {equal} for every legal input sequence{until} ({how})"
        if self.kind == "proved":
            visited = f" ({self.joint_states} joint states)" if self.joint_states else ""
            return f"proved: {equal} for every legal input sequence{until}{visited}"
        if not self.depth:
            return f"tested: right on {self.random} fresh sequences of examples; this is no proof"
        length = "1 tick" if self.depth == 1 else f"{self.depth} ticks"
        further = (
            f" and on {self.random} long random ones{until}"
            if self.random
            else f"{until}, and no time was left for long ones"
        )
        return f"tested: {equal} on every legal sequence of {length}{further}; this is no proof"
