"""What an emitted text says of itself in comments: where it is from, and how values are bits."""

from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import wrap

from bonsai_compiler.backends.program import NOT_JUDGED
from bonsai_compiler.circuits.circuit import Circuit, Wires
from bonsai_compiler.errors import printable
from bonsai_compiler.ir.ports import Port

WIDTH = 100
MOST_VALUES = 16
"""Of a port of more values only the first and the last are shown."""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a graph beside itself: its documentation, horizon and verdict."""

    doc: str = ""
    horizon: int | None = None
    header: tuple[str, ...] = NOT_JUDGED

    def lines(self, name: str) -> list[str]:
        """Return this as lines without marks, each printable."""
        said = [printable(line).rstrip() for line in (self.doc or name).splitlines()]
        if self.header or self.horizon:
            said.append("")
        for sentence in self.header:
            said += wrap(printable(" ".join(sentence.split())), WIDTH - 4, break_on_hyphens=False)
        if self.horizon:
            said.append(f"For the first {self.horizon} ticks; nothing is said of later ones.")
        return said


UNKNOWN = About()


def commented(mark: str, lines: Iterable[str]) -> list[str]:
    """Return lines as comments, of which none can reach into the next line."""
    return [f"{mark} {_tame(line)}".rstrip() for line in lines]


def _tame(line: str) -> str:
    # To C a backslash at the end joins two lines, and so does its trigraph.
    calm = line.replace("??", "? ?")
    return f"{calm}." if calm.rstrip().endswith("\\") else calm


def word_of(port: Port, place: int) -> str:
    """Return the bits of a port's value as digits, the highest bit first."""
    bits = dict(zip(port.numbers, port.words[place].tolist(), strict=True))
    return "".join(str(int(bits[number])) for number in sorted(bits, reverse=True))


def encodings(circuit: Circuit, called: dict[str, str]) -> list[str]:
    """Return lines on how the values of ports and states are bits; `called` has the names here."""
    lines = []
    for wires in (*circuit.inputs, *circuit.outputs):
        if wires.port is not None:
            lines += wrap(_spelled(wires, called[wires.name]), WIDTH - 4, subsequent_indent="  ")
    for register in circuit.registers:
        if register.levels > 2:
            name = called[register.name]
            lines.append(f"{name}: one of 0 to {register.levels - 1}, in binary.")
    return lines


def _spelled(wires: Wires, name: str) -> str:
    assert wires.port is not None
    port = wires.port
    shown = [f"{value} is {word_of(port, place)}" for place, value in enumerate(port.seen)]
    if len(shown) > MOST_VALUES:
        shown = [*shown[:3], "...", shown[-1]]
    return printable(f"{name}, {port.encoding}: {', '.join(shown)}.")
