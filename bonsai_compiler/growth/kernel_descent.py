"""Steps of gradient descent on a table as launches of one OpenCL kernel."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.devices.kernel import Kernel
from bonsai_compiler.devices.opencl import OpenCLDevice
from bonsai_compiler.devices.templates import environment, fold
from bonsai_compiler.growth.architecture import Architecture
from bonsai_compiler.growth.descent import DECAYS, SMALLEST, Learners
from bonsai_compiler.growth.recipe import Pace
from bonsai_compiler.growth.table import Table
from bonsai_compiler.ir.activation import Activation

LANES = 8
"""How many replicas a work-item of a CPU takes: as many numbers as its vectors hold."""

CHUNK = 16
"""How many runs a work-item goes through at once, an even number.

Fewer stay in the first cache, more add to the gradients less often; from 12 to 32 it is the same.
"""


class KernelDescent:
    """All steps in one launch; runs on an OpenCL device."""

    def __init__(self, device: OpenCLDevice) -> None:
        self.device, self.opencl = device.name, device
        self.lanes = 1 if device.parallel else LANES
        self.bound: dict[tuple[Activation, int], _Launch] = {}

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
            *(table.states, steps, batch, order.strides[0] // order.itemsize, table.ticks),
        )
        powers = (decay**learners.steps for decay in DECAYS)
        values = {
            "learners": self.grouped(learners.parameters, learners.first, learners.second),
            "masks": self.grouped(learners.masks)[0],
            "codes": self.grouped(learners.codes.reshape(replicas, -1))[0],
            "x": table.x,
            "y": table.y,
            "places": np.stack([table.before, table.after], axis=1),
            "order": order[:1] if not order.strides[0] else order,
            "pace": np.array([pace.rate, pace.pull, *powers, *pace.step], np.float32),
            "sizes": np.array(sizes, np.int32),
        }
        bound = self.launch_for(architecture, table.ticks, values)
        moved, losses = bound.run(values)
        parameters, first, second = (self.spread(rows, replicas) for rows in moved)
        after = replace(
            learners,
            parameters=parameters,
            first=first,
            second=second,
            steps=learners.steps + steps,
        )
        return after, losses[:replicas]

    def grouped(self, *several: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """Return several (replicas, n) as (several, groups, n, lanes) of numbers.

        The last group is filled up with the first.
        """
        replicas, width = several[0].shape
        groups = -(-replicas // self.lanes)
        whole = np.empty((len(several), groups, width, self.lanes), np.float32)
        for place, values in zip(whole, several, strict=True):
            full = values
            if replicas % self.lanes:
                full = values[np.resize(np.arange(replicas), groups * self.lanes)]
            place[:] = full.reshape(groups, self.lanes, width).transpose(0, 2, 1)
        return whole

    def spread(self, values: npt.NDArray[np.float32], replicas: int) -> npt.NDArray[np.float32]:
        """Return (groups, n, lanes) as (replicas, n)."""
        flat = values.transpose(0, 2, 1).reshape(-1, values.shape[1])
        return np.ascontiguousarray(flat[:replicas])

    def launch_for(
        self, architecture: Architecture, ticks: int, values: dict[str, npt.NDArray[Any]]
    ) -> _Launch:
        """Return the kernel, with buffers that are large enough for some values."""
        activation, groups = architecture.activation, len(values["masks"])
        per_row = architecture.rows + architecture.hidden + architecture.columns
        kept = CHUNK * (ticks * per_row + architecture.bits)
        scratch = groups * self.lanes * (architecture.parameters + kept)
        needed = {name: value.size for name, value in values.items()} | {"scratch": scratch}
        bound = self.bound.get((activation, groups))
        if bound is None or any(size > bound.sizes[name] for name, size in needed.items()):
            template = environment().get_template("descend.cl.j2")
            constants = {"decays": DECAYS, "smallest": SMALLEST, "fold": fold(activation)}
            source = template.render(lanes=self.lanes, chunk=CHUNK, **constants)
            # Room to spare, since networks of one run differ a little.
            spacious = {name: 1 << (2 * size - 1).bit_length() for name, size in needed.items()}
            losses = {"losses": groups * self.lanes}
            bound = _Launch(self.opencl, source, groups, spacious | losses)
            self.bound[activation, groups] = bound
        return bound


class _Launch:
    """The kernel with buffers of certain sizes."""

    def __init__(
        self, device: OpenCLDevice, source: str, groups: int, sizes: dict[str, int]
    ) -> None:
        self.groups, self.sizes = groups, sizes
        kinds = {name: (sizes[name], _KINDS.get(name, np.float32)) for name in _ARGUMENTS}
        self.kernel = Kernel(device, "descend", source, kinds)
        self.written: dict[str, npt.NDArray[Any]] = {}

    def run(
        self, values: dict[str, npt.NDArray[Any]]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return the learners and their losses as the kernel leaves them."""
        for name, value in values.items():
            # What stays as it is from call to call, such as the table, is not copied again.
            if value.size and not self.holds(name, value):
                self.kernel.write(name, value)
                self.written[name] = value
        self.kernel.launch(self.groups)
        learners = np.empty_like(values["learners"])
        losses = np.empty(self.sizes["losses"], np.float32)
        self.kernel.read("learners", learners)
        self.kernel.read("losses", losses)
        del self.written["learners"]
        return learners, losses

    def holds(self, name: str, value: npt.NDArray[Any]) -> bool:
        """Return whether a buffer begins with these values already."""
        there = self.written.get(name)
        return there is not None and np.array_equal(there, value)


_ARGUMENTS = (
    *("learners", "losses", "scratch"),
    *("masks", "codes", "x", "y", "places", "order", "pace", "sizes"),
)
_KINDS: dict[str, type[np.generic]] = dict.fromkeys(("places", "order", "sizes"), np.int32)
