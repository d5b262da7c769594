"""A trace: a recording that is asked for its signals by name, and saved."""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bonsai_compiler.errors import BonsaiError, shortened, shown
from bonsai_compiler.traces.files import write_trace
from bonsai_compiler.traces.signals import Recording, Value


@dataclass(frozen=True, slots=True)
class Trace(Recording):
    """The signals of `name` over a number of ticks, inputs first and outputs last."""

    def __getitem__(self, name: str) -> tuple[Value, ...]:
        """Return the values of the signal called `name`; raises BonsaiError if there is none."""
        for signal in self.signals:
            if signal.name == name:
                return signal.values
        known = [signal.name for signal in self.signals]
        close = get_close_matches(name, known, 1) if isinstance(name, str) else []
        there = f"there are {shortened(', '.join(known))}"
        hint = f"did you mean '{close[0]}'?" if close else there
        raise BonsaiError(f"the trace has no signal {shown(name)}; {hint}")

    def save(self, path: str | Path) -> None:
        """Write the trace to a file that ends in .vcd or .csv; BonsaiError where that fails."""
        write_trace(self, Path(path))
