"""Steps of gradient descent on a table as launches of one OpenCL kernel."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from tinygrad import Tensor, TinyJit

from bonsai_compiler.growth.architecture import Architecture
from bonsai_compiler.growth.descent import DECAYS, SMALLEST, Learners, Pace
from bonsai_compiler.growth.table import Table
from bonsai_compiler.training.descent import write
from bonsai_compiler.training.kernel_engine import launch
from bonsai_compiler.training.kernels import environment, fold
from bonsai_compiler.training.opencl import OpenCLDevice

LANES = 8
"""How many replicas a work-item of a CPU takes: as many numbers as its vectors hold."""

CHUNK = 16
"""How many rows a work-item goes through at once: what they need stays in the first cache."""

MOST_BOUND = 8
"""How many sizes of networks have their buffers kept."""


class KernelDescent:
    """All steps in one launch; runs on an OpenCL device."""

    def __init__(self, device: OpenCLDevice) -> None:
        self.device = device.name
        self.lanes = 1 if device.parallel else LANES
        self.bound: OrderedDict[Any, _Launch] = OrderedDict()

    def descend(
        self,
        architecture: Architecture,
        learners: Learners,
        table: Table,
        order: npt.NDArray[np.int32],
        pace: Pace,
    ) -> tuple[Learners, npt.NDArray[np.float32]]:
        """Return the learners after some steps, as `Descent.descend` says."""
        replicas, (steps, batch) = len(learners), order.shape
        sizes = (
            *(architecture.inputs, architecture.bits, architecture.hidden, architecture.outputs),
            *(table.states, steps, batch, order.strides[0] // order.itemsize),
        )
        powers = (decay**learners.steps for decay in DECAYS)
        values = {
            "parameters": self.grouped(learners.parameters),
            "first": self.grouped(learners.first),
            "second": self.grouped(learners.second),
            "masks": self.grouped(learners.masks.astype(np.float32)),
            "codes": _filled(self.grouped(learners.codes.reshape(replicas, -1))),
            "x": _filled(table.x),
            "y": table.y,
            "places": np.stack([table.before, table.after], axis=1),
            "order": order[:1] if not order.strides[0] else order,
            "pace": np.array([pace.rate, pace.states, pace.pull, *powers], np.float32),
            "sizes": np.array(sizes, np.int32),
        }
        bound = self.launch_for(architecture, values)
        parameters, first, second, losses = bound.run(values)
        moved = replace(
            learners,
            parameters=self.spread(parameters, replicas),
            first=self.spread(first, replicas),
            second=self.spread(second, replicas),
            steps=learners.steps + steps,
        )
        return moved, losses.reshape(-1)[:replicas]

    def grouped(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return (replicas, n) as (groups, n, lanes), the last group filled up with the first."""
        groups = -(-len(values) // self.lanes)
        full = np.resize(np.arange(len(values)), groups * self.lanes)
        return np.ascontiguousarray(
            values[full].reshape(groups, self.lanes, -1).transpose(0, 2, 1)
        )

    def spread(self, values: npt.NDArray[np.float32], replicas: int) -> npt.NDArray[np.float32]:
        """Return (groups, n, lanes) as (replicas, n)."""
        flat = values.transpose(0, 2, 1).reshape(-1, values.shape[1])
        return np.ascontiguousarray(flat[:replicas])

    def launch_for(
        self, architecture: Architecture, values: dict[str, npt.NDArray[Any]]
    ) -> _Launch:
        """Return buffers of the sizes of some values, and the kernel that works on them."""
        activation = architecture.activation
        shapes = tuple((name, value.shape) for name, value in values.items())
        # Nothing of the source depends on sizes, but the scratch does on more than the shapes.
        key = activation, architecture.hidden, architecture.bits, shapes
        if key not in self.bound:
            source = environment().get_template("descend.cl.j2").render(
                lanes=self.lanes,
                chunk=CHUNK,
                fold=fold(activation),
                decays=DECAYS,
                smallest=SMALLEST,
            )
            per_row = architecture.rows + 2 * architecture.hidden + architecture.columns
            scratch = architecture.parameters + CHUNK * per_row
            self.bound[key] = _Launch(self.device, source, values, scratch)
            if len(self.bound) > MOST_BOUND:
                self.bound.popitem(last=False)
        self.bound.move_to_end(key)
        return self.bound[key]


class _Launch:
    """The kernel, recorded once with buffers of certain sizes."""

    def __init__(
        self, device: str, source: str, values: dict[str, npt.NDArray[Any]], scratch: int
    ) -> None:
        groups, _, lanes = values["parameters"].shape

        def tensor(value: npt.NDArray[Any]) -> Tensor:
            return Tensor(np.require(value, requirements=("C", "W")), device=device).realize()

        self.tensors = {name: tensor(value) for name, value in values.items()}
        self.losses = tensor(np.zeros((groups, lanes), np.float32))
        work = tensor(np.zeros((groups, scratch, lanes), np.float32))
        given = self.tensors
        outputs = given["parameters"], given["first"], given["second"], self.losses, work
        inputs = (given[name] for name in ("masks", "codes", "x", "y", "places", "order"))
        buffers = (*outputs[1:], *inputs, given["pace"], given["sizes"])
        program = launch("descend", source, (groups, 1), outputs=len(outputs))

        def record() -> None:
            written = given["parameters"].custom_kernel(*buffers, fxn=program)
            Tensor.realize(*written[: len(outputs)])

        self.replay = TinyJit(record)

    def run(self, values: dict[str, npt.NDArray[Any]]) -> tuple[npt.NDArray[np.float32], ...]:
        """Return parameters, first and second moments and losses as the kernel leaves them."""
        for name, value in values.items():
            write(self.tensors[name], np.require(value, requirements=("C", "W")))
        self.replay()
        kept = {name: np.empty_like(values[name]) for name in ("parameters", "first", "second")}
        losses = np.empty(self.losses.shape, np.float32)
        for name, place in kept.items():
            _read(self.tensors[name], place)
        _read(self.losses, losses)
        return (*kept.values(), losses)


def _read(tensor: Tensor, place: npt.NDArray[np.float32]) -> None:
    """Fill `place` with what the tensor's own buffer holds once the device is done."""
    buffer = tensor.uop.base.buffer
    buffer.allocator._copyout(place.data.cast("B"), buffer.get_buf(buffer.device))


def _filled(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return values with something in them: a buffer of nothing cannot be made."""
    return values if values.size else np.zeros((1, 1), np.float32)
