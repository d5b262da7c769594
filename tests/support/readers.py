"""Readers of our own of the formats that circuits are emitted in, each a simulator of one tick.

Each returns (names of the input bits, names of the output bits, first values, step), where `step`
takes the stored bits and the input bits and returns the next stored bits and the output bits.
"""

import re


def blif(text):
    lines = [line.split("#")[0].strip() for line in text.replace("\\\n", " ").splitlines()]
    inputs, outputs, latches, tables = [], [], [], []
    for line in filter(None, lines):
        match line.split():
            case [".inputs", *names]:
                inputs = names
            case [".outputs", *names]:
                outputs = names
            case [".latch", source, name, start]:
                latches.append((source, name, int(start)))
            case [".names", *sources, name]:
                tables.append((sources, name, []))
            case [".model" | ".end", *_]:
                continue
            case [*row]:
                tables[-1][2].append(row[0] if len(row) == 2 else "")
                assert row[-1] == "1"

    def step(stored, given):
        values = dict(zip([name for _, name, _ in latches], stored, strict=True))
        values |= zip(inputs, given, strict=True)
        for sources, name, rows in tables:
            bits = [values[source] for source in sources]
            assert name not in values
            values[name] = any(
                all(digit in ("-", str(int(bit))) for digit, bit in zip(row, bits, strict=True))
                for row in rows
            )
        return [values[source] for source, _, _ in latches], [values[name] for name in outputs]

    return inputs, outputs, [bool(start) for _, _, start in latches], step


def aiger(data):
    head, _, rest = data.partition(b"\n")
    form, *numbers = head.split()
    most, inputs, latches, outputs, gates = map(int, numbers)
    assert most == inputs + latches + gates
    lines = rest.split(b"\n")
    if form == b"aag":
        given = [int(lines.pop(0)) for _ in range(inputs)]
        assert given == [2 * (place + 1) for place in range(inputs)]
    stored = []
    for place in range(latches):
        parts = list(map(int, lines.pop(0).split()))
        if form == b"aag":
            assert parts.pop(0) == 2 * (inputs + place + 1)
        stored.append((parts[0], bool(parts[1]) if len(parts) > 1 else False))
    ends = [int(lines.pop(0)) for _ in range(outputs)]
    rest = b"\n".join(lines)
    ands = []
    for place in range(gates):
        own = 2 * (inputs + latches + place + 1)
        if form == b"aag":
            line, _, rest = rest.partition(b"\n")
            name, left, right = map(int, line.split())
            assert name == own > left >= right
        else:
            left, rest = _unpacked(own, rest)
            right, rest = _unpacked(left, rest)
        ands.append((left, right))
    symbols = dict(re.findall(r"^([ilo]\d+) (.*)$", rest.decode().split("\nc\n")[0], re.MULTILINE))

    def step(held, bits):
        values = [False, *bits, *held]

        def of(literal):
            return values[literal >> 1] != bool(literal & 1)

        for left, right in ands:
            values.append(of(left) and of(right))
        return [of(following) for following, _ in stored], [of(end) for end in ends]

    names = [[symbols[f"{k}{n}"] for n in range(c)] for k, c in (("i", inputs), ("o", outputs))]
    return *names, [start for _, start in stored], step


def _unpacked(above, data):
    number = shift = 0
    for place, byte in enumerate(data):
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return above - number, data[place + 1 :]
    raise AssertionError("cut off")


def kiss2(text):
    rows, told = {}, {}
    for line in text.splitlines():
        match line.split():
            case [word, value] if word.startswith("."):
                told[word] = value
            case [letter, state, following, outputs] if not line.startswith("#"):
                assert (state, letter) not in rows
                rows[state, letter] = following, outputs
            case [letter, state, following] if not line.startswith("#") and told[".i"] == "0":
                rows[letter, ""] = state, following
    assert int(told[".p"]) == len(rows)
    assert int(told[".s"]) == len({state for state, _ in rows})

    def step(state, bits):
        following, outputs = rows[state, "".join(str(int(bit)) for bit in bits)]
        return following, [digit == "1" for digit in outputs]

    return int(told[".i"]), int(told[".o"]), told[".r"], step
