"""Emitted C and JavaScript as programs that run ticks when asked to, for `bench run`.

Each is a process of its own that reads from its input how many rounds of TICKS letters to run, and
answers with what all outputs add up to, so that no compiler can leave them out.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from bonsai_compiler.circuits.lowering import bit_names, circuit_of
from bonsai_compiler.errors import BonsaiError, shortened
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.targets import TARGETS
from bonsai_compiler.targets.bit_sliced import sliced_members
from bonsai_compiler.targets.c_types import Fields, prefix_of

TICKS = 1024
"""Letters of a round: few enough that they stay in the fastest cache."""

MACHINES = 64
"""Those that words of 64 bits step at once."""

FLAGS = ("-std=c99", "-O3", "-march=native")

_C = """
#include <stdio.h>
#include <stdlib.h>
#include "machine.h"
{data}
static {prefix}_input inputs[{ticks}];
int main(void)
{{
    {prefix}_state state;
    {prefix}_output output;
    uint64_t total = 0;
    unsigned long rounds, round;
    int tick;
    for (tick = 0; tick < {ticks}; tick++) {{ {reads} }}
    {prefix}_init(&state);
    while (scanf("%lu", &rounds) == 1) {{
        for (round = 0; round < rounds; round++) {{
            for (tick = 0; tick < {ticks}; tick++) {{
                {prefix}_step(&state, &inputs[tick], &output);
                {adds}
            }}
        }}
        printf("%llu\\n", (unsigned long long)total);
        fflush(stdout);
    }}
    return 0;
}}
"""

_JAVASCRIPT = """
import {{ start, step }} from "./machine.mjs";
const letters = {letters};
let state = start, total = 0;
process.stdin.on("data", (text) => {{
  for (let round = Number(text); round > 0; round--) {{
    for (const letter of letters) {{
      const [following, output] = step(state, letter);
      state = following;
      total = ({adds}) | 0;
    }}
  }}
  console.log(total);
}});
"""

Ask = Callable[[int], str]
"""Runs so many rounds, and returns what the outputs add up to."""


def letters_of(
    graph: Graph, machines: int = 1
) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    """Return the bits of random letters, (TICKS, machines, inputs)."""
    signals = graph.input_signals
    chosen = np.random.default_rng(0).integers(signals.size, size=(TICKS, machines))
    return signals.alphabet[chosen]


def c_program(graph: Graph, folder: Path, running: ExitStack) -> Ask | None:
    """Return a graph of logic in C; None where there is no C compiler."""
    fields, prefix, signals = Fields(graph), prefix_of(graph.name), graph.input_signals
    rows = []
    for bits in letters_of(graph)[:, 0].tolist():
        values = zip(signals.fields, signals.values(tuple(bits)), strict=True)
        rows.append([_number(field, value) for field, value in values])
    reads = [
        f"inputs[tick].{member} = ({fields.enums.get(name) or 'int'})data[tick][{place}];"
        for place, (name, member) in enumerate(fields.inputs.items())
    ]
    adds = [f"total += (uint64_t)output.{member};" for member in fields.outputs.values()]
    return _c(folder, running, prefix, TARGETS["c"](graph), _table("int", rows), reads, adds)


def sliced_program(graph: Graph, folder: Path, running: ExitStack) -> Ask | None:
    """Return a graph of logic in C that steps 64 machines at once; None without a C compiler."""
    prefix, circuit = f"{prefix_of(graph.name)}_64", circuit_of(graph)
    names = [node.name for node in graph.inputs]
    places = [names.index(name) for each in circuit.inputs for name in bit_names(each)]
    worth = np.array([1 << k for k in range(MACHINES)], dtype=np.uint64)
    letters = letters_of(graph, MACHINES)[:, :, places]
    rows = (letters * worth[:, None]).sum(axis=1, dtype=np.uint64).tolist()
    inputs, outputs = sliced_members(circuit)
    reads = [f"inputs[tick].{member} = data[tick][{k}];" for k, member in enumerate(inputs)]
    adds = [f"total += output.{member};" for member in outputs]
    return _c(
        folder, running, prefix, TARGETS["c-64"](graph), _table("uint64_t", rows), reads, adds
    )


def javascript_program(graph: Graph, folder: Path, running: ExitStack) -> Ask | None:
    """Return a graph of logic as an ES module in node; None where there is no node."""
    node = shutil.which("node")
    if node is None:
        return None
    signals, results = graph.input_signals, graph.output_signals
    rows = [
        dict(zip(signals.names, signals.values(tuple(bits)), strict=True))
        for bits in letters_of(graph)[:, 0].tolist()
    ]
    adds = []
    for field in results.fields:
        name = json.dumps(field.name if isinstance(field, Port) else field)
        words = isinstance(field, Port) and field.labels
        adds.append(f"output[{name}]{'.length' if words else ''}")
    text = _JAVASCRIPT.format(letters=json.dumps(rows), adds=" + ".join(["total", *adds]))
    (folder / "machine.mjs").write_text(str(TARGETS["javascript"](graph)), encoding="utf-8")
    (folder / "main.mjs").write_text(text, encoding="utf-8")
    return _asking([node, "main.mjs"], folder, running)


def _number(field: Port | str, value: object) -> int:
    return field.seen.index(value) + field.low if isinstance(field, Port) else int(bool(value))


def _table(kind: str, rows: Sequence[Sequence[int]]) -> str:
    suffix = "u" if kind == "uint64_t" else ""
    lines = ",".join("{" + ",".join(f"{n}{suffix}" for n in row or [0]) + "}" for row in rows)
    return f"static const {kind} data[{len(rows)}][{max(len(rows[0]), 1)}] = {{{lines}}};"


def _c(
    folder: Path,
    running: ExitStack,
    prefix: str,
    header: str | bytes,
    data: str,
    reads: Sequence[str],
    adds: Sequence[str],
) -> Ask | None:
    compiler = shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    (folder / "machine.h").write_text(str(header), encoding="utf-8")
    text = _C.format(
        prefix=prefix, data=data, ticks=TICKS, reads=" ".join(reads), adds=" ".join(adds)
    )
    (folder / "main.c").write_text(text, encoding="utf-8")
    words = [compiler, *FLAGS, "main.c", "-o", "main"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise BonsaiError(f"{compiler}: refused the emitted C: {shortened(done.stderr)}")
    return _asking([str(folder.resolve() / "main")], folder, running)


def _asking(words: Sequence[str], folder: Path, running: ExitStack) -> Ask:
    """Start a program, and return what asks it; it ends with its input, when the stack unwinds."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(words, cwd=folder, stdin=pipe, stdout=pipe, text=True)
    running.enter_context(process)
    given, told = process.stdin, process.stdout
    assert given is not None
    assert told is not None

    def ask(rounds: int) -> str:
        given.write(f"{rounds}\n")
        given.flush()
        answer = told.readline()
        if not answer:
            raise BonsaiError(f"{words[0]}: the emitted program ended by itself")
        return answer.strip()

    return ask
