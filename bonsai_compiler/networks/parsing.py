"""Graphs from files: their own language, or a network, lifted and given its names."""

from dataclasses import replace
from pathlib import Path

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.names import identifier
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.text import load
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.networks.conventions import UNSAID, Conventions, InputValues
from bonsai_compiler.networks.edges import connected, input_count, output_count
from bonsai_compiler.networks.fields import parse_json
from bonsai_compiler.networks.foreign import is_foreign, read_stack
from bonsai_compiler.networks.graph_file import wiring_of
from bonsai_compiler.networks.layers import SIGMOID, Stack, above_half, stack_graph
from bonsai_compiler.networks.lift import Wiring, lift, wired
from bonsai_compiler.networks.network import Dense
from bonsai_compiler.networks.network_file import network_of
from bonsai_compiler.networks.torch_module import PLACE, stack_of_module
from bonsai_compiler.specification.task import Task

AnyNetwork = Wiring | Stack
"""A network as its file has it, before its inputs and outputs have a meaning."""


def read_foreign(
    path: str, task: Task | None = None, conventions: Conventions = UNSAID
) -> Graph | None:
    """Return the graph of a network in a file of others, well formed; None for any other path."""
    if not is_foreign(path):
        return None
    graph = lifted(read_stack(path, conventions), path, task, conventions)
    verify(graph, path)
    return graph


def lifted_module(
    module: object, task: Task | None = None, conventions: Conventions = UNSAID
) -> Graph:
    """Return the graph of a live module of PyTorch, well formed."""
    graph = lifted(stack_of_module(module, conventions), PLACE, task, conventions)
    verify(graph, PLACE)
    return graph if task else replace(graph, name="network")


def parse_graph(
    text: str, path: str, task: Task | None = None, conventions: Conventions = UNSAID
) -> Graph:
    """Return the graph that `text` is, as text or as a network's JSON, well formed."""
    if path.endswith(".json") or text.lstrip().startswith("{"):
        wiring = load_wiring(text, path)
        graph = lifted(wiring, "network" if path == "-" else path, task, conventions)
    else:
        expect_unsaid(conventions, path)
        graph = load(text, path)
    verify(graph, path)
    return graph


def expect_unsaid(conventions: Conventions, place: str) -> None:
    """Raise BonsaiError where something is said of a network, and there is none."""
    if conventions != UNSAID:
        raise BonsaiError(
            f"{place}: is no network; --input-values, --output, --activation, --between and --h0 "
            "are about one"
        )


def lifted(
    network: AnyNetwork, place: str, task: Task | None, conventions: Conventions = UNSAID
) -> Graph:
    """Return a network's graph, with the inputs, outputs and integers of a task, and its name.

    Without one inputs are called x or x0, x1, ..., outputs y or y0, y1, ...; letters that have an
    input or output each are a bit where they are two, and else an integer. Raises BonsaiError,
    which names the place, where a task has more of either or fewer.
    """
    values = conventions.inputs or ("-1,1" if isinstance(network, Wiring) else "0,1")
    if isinstance(network, Wiring):
        _expect_own(conventions, place)
    ends = len(network.outputs) if isinstance(network, Wiring) else network.output_width
    if task is None:
        name = identifier(Path(place).stem)
        inputs, given = _invented("x", network.input_width, values == "one-hot", place)
        outputs, told = _invented("y", ends, conventions.output == "argmax", place)
        ports = given + told
    else:
        name = identifier(task.name)
        inputs, outputs, ports = task.inputs, task.outputs, task.ports
        _expect_counts(task, network.input_width, ends, values, conventions, place)
    if isinstance(network, Wiring) and (values, conventions.output) == ("-1,1", "positive"):
        return lift(network, name, inputs, outputs, ports)
    taken = (*inputs, *outputs, *(port.name for port in ports))
    ins, outs = (
        tuple(f"network_{what}{place}" for place in range(width))
        for what, width in (("input", network.input_width), ("output", ends))
    )
    graph = (
        lift(network, name, ins, outs, taken=taken)
        if isinstance(network, Wiring)
        else stack_graph(network, name, ins, outs, taken)
    )
    if conventions.output == "positive" and _ends_in_sigmoids(network):
        graph = above_half(graph, taken)
    try:
        return connected(graph, values, conventions.output, inputs, outputs, ports)
    except BonsaiError as error:
        raise BonsaiError(f"{place}: {error}") from None


def _ends_in_sigmoids(network: AnyNetwork) -> bool:
    """Return whether the outputs are probabilities, of which one half is the middle."""
    if not isinstance(network, Stack):
        return False
    last = network.layers[-1]
    return isinstance(last, Dense) and last.activation == SIGMOID


def _expect_own(conventions: Conventions, place: str) -> None:
    """Raise BonsaiError for what a JSON file says itself."""
    said = {
        "--activation": conventions.activation,
        "--between": conventions.between,
        "--h0": conventions.initial,
    }
    for flag, value in said.items():
        if value is not None:
            raise BonsaiError(f"{place}: says itself what {flag} would say; leave that out")


def _invented(
    letter: str, width: int, is_letters: bool, place: str
) -> tuple[tuple[str, ...], tuple[Port, ...]]:
    """Return names for bits, and the port that they are, for so many numbers of a network."""
    if not is_letters:
        return _numbered(letter, width), ()
    if not 2 <= width <= 64:
        raise BonsaiError(f"{place}: has {width} letters; from 2 to 64 are told apart")
    if width == 2:
        return (letter,), ()
    port = Port(letter, 0, width - 1, "one-hot")
    return port.bits, (port,)


def _expect_counts(
    task: Task,
    inputs: int,
    outputs: int,
    values: InputValues,
    conventions: Conventions,
    place: str,
) -> None:
    """Raise BonsaiError unless a network has as many inputs and outputs as a task needs."""
    wanted_inputs = input_count(values, task.input_signals)
    wanted_outputs = output_count(conventions.output, task.output_signals)
    for what, width, wanted, is_letters, flag in (
        ("input", inputs, wanted_inputs, values == "one-hot", "--input-values one-hot"),
        ("output", outputs, wanted_outputs, conventions.output == "argmax", "--output argmax"),
    ):
        if width == wanted:
            continue
        has = f"{width} {what}{'' if width == 1 else 's'}"
        signals = task.input_signals if what == "input" else task.output_signals
        hint = ""
        if is_letters:
            hint = f" letters of its {what}s"
        elif width == signals.size:
            hint = f"; for one of each letter, add {flag}"
        raise BonsaiError(f"{place}: has {has}, but {task.path} has {wanted}{hint}")


def expect_widths(task: Task, inputs: int, outputs: int, place: str) -> None:
    """Raise BonsaiError unless a graph has as many inputs and outputs as a task has bits."""
    _expect_counts(task, inputs, outputs, "-1,1", UNSAID, place)


def _numbered(letter: str, width: int) -> tuple[str, ...]:
    return (letter,) if width == 1 else tuple(f"{letter}{place}" for place in range(width))


def load_wiring(text: str, place: str) -> Wiring:
    """Return the network that JSON `text` holds, neuron by neuron.

    Raises BonsaiError, beginning with `place`, for anything that is not a whole network.
    """
    document = parse_json(text, place)
    if isinstance(document, dict) and "inputLayer" in document:
        wiring = wiring_of(document, place)
    else:
        wiring = wired(network_of(document, place))
    if not wiring.outputs:
        raise BonsaiError(f"{place}: the network has no outputs; there is nothing to compile")
    return wiring
