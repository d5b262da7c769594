"""Other languages, as a table: logic as C, Rust, JavaScript, Verilog, AIGER, SMT-LIB and more."""

from collections.abc import Callable

from bonsai_compiler.targets.aiger import emit_aiger, emit_aiger_text
from bonsai_compiler.targets.bit_sliced import emit_bit_sliced
from bonsai_compiler.targets.blif import emit_blif
from bonsai_compiler.targets.btor2 import emit_btor2
from bonsai_compiler.targets.c import emit_c
from bonsai_compiler.targets.c_integers import emit_c_integers
from bonsai_compiler.targets.javascript import emit_javascript
from bonsai_compiler.targets.kiss2 import emit_encoded_kiss2, emit_kiss2
from bonsai_compiler.targets.rust import emit_rust
from bonsai_compiler.targets.smtlib import emit_smtlib
from bonsai_compiler.targets.testbench import emit_testbench
from bonsai_compiler.targets.verilog import emit_verilog

Emitter = Callable[..., str | bytes]

TARGETS: dict[str, Emitter] = {
    "c": emit_c,
    "c-64": emit_bit_sliced,
    "c-integers": emit_c_integers,
    "rust": emit_rust,
    "javascript": emit_javascript,
    "verilog": emit_verilog,
    "testbench": emit_testbench,
    "blif": emit_blif,
    "aiger": emit_aiger,
    "aiger-text": emit_aiger_text,
    "btor2": emit_btor2,
    "kiss2": emit_kiss2,
    "kiss2-encoded": emit_encoded_kiss2,
    "smtlib": emit_smtlib,
}
"""Each takes a graph and what is known `About` it; other parameters are options of its own."""

OF_NEURONS = frozenset({"c-integers"})
"""Those that take no logic, but networks of neurons."""
