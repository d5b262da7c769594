"""A graph of logic whose names other languages keep for themselves, with ports of every kind."""

from bonsai_compiler.circuits.lowering import bit_names, circuit_of
from bonsai_compiler.ir.text import load

TEXT = """\
graph int (logic)
port   reg in 0..2 thermometer
port   größe in -1..3 binary
port   light in ["red", "green", "dark blue"] one-hot
port   module in 0..4 binary
port   struct in 0..2 one-hot
port   out in -2..1 thermometer
input  reg_1 in {False, True}
input  reg_2 in {False, True}
input  größe_2 in {False, True}
input  größe_1 in {False, True}
input  größe_0 in {False, True}
input  light_0 in {False, True}
input  light_1 in {False, True}
input  light_2 in {False, True}
input  clk in {False, True}
state  input = 1 then n1 near {0, 1, 2, 3, 4}
state  state = True then n2
logic reg = reg_1 + reg_2
logic größe = min((4 if größe_2 else 0) + (2 if größe_1 else 0) + (1 if größe_0 else 0), 4) - 1
logic light = 0 if light_0 else 1 if light_1 else 2
logic n0 = (größe - reg - input) % 3
logic n1 = min(max(input + größe, 0), 4) if clk else (3, 0, 4)[light]
logic n2 = state == (light == 1) or größe < 0 and not clk
logic n3 = (n0 + n0 + state) % 5
logic n4 = n3 >= 4
logic n5 = n3 % 4 >= 2
logic n6 = n3 % 2 >= 1
logic n7 = n0 == 0
logic n8 = n0 == 1
logic n9 = n0 == 2
logic n10 = reg - n0
logic n11 = n10 >= -1
logic n12 = n10 >= 0
logic n13 = n10 >= 1
output module_2 = n4
output module_1 = n5
output module_0 = n6
output struct_0 = n7
output struct_1 = n8
output struct_2 = n9
output out_1 = n11
output out_2 = n12
output out_3 = n13
output wire = n2
"""

GRAPH = load(TEXT)


def bit_places(graph):
    """Where the bits of a circuit stand among a graph's inputs and outputs."""
    circuit = circuit_of(graph)
    inputs, outputs = [n.name for n in graph.inputs], [n.name for n in graph.outputs]
    return (
        [inputs.index(name) for each in circuit.inputs for name in bit_names(each)],
        [outputs.index(name) for each in circuit.outputs for name in bit_names(each)],
    )
