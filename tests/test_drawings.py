"""Drawings need no system package, are the same each time, and show any text as text."""

import struct
import sys
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from command_line import mistake
from test_article import DELAY2

from bonsai_compiler.backends.dot import emit_dot, emit_png, emit_svg
from bonsai_compiler.backends.graphviz import quoted
from bonsai_compiler.ir.text import load

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
