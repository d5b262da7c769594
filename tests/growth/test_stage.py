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
from bonsai_compiler.growth.descent import ordered
from bonsai_compiler.growth.stage import load_table_stage
from bonsai_compiler.growth.table import table_of
from bonsai_compiler.system.arrays import DAMAGE, dump_arrays, load_arrays

pytestmark = pytest.mark.skipif(
    not opencl_devices(), reason="no OpenCL here, and without it growth takes minutes"
)


def changed(name: str, value: object) -> bytes:
    file = load_arrays(grown("modulo3")[1].stages[-1].dump())
    if name in file:
        return dump_arrays({**file, name: np.asarray(value)})
    text = json.loads(str(file["text"]))
    place, *steps = name.split("/")
    holder, key = text, place
    for step in steps:
        holder, key = holder[int(key) if key.isdigit() else key], step
    holder[int(key) if key.isdigit() else key] = value
    return dump_arrays({**file, "text": json.dumps(text)})


DAMAGED = {
    "another kind": ("kind", "table 0"),
    "a text that is none": ("text", "{"),
    "no phase": ("phase", "sow"),
    "a phase of another type": ("phase", ["train"]),
    "an odd layer": ("architecture/2", 3),
    "a wider network": ("architecture/0", 5),
    "fewer numbers": ("architecture", [1, 2]),
    "half an input": ("architecture/0", 0.5),
    "a negative layer": ("architecture/2", -2),
    "an activation in words": ("activation/0", "bent"),
    "steps that are none": ("steps", -1),
    "a true generation": ("generation", True),
    "effort in words": ("effort", "much"),
    "a network that is none": ("archive/0/network", "{}"),
    "a network of another type": ("archive/0/network", 7),
    "a code of other states": ("archive/0/code", [[1.0], [1.0]]),
    "a ragged code": ("archive/0/code", [[1.0], [1.0, -1.0], [1.0]]),
    "weights in words": ("archive/0/weights", "few"),
    "no factor": ("archive/0/factor", None),
    "parameters of double precision": ("learners.parameters", np.zeros((16, 1))),
    "codes of one dimension": ("learners.codes", np.zeros(16, np.float32)),
    "masks that are numbers": ("learners.masks", np.zeros(3)),
    "steps of several": ("learners.steps", [1, 2]),
    "exactness of none": ("exact", True),
    "losses of fewer": ("losses", np.zeros(3)),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_stage_is_refused(name: str) -> None:
    with pytest.raises(DAMAGE):
        load_table_stage(changed(*DAMAGED[name]))


def test_a_stage_that_lacks_something_is_refused() -> None:
    data = grown("modulo3")[1].stages[-1].dump()
    load_table_stage(data)
    file = load_arrays(data)
    for name in file:
        with pytest.raises(DAMAGE):
            load_table_stage(dump_arrays({key: file[key] for key in file if key != name}))
    text = json.loads(str(file["text"]))
    for name in text:
        less = json.dumps({key: text[key] for key in text if key != name})
        with pytest.raises(DAMAGE):
            load_table_stage(dump_arrays({**file, "text": less}))
    for cut in (0, 100, len(data) // 2):
        with pytest.raises(DAMAGE):
            load_table_stage(data[:cut])
    other = io.BytesIO()
    np.save(other, np.zeros(3))
    with pytest.raises(DAMAGE):
        load_table_stage(other.getvalue())


def test_each_row_comes_once_before_any_comes_again() -> None:
    rng = np.random.default_rng(0)
    table = table_of(tabulate(lambda state, x: ((state + 1) % 5, x), 0, 1))
    assert ordered(table, 4, 10, rng).tolist() == [list(range(10))] * 4
    order = ordered(table, 7, 4, rng)
    assert order.shape == (7, 4)
    assert order.dtype == np.int32
    flat = order.ravel()
    assert sorted(flat[:10]) == sorted(flat[10:20]) == list(range(10))
    assert len(set(flat[20:].tolist())) == 8
