"""A checkpoint reads back as it was, and one that is damaged is refused in one line."""

import io
import json
import time
import tracemalloc
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.log import Row
from bonsai_compiler.passes.journal import Entry
from bonsai_compiler.schedule import checkpoint
from bonsai_compiler.schedule.checkpoint import Checkpoint, Keeper, dump, parse
from bonsai_compiler.system.arrays import load_parts

rows = st.builds(
    Row,
    rung=st.integers(1, 9),
    phase=st.sampled_from(["sow", "train", "prune", "done"]),
    step=st.integers(0, 10**6),
    loss=st.floats(0, 1e6) | st.just(float("inf")),
    median_loss=st.floats(0, 1e6),
    regularisation=st.floats(0, 1e6),
    mistakes=st.floats(0, 1),
    solved=st.integers(0, 99),
    weights=st.none() | st.integers(0, 999),
)
checkpoints = st.builds(
    Checkpoint,
    rows=st.lists(rows).map(tuple),
    seconds=st.floats(0, 1e6),
    engine=st.text(),
    device=st.text(),
    struck=st.booleans(),
    ended=st.booleans(),
    journal=st.lists(
        st.builds(
            Entry,
            owner=st.text(),
            name=st.text(),
            before=st.text(),
            held=st.booleans(),
            graph=st.text(),
            summary=st.text(),
            check=st.text(),
            seconds=st.floats(0, 1e6),
            checks=st.integers(0, 999),
            settled=st.booleans(),
            last=st.booleans(),
        )
    ).map(tuple),
    stage=st.none(),
)


@given(checkpoints)
def test_a_checkpoint_reads_back_as_it_was(given_checkpoint: Checkpoint) -> None:
    identity, found = parse(dump({"seed": 1}, given_checkpoint))
    assert identity == {"seed": 1}
    assert found == given_checkpoint


def sealed(parts: Mapping[str, bytes]) -> bytes:
    """Return parts as a checkpoint whose digest is right, whatever they hold."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return checkpoint._sealed(file.getvalue())


def refused(folder: Path, data: bytes) -> str:
    """Return the line that a damaged file ends with."""
    keeper = Keeper(folder / "x.growth", {"seed": 0}, time.monotonic)
    keeper.path.write_bytes(data)
    with pytest.raises(BonsaiError, match="is no checkpoint of this version") as caught:
        keeper.load()
    assert "\n" not in str(caught.value)
    return str(caught.value)


SOUND = json.loads(load_parts(dump({"seed": 0}, Checkpoint()).partition(b"\n")[2])["search.json"])


@pytest.mark.parametrize("name", SOUND)
@pytest.mark.parametrize("value", ["text", 7, [7], [[[]]], {"a": 1}, None, float("nan")])
def test_a_field_of_another_kind_is_one_line(tmp_path: Path, name: str, value: Any) -> None:
    fits = (name == "seconds" and value == 7) or (
        name in ("engine", "device") and isinstance(value, str)
    )
    fits = fits or (name == "identity" and isinstance(value, dict))
    if not fits:
        refused(tmp_path, sealed({"search.json": json.dumps({**SOUND, name: value}).encode()}))


@pytest.mark.parametrize("whole", ["text", 7, [], None, {}])
def test_another_document_is_one_line(tmp_path: Path, whole: Any) -> None:
    refused(tmp_path, sealed({"search.json": json.dumps(whole).encode()}))


@given(place=st.integers(0, 10**6), flip=st.integers(1, 255))
def test_a_flipped_byte_is_one_line(tmp_path: Path, place: int, flip: int) -> None:
    data = bytearray(dump({"seed": 0}, Checkpoint(engine="kernel")))
    data[place % len(data)] ^= flip
    refused(tmp_path, bytes(data))


def array(header: str, data: bytes = b"") -> bytes:
    """Return a .npz file of one array with a header that says what it likes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        head = f"{header:<117}\n".encode()
        archive.writestr("phase.npy", b"\x93NUMPY\x01\x00" + bytes([118, 0]) + head + data)
    return file.getvalue()


@pytest.mark.parametrize(
    "stage",
    [
        b"no zip",
        array("{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000000,), }"),
        array("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }"),
        array("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", bytes(8)),
        array("{'descr': '<U4', 'fortran_order': False, 'shape': (), }", bytes(16)),
        array("no header"),
    ],
)
def test_arrays_that_are_none_are_one_line(tmp_path: Path, stage: bytes) -> None:
    search = json.dumps(SOUND).encode()
    for name in ("stage.npz", "other.npz"):
        refused(tmp_path, sealed({"search.json": search, name: stage}))


def test_a_file_that_unpacks_to_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("search.json", "w", force_zip64=True) as part,
    ):
        for _ in range(300):
            part.write(bytes(2**20))
    assert len(file.getvalue()) < 2**20
    tracemalloc.start()
    refused(tmp_path, checkpoint._sealed(file.getvalue()))
    assert tracemalloc.get_traced_memory()[1] < 16 * 2**20
    tracemalloc.stop()


def test_a_file_written_by_nobody_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.growth").symlink_to("/dev/zero")
    keeper = Keeper(tmp_path / "x.growth", {"seed": 0}, time.monotonic)
    with pytest.raises(BonsaiError, match="nothing to resume"):
        keeper.load()


def test_the_file_is_written_now_and_then(tmp_path: Path) -> None:
    now = 0.0
    keeper = Keeper(tmp_path / "x.growth", {"seed": 0}, lambda: now)
    assert not keeper.flush()
    for now in np.arange(0.0, 35.0, 0.5):
        keeper.keep(Checkpoint(seconds=float(now)))
    assert keeper.load().seconds == 30.0
    assert keeper.flush()
    assert keeper.load().seconds == 34.5
    keeper.drop()
    keeper.drop()
    assert not keeper.path.exists()


def test_what_takes_long_to_write_is_written_less_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, writings = 0.0, []
    keeper = Keeper(tmp_path / "x.growth", {"seed": 0}, lambda: now)

    def slow(*arguments: Any) -> bytes:
        nonlocal now
        writings.append(now)
        now += 3.0
        return dump(*arguments)

    monkeypatch.setattr(checkpoint, "dump", slow)
    while now < 600.0:
        now += 1.0
        keeper.keep(Checkpoint(seconds=now))
    assert len(writings) >= 9
    assert 3.0 * len(writings) <= 0.06 * now
