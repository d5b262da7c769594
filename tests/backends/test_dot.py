"""Drawings need no system package, are the same each time, and show any text as text."""

import struct
import sys
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from article import DELAY2
from command_line import mistake

from bonsai_compiler.backends import dot
from bonsai_compiler.backends.dot import MOST_EDGES, emit_dot, emit_png, emit_svg
from bonsai_compiler.backends.graphviz import quoted
from bonsai_compiler.differences.diff import Step
from bonsai_compiler.ir.text import load
from bonsai_compiler.page.scenes import scenes

HOSTILE = '</script><script>alert("1")</script> & &lt;b&gt; \\N \\l ünï 日本'


def words(svg):
    """Return every text that a drawing shows."""
    return [
        "".join(node.itertext()) for node in ElementTree.fromstring(svg).iter() if is_text(node)
    ]


def is_text(node):
    return node.tag == "{http://www.w3.org/2000/svg}text"


def test_hostile_text_is_drawn_as_it_stands():
    svg = emit_svg(load(DELAY2), HOSTILE)
    assert "<script" not in svg
    shown = " ".join(words(svg)[:3])
    assert HOSTILE in shown
    assert "\\N" in emit_dot(load(DELAY2), HOSTILE)


def test_hostile_names_are_drawn_as_they_stand():
    name = "<b>'x' \"ü\" &amp;</b>"
    graph = replace(load(DELAY2), name=name)
    first, *others = graph.nodes
    svg = emit_svg(graph.with_nodes([replace(first, name=name), *others]))
    assert "<b>" not in svg
    assert name in words(svg)
    titles = [
        node.text for node in ElementTree.fromstring(svg).iter() if node.tag.endswith("title")
    ]
    assert titles[0] == name


def test_what_xml_has_no_place_for_is_replaced():
    svg = emit_svg(load(DELAY2), "a\x07b\x00c\ud800")
    assert words(svg)[0] == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c" + (
        "\N{REPLACEMENT CHARACTER}"
    )
    assert quoted("\x1b") == '"\N{REPLACEMENT CHARACTER}"'


def test_a_png_shows_its_text_with_the_font_that_comes_along():
    graph = load(DELAY2)
    data = emit_png(graph, "a title")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    assert min(width, height) > 300
    assert data == emit_png(graph, "a title")
    # Equally wide words in the place of each other: only letters can tell the two apart.
    assert data != emit_png(graph, "a litte")
    assert emit_png(graph, "日本").startswith(data[:8])


def test_a_wide_drawing_is_shrunk_to_what_viewers_read():
    lines = [f"state s{place} = 1 then s{place}" for place in range(200)]
    data = emit_png(load("\n".join(["graph wide", *lines, "output y = s0"])))
    assert struct.unpack(">I", data[16:20])[0] in range(15_999, 16_002)


@pytest.mark.parametrize(("backend", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_emit_writes_a_drawing(bonsaic, files, backend, start):
    assert bonsaic("emit", "delay2.bonsai", "--to", backend, "-o", "out")[0] == 0
    assert (files / "out").read_bytes().startswith(start)


def test_a_png_is_not_printed_on_a_terminal(bonsaic, files, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert "-o FILE" in mistake(bonsaic("emit", "delay2.bonsai", "--to", "png"))


def wide(neurons):
    """Return a graph of so many neurons that all read each other's states."""
    states = "".join(f"state s{k} = 0 then n{k}\n" for k in range(neurons))
    terms = " + ".join(f"0.5*s{k}" for k in range(neurons))
    each = "".join(f"neuron n{k} = linear({terms})\n" for k in range(neurons))
    return f"graph wide\n{states}{each}output y = n0\n"


def test_what_has_too_many_edges_is_written_but_not_laid_out(bonsaic, tmp_path):
    path = tmp_path / "wide.bonsai"
    path.write_text(wide(45))
    graph = load(path.read_text())
    assert emit_dot(graph).count(" -> ") == 45 * 45 + 45 + 1 > MOST_EDGES
    fault = mistake(bonsaic("emit", str(path), "--to", "svg"))
    assert fault.startswith("bonsaic: wide: 2,071 edges are too many to be laid out")
    assert bonsaic("emit", str(path), "--to", "dot")[0] == 0
    (drawing,) = scenes([Step("lift", graph)]).drawings
    assert len(drawing.boxes) == 91
    assert not drawing.curves


def test_a_result_without_a_drawing_says_so(bonsaic, files, monkeypatch):
    monkeypatch.setattr(dot, "MOST_EDGES", 0)
    code, _, err = bonsaic("compile", "delay1.json", "-o", "few")
    assert code == 0
    assert "bonsaic: delay1.svg is left out: " in err
    assert (files / "few" / "delay1" / "view.html").is_file()
    assert not (files / "few" / "delay1" / "delay1.svg").exists()
