"""What the pages in docs/ show and promise."""

import json
import shlex
import subprocess
import sys
from dataclasses import is_dataclass
from pathlib import Path
from types import ModuleType
from typing import get_args, get_type_hints

import jsonschema
import pytest
from documents import TOP, sessions, written
from documents import blocks as blocks_of
from pass_cases import outcome

from bonsai_compiler.driver.report import Report
from bonsai_compiler.passes import PASSES

COMPILER = (TOP / "docs" / "compiler.md").read_text()
BOXES = (TOP / "docs" / "boxes.md").read_text()
NETWORKS = (TOP / "docs" / "networks.md").read_text()
SCHEMA = json.loads((TOP / "docs" / "report.schema.json").read_text())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = written(NETWORKS, tmp_path_factory.mktemp("networks"))
    for note, code in blocks_of(NETWORKS, "python"):
        if note.startswith("file="):
            subprocess.run([sys.executable, "-c", code], cwd=place, check=True)
    return place


def test_the_networks_shown_are_compiled_as_shown(folder, bonsaic, monkeypatch):
    monkeypatch.chdir(folder)
    for _, session in blocks_of(NETWORKS, "console"):
        for command, shown in sessions(session):
            name, *words = shlex.split(command)
            assert name == "bonsaic"
            code, out, err = bonsaic(*words)
            assert code == 0, err
            assert not shown or out == shown
    report = json.loads((folder / "build" / "delay2" / "report.json").read_text())
    assert report["verdict"] == "proved"
    assert report["network"]["verdict"] == "proved"
    jsonschema.validate(report, SCHEMA)


def test_the_fault_shown_is_the_fault_told(folder, bonsaic, monkeypatch):
    broken = json.loads((folder / "weights.json").read_text())
    broken["cells"][0]["output_bias"] = [0, 0]
    (folder / "broken").mkdir()
    (folder / "broken" / "weights.json").write_text(json.dumps(broken))
    monkeypatch.chdir(folder / "broken")
    code, _, err = bonsaic("compile", "weights.json")
    assert code == 2
    shown = " ".join(NETWORKS.split("names the field: `")[1].split("`")[0].split())
    assert err.strip() == f"bonsaic: {shown}"


def test_the_black_box_shown_is_learned_grown_and_proved(bonsaic, tmp_path):
    written(BOXES, tmp_path)
    ((_, session),) = blocks_of(BOXES, "console")
    for command, _ in sessions(session):
        name, *words = shlex.split(command)
        assert name == "bonsaic"
        code, out, err = bonsaic(*words)
        assert code == 0, err
        assert "proved: equal to the machine learned by 702 questions for every" in out
        assert "; nothing is said of the black box itself" in out
    report = json.loads((tmp_path / "build" / "lock" / "report.json").read_text())
    jsonschema.validate(report, SCHEMA)
    assert report["basis"]["machine"] == "the machine learned by 702 questions"


def test_the_pass_shown_is_one_file_and_one_case(bonsaic, monkeypatch):
    ((name, code),) = blocks_of(COMPILER, "python")
    module = ModuleType("bonsai_compiler.passes.limit")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(code, name.removeprefix("file="), "exec"), vars(module))
    monkeypatch.setitem(PASSES, module.Limit.name, module.Limit)
    (case,) = (text for _, text in blocks_of(COMPILER, "text") if "\n---\n" in text)
    given, _, expected = case.partition("---\n")
    assert outcome(module.Limit, given, "the case") == expected
    written(COMPILER, Path())
    ((_, session),) = blocks_of(COMPILER, "console")
    ((command, shown),) = sessions(session)
    said = bonsaic(*shlex.split(command)[1:])
    assert said[:2] == (1, shown)
    assert "limit broke the behaviour" in said[2]
    assert f"  limit           {module.Limit.summary}\n" in bonsaic("list")[1]


def fields_of(kind):
    """Return the fields of a report's dataclass, and under each those of the dataclass in it."""
    return {
        name: next((fields_of(part) for part in parts(hint) if is_dataclass(part)), {})
        for name, hint in get_type_hints(kind).items()
    }


def parts(hint):
    return [hint, *(part for inner in get_args(hint) for part in parts(inner))]


def properties_of(schema):
    """Return the same of a schema, with what stands in arrays and beside null."""
    inside = [schema, *schema.get("anyOf", ()), schema.get("items", {})]
    return {
        name: properties_of(inner)
        for part in inside
        for name, inner in part.get("properties", {}).items()
    }


def test_the_schema_asks_for_what_is_written():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert set(SCHEMA["required"]) == set(SCHEMA["properties"])
    assert properties_of(SCHEMA) == fields_of(Report)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"task": "delay2", "verdict": "proven"}, SCHEMA)
