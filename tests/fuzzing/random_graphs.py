"""Random graphs as text: neurons with all kinds of numbers, and logic whose values are known."""

import random
from dataclasses import dataclass

from .fields import Field, Fields
from .machines import random_fields

ODD_NAMES = ("step", "inputs", "start", "max", "len", "nearest", "state", "é", "_", "print", "x_1")
"""Names that a program needs itself, or that Python reads in its own way."""


@dataclass(frozen=True)
class Numbers:
    """A way to choose weights: `exact` ones compute without rounding."""

    kind: str

    @property
    def exact(self) -> bool:
        """Whether sums of few such numbers are never rounded."""
        return self.kind in ("whole", "eighths")

    def __call__(self, rng: random.Random) -> str:
        match self.kind:
            case "whole":
                return str(rng.choice((-3, -2, -1, -1, 1, 1, 2, 3)))
            case "eighths":
                return str(rng.randint(-16, 16) / 8)
            case "decimal":
                return f"{rng.uniform(-2, 2):.{rng.randint(1, 3)}f}"
            case "long":
                return repr(rng.uniform(-2, 2))
        return rng.choice(("1e300", "-1e308", "1e-300", "2.5", "-1", "0", "1e16", "0.1"))


def random_numbers(rng: random.Random, *, wild: bool = True) -> Numbers:
    """Return a way to choose weights; if `wild`, now and then one that overflows."""
    kinds = ["whole", "whole", "eighths", "eighths", "decimal", "long"]
    return Numbers("wild" if wild and rng.random() < 0.05 else rng.choice(kinds))


def summed(terms: list[tuple[str, str]], bias: str) -> str:
    """Return a sum as a graph's text writes it."""
    text = ""
    for number, name in [*terms, (bias, "")]:
        part = number.lstrip("-") + (f"*{name}" if name else "")
        sign = "-" if number.startswith("-") else "+"
        text = f"{text} {sign} {part}" if text else part if sign == "+" else f"-{part}"
    return text


def _header(rng: random.Random, name: str, inputs: Fields, outputs: Fields) -> list[str]:
    lines = []
    for field in inputs + outputs:
        if field.encoding:
            lines.append(f"port {field.name} in {field.low}..{field.high} {field.encoding}")
    return [name, *lines]


class Names:
    """Hands out names for nodes, odd ones now and then."""

    def __init__(self, rng: random.Random, taken: list[str]) -> None:
        self._rng, self._taken = rng, {*taken}
        self._odd = rng.random() < 0.15

    def __call__(self, letter: str) -> str:
        name = f"{letter}{len(self._taken)}"
        if self._odd and self._rng.random() < 0.4:
            name = self._rng.choice(ODD_NAMES)
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name


def _edges(rng: random.Random) -> tuple[Fields, Fields]:
    return (
        random_fields(rng, ("x", "up", "b2"), 0, 2),
        random_fields(rng, ("y", "z", "max"), 1, 2),
    )


def neuron_text(
    rng: random.Random,
    scale: int = 1,
    numbers: Numbers | None = None,
    *,
    finite: bool | None = None,
) -> str:
    """Return a graph of neurons; if `finite`, every state keeps to levels; None leaves it open."""
    numbers = numbers or random_numbers(rng)
    inputs, outputs = _edges(rng)
    if rng.random() < 0.7:
        outputs = tuple(Field(field.name) for field in outputs)
    bits = [bit for field in inputs for bit in field.bits]
    ends = [bit for field in outputs for bit in field.bits]
    names = Names(rng, bits + ends + [f.name for f in inputs + outputs] + ["ameo", "other"])
    lines = _header(rng, "graph random", inputs, outputs)
    curves = ["linear"]
    for name in ("ameo", "other")[: rng.randint(1, 2)]:
        factor = rng.choice(("0", "0.5", "1", "0.2", "0.7"))
        kind = f"factor {factor} leak {rng.choice(('0', '0.1', '0.5', '1'))}"
        plain = rng.choice(("tanh", "sigmoid", "relu", "step"))
        lines.append(f"activation {name} = {plain if rng.random() < 0.2 else kind}")
        curves += [name] * 3
    lines += [f"input {bit} in {{-1, 1}}" for bit in bits]
    states = [names("s") for _ in range(rng.randint(0, 2 + scale))]
    known, neurons = bits + states, []
    gated = rng.random() < 0.3
    for _ in range(rng.randint(1, 4 + 2 * scale)):
        if gated and known and rng.random() < 0.4:
            name, factors = names("p"), rng.choices(known, k=2)
            neurons.append(f"product {name} = {' * '.join(factors)}")
            known = [*known, name]
            continue
        some = rng.sample(known, min(len(known), rng.randint(0, 4)))
        terms = [(numbers(rng), source) for source in some]
        bias = numbers(rng) if rng.random() < 0.5 or not terms else "0"
        name = names("n")
        neurons.append(f"neuron {name} = {rng.choice(curves)}({summed(terms, bias)})")
        known = [*known, name]
    for state in states:
        held = finite or (finite is None and rng.random() < 0.6)
        ladder = sorted({float(numbers(rng)) for _ in range(rng.randint(1, 3))})
        near = f" near {{{', '.join(map(str, ladder))}}}" if held else ""
        lines.append(f"state {state} = {numbers(rng)} then {rng.choice(known)}{near}")
    lines += neurons
    lines += [f"output {end} = {rng.choice(known[-4:])}" for end in ends]
    return "\n".join(lines) + "\n"


class Expressions:
    """Random expressions of logic over names whose values are known: bools, or low to high."""

    def __init__(self, rng: random.Random, bools: list[str], levels: dict[str, tuple[int, int]]):
        self.rng, self.bools, self.levels = rng, bools, levels

    def truth(self, depth: int = 2) -> str:
        """Return an expression that is a bool."""
        rng = self.rng
        ways = ["name"] * 3 * bool(self.bools) + ["constant"]
        ways += ["not", "and", "or", "same", "choice", "compare", "compare", "table"] * (depth > 0)
        match rng.choice(ways):
            case "name":
                return rng.choice(self.bools)
            case "constant":
                return rng.choice(("True", "False"))
            case "not":
                return f"not ({self.truth(depth - 1)})"
            case "same":
                sign = rng.choice(("==", "!="))
                return f"({self.truth(depth - 1)}) {sign} ({self.truth(depth - 1)})"
            case "choice":
                parts = (self.truth(depth - 1) for _ in range(3))
                return "({}) if ({}) else ({})".format(*parts)
            case "compare":
                sign = rng.choice(("==", "!=", "<", "<=", ">", ">="))
                (left, low, high), (right, *_) = self.number(depth - 1), self.number(0)
                other = str(rng.randint(low - 1, high + 1)) if rng.random() < 0.7 else right
                return f"({left}) {sign} ({other})"
            case "table":
                index, size = self._index(depth - 1)
                items = ", ".join(rng.choice(("True", "False")) for _ in range(size))
                return f"({items},)[{index}]"
            case joint:
                return f"({self.truth(depth - 1)}) {joint} ({self.truth(depth - 1)})"

    def number(self, depth: int = 2) -> tuple[str, int, int]:
        """Return an expression that is a number, its least and its greatest value."""
        rng = self.rng
        ways = ["name"] * 4 * bool(self.levels) + ["constant"]
        ways += ["sum", "sum", "mod", "min", "max", "choice", "table"] * (depth > 0)
        match rng.choice(ways):
            case "name":
                name = rng.choice(list(self.levels))
                return name, *self.levels[name]
            case "constant":
                value = rng.randint(-2, 4)
                return str(value), value, value
            case "sum":
                parts = [self._part(depth - 1) for _ in range(rng.randint(2, 3))]
                text, low, high = f"{parts[0][0]} + 0", parts[0][1], parts[0][2]
                for part, least, most in parts[1:]:
                    if rng.random() < 0.6:
                        text, low, high = f"{text} + {part}", low + least, high + most
                    else:
                        text, low, high = f"{text} - {part}", low - most, high - least
                return text, low, high
            case "mod":
                divisor = rng.randint(1, 4)
                return f"({self.number(depth - 1)[0]}) % {divisor}", 0, divisor - 1
            case "choice":
                (left, a, b), (right, c, d) = self.number(depth - 1), self.number(depth - 1)
                return f"({left}) if ({self.truth(depth - 1)}) else ({right})", min(a, c), max(b, d)
            case "table":
                index, size = self._index(depth - 1)
                items = [rng.randint(-1, 4) for _ in range(size)]
                return f"({', '.join(map(str, items))},)[{index}]", min(items), max(items)
            case name:
                (left, a, b), (right, c, d) = self.number(depth - 1), self.number(depth - 1)
                function = min if name == "min" else max
                return f"{name}({left}, {right})", function(a, c), function(b, d)

    def _part(self, depth: int) -> tuple[str, int, int]:
        if self.bools and self.rng.random() < 0.6:
            return self.rng.choice(self.bools), 0, 1
        text, low, high = self.number(depth)
        return f"({text})", low, high

    def _index(self, depth: int) -> tuple[str, int]:
        """Return an expression from 0 on, and how many values it may take."""
        text, low, high = self.number(depth)
        if low < 0 or high > 6:
            size = self.rng.randint(1, 4)
            return f"({text}) % {size}", size
        return text, high + 1


def logic_text(rng: random.Random, scale: int = 1) -> str:
    """Return a graph of logic whose states keep to their levels or are bools."""
    inputs, outputs = _edges(rng)
    if rng.random() < 0.7:
        outputs = tuple(Field(field.name) for field in outputs)
    bits = [bit for field in inputs for bit in field.bits]
    ends = [bit for field in outputs for bit in field.bits]
    names = Names(rng, bits + ends + [f.name for f in inputs + outputs])
    lines = _header(rng, "graph random (logic)", inputs, outputs)
    lines += [f"input {bit} in {{False, True}}" for bit in bits]
    bools, levels = list(bits), {}
    states = [(names("s"), rng.choice((2, 2, 3, 4))) for _ in range(rng.randint(0, 1 + scale))]
    for name, count in states:
        if count == 2:
            bools.append(name)
        else:
            levels[name] = (0, count - 1)
    nodes = []
    for _ in range(rng.randint(1, 2 + 2 * scale)):
        expressions, name = Expressions(rng, bools, levels), names("n")
        if rng.random() < 0.6:
            text = expressions.truth()
            bools = [*bools, name]
        else:
            text, low, high = expressions.number()
            levels = {**levels, name: (low, high)}
        nodes.append(f"logic {name} = {text}")
    for name, count in states:
        expressions, following = Expressions(rng, bools, levels), names("m")
        if count == 2:
            nodes.append(f"logic {following} = {expressions.truth()}")
            lines.append(f"state {name} = {rng.choice(('True', 'False'))} then {following}")
        else:
            nodes.append(f"logic {following} = {expressions.number()[0]}")
            near = ", ".join(map(str, range(count)))
            first = rng.randrange(count)
            lines.append(f"state {name} = {first} then {following} near {{{near}}}")
    known = bools + list(levels)
    if not known:
        nodes.append("logic last = True")
        known = ["last"]
    lines += nodes + [f"output {end} = {rng.choice(known)}" for end in ends]
    return "\n".join(lines) + "\n"
