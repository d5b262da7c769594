"""Read a live module of PyTorch, which is asked whether it computes what its parts say.

PyTorch itself is not imported: a module that is there has brought it.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from bonsai_compiler.errors import BonsaiError, shortened, shown
from bonsai_compiler.ir.activation import LINEAR, Activation
from bonsai_compiler.ir.interpreter import Bools, run
from bonsai_compiler.networks.checked import Tensors, expect_small
from bonsai_compiler.networks.conventions import Conventions
from bonsai_compiler.networks.layers import Stack, stack_graph
from bonsai_compiler.networks.network import Dense, Floats
from bonsai_compiler.networks.torch_state import recurrent_layers, with_initial

RECURRENT = ("RNN", "GRU", "LSTM", "RNNCell", "GRUCell", "LSTMCell")
BENDS = {"ReLU": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh"}
PASSING = ("Dropout", "Identity")
"""Modules that hand on what they get, once training is over."""

PLACE = "the module"
TICKS, RUNS, NEAR = 12, 4, 1e-3


def is_module(value: object) -> bool:
    """Return whether a value is a module of PyTorch."""
    return any(
        (base.__module__, base.__name__) == ("torch.nn.modules.module", "Module")
        for base in type(value).__mro__
    )


def stack_of_module(module: Any, conventions: Conventions) -> Stack:
    """Return the layers of a module: one recurrent one, then any number of Linear in their order.

    Raises BonsaiError for other parts, and where the module's own forward, run on a few random
    words in evaluation mode, does not come to what the layers do.
    """
    if conventions.activation is not None or conventions.between is not None:
        raise BonsaiError(f"{PLACE}: says itself what activation and between would say")
    recurrent = _recurrent(module)
    arrays = {
        key: value.detach().cpu().double().numpy() for key, value in module.state_dict().items()
    }
    tensors = Tensors(PLACE, arrays)
    bend = getattr(recurrent, "nonlinearity", None)
    layers, held = recurrent_layers(
        tensors, {} if bend is None else {"nonlinearity": bend}, conventions
    )
    layers = with_initial(layers, held)
    dense = list(_dense(module, recurrent, tensors))
    if tensors.rest():
        odd = shown(tensors.rest()[0])
        raise BonsaiError(f"{PLACE}: {odd} belongs to no recurrent layer and no Linear after it")
    stack = expect_small(Stack(layers[0].kernel.shape[1], (*layers, *dense)), PLACE)
    batch_first = bool(getattr(recurrent, "batch_first", False))
    if not type(recurrent).__name__.endswith("Cell"):
        _expect_forward(module, stack, batch_first)
    return replace(stack, layers=(*with_initial(layers, conventions.initial), *dense))


def _leaves(module: Any) -> Iterator[tuple[str, Any]]:
    """Yield the innermost modules by name, in the order in which they were made."""
    for name, part in module.named_modules():
        if next(part.children(), None) is None:
            yield name, part


def _recurrent(module: Any) -> Any:
    found = [part for _, part in _leaves(module) if type(part).__name__ in RECURRENT]
    if len(found) != 1:
        what = "no" if not found else f"{len(found)}"
        raise BonsaiError(f"{PLACE}: has {what} recurrent layers; one RNN, GRU or LSTM is wanted")
    return found[0]


def _dense(module: Any, recurrent: Any, tensors: Tensors) -> Iterator[Dense]:
    """Yield the dense layers, each with what bends it; raises BonsaiError for any other part."""
    parts = [(name, part) for name, part in _leaves(module) if part is not recurrent]
    parts = [(name, part) for name, part in parts if type(part).__name__ not in PASSING]
    for place, (name, part) in enumerate(parts):
        kind = type(part).__name__
        if kind in BENDS:
            if place == 0 or type(parts[place - 1][1]).__name__ != "Linear":
                raise BonsaiError(f"{PLACE}: {shown(name)}, a {kind}, follows no Linear")
            continue
        if kind != "Linear":
            raise BonsaiError(f"{PLACE}: {shown(name)} is of the kind {kind}; Linear is known")
        stem = f"{name}." if name else ""
        shape = tensors.shape(f"{stem}weight", 2)
        weights = tensors.take(f"{stem}weight", shape)
        has_bias = f"{stem}bias" in tensors.arrays
        bias = tensors.take(f"{stem}bias", shape[:1]) if has_bias else np.zeros(shape[0])
        after = type(parts[place + 1][1]).__name__ if place + 1 < len(parts) else ""
        yield Dense(weights, bias, Activation(BENDS[after]) if after in BENDS else LINEAR)


def _expect_forward(module: Any, stack: Stack, batch_first: bool) -> None:
    """Raise BonsaiError where the module's forward does not come to what the layers do."""
    rng = np.random.default_rng(0)
    ins = [f"network_input{place}" for place in range(stack.input_width)]
    outs = [f"network_output{place}" for place in range(stack.output_width)]
    graph = stack_graph(stack, "probe", ins, outs, ())
    sources = [node.source for node in graph.outputs]
    training = module.training
    module.eval()
    try:
        for _ in range(RUNS):
            bits = rng.random((TICKS, stack.input_width)) < 0.5
            values = run(graph, bits)
            wanted = np.stack([values[source] for source in sources], axis=1)
            _expect_alike(module, bits, wanted, batch_first)
    finally:
        module.train(training)


def _expect_alike(module: Any, bits: Bools, wanted: Floats, batch_first: bool) -> None:
    torch = sys.modules["torch"]
    like = next(module.parameters())
    letters = torch.tensor(np.where(bits, 1.0, -1.0), dtype=like.dtype, device=like.device)
    try:
        with torch.no_grad():
            told = module(letters.unsqueeze(0 if batch_first else 1))
    except Exception as error:
        shape = (1, *bits.shape) if batch_first else (bits.shape[0], 1, bits.shape[1])
        raise BonsaiError(
            f"{PLACE}: its forward cannot be run on floats of shape {shape} "
            f"({shortened(str(error))}); save its state_dict as .safetensors and give that"
        ) from None
    first = told[0] if isinstance(told, tuple | list) else told
    given = first.detach().cpu().double().numpy().reshape(-1)
    # Some give what every tick comes to, some the last tick alone.
    expected = wanted.reshape(-1) if given.size == wanted.size else wanted[-1]
    near = given.shape == expected.shape and np.allclose(given, expected, rtol=NEAR, atol=NEAR)
    if not near:
        raise BonsaiError(
            f"{PLACE}: its forward does something else than its recurrent layer and then each "
            "Linear; give a module that does just that"
        )
