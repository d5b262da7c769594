"""A worse verdict never takes the place of a better one, and it is said where the result is."""

import json
from itertools import product

import pytest
from article import DELAY1
from command_line import mistake
from sources import RIGHT, TASKS, WRONG

import bonsai_compiler as bonsai
from bonsai_compiler.driver.precedence import Place, place_of
from bonsai_compiler.driver.report import VERDICTS
from bonsai_compiler.networks.network_file import dump_network
from bonsai_compiler.system.folder import MARK


def report(kind, task="late"):
    return json.dumps({"task": task, "verdict": kind})


def standing(place, text):
    place.mkdir(parents=True)
    (place / MARK).write_text(text)


def verdicts(folder):
    """Return the verdict in each folder of results, by its name."""
    reports = folder.glob(f"*/{MARK}")
    return {path.parent.name: json.loads(path.read_text())["verdict"] for path in reports}


@pytest.fixture
def compiled(bonsaic, tmp_path):
    """Compiles a one-tick delay against a task called late, for the verdict that is asked for."""
    (tmp_path / "net.json").write_text(dump_network(DELAY1))

    def call(kind, *options):
        (tmp_path / "late.py").write_text(TASKS[kind])
        return bonsaic("compile", "net.json", "--task", "late.py", *options)

    return call


@pytest.mark.parametrize(("earlier", "kind"), [*product(VERDICTS, VERDICTS)])
def test_a_better_verdict_is_spared_and_nothing_else(tmp_path, earlier, kind):
    standing(tmp_path / "late", report(earlier))
    place = place_of(tmp_path / "late", kind, force=False)
    if VERDICTS.index(kind) < VERDICTS.index(earlier):
        assert place == Place(tmp_path / f"late.{kind}", tmp_path / "late", earlier)
    else:
        assert place == Place(tmp_path / "late")
    assert place_of(tmp_path / "late", kind, force=True) == Place(tmp_path / "late")


@pytest.mark.parametrize(
    ("earlier", "kind"), [("proved", "refuted"), ("tested", "refuted"), ("tested", "proved")]
)
def test_the_last_line_says_where_a_result_is(compiled, tmp_path, earlier, kind):
    compiled(earlier)
    kept = (tmp_path / "build" / "late" / "late.py").read_text()
    code, out, err = compiled(kind)
    assert code == (kind == "refuted")
    last = out.splitlines()[-1]
    if VERDICTS.index(kind) >= VERDICTS.index(earlier):
        assert verdicts(tmp_path / "build") == {"late": kind}
        assert last.endswith("see build/late")
        assert "--force" not in err
    else:
        assert verdicts(tmp_path / "build") == {"late": earlier, f"late.{kind}": kind}
        assert last.endswith(f"see build/late.{kind} (build/late is {earlier}, and stays)")
        assert f"build/late is {earlier}, and stays; --force would replace it" in err
        assert (tmp_path / "build" / "late" / "late.py").read_text() == kept
        assert (tmp_path / "build" / f"late.{kind}" / "late.py").read_text().strip() in out


def test_with_force_it_does_and_what_lies_beside_never_grows(compiled, tmp_path):
    compiled("proved")
    for kind in ("refuted", "tested", "refuted"):
        compiled(kind)
    assert verdicts(tmp_path / "build") == {
        "late": "proved",
        "late.tested": "tested",
        "late.refuted": "refuted",
    }
    code, out, _ = compiled("refuted", "--force")
    assert (code, out.splitlines()[-1].endswith("see build/late")) == (1, True)
    assert verdicts(tmp_path / "build")["late"] == "refuted"
    assert {path.name for path in (tmp_path / "build").iterdir()} == {
        "late",
        "late.tested",
        "late.refuted",
    }


def test_both_folders_can_be_looked_at(compiled, bonsaic, tmp_path):
    compiled("proved")
    compiled("refuted")
    for name, kind in (("late", "proved"), ("late.refuted", "refuted")):
        folder = f"build/{name}"
        assert "fold_constants" in bonsaic("diff", folder, "--stat")[1]
        code, out, _ = bonsaic("view", folder)
        assert (code, out) == (0, f"{name}.html\n")
        for page in (tmp_path / f"{name}.html", tmp_path / folder / "view.html"):
            text = page.read_text()
            assert f'<p class="verdict {kind}"' in text
    assert bonsaic("check", "build/late/late.py", "build/late.refuted/late.py")[0] == 0


@pytest.mark.parametrize(
    "damaged", ["", "{", "[]", "null", '"proved"', "{}", '{"verdict": "Proved"}', '{"verdict": []}']
)
def test_what_cannot_be_read_may_have_been_proved(tmp_path, damaged):
    standing(tmp_path / "late", damaged)
    for kind in ("refuted", "tested"):
        place = place_of(tmp_path / "late", kind, force=False)
        assert place == Place(tmp_path / f"late.{kind}", tmp_path / "late")
    assert place_of(tmp_path / "late", "proved", force=False) == Place(tmp_path / "late")


def test_what_cannot_be_read_stays_until_there_is_a_proof(compiled, tmp_path):
    standing(tmp_path / "build" / "late", "{")
    last = compiled("refuted")[1].splitlines()[-1]
    assert last.endswith(
        "see build/late.refuted (build/late has a report that says nothing, and stays)"
    )
    assert (tmp_path / "build" / "late" / MARK).read_text() == "{"
    assert compiled("proved")[1].splitlines()[-1].endswith("see build/late")


def test_a_report_of_any_version_is_read(tmp_path):
    text = json.dumps({"verdict": "proved", "versions": {"bonsai_compiler": "99"}, "new": [1]})
    standing(tmp_path / "late", text)
    assert place_of(tmp_path / "late", "tested", force=False).spared == tmp_path / "late"
    assert place_of(tmp_path / "late", "tested", force=True).spared is None
    assert place_of(tmp_path / "none", "refuted", force=False).note == ""


@pytest.mark.parametrize(
    ("task", "kind", "said"), [("other", "refuted", "'other'"), ("late", "proved", "'proved'")]
)
def test_what_would_be_lost_beside_is_told_at_the_start(compiled, tmp_path, task, kind, said):
    """The name beside may be that of a task of the user's, or a better result renamed."""
    standing(tmp_path / "build" / "late", report("proved"))
    standing(tmp_path / "build" / "late.refuted", report(kind, task))
    assert said in mistake(compiled("proved"))
    assert (tmp_path / "build" / "late.refuted" / MARK).read_text() == report(kind, task)
    assert compiled("proved", "--force")[0] == 0


def test_a_folder_of_the_users_own_beside_is_told_at_the_start(compiled, tmp_path):
    standing(tmp_path / "build" / "late", report("tested"))
    (tmp_path / "build" / "late.refuted").mkdir()
    (tmp_path / "build" / "late.refuted" / "thesis.txt").write_text("mine")
    assert "late.refuted: holds something else" in mistake(compiled("proved"))


def test_from_python_too(tmp_path):
    right, wrong = tmp_path / "right" / "late.py", tmp_path / "wrong" / "late.py"
    for path, text in ((right, RIGHT), (wrong, WRONG)):
        path.parent.mkdir()
        path.write_text(text)
    network = json.loads(dump_network(DELAY1))
    assert bonsai.compile(network, right, out=tmp_path).folder == tmp_path / "late"
    worse = bonsai.compile(network, wrong, out=tmp_path)
    assert worse.folder == tmp_path / "late.refuted"
    assert worse.summary.endswith(f"({tmp_path / 'late'} is proved, and stays)")
    assert bonsai.compile(network, wrong, out=tmp_path, force=True).folder == tmp_path / "late"
