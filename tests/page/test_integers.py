"""The page of a network of small integers: its data, and in Chromium what it shows of them."""

import re

import numpy as np
from integers import ADDITION
from oracles.mips_ints import addition
from pages import MINUS, Reader, last_neurons, shown, written

from bonsai_compiler.specification.task_file import load_task
from bonsai_compiler.traces.sequence import as_sequence

PAIRS = [(2, 1), (0, 0), (2, 2), (1, 2), (0, 1)]
NOTHING = "\N{EN DASH}"
TYPED = " ".join(f"{a},{b}" for a, b in PAIRS)


def bits_of(text, given):
    """A sequence as typed, in bits, (ticks, bits)."""
    return np.array(as_sequence(text, given))


def lamp(page, output):
    """The value that an output shows."""
    return page.locator(f'[data-output="{output}"] i').text_content()


def test_the_data_say_which_bits_are_integers(built):
    text = (built[0] / "built" / "view.html").read_text()
    data = Reader(text).data
    words = ["00", "10", "11"]
    assert [(field["name"], field["words"]) for field in data["input_signals"]] == [
        ("a", words),
        ("b", words),
    ]
    assert data["output_signals"] == [
        {"name": "s", "bits": ["s_1", "s_2"], "low": 0, "words": words}
    ]
    assert len(data["expected"]["legal"][0]) == 9
    assert ["s"] in [line["nodes"] for line in data["program"]]
    (last,) = (line for line in data["program"] if line["following"])
    assert (last["nodes"], last["following"]) == (["s"], ["s0"])
    assert re.search(r"<text [^>]*>1,2, 2,1 / 0</text>", text)
    assert "Arrows: a,b / s." in text


def test_stepping_shows_integers_and_their_bits(built, opened):
    page = opened(built[0] / "built" / "view.html", fragment="#panel=program")
    place, found = last_neurons(built[0] / "built")
    expected = addition(3, PAIRS)
    page.keyboard.press("t")
    page.keyboard.type(TYPED)
    page.keyboard.press("Enter")
    assert page.input_value("#sequence") == TYPED
    for stage in (place, len(found) - 1):
        page.evaluate("stage => bonsai.show(stage)", stage)
        graph = found[stage]
        page.keyboard.press("Home")
        for tick, ((a, b), s) in enumerate(zip(PAIRS, expected, strict=True)):
            assert shown(page) == written(graph, bits_of(TYPED, graph.input_signals), tick)
            assert lamp(page, "s") == str(s)
            assert page.locator('[data-output="s"] .wanted').text_content() == f"expected {s}"
            assert f"tick {tick + 1}: a {a}, b {b}, s {s}," in page.text_content("#cursor-told")
            assert f"s = {s}" in page.locator(".code .beside").all_text_contents()
            page.keyboard.press("ArrowRight")
    assert page.locator('[data-trace="a"]').get_attribute("data-kind") == "stepped"
    page.keyboard.press("l")
    names = page.locator("#choose-dialog label").all_text_contents()
    assert names.count("a") == names.count("s") == 1
    assert not {"a_1", "s_1"} & set(names)


FAULTS = {
    "3,1": "a is from 0 to 2, not “3”",
    "1,x": "b is from 0 to 2, not “x”",
    "21": "it needs 2 integers with commas between, for a, b",
    " ": "Type one word a tick, integers with commas between for a, b.",
}


def test_integers_are_given_by_list_by_key_by_their_bits_and_typed(built, opened):
    page = opened(built[0] / "built" / "view.html")
    page.fill("#sequence", "0,0 1,1")
    page.keyboard.press("Enter")
    page.get_by_label("a", exact=True).select_option("2")
    assert page.input_value("#sequence") == "2,0 1,1"
    page.get_by_label("a", exact=True).focus()
    page.keyboard.press("ArrowUp")
    assert page.input_value("#sequence") == "1,0 1,1"
    page.keyboard.press("Escape")
    for following in ("1", "2", "0"):
        page.keyboard.press("2")
        assert page.input_value("#sequence") == f"1,{following} 1,1"
    page.click('#graph [data-node="b_2"]')
    assert page.input_value("#sequence") == "1,2 1,1"
    page.click('#graph [data-node="b_1"]')
    assert page.input_value("#sequence") == "1,0 1,1"
    before = page.evaluate("bonsai.sequence")
    for typed, fault in FAULTS.items():
        page.fill("#sequence", typed)
        page.keyboard.press("Enter")
        assert fault in page.text_content("#fault")
        assert page.evaluate("bonsai.sequence") == before


def test_a_wrong_integer_is_shouted_and_bits_of_none_are_told(built, bonsaic, opened, tmp_path):
    last = sorted((built[0] / "built" / "steps").iterdir())[-1]
    swapped = last.read_text().replace("output s_1 = s_1", "output s_1 = s_2")
    (tmp_path / "broken.bonsai").write_text(swapped.replace("s_2 = s_2_from_s", "s_2 = s_1_from_s"))
    (tmp_path / "addition.py").write_text(ADDITION)
    bonsaic("view", tmp_path / "broken.bonsai", "--task", tmp_path / "addition.py")
    page = opened(tmp_path / "broken.html")
    page.fill("#sequence", "0,0 1,0 1,1")
    page.keyboard.press("Enter")
    seen = []
    for _ in range(3):
        wanted = page.locator('[data-output="s"] .wanted').text_content()
        seen.append((lamp(page, "s"), wanted))
        page.keyboard.press("ArrowRight")
    assert seen == [("0", "expected 0"), ("01", "WRONG: expected 1"), ("2", "expected 2")]
    assert page.locator("#traces .mismatch title").text_content() == "tick 2: wrong, expected 1"


def test_letters_are_choices_of_integers(tasks, bonsaic, opened, tmp_path):
    path = tasks / "mips_ints" / "base_7_addition.py"
    assert bonsaic("view", path, "-o", tmp_path / "view.html")[0] == 0
    task = load_task(path)
    page = opened(tmp_path / "view.html")
    page.keyboard.press("n")
    page.evaluate("bonsai.go(Infinity)")
    page.evaluate("for (let count = 0; count < 40; count++) bonsai.forward()")
    text = page.input_value("#sequence")
    sequence = bits_of(text, task.input_signals)
    assert page.evaluate("bonsai.sequence") == sequence.tolist()
    pairs = [tuple(map(int, word.split(","))) for word in text.split()]
    assert (len(pairs), len(set(pairs)) > 25) == (72, True)
    (output,) = task.output_signals.names
    told = page.evaluate("name => bonsai.sequence.map((_, t) => bonsai.named(name, t))", output)
    assert told == addition(7, pairs)
    assert page.evaluate("bonsai.machineSteps.every(({ legal }) => legal)")
    nothing = [True, False] * (len(task.inputs) // 2)
    page.evaluate("bits => bonsai.replay([bits])", nothing)
    assert "does not admit" in page.text_content("#fault")


ENCODED = """
inputs = {"x": range(-2, 3), "up": bool}
outputs = {"y": range(-2, 3)}
encoding = {"x": "one-hot", "y": "binary"}
start = 0


def legal(state, x, up):
    return abs(x - state) <= 1 or up


def step(state, x, up):
    return x, None if up else state
"""


def test_any_encoding_from_any_value_with_bools(opened, bonsaic, tmp_path):
    (tmp_path / "encoded.py").write_text(ENCODED)
    bonsaic("view", tmp_path / "encoded.py", "-o", tmp_path / "view.html")
    page = opened(tmp_path / "view.html")
    page.fill("#sequence", "-1,0 -2,0 2,1 -2,0")
    page.keyboard.press("Enter")
    seen = []
    for tick in range(4):
        page.evaluate("tick => bonsai.go(tick)", tick)
        seen.append((lamp(page, "y"), page.text_content("#fault") == ""))
    assert seen == [("0", True), (f"{MINUS}1", True), (NOTHING, True), (NOTHING, False)]
    page.get_by_label("x", exact=True).select_option(f"{MINUS}1")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    assert page.input_value("#sequence") == "-1,0 -2,0 2,1 -1,1"
