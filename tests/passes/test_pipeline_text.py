"""Pipelines as text: what reads, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.passes import PASSES
from bonsai_compiler.passes.optimise import parse_pipeline

numbers = st.floats(0, 4) | st.integers(0, 4)
ladders = st.dictionaries(st.just("s0"), st.lists(numbers, max_size=3).map(tuple))
edges = st.tuples(st.just("r0"), st.sampled_from(["x", "s0"]))
GIVEN = {
    "clip": st.fixed_dictionaries({}, optional={"threshold": numbers}),
    "quantize": st.fixed_dictionaries({}, optional={"step": numbers}),
    "snap": st.fixed_dictionaries({}, optional={"levels": st.none() | ladders}),
    "drop": st.fixed_dictionaries(
        {}, optional={"terms": st.lists(edges) | st.dictionaries(edges, numbers)}
    ),
}


@st.composite
def pipelines(draw):
    """Passes with parameters, as values."""
    names = draw(st.lists(st.sampled_from(list(PASSES)), min_size=1, max_size=6))
    return [(name, draw(GIVEN.get(name, st.just({})))) for name in names]


@given(pipelines(), st.sampled_from([", ", ",", " ,\n", ", \t"]))
def test_a_pipeline_reads_back(pipeline, comma):
    text = comma.join(
        f"{name}({', '.join(f'{key}={value!r}' for key, value in given.items())})"
        if given
        else name
        for name, given in pipeline
    )
    parsed = parse_pipeline(text)
    assert [(part.kind, part.given) for part in parsed] == [
        (PASSES[name], PASSES[name](**given) if given else None) for name, given in pipeline
    ]
    assert parse_pipeline(f"{text},") == parsed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not read"),
        ("clip,,drop", "does not read"),
        ("clip] + [drop", "does not read"),
        ("clip(", "does not read"),
        ("\0", "does not read"),
        ("(" * 500, "does not read"),
        ("'clip'", "is no pass"),
        ("passes.clip", "is no pass"),
        ("*clip", "is no pass"),
        ("clp", "did you mean 'clip'?"),
        ("zzz", "known are clip, quantize"),
        ("clip(0.2)", "by name"),
        ("clip(treshold=0.2)", "did you mean 'threshold'?"),
        ("clip(graph=1)", "no parameter 'graph'"),
        ("clip(**{})", "no parameter"),
        ("dead_code(hard=True)", "it takes none"),
        ("lower(states=[])", "it takes none"),
        ("clip(threshold=1, threshold=2)", "twice"),
        ("clip(threshold=x)", "no literal"),
        ("clip(threshold=abs(1))", "no literal"),
        ("1" + "+1" * 900, "is no pass"),
        (f"clip(threshold={'-' * 900}x)", "no literal"),
        ("snap(levels={[]: 1})", "no literal"),
        ("clip(threshold='1')", "its type is float"),
        ("clip(threshold=True)", "its type is float"),
        ("clip(threshold=1e999)", "its type is float"),
        (f"clip(threshold=1{'0' * 400})", "its type is float"),
        ("snap(levels={'s0': [1]})", "its type is Mapping"),
        ("snap(levels={'s0': (1, 'a')})", "its type is Mapping"),
        ("drop(terms='r0')", "its type is Mapping"),
        ("drop(terms=[('r0',)])", "its type is Mapping"),
        ("drop(terms={('r0', 'x'): 'y'})", "its type is Mapping"),
    ],
)
def test_what_does_not_read_is_one_line(text, said):
    with pytest.raises(BonsaiError) as caught:
        parse_pipeline(text)
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
