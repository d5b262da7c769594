"""Finding OpenCL: a GPU's, the system's, or the one that pip brings; tinygrad is told of them all.

`tell_tinygrad` must be called before tinygrad is imported: it sets what is read then.
"""

import atexit
import ctypes
import os
import re
import shutil
import tempfile
import warnings
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bonsai_compiler.devices.caches import mend, prepare_caches, tinygrads_cache
from bonsai_compiler.devices.linker import make_command

DECIDING = ("OCL_ICD_VENDORS", "OCL_ICD_FILENAMES", "OPENCL_PATH", "POCL_CACHE_DIR", "POCL_DEVICES")
"""Variables of the environment that can hide every device."""

_CHOSEN = {name: os.environ[name] for name in DECIDING if os.environ.get(name)}
"""What the user has set of them; below, some are set for the user."""


@dataclass(frozen=True, slots=True)
class OpenCLDevice:
    """One OpenCL device under the name that tinygrad knows it by: CL, CL:1, ..."""

    name: str
    description: str
    parallel: bool  # no CPU: it wants many small work-items
    units: int
    handle: int


@lru_cache(maxsize=1)
def opencl_devices() -> tuple[OpenCLDevice, ...]:
    """Return every OpenCL device, best first.

    GPUs come before CPUs and, on a CPU, other vendors and newer PoCLs before older ones, so the
    PoCL that pip brings is what remains where there is nothing else.
    """
    prepare_caches(_temporary_folder)
    prepare_linker()
    pin_threads()
    try:
        import pyopencl
    except ImportError:
        return ()
    libraries = Path(pyopencl.__file__).parent / ".libs"
    loader = next(iter(sorted(libraries.glob("libOpenCL*"))), None)
    if loader is not None:
        os.environ.setdefault("OPENCL_PATH", str(loader))
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            platforms = pyopencl.get_platforms()
        except (RuntimeError, pyopencl.Error):
            platforms = []
        for platform in platforms:
            try:
                found += [(platform, device) for device in platform.get_devices()]
            except (RuntimeError, pyopencl.Error):
                continue
    kind = pyopencl.device_type

    def rank(item: tuple[Any, Any]) -> tuple[bool, bool, float]:
        platform, device = item
        pocl = re.search(r"PoCL (\d+\.\d+)", platform.version, re.IGNORECASE)
        cpu = bool(device.type & kind.CPU)
        return (cpu, pocl is not None, -float(pocl.group(1)) if pocl else 0.0)

    found.sort(key=rank)
    return tuple(
        OpenCLDevice(
            name="CL" if index == 0 else f"CL:{index}",
            description=f"{device.name.strip()}, {_edition(platform)}",
            parallel=not device.type & kind.CPU,
            units=device.max_compute_units,
            handle=device.int_ptr,
        )
        for index, (platform, device) in enumerate(found)
    )


def why_none() -> str:
    """Return why there may be no OpenCL device, and what to do about it, in words."""
    try:
        import pyopencl  # noqa: F401
    except ImportError:
        return "`pip install 'pyopencl[pocl]'` brings an OpenCL for the CPU"
    if _CHOSEN:
        said = ", ".join(f"{name}={value}" for name, value in _CHOSEN.items())
        return f"no OpenCL device was found with {said}; unset it, or correct it"
    return "pyopencl is installed, but finds no device; `pip install -U pocl-binary-distribution`"


def prepare_linker() -> None:
    """Put a linker on the path where there is none that works: PoCL calls `ld` for each kernel.

    `ld` alone does not do: PoCL asks it for libraries that come with a C compiler.
    """
    if shutil.which("ld") and any(shutil.which(name) for name in ("gcc", "cc", "clang")):
        return
    folder = _temporary_folder()
    make_command(folder)
    os.environ["PATH"] = os.pathsep.join([str(folder), os.environ.get("PATH", os.defpath)])


def pin_threads() -> None:
    """Have each of PoCL's threads keep to a core of its own, where this process may use them all.

    Linux often wakes two of them on one core, and a launch of a millisecond takes twice as long.
    PoCL counts cores from 0, whichever this process may use, so that elsewhere it is left alone.
    """
    asked = getattr(os, "sched_getaffinity", None)
    if asked and asked(0) == set(range(os.cpu_count() or 0)):
        os.environ.setdefault("POCL_AFFINITY", "1")


def _temporary_folder() -> Path:
    """Make a folder that goes when the process does."""
    folder = Path(tempfile.mkdtemp(prefix="bonsai_compiler-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _edition(platform: Any) -> str:
    """Return `PoCL 3.1` for PoCL's long version line, otherwise the platform's own name."""
    pocl = re.search(r"PoCL [\w.+-]+", platform.version, re.IGNORECASE)
    return pocl.group(0) if pocl else str(platform.name).strip()


@lru_cache(maxsize=1)
def tell_tinygrad() -> None:
    """Have tinygrad number the devices of all platforms so; by itself it sees one platform only."""
    devices = opencl_devices()
    mend(tinygrads_cache())
    if not devices:
        return
    # pip's OpenCL is only found by way of pyopencl, and importing tinygrad takes a while besides.
    from tinygrad.runtime.autogen import opencl
    from tinygrad.runtime.ops_cl import CLDevice

    handles = (ctypes.c_void_p * len(devices))(*(device.handle for device in devices))
    array = (opencl.cl_device_id * len(devices))()
    ctypes.memmove(array, handles, ctypes.sizeof(array))
    CLDevice.device_ids = array
