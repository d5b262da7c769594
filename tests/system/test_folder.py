"""A folder of results is whole at every moment: killed at each step, written twice, linked."""

import os
import signal
import stat
import sys
import threading
from contextlib import ExitStack

import pytest
from command_line import mistake

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.system import folder as folders
from bonsai_compiler.system.folder import MARK, claimed, replaced
from bonsai_compiler.system.writing import create_file, expect_file_writable, write_file

OLD, NEW = {MARK: "old", "steps/0": "old"}, {MARK: "new", "steps/0": "new", "more": "new"}
KILLED = 9


def fill(folder, texts):
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)


def content(folder):
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def replace(folder, texts):
    with claimed(folder), replaced(folder) as filling:
        fill(filling, texts)


def forked(work):
    """Run `work` in a process of its own; return its exit code."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(step, work):
    """Run `work` in a process that dies at a step: before so many-th of its dealings with files.

    Nothing is tidied up then, as after kill -9. Return whether it came so far.
    """

    def watched():
        seen = 0

        def watch(event, arguments):
            nonlocal seen
            if event.startswith(("os.", "shutil.")) or event == "open":
                seen += 1
                if seen == step:
                    os._exit(KILLED)

        sys.addaudithook(watch)
        work()

    code = forked(watched)
    assert code in (0, KILLED)
    return code == KILLED


def hidden(place):
    return [path.name for path in place.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("at_one_stroke", [True, False])
@pytest.mark.parametrize("earlier", [OLD, None])
def test_killed_at_any_step_a_result_is_the_old_or_the_new_one(
    tmp_path, monkeypatch, at_one_stroke, earlier
):
    if not at_one_stroke:
        monkeypatch.setattr(folders, "exchanged", lambda one, other: False)
    place = tmp_path / "there"
    folder = place / "result"
    found = []
    for step in range(1, 200):
        if earlier:
            replace(folder, earlier)
        elif folder.exists():
            forked(lambda: os.execvp("rm", ["rm", "-r", str(place)]))
        went_on = killed_at(step, lambda: replace(folder, NEW))
        if at_one_stroke and earlier:
            assert content(folder) in (OLD, NEW)
        if step % 2:
            # The next run may be killed as well, while it puts things right.
            killed_at(step % 7 + 1, lambda: replace(folder, NEW))
        with claimed(folder):
            folders.recover(folder)
            found.append(content(folder))
            assert found[-1] in (earlier or {}, NEW)
            assert hidden(place) == [".result.lock"]
        assert not place.exists() or not hidden(place)
        if not went_on:
            break
    assert step > 15
    assert found[0] == (earlier or {})
    assert found[-1] == NEW


def fail_to_replace(folder, fault):
    with replaced(folder) as filling:
        fill(filling, NEW)
        raise fault


def test_a_filling_that_fails_leaves_the_earlier_one(tmp_path):
    folder = tmp_path / "result"
    replace(folder, OLD)
    for fault in (OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError()):
        with pytest.raises((BonsaiError, type(fault))):
            fail_to_replace(folder, fault)
        assert content(folder) == OLD
        assert not hidden(tmp_path)


def test_a_step_that_the_system_refuses_leaves_the_earlier_one(tmp_path, monkeypatch):
    folder = tmp_path / "result"
    replace(folder, OLD)
    rename = type(folder).rename
    monkeypatch.setattr(folders, "exchanged", lambda one, other: False)

    def refuse(path, target):
        if path.name.endswith(".new") and target == folder:
            raise OSError(5, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(type(folder), "rename", refuse)
    with pytest.raises(BonsaiError, match="cannot be written"):
        replace(folder, NEW)
    assert content(folder) == OLD
    assert not hidden(tmp_path)


def test_a_claim_names_who_holds_it_and_dies_with_its_process(tmp_path):
    folder = tmp_path / "out" / "result"
    ready, done = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        with claimed(folder):
            os.write(ready[1], b".")
            os.read(done[0], 1)
        os._exit(0)
    os.read(ready[0], 1)
    with pytest.raises(BonsaiError, match=rf"process {child} on .* since .*; wait for it"):
        replace(folder, NEW)
    with claimed(folder.with_name("other")):
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert hidden(folder.parent) == [".result.lock"]
    replace(folder, NEW)
    assert content(folder) == NEW
    assert not hidden(folder.parent)


def test_a_claim_is_given_back_in_good_order(tmp_path):
    folder = tmp_path / "deep" / "out" / "result"
    with claimed(folder), pytest.raises(BonsaiError, match=f"process {os.getpid()} "):
        replace(folder, NEW)
    assert not (tmp_path / "deep").exists()
    folder = tmp_path / "result"
    held = threading.Barrier(8)
    wins = []

    def try_it():
        held.wait()
        for _ in range(30):
            try:
                with claimed(folder):
                    wins.append(+1)
                    assert sum(wins) == 1
                    wins.append(-1)
            except BonsaiError:
                continue

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(wins) == 0
    assert wins
    assert not hidden(tmp_path)


def test_two_runs_into_one_folder_do_not_meet(bonsaic, files):
    with claimed(files / "build" / "delay1"):
        err = mistake(bonsaic("compile", "delay1.json", "--task", "delay1.py"))
        assert f"process {os.getpid()}" in err
        assert bonsaic("compile", "delay1.json", "--task", "delay2.py")[0] == 1
    assert bonsaic("compile", "delay1.json", "--task", "delay1.py")[0] == 0


def test_a_folder_that_is_a_link_stays_one(tmp_path):
    real, link = tmp_path / "disk" / "real", tmp_path / "out" / "result"
    link.parent.mkdir()
    link.symlink_to(real)
    for texts in (OLD, NEW):
        replace(link, texts)
        assert link.is_symlink()
        assert content(real) == texts
    with claimed(real), pytest.raises(BonsaiError, match="is being written by"):
        replace(link, OLD)
    assert not hidden(link.parent)
    assert not hidden(real.parent)


@pytest.mark.parametrize("place", ["/proc/x", "/dev/null/x", "file/x"])
def test_a_place_that_cannot_be_written_is_refused_before_the_work(
    bonsaic, files, monkeypatch, place
):
    (files / "file").write_text("")
    monkeypatch.setattr(
        "bonsai_compiler.driver.workflow.find_network", lambda *words: pytest.fail("grew")
    )
    monkeypatch.setattr("bonsai_compiler.driver.workflow.train", lambda *words: pytest.fail("grew"))
    assert place in mistake(bonsaic("train-and-compile", "delay1.py", "-o", place))
    assert place in mistake(bonsaic("train", "delay1.py", "-o", place))
    assert place in mistake(bonsaic("machine", "delay1.py", "-o", place))
    assert place in mistake(bonsaic("run", "delay1.py", "--trace", f"{place}.vcd", "--", "1"))


def test_a_file_is_the_old_or_the_new_one_at_every_step(tmp_path):
    path = tmp_path / "file"
    for step in range(1, 30):
        path.write_text("old")
        went_on = killed_at(step, lambda: write_file(path, "new"))
        assert path.read_text() == ("old" if went_on else "new")
        assert hidden(tmp_path) in ([], [".file.part"])
        if not went_on:
            break
    assert step > 2
    assert not hidden(tmp_path)


def test_a_link_is_written_through_and_a_mask_is_kept(tmp_path):
    path, link = tmp_path / "file", tmp_path / "link"
    link.symlink_to(path)
    write_file(link, "one")
    write_file(link, "two")
    assert link.is_symlink()
    assert path.read_text() == "two"
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask


def test_a_pipe_is_written_as_it_is(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_file(pipe, "through")
    reader.join()
    assert got == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    with pytest.raises(BonsaiError, match="No space left"):
        write_file(tmp_path.joinpath("/dev/full"), "full")
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


def test_writers_of_one_file_take_turns(tmp_path):
    path = tmp_path / "file"
    texts = [letter * 100_000 for letter in "abcd"]

    def write(text):
        for _ in range(20):
            write_file(path, text)
            expect_file_writable(path)
            assert path.read_text() in texts

    with ExitStack() as stack:
        for text in texts:
            thread = threading.Thread(target=write, args=(text,))
            thread.start()
            stack.callback(thread.join)
    assert path.read_text() in texts
    assert not hidden(tmp_path)


def test_a_file_is_created_only_where_there_is_none(tmp_path):
    path = tmp_path / "file"
    create_file(path, "one")
    with pytest.raises(BonsaiError, match="is there already"):
        create_file(path, "two")
    assert path.read_text() == "one"
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(BonsaiError, match="is there already"):
        create_file(tmp_path / "link", "two")
