"""Random machines over every kind of letters, and what their files are read back to."""

from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from bonsai_compiler.fsm.machine_drawing import machine_drawing_of
from bonsai_compiler.ir.ports import ENCODINGS, Port
from bonsai_compiler.ir.signals import Signals, signals_of
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.specification.machine_file import MachineReading, read_machine
from bonsai_compiler.specification.table import task_of_machine

PATH = Path("machine.x")
LABELS = ("a", "b b", "c,", 'd"', "é", "-", "0", "1", "x/y", "q|r", "a / b", "&lt;", "\\n", "--")


@st.composite
def signals(draw, base: str, least: int) -> Signals:
    fields: list[Port | str] = []
    for place in range(draw(st.integers(least, 2))):
        name, encoding = f"{base}{place}", draw(st.sampled_from(ENCODINGS))
        match draw(st.sampled_from(("bit", "integer", "word"))):
            case "bit":
                fields.append(name)
            case "integer":
                low = draw(st.integers(-3, 3))
                fields.append(Port(name, low, low + draw(st.integers(1, 3)), encoding))
            case _:
                words = draw(st.lists(st.sampled_from(LABELS), min_size=2, max_size=4, unique=True))
                fields.append(Port(name, 0, len(words) - 1, encoding, tuple(words)))
    bits = (field.bits if isinstance(field, Port) else (field,) for field in fields)
    ports = tuple(field for field in fields if isinstance(field, Port))
    return signals_of(tuple(bit for part in bits for bit in part), ports)


@st.composite
def machines(draw) -> Machine:
    """A minimal machine, numbered by discovery, with don't-cares and steps that may not come."""
    inputs, outputs = draw(signals("x", 0)), draw(signals("y", 1))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    states, letters = draw(st.integers(1, 6)), inputs.size
    successor = rng.integers(0, states, (states, letters)).astype(np.int32)
    chosen = outputs.alphabet[rng.integers(0, outputs.size, (states, letters))]
    output = np.where(chosen, 1, -1).astype(np.int8)
    place = 0
    for field in outputs.fields:
        width = len(field.bits) if isinstance(field, Port) else 1
        output[..., place : place + width][rng.random((states, letters)) < 0.1] = 0
        place += width
    legal = rng.random((states, letters)) < draw(st.sampled_from((0.7, 1.0)))
    legal[:, 0] = True
    successor[~legal], output[~legal] = -1, 0
    ports = inputs.ports + outputs.ports
    whole = Machine(inputs.bits, outputs.bits, successor, output, legal, None, ports)
    return drawn(whole).machine


def drawn(machine: Machine):
    """Return what `bonsaic machine` makes of a machine."""
    task = task_of_machine(machine, PATH, "machine")
    return machine_drawing_of(task, None, str(PATH))


def read_back(text: str, form: str) -> Machine:
    """Return the machine of a text, minimal and numbered by discovery."""
    task = read_machine(text, PATH, MachineReading(form))
    return machine_drawing_of(task, None, str(PATH)).machine


def same(one: Machine, other: Machine) -> bool:
    """Return whether two machines are the same, with their letters."""
    return (
        (one.inputs, one.outputs, one.ports) == (other.inputs, other.outputs, other.ports)
        and np.array_equal(one.successor, other.successor)
        and np.array_equal(one.output, other.output)
        and np.array_equal(one.legal, other.legal)
    )
