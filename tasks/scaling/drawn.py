"""Random Mealy machines, each state of which can be reached: the same for the same numbers."""

from random import Random


def drawn(states, inputs, outputs):
    """Return the step of a machine with so many states, inputs and outputs, all of them bools."""
    rng = Random(f"{states} {inputs} {outputs}")
    letters = 2**inputs
    following = [[rng.randrange(states) for _ in range(letters)] for _ in range(states)]
    told = [
        [tuple(rng.random() < 0.5 for _ in range(outputs)) for _ in range(letters)]
        for _ in range(states)
    ]
    for state in range(states):
        following[state][rng.randrange(letters)] = (state + 1) % states

    def step(state, *bits):
        letter = sum(bit << place for place, bit in enumerate(bits))
        output = told[state][letter]
        return following[state][letter], output[0] if outputs == 1 else output

    return step
