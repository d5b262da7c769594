"""Programs found for machines, and a walk of both side by side."""

from typing import Any

from bonsai_compiler.backends.program import ProgramNames
from bonsai_compiler.backends.python import emit_readable
from bonsai_compiler.ir.graph import Dialect, Graph, Input, Output
from bonsai_compiler.reading.codes import Code
from bonsai_compiler.reading.readable import Readable
from bonsai_compiler.reading.reader import readable
from bonsai_compiler.specification.machine import Machine


def interface(machine: Machine, name: str) -> Graph:
    """A graph with the inputs and outputs of a machine, which names in a program need."""
    inputs = tuple(map(Input, machine.inputs))
    outputs = tuple(Output(name, "") for name in machine.outputs)
    return Graph(name, (*inputs, *outputs), (), Dialect.LOGIC, machine.ports)


def names_in(machine: Machine, code: Code) -> ProgramNames:
    members = [member.name for member in code.members]
    return ProgramNames(interface(machine, "found"), members, code.memory)


def program(machine: Machine, codes: Any) -> tuple[Readable, str]:
    found = readable(machine, codes, lambda code: names_in(machine, code), None)
    assert found is not None
    return found, emit_readable(interface(machine, "found"), found)


def expect_equal(machine: Machine, text: str) -> None:
    """Walk the machine and the program side by side, over every state and letter."""
    space: dict[str, Any] = {}
    exec(text, space)
    signals = machine.input_signals, machine.output_signals
    met, waiting = {(0, repr(space["start"]))}, [(0, space["start"])]
    while waiting:
        state, held = waiting.pop()
        for letter, bits in enumerate(machine.letters):
            values = signals[0].values(tuple(bits.tolist()))
            if "legal" in space:
                assert space["legal"](held, *values) == machine.legal[state, letter]
            if not machine.legal[state, letter]:
                continue
            following, told = space["step"](held, *values)
            told = told if isinstance(told, tuple) else (told,)
            codes = machine.output[state, letter]
            wanted = signals[1].values(tuple(code > 0 if code else None for code in codes.tolist()))
            for one, other in zip(told, wanted, strict=True):
                assert other is None or (one, type(one)) == (other, type(other))
            to = int(machine.successor[state, letter])
            if to >= 0 and (to, repr(following)) not in met:
                met.add((to, repr(following)))
                waiting.append((to, following))
    assert {state for state, _ in met} == {*range(machine.size)}
