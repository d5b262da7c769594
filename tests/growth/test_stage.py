"""A stage of growth from a table is read back as it was, or refused."""

import io
import json

import numpy as np
import pytest
from growing import (
    grown,
)
from machines import tabulate

from bonsai_compiler.devices.opencl import opencl_devices
from bonsai_compiler.growth.stage import load_stage
from bonsai_compiler.growth.table import table_of
from bonsai_compiler.system.arrays import DAMAGE, dump_arrays, load_arrays

pytestmark = pytest.mark.skipif(
    not opencl_devices(), reason="no OpenCL here, and without it growth takes minutes"
)


def middle() -> bytes:
    """A stage that has an archive, and a population that learns."""
    stages = grown("modulo3")[1].stages
    return next(stage for stage in stages if stage.archive and stage.populations).dump()


def changed(name: str, value: object) -> bytes:
    file = load_arrays(middle())
    text = json.loads(str(file["text"]))
    place, *steps = name.split("/")
    holder, key = text, place
    for step in steps:
        holder, key = holder[int(key) if key.isdigit() else key], step
    where = int(key) if key.isdigit() else key
    if isinstance(value, np.ndarray):
        file[holder[where]] = value
    else:
        holder[where] = value
    return dump_arrays({**file, "text": json.dumps(text)})


OWN = "stage/populations/0"
DAMAGED = {
    "another kind": ("kind", "table 0"),
    "no phase": (f"{OWN}/phase", "sow"),
    "a phase of another type": (f"{OWN}/phase", ["train"]),
    "an odd layer": (f"{OWN}/architecture/hidden", 3),
    "a wider network": (f"{OWN}/architecture/inputs", 5),
    "fewer numbers": (f"{OWN}/architecture", {"inputs": 1, "bits": 2}),
    "half an input": (f"{OWN}/architecture/inputs", 0.5),
    "a negative layer": (f"{OWN}/architecture/hidden", -2),
    "an activation in words": (f"{OWN}/architecture/activation/factor", "bent"),
    "populations that are none": ("stage/populations", 2),
    "a place before the first": (f"{OWN}/place", -1),
    "steps that are none": ("stage/counts/steps", -1),
    "a true generation": ("stage/generation", True),
    "an end in words": ("stage/over", "no"),
    "effort in words": ("stage/counts/effort", "much"),
    "a history of other rows": ("stage/history/0", {"rung": 0}),
    "a network that is none": ("stage/archive/0/network", "{}"),
    "a network of another type": ("stage/archive/0/network", 7),
    "a code of other states": ("stage/archive/0/code", np.ones((2, 1), np.float32)),
    "a code of one dimension": ("stage/archive/0/code", np.ones(3, np.float32)),
    "a code that is not there": ("stage/archive/0/code", "-1"),
    "weights in words": ("stage/archive/0/weights", "few"),
    "no factor": ("stage/archive/0/factor", None),
    "parameters of double precision": (f"{OWN}/learners/parameters", np.zeros((16, 1))),
    "codes of one dimension": (f"{OWN}/learners/codes", np.zeros(16, np.float32)),
    "masks that are numbers": (f"{OWN}/learners/masks", np.zeros(3)),
    "steps of several": (f"{OWN}/learners/steps", [1, 2]),
    "exactness of none": (f"{OWN}/exact", np.array(True)),
    "losses of fewer": (f"{OWN}/losses", np.zeros(3)),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_stage_is_refused(name: str) -> None:
    with pytest.raises(DAMAGE):
        load_stage(changed(*DAMAGED[name]))


def test_a_stage_that_lacks_something_is_refused() -> None:
    data = middle()
    assert load_stage(data).dump() == data
    file = load_arrays(data)
    for name in file:
        with pytest.raises(DAMAGE):
            load_stage(dump_arrays({key: file[key] for key in file if key != name}))
    text = json.loads(str(file["text"]))
    for part in (text, text["stage"], text["stage"]["populations"][0], text["stage"]["archive"][0]):
        for name in list(part):
            value = part.pop(name)
            with pytest.raises(DAMAGE):
                load_stage(dump_arrays({**file, "text": json.dumps(text)}))
            part[name] = value
    with pytest.raises(DAMAGE):
        load_stage(dump_arrays({**file, "text": "{"}))
    for cut in (0, 100, len(data) // 2):
        with pytest.raises(DAMAGE):
            load_stage(data[:cut])
    other = io.BytesIO()
    np.save(other, np.zeros(3))
    with pytest.raises(DAMAGE):
        load_stage(other.getvalue())


def test_each_row_comes_once_before_any_comes_again() -> None:
    rng = np.random.default_rng(0)
    table = table_of(tabulate(lambda state, x: ((state + 1) % 5, x), 0, 1))
    assert table.drawn(4, 10, rng)[1].tolist() == [list(range(10))] * 4
    order = table.drawn(7, 4, rng)[1]
    assert order.shape == (7, 4)
    assert order.dtype == np.int32
    flat = order.ravel()
    assert sorted(flat[:10]) == sorted(flat[10:20]) == list(range(10))
    assert len(set(flat[20:].tolist())) == 8
