"""What a network's file does not say: in which numbers bits go in, and how outputs are read."""

from dataclasses import dataclass
from typing import Literal, get_args

from bonsai_compiler.networks.network import Floats

InputValues = Literal["0,1", "-1,1", "one-hot"]
OutputReading = Literal["positive", "argmax"]
Nonlinearity = Literal["tanh", "relu"]
Between = Literal["linear", "relu", "sigmoid", "tanh"]

INPUT_VALUES: tuple[InputValues, ...] = get_args(InputValues)
OUTPUT_READINGS: tuple[OutputReading, ...] = get_args(OutputReading)
NONLINEARITIES: tuple[Nonlinearity, ...] = get_args(Nonlinearity)
BETWEEN: tuple[Between, ...] = get_args(Between)


@dataclass(frozen=True, slots=True, eq=False)
class InitialStates:
    """The states on the first tick: `hidden` and, of an LSTM, `cells`, each (layers, units).

    `place` is the file that says so.
    """

    place: str
    hidden: Floats
    cells: Floats | None = None


@dataclass(frozen=True, slots=True)
class Conventions:
    """What users say of a network; None where its format or its file has the say.

    `inputs`: a bit is 0 or 1, or -1 or 1, or the network has one input for each letter, of which
    the one that comes is 1 (`one-hot`). `output`: an output is true above 0 (`positive`), or there
    is one for each letter of the outputs, of which the greatest is said, the first of equal ones
    (`argmax`). `activation` is that of a plain recurrent layer, `between` that of dense layers that
    others follow.
    """

    inputs: InputValues | None = None
    output: OutputReading = "positive"
    activation: Nonlinearity | None = None
    between: Between | None = None
    initial: InitialStates | None = None


UNSAID = Conventions()
"""Where users say nothing."""
