"""Emitted hardware: simulated by Icarus Verilog, and proved one circuit by Yosys."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np

from bonsai_compiler.bench.targets.software import places_of
from bonsai_compiler.bench.targets.tools import ran, tool, written, yosys
from bonsai_compiler.bench.targets.trial import Answers, Trial
from bonsai_compiler.circuits.circuit import Wires
from bonsai_compiler.circuits.lowering import circuit_of
from bonsai_compiler.driver.emission import emit
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.targets.verilog import Reset
from bonsai_compiler.targets.wiring import Wiring, bits

FILES = {"verilog": "a.v", "blif": "a.blif", "aiger": "a.aig", "aiger-text": "a.aag"}
PROVED = "Induction step proven: SUCCESS!"

_BENCH = """\
module bench;
    reg clk = 0;
    reg rst = 0;
    reg enable = 1;
    reg [{width_in}:0] letters [0:{ticks} - 1];
    reg [{width_in}:0] letter;
    reg [{width_in} - 1:0] given = 0;
    wire [{width_out} - 1:0] found;
{declared}
    integer tick, idle;
    {module} machine ({ports});
    task clocked;
        begin
            #1 clk = 1;
            #1 clk = 0;
        end
    endtask
    task begun;
        begin
{begun}
        end
    endtask
    initial begin
        #1 $readmemb("letters.txt", letters);
{first}
        for (tick = 0; tick < {ticks}; tick = tick + 1) begin
            letter = letters[tick];
            if (letter[{width_in}]) begun;
{idle}
            given = letter;
            #1 $display("%b", found);
            clocked;
        end
        $finish;
    end
endmodule
"""

_RESET = """\
            // Some ticks, then a reset, of which nothing may be left.
            for (idle = 0; idle < 3; idle = idle + 1) begin
                given = ~given;
                clocked;
            end
            rst = 1;
            clocked;
            rst = 0;"""

_IDLE = """\
            // An edge while enable is 0 is no tick.
            enable = 0;
            given = ~letter;
            clocked;
            enable = 1;"""


def in_verilog(trial: Trial, folder: Path) -> Answers:
    """Return what the module answers after a reset, with edges between that are no ticks."""
    tool("iverilog")
    written(folder, "machine.v", emit(trial.graph, "verilog"))
    wiring = Wiring(circuit_of(trial.graph))
    ports = [".clk(clk)", ".rst(rst)", ".enable(enable)"]
    for wired, called, vector in (
        (wiring.circuit.inputs, wiring.inputs, "given"),
        (wiring.circuit.outputs, wiring.outputs, "found"),
    ):
        place = 0
        for each in wired:
            size = len(each.literals)
            ports.append(f".{called[each.name]}({vector}[{place} +: {size}])")
            place += size
    return _simulated(trial, folder, wiring.module, ports, {"begun": _RESET, "idle": _IDLE})


def through_yosys(
    trial: Trial, folder: Path, backend: Literal["blif", "aiger", "aiger-text"]
) -> Answers:
    """Return what BLIF or AIGER answers that Yosys has read, and written again as Verilog."""
    tool("iverilog")
    written(folder, FILES[backend], emit(trial.graph, backend))
    wiring = Wiring(circuit_of(trial.graph))
    clock = wiring.fresh("clock")
    script, source = "", FILES[backend]
    if backend == "blif":
        # Its flip-flops have no clock; AIGER gives them one.
        script = (
            f"read_blif {source}\ntechmap; opt; abc -g AND; opt_clean; aigmap\n"
            "write_aiger -symbols b.aig\ndesign -reset\n"
        )
        source = "b.aig"
    script += f"read_aiger -clk_name {clock} -module_name machine {source}\n"
    run_script(f"{script}write_verilog -noattr machine.v\n", folder)
    made = (folder / "machine.v").read_text(encoding="utf-8")
    ports = [f".{clock}(clk)"] if re.search(rf"\b{clock};", made) else []
    for names, vector in ((wiring.input_bits(), "given"), (wiring.output_bits(), "found")):
        ports += [f".\\{name} ({vector}[{place}])" for place, (_, name) in enumerate(names)]
    # They have no reset: a word begins with what the registers held at first.
    kept = [f"machine.{name} " for name in re.findall(r"^ *reg (\S+)", made, re.MULTILINE)]
    parts = {}
    if kept:
        parts = {
            "declared": f"    reg [{len(kept)} - 1:0] first;",
            "first": f"        first = {{{', '.join(kept)}}};",
            "begun": f"            {{{', '.join(kept)}}} = first;",
        }
    return _simulated(trial, folder, "machine", ports, parts)


def _simulated(
    trial: Trial, folder: Path, module: str, ports: Sequence[str], parts: Mapping[str, str]
) -> Answers:
    """Return what a module answers for each word, one after the other."""
    graph, circuit = trial.graph, circuit_of(trial.graph)
    given = places_of(circuit.inputs, graph, "in")
    order = np.argsort(places_of(circuit.outputs, graph, "out"))
    rows = []
    for word in trial.words:
        for tick, row in enumerate(word.bits[:, given].tolist()):
            bits = "".join("01"[bit] for bit in row[::-1]) or "0"
            rows.append(f"{'0' if tick else '1'}{bits}")
    text = _BENCH.format(
        module=module,
        ports=", ".join(ports),
        width_in=max(len(given), 1),
        width_out=len(order),
        ticks=len(rows),
        **{"declared": "", "first": "", "begun": "", "idle": "", **parts},
    )
    written(folder, "bench.v", text)
    written(folder, "letters.txt", "\n".join(rows) + "\n")
    ran(tool("iverilog"), "-o", "bench", "machine.v", "bench.v", folder=folder)
    said = ran(tool("vvp"), "bench", folder=folder).splitlines()
    found = [[sign == "1" for sign in reversed(line)] for line in said if _BITS.fullmatch(line)]
    told = iter(np.array(found).reshape(len(rows), len(order))[:, order].tolist())
    return [list(islice(told, len(word.bits))) for word in trial.words]


_BITS = re.compile("[01xz]+")


def passes_testbench(trial: Trial, folder: Path) -> str | None:
    """Return what the emitted testbench says beside PASS, in every variant of the module."""
    simulator = tool("iverilog")
    for registered in (False, True):
        for reset in ("sync", "async"):
            written(folder, "a.v", emit(trial.graph, "verilog", registered=registered, reset=reset))
            written(folder, "b.v", emit(trial.graph, "testbench", registered=registered))
            ran(simulator, "-Wall", "-o", "simulation", "a.v", "b.v", folder=folder)
            said = ran(tool("vvp"), "simulation", folder=folder)
            if not said.startswith("PASS"):
                return said.splitlines()[0]
    return None


def run_script(script: str, folder: Path) -> str:
    """Run a script in Yosys, and return what it says."""
    written(folder, "script.ys", script)
    return ran(yosys(), "script.ys", folder=folder)


_EQUIVALENT = """
read_verilog a.v tied.v
hierarchy -check -top tied
proc; flatten; async2sync
cd tied
{renamed}
cd
splitnets -format []
opt_expr; opt_clean
read_blif a.blif
rename {module} in_blif
read_aiger -module_name in_aiger a.aig
read_aiger -module_name in_text a.aag
expose -cut -dff -shared tied in_blif in_aiger in_text
miter -equiv -flatten tied in_blif one
miter -equiv -flatten in_blif in_aiger two
miter -equiv -flatten in_aiger in_text three
sat -verify -tempinduct -set-def-inputs -prove trigger 0 one
sat -verify -tempinduct -prove trigger 0 two
sat -verify -tempinduct -prove trigger 0 three
"""
"""Flip-flops have the same names on all sides. What they hold is compared as the outputs are, and
what is read of them is one input for both sides: then a tick of induction is enough."""


def prove_one_circuit(graph: Graph, folder: Path, reset: Reset = "sync") -> None:
    """Have Yosys prove Verilog = BLIF = AIGER = AIGER in text; raises BonsaiError otherwise."""
    for backend, name in FILES.items():
        own = reset if backend == "verilog" else None
        written(folder, name, emit(graph, backend, reset=own))
    wiring = Wiring(circuit_of(graph))
    written(folder, "tied.v", _tied(wiring))
    stored = [wiring.registers[each.name] for each in wiring.circuit.registers if each.literals]
    renamed = "\n".join(f"rename \\inner.{name} \\{name}" for name in stored)
    said = run_script(_EQUIVALENT.format(module=wiring.module, renamed=renamed), folder)
    if said.count(PROVED) != 3:
        raise BonsaiError("Yosys: did not prove the three equal")


def _tied(wiring: Wiring) -> str:
    """Return a module around the one in Verilog, with a port a bit, that runs on every tick."""
    named = [(wiring.inputs[each.name], each) for each in wiring.circuit.inputs]
    made = [(wiring.outputs[each.name], each) for each in wiring.circuit.outputs]
    ports = [f"input \\{bit} " for name, each in named for bit in bits(name, each)]
    ports += [f"output \\{bit} " for name, each in made for bit in bits(name, each)]
    joined = [f".{name}({{{_joined(name, each)}}})" for name, each in (*named, *made)]
    control = [".clk(1'b0)", ".rst(1'b0)", ".enable(1'b1)"]
    return (
        f"module tied({', '.join(ports)});\n"
        f"    {wiring.module} inner({', '.join([*control, *joined])});\nendmodule\n"
    )


def _joined(name: str, wires: Wires) -> str:
    return ", ".join(f"\\{bit} " for bit in reversed(bits(name, wires)))
