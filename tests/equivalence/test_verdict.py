"""The one line that a verdict comes to, word by word."""

import pytest

from bonsai_compiler.equivalence.verdict import Counterexample, Verdict
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import signals_of

X, YZ, NONE = signals_of(("x",), ()), signals_of(("y", "z"), ()), signals_of((), ())
PORT = Port("a", 0, 2, "thermometer")
DIGITS = signals_of(("x", *PORT.bits), (PORT,))


def example(ticks, expected=(False, None), **more):
    """Alternating inputs, whose last tick has another output than the expected ones."""
    inputs = tuple((tick % 2 == 1,) for tick in range(ticks))
    right, wrong = (False, False), (True, False)
    return Counterexample(inputs, (right,) * (ticks - 1) + (wrong,), (expected,) * ticks, **more)


@pytest.mark.parametrize(
    ("verdict", "line"),
    [
        (
            Verdict("proved", 12),
            "proved: equal for every legal input sequence (12 joint states)",
        ),
        (Verdict("proved", 0), "proved: equal for every legal input sequence"),
        (
            Verdict("proved", 1_000_001, by="regions", regions=49, slack=1.1181663447398863e-05),
            "proved: equal for every legal input sequence (49 regions, whatever rounds by up to "
            "1.1e-05)",
        ),
        (
            Verdict("proved", 3, 5),
            "proved: equal for every legal input sequence up to its horizon of 5 ticks "
            "(3 joint states)",
        ),
        (
            Verdict("tested", 9, depth=4, random=64),
            "tested: equal on every legal sequence of 4 ticks and on 64 long random ones; "
            "this is no proof",
        ),
        (
            Verdict("tested", 9, 7, depth=4, random=64),
            "tested: equal on every legal sequence of 4 ticks and on 64 long random ones "
            "up to its horizon of 7 ticks; this is no proof",
        ),
        (
            Verdict("tested", 9, 7, depth=1, random=0),
            "tested: equal on every legal sequence of 1 tick up to its horizon of 7 ticks, "
            "and no time was left for long ones; this is no proof",
        ),
        (
            Verdict("tested", 9, depth=0, random=2048),
            "tested: right on 2048 fresh sequences of examples; this is no proof",
        ),
        (
            Verdict("refuted", 1, counterexample=example(2), shortest=True),
            "refuted at tick 2 by the shortest counterexample: x = 0, 1: y = 1, expected 0",
        ),
        (
            Verdict("refuted", 1, counterexample=example(2, (False, True))),
            "refuted at tick 2 by a counterexample: x = 0, 1: y = 1, expected 0, z = 0, expected 1",
        ),
        (
            Verdict("refuted", 1, counterexample=example(1, fault="it raised ValueError")),
            "refuted at tick 1 by a counterexample: x = 0: it raised ValueError",
        ),
    ],
)
def test_a_verdict_is_one_line(verdict, line):
    assert verdict.describe(X, YZ) == line


@pytest.mark.parametrize(("ticks", "shown"), [(40, 40), (41, 20)])
def test_of_a_long_counterexample_the_end_is_shown(ticks, shown):
    line = example(ticks).describe(X, YZ)
    digits = ", ".join(str(tick % 2) for tick in range(ticks - shown, ticks))
    before = f"... {ticks - shown} earlier ticks; then " if ticks > shown else ""
    assert line == f"{before}x = {digits}: y = 1, expected 0"


def test_integers_are_told_as_integers():
    shown = Counterexample(((True, True, False),), ((True,),), ((False,),))
    assert shown.describe(DIGITS, X) == "x = 1; a = 1: x = 1, expected 0"
    assert shown.replay(DIGITS) == "-- 1,1"


def test_without_inputs_a_counterexample_is_its_ticks():
    shown = Counterexample(((), ()), ((False,), (True,)), ((False,), (False,)))
    assert shown.describe(NONE, X) == "tick 2: x = 1, expected 0"
    assert shown.replay(NONE) == "--ticks 2"
    assert example(2).replay(X) == "-- 0 1"
