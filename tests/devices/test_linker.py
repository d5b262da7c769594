"""The linker that stands in where a machine has none: what it links runs."""

import ctypes
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bonsai_compiler.devices import linker

SOURCE = """
#include <math.h>
#include <string.h>
static const char *names[] = {"zero", "one", "two"};
int counter = 41;
static int hidden = 1;
int zeros[100];
double wave(double x) { return cos(x); }
void clear(char *bytes, int count) { memset(bytes, 7, count); }
const char *name(int index) { return names[index]; }
int count(void) { counter += hidden; zeros[5]++; return counter + zeros[5]; }
"""
needs_gcc = pytest.mark.skipif(shutil.which("gcc") is None, reason="makes its objects with gcc")


def compile_object(folder: Path, source: str, *flags: str) -> Path:
    (folder / "source.c").write_text(source)
    command = ["gcc", "-O2", "-fPIC", *flags, "-c", "source.c", "-o", "object.o"]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "object.o"


@needs_gcc
def test_what_is_linked_runs(tmp_path: Path) -> None:
    """Calls and data inside, calls outside, and addresses that only the loader knows."""
    made = compile_object(tmp_path, SOURCE)
    linker.make_command(tmp_path)
    command = [tmp_path / "ld", "-shared", "-L/lib", made, "-lgcc", "-o", tmp_path / "made.so"]
    subprocess.run(command, check=True)
    library = ctypes.CDLL(str(tmp_path / "made.so"), 2)  # 2: find every symbol at once
    library.wave.restype = ctypes.c_double
    library.wave.argtypes = [ctypes.c_double]
    assert library.wave(0.0) == 1.0
    some = ctypes.create_string_buffer(4)
    library.clear(some, 3)
    assert some.raw == b"\7\7\7\0"
    library.name.restype = ctypes.c_char_p
    assert library.name(2) == b"two"
    assert [library.count(), library.count()] == [43, 45]


@needs_gcc
def test_what_it_cannot_link_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    local = compile_object(tmp_path, "__thread int each; int get(void) { return each; }")
    assert linker.main(["-o", str(tmp_path / "made.so"), str(local)]) == 1
    assert "relocation" in capsys.readouterr().err
    assert not (tmp_path / "made.so").exists()


def test_other_files_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strange = tmp_path / "strange.o"
    strange.write_bytes(Path(sys.executable).read_bytes()[:4096])
    assert linker.main(["-o", str(tmp_path / "made.so"), str(strange)]) == 1
    assert linker.main(["-o", str(tmp_path / "made.so")]) == 1
    assert capsys.readouterr().err.count("\n") == 2
