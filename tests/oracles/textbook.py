"""What the textbook machines put out, told of all that came in and without states."""

import itertools
import re

from oracles.histories import Law, Oracle, Said

SAID: dict[str, Oracle] = {
    "debouncer": lambda x: ("000" + x).rfind("111") > ("000" + x).rfind("000"),
    "decade_counter": lambda enable: enable[-1] == "1" and enable.count("1") % 10 == 0,
    "detect_1011": lambda x: x.endswith("1011"),
    "detect_10010_without_overlap": lambda x: x.replace("10010", "found").endswith("found"),
    "divisible_by_five": lambda x: int(x, 2) % 5 == 0,
    "divisible_by_three": lambda x: int(x, 2) % 3 == 0,
    "edge_detector": lambda x: (("0" + x).endswith("01"), x.endswith("10")),
    "excess_three_converter": lambda x: top_bit(number(words(x)[-1]) + 3, words(x)[-1]),
    "johnson_counter": lambda clock: ((len(clock) - 2) % 8 < 4, (len(clock) - 5) % 8 < 4),
    "parity_of_words": lambda x: None if len(x) % 4 else x[-4:].count("1") % 2 == 1,
    "serial_adder": lambda a, b: top_bit(number(a) + number(b), a),
    "serial_comparator": lambda a, b: (number(a) > number(b), number(a) < number(b)),
    "some_a_then_some_b": lambda x: re.fullmatch("0*1*", x) is not None,
    "twos_complementer": lambda x: top_bit(-number(x), x),
}
LEGAL: dict[str, Law] = {
    "excess_three_converter": lambda x: all(number(word) <= 9 for word in words(x)),
    "vending_machine": lambda nickel, dime: ("1", "1") not in zip(nickel, dime, strict=True),
}


def said(function: Oracle) -> Oracle:
    SAID[function.__name__] = function
    return function


def number(bits: str) -> int:
    """Return the number whose lowest bit comes first."""
    return int(bits[::-1], 2)


def words(bits: str) -> list[str]:
    """Return the words of four bits, the last of which may be unfinished."""
    return [bits[place : place + 4] for place in range(0, len(bits), 4)]


def top_bit(value: int, bits: str) -> bool:
    """Return the bit of `value` that has the place of the last of `bits`."""
    return bool(value >> len(bits) - 1 & 1)


def joint(a: str, b: str) -> str:
    """Return one letter a tick: a or b where that came alone, n for neither and 2 for both."""
    return "".join("nab2"[int(p) + 2 * int(q)] for p, q in zip(a, b, strict=True))


@said
def arbiter(a: str, b: str) -> Said:
    history = "bn" + joint(a, b)
    alone = max(history.rfind("a"), history.rfind("b"))
    turns = history.count("n2", alone)
    to_a = (history[alone] == "a") != (turns % 2 == 1)
    asked = history[-1] != "n"
    return asked and to_a, asked and not to_a


@said
def bit_stuffer(x: str) -> Said:
    y = re.sub("(11111).", r"\1s", x)[-1]
    return y == "1", y == "s"


@said
def branch_predictor(taken: str) -> Said:
    # From any tick on, the counter is at least what it would be had it stood at 0 there and been
    # held at 3 only; and it is that from the last tick on which it was held at 0.
    since = [*itertools.accumulate((2 * int(x) - 1 for x in taken[-2::-1]), initial=0)]
    least = itertools.accumulate(since, min)
    return max(min(s, 3 + low) for s, low in zip(since, least, strict=True)) >= 2


@said
def combination_lock(x: str) -> Said:
    code, before = "01101110", x[:-1]
    known = max(n for n in range(8) if before.endswith(code[:n]))
    return x.endswith(code), x[-1] == code[known]


@said
def elevator(call: str, high: str, low: str) -> Said:
    def floor(ticks: int) -> int:
        called = call.rfind("1", 0, ticks)
        if called < 0:
            return 0
        begin, goal, time = floor(called), int(high[called] + low[called], 2), ticks - called
        return begin + max(-time, min(time, goal - begin))

    now, before = floor(len(call)), floor(len(call) - 1)
    return now > before, now < before


@said
def gray_code_counter(enable: str) -> Said:
    code = ("00", "01", "11", "10")[enable[:-1].count("1") % 4]
    return code[0] == "1", code[1] == "1"


@said
def jk_flip_flop(j: str, k: str) -> Said:
    history = "b" + joint(j, k)[:-1]
    alone = max(history.rfind("a"), history.rfind("b"))
    return (history[alone] == "a") != (history.count("2", alone) % 2 == 1)


@said
def linear_feedback_shift_register(clock: str) -> Said:
    # The constant term of x to the power of the tick, modulo the polynomial.
    power = 1 << len(clock) - 1
    for place in reversed(range(4, len(clock))):
        if power >> place & 1:
            power ^= 0b10011 << place - 4
    return power & 1 == 1


@said
def shift_register_with_load(load: str, high: str, low: str) -> Said:
    loaded = load[:-1].rfind("1")
    age = len(load) - 1 - loaded
    return loaded >= 0 and (high[loaded] + low[loaded])[age - 1 : age] == "1"


@said
def traffic_light(car: str) -> Said:
    lights = ""
    while len(lights) < len(car):
        waiting = car.find("1", len(lights) + 2)
        lights = lights.ljust(len(car) if waiting < 0 else waiting + 1, "H") + "-"
        crossing = car[len(lights) :][:2] + "0"
        lights += "F" * (crossing.index("0") + 1) + "-"
    now = lights[len(car) - 1]
    return now == "H", now == "F"


@said
def up_down_counter(up: str, down: str) -> Said:
    now, before = (u.count("1") - d.count("1") for u, d in ((up, down), (up[:-1], down[:-1])))
    return now // 16 > before // 16, now // 16 < before // 16


@said
def vending_machine(nickel: str, dime: str) -> Said:
    # Five cents a letter; a dime has two halves, the second of which may be too much.
    history = joint(nickel, dime)
    paid = history.replace("n", "").replace("b", "dD")
    ends = {sale.end(): sale[1] for sale in re.finditer("....(a|D|dD)", paid)}
    item = history[-1] != "n" and len(paid) in ends
    return item, item and ends[len(paid)] == "dD"
