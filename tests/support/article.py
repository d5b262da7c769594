"""The article's own networks: the weights that it prints, and two of its graphs."""

import numpy as np

from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.networks.network import Cell, Dense, Network

AMEO = Activation("ameo", 0.5, 0.1)


DELAY1 = Network(
    1,
    1,
    (
        Cell(
            output_kernel=np.array(
                [
                    [-0.00008739, 0.00021077, 0.5794643, -0.00001823],
                    [-0.00020802, 0.49030322, -0.00047993, -0.89849126],
                ]
            ),
            output_bias=np.array([0.58836555, 0.16279402, 1.1870208, -0.09561448]),
            recurrent_kernel=np.array([[1.569628], [-0.00017183]]),
            recurrent_bias=np.array([-0.10378765]),
            initial_state=np.array([0.54937315]),
            output_activation=AMEO,
            recurrent_activation=AMEO,
        ),
    ),
    (
        Dense(
            np.array([[-0.00003202, 0.6027134, 0.00035313, -0.87236595]]),
            np.array([0.08960767]),
        ),
    ),
)


DELAY2 = """\
graph delay2
activation ameo = factor 0.5 leak 0.1
input  x in {-1, 1}
state  s0 = 1 then r0
state  s1 = -1 then r1
neuron o2 = ameo(-1*s0)
neuron r0 = ameo(1*s1)
neuron r1 = ameo(-1*x)
neuron d0 = linear(-1*o2)
output y = d0
"""


LOOP3 = """\
graph loop3
activation ameo = factor 0.6 leak 1
state  s1 = -1 then r1
state  s3 = 1 then r3
neuron o7 = ameo(-1*s1)
neuron r1 = ameo(1*s3)
neuron r3 = ameo(-1*s1 + 1*s3 - 1)
neuron d0 = linear(1*o7)
output y = d0
"""
