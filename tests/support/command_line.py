"""Running bonsaic in an empty folder, and the files that it is run on there."""

import io
import sys

import numpy as np
import pytest
from article import DELAY1, DELAY2, LOOP3
from safetensors.numpy import save

from bonsai_compiler.cli.main import main
from bonsai_compiler.networks.network_file import dump_network

LOGIC = """\
graph delay2 (logic)
input  x in {False, True}
state  s0 = False then x
state  s1 = False then s0
output y = s1
"""
TWO = """\
graph two (logic)
input  a in {False, True}
input  b in {False, True}
logic  n = a and b
output y = n
output z = b
"""

MODEL = {
    name: np.array(value, dtype=np.float32)
    for name, value in {
        "rnn.weight_ih_l0": [[8], [0]],
        "rnn.weight_hh_l0": [[0, 0], [4, 0]],
        "rnn.bias_ih_l0": [-4, 0],
        "rnn.bias_hh_l0": [0, 0],
        "head.weight": [[0, 1]],
    }.items()
}
"""A delay of one tick as PyTorch would have trained it, but for its round numbers."""


@pytest.fixture
def bonsaic(monkeypatch, capsys, tmp_path):
    """Runs bonsaic in an empty folder; returns exit code, stdout and stderr.

    `stdin` is the text there, None where it is closed.
    """
    monkeypatch.chdir(tmp_path)

    def call(*words, stdin=""):
        monkeypatch.setattr(sys, "argv", ["bonsaic", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", None if stdin is None else io.StringIO(stdin))
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


@pytest.fixture
def files(tmp_path, tasks):
    (tmp_path / "delay2.bonsai").write_text(DELAY2)
    (tmp_path / "loop3.bonsai").write_text(LOOP3)
    (tmp_path / "logic.bonsai").write_text(LOGIC)
    (tmp_path / "two.bonsai").write_text(TWO)
    (tmp_path / "delay1.json").write_text(dump_network(DELAY1))
    (tmp_path / "model.safetensors").write_bytes(save(MODEL))
    for name in ("delay1", "delay2", "loop3"):
        (tmp_path / f"{name}.py").write_text((tasks / f"{name}.py").read_text())
    return tmp_path


def table(text):
    return [line.split() for line in text.splitlines()]


def mistake(result):
    code, out, err = result
    assert code == 2
    assert out == ""
    assert len(err.splitlines()) == 1
    assert "Traceback" not in err
    return err
