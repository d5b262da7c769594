"""Graphviz's machine code is kept where it can be, and drawings come where it cannot."""

from pathlib import Path

import pytest
import wasmtime

from bonsai_compiler.backends.graphviz import _keeping_code, rendered

EMPTY = b"\0asm\1\0\0\0"
"""The smallest module of WebAssembly."""


def test_what_is_compiled_is_kept_in_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    before = wasmtime.Engine
    with _keeping_code():
        wasmtime.Module(wasmtime.Engine(), EMPTY)
    assert [path for path in tmp_path.rglob("*") if path.is_file()]
    assert wasmtime.Engine is before


@pytest.mark.parametrize("place", ["/dev/null/there", "not/absolute"])
def test_without_a_folder_for_it_nothing_is_kept(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", place)
    monkeypatch.setenv("HOME", place)
    with _keeping_code():
        wasmtime.Module(wasmtime.Engine(), EMPTY)
    assert b"a&#45;&gt;b" in rendered("digraph {a -> b}")
