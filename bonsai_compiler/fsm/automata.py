"""Machines as the files of others have them: states by title, letters as words."""

from bonsai_compiler.equivalence.search import results
from bonsai_compiler.equivalence.system import FAULT
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.formats.automaton import Automaton, Edge
from bonsai_compiler.fsm.closed import letter_word, output_word, state_title
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import Signals
from bonsai_compiler.specification.machine import Machine

NO_LETTER = "tick"
"""What comes in on a tick where there are no inputs."""


def automaton_of(machine: Machine, *, bits: bool = False) -> Automaton:
    """Return a machine for a file: its letters are words of bits, or what a user types.

    Raises BonsaiError where a step has no output because the program fails there.
    """
    edges = []
    for state in range(machine.size):
        for letter in machine.legal[state].nonzero()[0].tolist():
            codes = machine.output[state, letter]
            if FAULT in codes:
                said = "fails or refuses an input, which no file of a machine can say"
                raise BonsaiError(f"the machine {said}; see --to table")
            given, told = letter_word(machine, letter), output_word(machine, state, letter)
            if bits:
                given = _digits(tuple(machine.letters[letter].tolist()))
                told = _digits(results(codes))
            following = state_title(int(machine.successor[state, letter]))
            word = given or ("" if bits else NO_LETTER)
            edges.append(Edge(state_title(state), word, following, told))
    return Automaton(
        "Mealy machine",
        tuple(map(state_title, range(machine.size))),
        state_title(0),
        tuple(edges),
        {},
        _fields(machine.input_signals),
        _fields(machine.output_signals),
        free=True,
    )


def _digits(bits: tuple[bool | None, ...]) -> str:
    return "".join("-" if bit is None else "01"[bit] for bit in bits)


def _fields(signals: Signals) -> tuple[str, ...]:
    return tuple(str(item) if isinstance(item, Port) else item for item in signals.fields)
