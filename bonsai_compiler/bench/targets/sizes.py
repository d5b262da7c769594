"""`bonsaic bench hardware`: gates, literals and flip-flops, beside Yosys's of the task's table."""

import json
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from bonsai_compiler.bench.targets.results import results_in
from bonsai_compiler.bench.targets.tools import ran, written, yosys
from bonsai_compiler.driver.emission import emit
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.specification.machine import Machine, minimized, tabulate

WAYS = {
    "one-hot": "fsm -encoding one-hot;",
    "binary": "fsm -encoding binary;",
    "as numbered": "",
}
"""How Yosys is told to number the states of the table; ours are numbered by the network."""

_SCRIPT = """
read_verilog source.v
hierarchy -auto-top
proc -norom; flatten; opt_expr; opt_clean; opt -nodffe -nosdff; {fsm}
opt -full -nodffe -nosdff
techmap; opt -full -nodffe -nosdff
dfflegalize -cell $_DFF_P_ x -mince 99999 -minsrst 99999
opt -full -nodffe -nosdff
abc -g AND
opt_clean
write_json netlist.json
"""


@dataclass(frozen=True, slots=True)
class Size:
    """What a circuit takes: and-gates of two inputs, literals of factored forms, flip-flops."""

    gates: int
    literals: int
    registers: int

    def __str__(self) -> str:
        return f"{self.gates} / {self.literals} / {self.registers}"


@click.command()
@click.argument("folders", nargs=-1, required=True, type=Path, metavar="DIR...")
def command(folders: tuple[Path, ...]) -> None:
    """Count what each proved result takes in hardware, and what Yosys makes of its task's table.

    Each DIR is a folder that 'bonsaic bench SUITE' has filled. All goes through one script of
    Yosys and ABC, and is counted by one rule: and-gates of two inputs, their inverters free;
    literals, where a gate that only one gate reads is written in its place; flip-flops.
    """
    print(f"| suite | task | states | ours | {' | '.join(f'Yosys, {way}' for way in WAYS)} |")
    print(f"|---|---|---|---|{'---|' * len(WAYS)}", flush=True)
    rows: dict[str, list[list[Size]]] = {}
    for result in results_in(folders):
        machine = minimized(tabulate(result.task))
        sizes = [size_of(_uninitialized(result.graph)), *sizes_of_table(machine)]
        rows.setdefault(result.suite, []).append(sizes)
        cells = (result.suite, result.run.name, machine.size, *sizes)
        print(f"| {' | '.join(map(str, cells))} |", flush=True)
    print()
    for suite, sizes_of_suite in rows.items():
        print("\n".join(_said(suite, sizes_of_suite)))


def _said(suite: str, rows: Sequence[Sequence[Size]]) -> Iterator[str]:
    """Yield the medians of a suite, and in how many rows which of two is smaller."""
    best = [min(row[1:], key=lambda size: (size.literals, size.registers)) for row in rows]
    columns = {"ours": [row[0] for row in rows]}
    columns |= {way: [row[place] for row in rows] for place, way in enumerate(WAYS, 1)}
    columns["the best of the three"] = best
    for name, sizes in columns.items():
        medians = [
            statistics.median(getattr(size, part) for size in sizes)
            for part in ("gates", "literals", "registers")
        ]
        yield f"{suite}, median of {len(rows)}, {name}: {' / '.join(f'{n:g}' for n in medians)}"
    signs = Counter(
        ("as many", "more", "fewer")[
            (ours.literals > other.literals) - (ours.literals < other.literals)
        ]
        for ours, other in zip(columns["ours"], best, strict=True)
    )
    told = ", ".join(f"{sign} in {signs[sign]}" for sign in ("fewer", "as many", "more"))
    yield f"{suite}, literals of ours beside that: {told}"


def _uninitialized(graph: Graph) -> str:
    """Return the Verilog with rst alone: first values and `enable` are no part of a table."""
    text = str(emit(graph, "verilog"))
    text = re.sub(r"^( *reg (?:\[\d+:0\] )?\w+) = [^;]*;", r"\1;", text, flags=re.MULTILINE)
    return text.replace("else if (enable)", "else")


def sizes_of_table(machine: Machine) -> list[Size]:
    """Return what Yosys makes of a table, a size for each of WAYS."""
    return [size_of(table(machine), fsm) for fsm in WAYS.values()]


def table(machine: Machine) -> str:
    """Return a machine as nested `case`s in Verilog; what is not asked for is x."""
    width = max((machine.size - 1).bit_length(), 1)
    given, made = max(len(machine.inputs), 1), len(machine.outputs)
    nothing = f"next = {width}'bx; y = {made}'bx;"
    lines = []
    for state in range(machine.size):
        lines.append(f"            S{state}: case (x)")
        for letter in machine.legal[state].nonzero()[0].tolist():
            word = "".join("01"[bit] for bit in machine.letters[letter].tolist()) or "0"
            code = "".join("0x1"[sign + 1] for sign in machine.output[state, letter].tolist())
            following = int(machine.successor[state, letter])
            target = f"S{following}" if following >= 0 else f"{width}'bx"
            lines.append(f"                {given}'b{word}: begin next = {target};")
            lines.append(f"                    y = {made}'b{code}; end")
        lines.append(f"                default: begin {nothing} end")
        lines.append("            endcase")
    names = ", ".join(f"S{state} = {width}'d{state}" for state in range(machine.size))
    return "\n".join(
        [
            f"module machine(input clk, input rst, input [{given - 1}:0] x,",
            f"    output reg [{made - 1}:0] y);",
            f"    localparam {names};",
            f"    reg [{width - 1}:0] state, next;",
            "    always @(posedge clk) if (rst) state <= S0; else state <= next;",
            "    always @* begin",
            f"        {nothing}",
            "        case (state)",
            *lines,
            "            default: ;",
            "        endcase",
            "    end",
            "endmodule",
        ]
    )


def size_of(source: str, fsm: str = "") -> Size:
    """Return what Yosys and ABC make of a module; raises BonsaiError where they do not."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        written(folder, "source.v", source)
        written(folder, "script.ys", _SCRIPT.format(fsm=fsm))
        ran(yosys(), "-q", "script.ys", folder=folder)
        modules = json.loads((folder / "netlist.json").read_text(encoding="utf-8"))["modules"]
    (module,) = modules.values()
    return counted(module)


def counted(module: dict[str, Any]) -> Size:
    """Return the size of a netlist of Yosys, of and-gates, inverters and flip-flops."""
    cells: dict[str, list[dict[str, list[Any]]]] = {"$_AND_": [], "$_NOT_": [], "$_DFF_P_": []}
    for cell in module["cells"].values():
        if cell["type"] not in cells:
            raise BonsaiError(f"Yosys: left a {cell['type']}, which is not counted")
        cells[cell["type"]].append(cell["connections"])
    inverted = {wires["Y"][0]: wires["A"][0] for wires in cells["$_NOT_"]}

    def source(bit: Any) -> Any:
        while bit in inverted:
            bit = inverted[bit]
        return bit

    read = [source(wires[pin][0]) for wires in cells["$_AND_"] for pin in "AB"]
    ends = {source(wires["D"][0]) for wires in cells["$_DFF_P_"]}
    for port in module["ports"].values():
        if port["direction"] == "output":
            ends |= set(map(source, port["bits"]))
    readers = Counter(read)
    gates = {wires["Y"][0] for wires in cells["$_AND_"]}
    # What one gate alone reads stands in its place, and is no literal there.
    inner = {bit for bit in gates if readers[bit] == 1 and bit not in ends}
    return Size(len(gates), sum(bit not in inner for bit in read), len(cells["$_DFF_P_"]))
