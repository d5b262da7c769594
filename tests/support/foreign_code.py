"""Emitted texts in other tools' hands, where these are: for a graph and a sequence of letters."""

import numpy as np
import pytest
from strategies import outputs_of

from bonsai_compiler.bench.targets import tools
from bonsai_compiler.bench.targets.trial import Trial, Word, first_fault
from bonsai_compiler.errors import BonsaiError


def tool(*names):
    """Return the first of some programs that is there, or skip the test."""
    try:
        return tools.tool(*names)
    except tools.MissingError as error:
        pytest.skip(f"there is no {error} here")


def run(*words, folder):
    return tools.ran(*words, folder=folder)


def trial(graph, *sequences):
    """A graph on sequences of letters, of which all is asked that the interpreter says."""
    words = []
    for sequence in sequences:
        said = np.array(outputs_of(graph, sequence), dtype=bool).reshape(len(sequence), -1)
        words.append(Word(sequence, np.where(said, 1, -1).astype(np.int8)))
    return Trial(graph, tuple(words))


def fault(check, given, folder):
    """What a check finds of a trial; the test is skipped where its tool is not here."""
    try:
        found = check(given, folder)
    except tools.MissingError as error:
        pytest.skip(f"there is no {error} here")
    except BonsaiError as error:
        return str(error)
    return found if found is None or isinstance(found, str) else first_fault(given, found)
