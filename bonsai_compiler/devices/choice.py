"""Which engine runs on which device."""

from __future__ import annotations

from dataclasses import dataclass

from bonsai_compiler.devices.opencl import OpenCLDevice, opencl_devices, tell_tinygrad, why_none
from bonsai_compiler.errors import BonsaiError

ENGINES = ("auto", "kernel", "tensor")
SLOWER = "no OpenCL was found, so growth runs on {device}, which is much slower"


@dataclass(frozen=True, slots=True)
class Choice:
    """An engine and its device; `warning` is a line for the user where the choice is a poor one."""

    engine: str
    device: str
    description: str
    opencl: OpenCLDevice | None = None
    warning: str | None = None


def choose_engine(engine: str = "auto", device: str | None = None) -> Choice:
    """Return the engine and device to grow with: the best OpenCL there is, unless told otherwise.

    Raises BonsaiError for an engine or a device that is not there.
    """
    if engine not in ENGINES:
        raise BonsaiError(f"there is no engine {engine!r}; known are {', '.join(ENGINES)}")
    found = {item.name: item for item in opencl_devices()}
    name = device.upper() if device else None
    name = "CL" if name in ("CL:0", "OPENCL") else name
    if (name is None and engine != "tensor") or name in found:
        opencl = found.get(name or "CL")
        if opencl is not None:
            kind = "kernel" if engine == "auto" else engine
            return Choice(kind, opencl.name, f"{opencl.name}: {opencl.description}", opencl)
    if engine == "kernel":
        names = ", ".join(found) or "none was found"
        fault = f"the kernel engine cannot run on {device}" if device else "no OpenCL was found"
        raise BonsaiError(f"{fault}; OpenCL devices: {names}")
    if name is not None:
        if name.split(":")[0] == "CL" or not usable(name):
            raise BonsaiError(
                f"there is no device {device!r} that works; devices: {', '.join(device_names())}"
            )
        return Choice("tensor", name, name)
    for name in candidates():
        if usable(name):
            warning = None if found else SLOWER.format(device=name)
            return Choice("tensor", name, name, found.get(name), warning)
    raise BonsaiError(f"nothing here can run growth: {why_none()}")


def candidates() -> tuple[str, ...]:
    """Return the names to try, best first."""
    tell_tinygrad()
    from tinygrad.device import ALL_DEVICES

    found = tuple(item.name for item in opencl_devices())
    return (*found, *(name for name in ALL_DEVICES if name not in ("CL", "DSP")))


def usable(name: str) -> bool:
    """Whether tinygrad can open the device and compute on it."""
    tell_tinygrad()
    import numpy as np
    from tinygrad import Tensor
    from tinygrad.helpers import Context

    try:
        with Context(DEV=name.split(":")[0], PARALLEL=0):
            total = Tensor(np.ones(3, np.float32), device=name) + 1.0
            return bool((total.numpy() == 2.0).all())
    except Exception:
        return False


def device_names() -> tuple[str, ...]:
    """Return the names of the devices that growth can run on, best first."""
    return tuple(name for name in candidates() if usable(name))


def describe_devices() -> tuple[tuple[str, str], ...]:
    """Return (name, description) of the devices that growth can run on, best first."""
    found = {item.name: item.description for item in opencl_devices()}
    names = device_names()
    if not any(name in found for name in names):
        return (("none" if not names else "no OpenCL", why_none()), *_described(names, found))
    return _described(names, found)


def _described(names: tuple[str, ...], found: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, f"kernel engine; {found[name]}" if name in found else "tensor engine only; slower")
        for name in names
    )
