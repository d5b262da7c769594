"""Propositions are written as sympy writes them, and mean what they are made of."""

from hypothesis import given
from hypothesis import strategies as st
from sympy import And, Not, Or, Symbol, Xor, false, true
from sympy.logic.inference import satisfiable

from bonsai_compiler.logic.propositions import (
    FALSE,
    TRUE,
    Proposition,
    all_of,
    any_of,
    differ,
    negation,
)

NAMES = "a", "b", "s0", "s10"


def named(name):
    return Symbol(name), Proposition(name=name)


def grown(pairs):
    """One operation of sympy's and of ours on the same parts."""
    several = st.lists(pairs, min_size=1, max_size=3)

    def applied(theirs, ours):
        return lambda parts: (theirs(*(s for s, _ in parts)), ours(p for _, p in parts))

    return st.one_of(
        pairs.map(lambda pair: (Not(pair[0]), negation(pair[1]))),
        *(several.map(applied(*kinds)) for kinds in ((And, all_of), (Or, any_of), (Xor, differ))),
    )


PAIRS = st.recursive(
    st.sampled_from([*map(named, NAMES), (true, TRUE), (false, FALSE)]), grown, max_leaves=8
)


def contradicts(theirs):
    """Whether sympy keeps something and its contrary side by side, which we take for a constant."""
    return any(Not(part) in whole.args for whole in theirs.atoms(And, Or) for part in whole.args)


@given(PAIRS)
def test_propositions_are_written_as_sympy_writes_them(pair):
    theirs, ours = pair
    if contradicts(theirs):
        assert not satisfiable(Xor(theirs, sympified(ours)))
    else:
        assert str(ours) == str(theirs)


def sympified(part):
    """Our proposition as sympy's own."""
    if not part.operator:
        return Symbol(part.name)
    join = {"&": And, "|": Or, "^": Xor, "~": Not}[part.operator]
    return join(*map(sympified, part.parts))


def test_where_a_comparison_fails_its_opposite_holds():
    asked = Proposition(name="[s < 2]", contrary="[s >= 2]")
    assert str(any_of([negation(asked), Proposition(name="a")])) == "[s >= 2] | a"
    assert negation(negation(asked)) == asked
    assert all_of([asked, negation(asked)]) == FALSE
