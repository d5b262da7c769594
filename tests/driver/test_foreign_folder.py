"""A folder of results from anywhere shows what it brings along, and nothing else is touched."""

import json
import shutil

import pytest
from article import DELAY1
from command_line import mistake
from documents import TOP

import bonsai_compiler as bonsai
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth import curves, log
from bonsai_compiler.ir.names import expect_file_name
from bonsai_compiler.networks.network_file import dump_network
from bonsai_compiler.system.reading import MOST_BYTES, file_within

TASKS = TOP / "tasks"
SECRET = "root:correct horse battery staple"


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """The folder of a finished run of the one-tick delay."""
    network, task = json.loads(dump_network(DELAY1)), TASKS / "delay1.py"
    result = bonsai.compile(network, task, out=tmp_path_factory.mktemp("compiled"))
    assert result.verdict.kind == "proved"
    return result.folder


@pytest.fixture
def run(compiled, files):
    """A finished run, and beside it what is none of its business."""
    shutil.copytree(compiled, files / "got" / "delay1")
    (files / "secret").mkdir()
    (files / "secret" / "settings.py").write_text(f'"""{SECRET}"""\n')
    (files / "secret" / "settings.html").write_text(SECRET)
    (files / "index.html").write_text(SECRET)
    return files / "got" / "delay1"


def told(run, **changes):
    report = json.loads((run / "report.json").read_text())
    (run / "report.json").write_text(json.dumps(report | changes))


def everything(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


NAMES = [
    "../../secret/settings",
    "/etc/passwd",
    "..",
    ".",
    "",
    ".hidden",
    "a/b",
    "a\\b",
    "x\x1b[31m",
    "two\nlines",
    "\u202ereversed",
    "\ud800",
    "a\0b",
    "n" * 300,
]


@pytest.mark.parametrize("name", [*NAMES, 3, None, ["a"], {}], ids=repr)
def test_a_name_in_a_report_is_a_name_or_refused(bonsaic, files, run, name):
    told(run, task=name)
    before = everything(files)
    for command in (["view", run], ["check", run, "delay1.py"], ["run", run, "--", "1"]):
        err = mistake(bonsaic(*command))
        assert "report.json" in err
        assert SECRET not in err
    assert everything(files) == before


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_what_cannot_be_a_file_is_no_name(name):
    with pytest.raises(BonsaiError, match="cannot be the name of a result"):
        expect_file_name(name)


def test_what_can_be_a_file_is_a_name():
    for name in ("delay2", "my-task", "größe", "a.b", "with space", "-x"):
        assert expect_file_name(name) == name


def test_the_page_is_called_after_what_was_typed(bonsaic, files, run):
    told(run, task="index")
    (run / "delay1.py").rename(run / "index.py")
    assert bonsaic("view", run) == (0, "delay1.html\n", "")
    assert bonsaic("view", run / "steps")[:2] == (0, "delay1.html\n")
    assert (files / "index.html").read_text() == SECRET
    run.rename(run.with_name("index"))
    assert "is no page" in mistake(bonsaic("view", run.with_name("index")))
    assert (files / "index.html").read_text() == SECRET
    assert bonsaic("view", run.with_name("index"), "-o", "index.html")[0] == 0


@pytest.mark.parametrize(
    "inner", ["delay1.py", "delay1.bool.txt", "growth.csv", "report.json", "steps/00-lift.bonsai"]
)
@pytest.mark.parametrize("command", ["view", "diff", "emit", "machine"])
def test_a_link_that_leads_out_is_refused(bonsaic, files, run, inner, command):
    (run / inner).unlink(missing_ok=True)
    (run / inner).symlink_to(files / "secret" / "settings.py")
    before = everything(files)
    code, out, err = bonsaic(command, run)
    assert SECRET not in out + err
    if command == "view" or inner.startswith(("report", "steps")):
        assert "leads out of the folder" in mistake((code, out, err))
        assert everything(files) == before


def test_a_folder_of_steps_that_is_a_link_is_refused(bonsaic, files, run):
    (run / "steps").rename(files / "secret" / "steps")
    (run / "steps").symlink_to(files / "secret" / "steps")
    for command in ("view", "diff", "emit", "machine"):
        assert "leads out of the folder" in mistake(bonsaic(command, run))


def test_links_that_stay_inside_are_followed(bonsaic, files, run):
    (run / "delay1.py").rename(run / "program")
    (run / "delay1.py").symlink_to("program")
    (files / "linked").symlink_to(run)
    assert bonsaic("view", "linked")[:2] == (0, "linked.html\n")
    assert "bit" in (files / "linked.html").read_text()


def test_what_is_no_file_is_not_opened(files, run):
    (run / "pipe").mkdir()
    with pytest.raises(BonsaiError, match="is no file"):
        file_within(run, "pipe")
    (run / "zero").symlink_to("/dev/zero")
    with pytest.raises(BonsaiError, match="leads out"):
        file_within(run, "zero")
    (run / "round").symlink_to("round")
    with pytest.raises(BonsaiError, match="cannot be read"):
        file_within(run, "round")
    assert file_within(run, "missing") is None


ODD = [
    {"verdict": "\x1b[32mproved"},
    {"verdict": "good"},
    {"verdict": "refuted"},
    {"verdict": "proved", "counterexample": {"inputs": [[1]], "outputs": [[1]], "expected": [[0]]}},
    {"verdict": "refuted", "counterexample": {"inputs": [], "outputs": [], "expected": []}},
    {"verdict": "refuted", "counterexample": {"inputs": [[1]], "outputs": [], "expected": [[0]]}},
    {"horizon": "\x1b[31m9"},
    {"horizon": "9"},
    {"horizon": -1},
    {"depth": True},
    {"random": 1.5},
    {"passes": [3]},
    {"passes": {"a": 1}},
    {"versions": {"python": "3\x9b31m"}},
]


@pytest.mark.parametrize("changes", ODD, ids=repr)
def test_what_no_run_would_report_is_refused(bonsaic, run, changes):
    told(run, **changes)
    for command in ("view", "diff"):
        assert "is no report of a run" in mistake(bonsaic(command, run))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "-1e999", '"\x1b"'])
@pytest.mark.parametrize("place", ["seconds", "what"])
def test_numbers_and_texts_of_passes_are_fit_for_a_page(bonsaic, run, number, place):
    text = (run / "report.json").read_text()
    at = text.index(f'"{place}": ', text.index('"passes"'))
    end = text.index("\n", at)
    (run / "report.json").write_text(f'{text[:at]}"{place}": {number},{text[end:]}')
    for command in ("view", "diff"):
        assert "is no report of a run" in mistake(bonsaic(command, run))


@pytest.mark.parametrize("text", ["def", "x = (" + "(" * 500, "\0", "\ud800"])
def test_a_program_that_is_none_is_refused(bonsaic, run, text):
    (run / "delay1.py").write_bytes(text.encode("utf-8", "surrogatepass"))
    err = mistake(bonsaic("view", run))
    assert "delay1.py: is no" in err


def test_a_table_that_is_none_is_refused(run, bonsaic):
    rows = (log.Row(1, "train", 10, 0.5, 0.5, 0.1, 0.2, 0, None),)
    good = log.as_csv(rows)
    assert log.from_csv(good, "growth.csv") == rows
    for bad in (
        good.replace("train", "\x1b[31m"),
        good.replace("train", "x" * 200_000),
        good.replace("10", "1" * 5000),
        good.replace("0.1", "much"),
    ):
        (run / "growth.csv").write_text(bad)
        assert "is no table" in mistake(bonsaic("view", run))


def test_a_growth_of_any_name_is_drawn():
    rows = [log.Row(1, "train", step, 0.5, 0.5, 0.1, 0.2, 0, None) for step in (1, 2)]
    assert "$\\frac{$" in curves.as_svg(rows, "$\\frac{$")


def test_a_run_is_named_by_its_folder(bonsaic, files, run):
    assert bonsaic("check", run, "delay1.py")[0] == 0
    assert bonsaic("check", "delay1.py", run)[0] == 0
    assert bonsaic("check", run, "delay2.py")[0] == 1
    code, out, _ = bonsaic("run", run, "--", "1", "0", "1")
    assert (code, out) == bonsaic("run", run / "delay1.py", "--", "1", "0", "1")[:2]
    assert bonsaic("machine", run, "--task", "delay1.py")[0] == 0
    last = max((run / "steps").iterdir())
    assert (
        bonsaic("emit", run, "--to", "boolean")[:2] == bonsaic("emit", last, "--to", "boolean")[:2]
    )
    assert bonsaic("diff", run, last) == (0, "", "")
    (run / "delay1.py").unlink()
    assert "holds no program" in mistake(bonsaic("check", run, "delay1.py"))
    assert "is no run" in mistake(bonsaic("run", "secret", "--", "1"))


@pytest.mark.parametrize("name", ["endless.bonsai", "endless.json", "endless"])
def test_a_file_without_an_end_is_refused(bonsaic, files, name):
    (files / name).symlink_to("/dev/zero")
    for command in (["emit"], ["compile"], ["view"]):
        assert "is larger than" in mistake(bonsaic(*command, name))
    assert "is larger than" in mistake(bonsaic("emit", "-", stdin="#" * (MOST_BYTES + 1)))


@pytest.mark.parametrize("stem", [".", "..", ".hidden", "x\x1b[31m", "a\nb"])
def test_a_file_with_such_a_name_is_refused_before_the_work(bonsaic, files, monkeypatch, stem):
    monkeypatch.setattr(
        "bonsai_compiler.driver.workflow.find_network", lambda *words: pytest.fail("grew")
    )
    (files / "inner").mkdir()
    task, network = files / "inner" / f"{stem}.py", files / "inner" / f"{stem}.json"
    task.write_bytes((files / "delay1.py").read_bytes())
    network.write_bytes((files / "delay1.json").read_bytes())
    before = everything(files)
    for words in (
        ["train-and-compile", task],
        ["compile", network],
        ["compile", "delay1.json", "--task", task],
        ["view", network],
    ):
        assert "cannot be the name of a result" in mistake(bonsaic(*words))
    assert everything(files) == before
