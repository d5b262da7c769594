"""What the article's tasks put out, told of all that came in and without states."""

from oracles.histories import Law, Oracle, Said

SAID: dict[str, Oracle] = {
    "balanced_parens": lambda x: x.count("0") == x.count("1"),
    "delay1": lambda x: x[-2:-1] == "1",
    "delay2": lambda x: x[-3:-2] == "1",
    "loop3": lambda clock: len(clock) % 3 == 0,
    "replace111": lambda x: "1" in x[-3:],
}
LEGAL: dict[str, Law] = {"balanced_parens": lambda x: 0 <= x.count("0") - x.count("1") <= 8}


def gate_selector(change_mode: str, in1: str, in2: str) -> Said:
    ones = (in1[-1] + in2[-1]).count("1")
    trues = ({1}, {2}, {0}, {0, 1})[change_mode.count("1") % 4]
    return ones in trues


def mini_cpu(opcode: str, rx: str, tx: str) -> Said:
    # What an instruction writes is an immediate bit, or what was last written where it reads.
    targets = "".join(tx[tick] if code == "1" else rx[tick] for tick, code in enumerate(opcode))
    tick = len(opcode) - 1
    while tick >= 0 and opcode[tick] == "1":
        tick = targets.rfind(rx[tick], 0, tick)
    return tick >= 0 and tx[tick] == "1"


SAID |= {"gate_selector": gate_selector, "mini_cpu": mini_cpu}
