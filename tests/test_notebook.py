"""What a notebook shows of graphs, steps, results, differences and traces."""

from dataclasses import replace

import pytest
from article import DELAY2
from pages import HOSTILE_TAGS, Tags
from published import two_ago
from sources import TwoAgo

import bonsai_compiler as bonsai
from bonsai_compiler.ir.text import dump, load


@pytest.fixture(scope="module")
def result():
    return bonsai.compile(two_ago(), TwoAgo)


def looked_at(value):
    """Return the tags of what a notebook shows of a value; nothing in it acts."""
    bundle = value._repr_mimebundle_()
    assert bundle == {"text/plain": str(value), "text/html": value._repr_html_()}
    tags = Tags(bundle["text/html"])
    assert not {"script", "img", "iframe", "link"} & {*tags.tags}
    assert not [name for name in tags.names if name.startswith("on")]
    return tags


def test_a_notebook_shows_graphs_steps_results_and_differences(result):
    graph = result.steps[0].graph
    assert str(graph) == dump(graph).rstrip("\n")
    assert {"svg", "details"} <= {*looked_at(graph).tags}
    assert "lift" in looked_at(result.steps[0]).text
    shown = looked_at(result)
    assert result.program in shown.text
    assert result.summary in shown.text
    assert "svg" in shown.tags
    difference = bonsai.diff(graph, result.graph)
    assert "- neuron r0 = ameo(1*s1)" in looked_at(difference).text.replace("s2", "s1")
    assert len(difference.changes) > 3
    assert looked_at(bonsai.diff(graph, graph)).text == str(bonsai.diff(graph, graph))


def test_a_notebook_shows_traces(result):
    trace = bonsai.run(result.graph, [tick % 3 == 0 for tick in range(1200)])
    shown = looked_at(trace)
    assert shown.tags.count("path") == len(trace.signals)
    assert "the first 1000 of 1200 ticks" in shown.text
    assert "┌─" in str(trace)


def test_a_notebook_shows_words_and_integers_by_their_values(lit):
    _, result = lit
    shown = looked_at(result)
    assert '("red", "amber", "green")' in shown.text
    assert "proved" in shown.text
    drawn = looked_at(bonsai.machine(result.graph)).text
    assert "go on, please" in drawn
    assert "amber" in drawn
    trace = bonsai.run(result.graph, [("go on, please",), ("stay",), ("back",)])
    assert trace["light"] == ("amber", "amber", "red")
    waves = looked_at(trace).text
    assert "go on, please" in waves
    assert "amber" in waves


def test_hostile_text_is_shown_as_text():
    class Hostile(TwoAgo):
        pass

    Hostile.__doc__ = HOSTILE_TAGS
    result = bonsai.compile(load(DELAY2), Hostile)
    assert HOSTILE_TAGS.split(" \"'")[0] in looked_at(result).text
    document = two_ago()
    document["inputLayer"]["neurons"][0]["name"] = HOSTILE_TAGS
    looked_at(bonsai.compile(document))
    drawn = looked_at(replace(load(DELAY2), name="--><script>alert(3)</script>"))
    assert "alert(3)" in drawn.text
    names = load(DELAY2.replace("s0", "ünï").replace("graph delay2", "graph ß"))
    assert "ünï" in looked_at(bonsai.run(names, "1 0")).text
    assert "ünï" in looked_at(names).text
