"""What each task puts out, stated again: of all that came in at once, and without states."""

from oracles import article, dfsm, mips_bits, mips_ints, textbook, tomita
from oracles.histories import Law, Oracle

ORACLES: dict[str, Oracle] = {
    **article.SAID,
    **dfsm.SAID,
    **mips_bits.SAID,
    **mips_ints.SAID,
    **textbook.SAID,
    **tomita.SAID,
}
"""By the name of the task."""

LAWS: dict[str, Law] = {**article.LEGAL, **textbook.LEGAL}
"""Of the tasks for which not every input is legal: whether a history is."""
