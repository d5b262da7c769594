"""A task whose letters are words the whole way: read, compiled, proved, emitted, run and shown."""

import json

import pytest
from command_line import mistake
from sources import complaint, loaded
from words import LAMP

import bonsai_compiler as bonsai
from bonsai_compiler.driver.emission import emit
from bonsai_compiler.equivalence.system import MachineSystem, ProgramSystem
from bonsai_compiler.ir.expression import Name
from bonsai_compiler.ir.integers import conditions, reading
from bonsai_compiler.ir.ports import ENCODINGS, Port
from bonsai_compiler.ir.text import load
from bonsai_compiler.oracle.compare import compare
from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.specification.task_file import load_task

SEQUENCE = ["stay", '"go on, please"', "back", "back"]


def test_the_emitted_program_takes_and_yields_words(lit):
    folder, result = lit
    assert result.verdict.kind == "proved"
    assert tabulate(load_task(folder / "lamp.py")).legal.shape == (3, 3)
    names: dict = {}
    exec(result.program, names)
    assert names["inputs"] == {"move": ("stay", "go on, please", "back")}
    assert names["outputs"] == {"light": ("red", "amber", "green"), "n": range(2, 5)}
    given = ["stay", "go on, please", "back", "back"]
    expected = [("red", 2), ("amber", 3), ("red", 2), ("green", 4)]
    assert list(names["lamp"](iter(given))) == expected
    assert "for an iterable of words" in result.program


def test_every_step_and_language_agrees_with_the_task(lit, bonsaic):
    folder, _ = lit
    steps = sorted((folder / "built" / "steps").iterdir())
    for path in (steps[0], steps[-1], folder / "built" / "lamp.py"):
        assert bonsaic("check", path, folder / "lamp.py")[0] == 0
    neurons = folder / "neurons.py"
    neurons.write_text(emit(load(steps[0].read_text()), "python"))
    assert bonsaic("check", neurons, folder / "lamp.py")[0] == 0
    equations = (folder / "built" / "lamp.bool.txt").read_text()
    assert '# light in ["red", "amber", "green"] one-hot: light_0, light_1, light_2' in equations


def test_run_takes_and_traces_words(lit, bonsaic, tmp_path):
    folder, _ = lit
    for path in (folder / "lamp.py", sorted((folder / "built" / "steps").iterdir())[-1]):
        out = bonsaic("run", path, "--trace", tmp_path / "t.vcd", "--", *SEQUENCE)[1]
        assert [line.split()[-2:] for line in out.splitlines()] == [
            ["light", "n"],
            ["red", "2"],
            ["amber", "3"],
            ["red", "2"],
            ["green", "4"],
        ]
    dump = (tmp_path / "t.vcd").read_text()
    assert "$var string" in dump
    assert "sgo\\x20on,\\x20please" in dump
    assert "move is one of stay, go on, please, back, not 'off'" in mistake(
        bonsaic("run", folder / "lamp.py", "--", "off")
    )
    typed = "back\n\nfurther\nreset\nquit\n"
    code, _, err = bonsaic("run", folder / "lamp.py", "--step", stdin=typed)
    assert (code, "stdin, line 3: 'further' is no tick" in err) == (2, True)


def test_a_fault_is_told_in_words(lit, bonsaic):
    folder, _ = lit
    wrong = folder / "wrong.py"
    wrong.write_text(LAMP.replace('"back": 2', '"back": 1'))
    code, out, _ = bonsaic("check", wrong, folder / "lamp.py")
    assert (code, "move = back: light = amber, expected green" in out) == (1, True)
    code, out, _ = bonsaic("machine", wrong, "--task", folder / "lamp.py")
    assert "bonsaic run replays it: -- back\n" in out
    told = json.loads(bonsaic("machine", folder / "lamp.py", "--to", "json")[1])
    assert told["machine"]["states"]["A"]['"go on, please"']["outputs"] == ["amber", 3]
    reordered = folder / "reordered.py"
    reordered.write_text(LAMP.replace('"red", "amber"', '"amber", "red"'))
    assert "the values differ" in mistake(bonsaic("check", reordered, folder / "lamp.py"))


def test_words_in_python(lit):
    folder, _ = lit
    trace = bonsai.run(folder / "lamp.py", ["go on, please", ("back",)])
    assert (trace["move"], trace["light"]) == (("go on, please", "back"), ("amber", "red"))
    assert ">red<" in bonsai.run(folder / "lamp.py", "stay stay stay stay")._repr_html_()


def counting(encoding, count, states):
    """A task of so many words that a state shifts and counts, and a graph of logic that does it."""
    labels = tuple(f"w {n}" for n in range(count))
    port, told = (Port(name, 0, count - 1, encoding, labels) for name in ("word", "answer"))
    lines = [f"graph counting (logic)\nport {port}\nport {told}"]
    lines += [f"input {bit} in {{False, True}}" for bit in port.bits]
    levels = ", ".join(map(str, range(states)))
    lines += [f"logic word = {reading(port, port.bits)}"]
    lines += [f"state s0 = 0 then next near {{{levels}}}", f"logic next = (word + s0) % {states}"]
    lines += [f"logic shifted = (word + s0) % {count}"]
    tests = list(zip(told.bits, conditions(told, Name("shifted")), strict=True))
    lines += [f"logic is_{bit} = {test}" for bit, test in tests]
    lines += [f"output {bit} = is_{bit}" for bit, _ in tests]
    task = (
        f"words = {labels!r}\ninputs, outputs = {{'word': words}}, {{'answer': words}}\n"
        f"encoding = {{'word': {encoding!r}, 'answer': {encoding!r}}}\nstart = 0\n\n\n"
        "def step(state, word):\n"
        "    total = state + words.index(word)\n"
        f"    return total % {states}, words[total % {count}]\n"
    )
    return task, load("\n".join(lines))


@pytest.mark.parametrize(
    ("encoding", "count"), [*((name, n) for name in ENCODINGS for n in (2, 5)), ("binary", 256)]
)
def test_each_encoding_and_size_is_proved(tmp_path, encoding, count):
    task, graph = counting(encoding, count, states=3)
    wanted = MachineSystem(tabulate(loaded(tmp_path / "wanted", task)))
    program = emit(graph, "python")
    given = ProgramSystem(loaded(tmp_path / "given", program))
    found = compare(given, wanted)
    assert (found.kind, max(map(len, program.splitlines())) <= 100) == ("proved", True)


BAD = {
    "one word": (', "amber", "green"', ",", "'light' one word; two are the fewest"),
    "no words": ('"red", "amber", "green"', "", "'light' no words; two are the fewest"),
    "a word twice": ('"amber"', '"red"', "holds 'red' twice"),
    "an empty word": ('"amber"', '""', "holds ''; a word is 1 to 200 printable signs"),
    "an order": ('"amber"', '"\\x1b[2J"', "a word is 1 to 200 printable signs"),
    "no word": ('"amber"', "3", "holds 3, which is no string"),
    "bits": ('"amber"', '"bits 01"', "no word may begin with 'bits '"),
    "65 of one-hot": (
        "start",
        "encoding = {'light': 'one-hot'}\noutputs['light'] = tuple(map(str, range(65)))\nstart",
        "'light' has 65 values; 64 are the most if one-hot",
    ),
    "257": (
        "start",
        "outputs['light'] = tuple(map(str, range(257)))\nstart",
        "'light' has 257 values; 256 are the most if binary",
    ),
    "another word": (
        'outputs["light"][place]',
        '"blue"',
        "outputs 'blue' for 'light'; return one of 'red', 'amber', 'green', or None",
    ),
    "an int": ('outputs["light"][place]', "place", "outputs 0 for 'light'; return one of 'red'"),
    "a chance": ("start", "chance = {'move': 0.5}\nstart", "an integer or a word; only a bool"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_file_gets_one_line(tmp_path, name):
    old, new, expected = BAD[name]
    assert old in LAMP
    assert expected in complaint(tmp_path, LAMP.replace(old, new, 1))


def test_the_page_shows_words(lit, opened):
    page = opened(lit[0] / "built" / "view.html", fragment="#panel=program")
    page.fill("#sequence", " ".join(SEQUENCE))
    page.keyboard.press("Enter")
    assert page.input_value("#sequence") == " ".join(SEQUENCE)
    page.keyboard.press("Escape")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert page.locator('[data-output="light"] i').text_content() == "amber"
    assert page.locator('[data-output="light"] .wanted').text_content() == "expected amber"
    assert "move go on, please, light amber" in page.text_content("#cursor-told")
    assert page.locator('[data-trace="light"]').get_attribute("data-kind") == "stepped"
    page.get_by_label("move", exact=True).select_option(label="back")
    assert page.input_value("#sequence") == "stay back back back"
    page.fill("#sequence", "stay off")
    page.keyboard.press("Enter")
    fault = "move is one of stay, go on, please, back, not “off”"
    assert fault in page.text_content("#fault")
