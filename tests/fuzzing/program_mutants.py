"""Mutants of an emitted program: in what it computes, and in the generator that users call."""

import ast
import copy
import random

COMPARED = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
JOINED = (ast.Add, ast.Sub, ast.Mult, ast.Mod)


def mutant(rng: random.Random, text: str, name: str) -> str:
    """Return a text that differs from the program's in a place or two."""
    for _ in range(rng.choice((1, 1, 1, 2))):
        anywhere = rng.random() < 0.45
        text = _anywhere(rng, text) if anywhere else _generator(rng, text, name)
    return text


def _anywhere(rng: random.Random, text: str) -> str:
    """Return the program with one node of its syntax tree changed."""
    tree = ast.parse(text)
    nodes = list(ast.walk(tree))
    rng.shuffle(nodes)
    names = sorted({node.id for node in nodes if isinstance(node, ast.Name)})
    for node in nodes:
        other = _other(rng, node, names)
        if other is not None:
            changed = _Replaced(node, other).visit(tree)
            return ast.unparse(ast.fix_missing_locations(changed)) + "\n"
    return text


def _other(rng: random.Random, node: ast.AST, names: list[str]) -> ast.AST | None:
    match node:
        case ast.Constant(value=bool(value)):
            return ast.Constant(not value)
        case ast.Constant(value=int() | float() as value):
            return ast.Constant(rng.choice((value + 1, value - 1, -value)))
        case ast.Constant(value=str(value)) if value.isidentifier():
            return ast.Constant(value + "_")
        case ast.Name(ctx=context):
            return ast.Name(rng.choice(names), context)
        case ast.BoolOp(op=operator, values=values):
            other = ast.Or() if isinstance(operator, ast.And) else ast.And()
            return rng.choice((ast.BoolOp(other, values), values[0]))
        case ast.UnaryOp(operand=operand):
            return operand
        case ast.Compare(left=left, comparators=right):
            return ast.Compare(left, [rng.choice(COMPARED)()], right)
        case ast.BinOp(left=left, right=right):
            return ast.BinOp(left, rng.choice(JOINED)(), right)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return rng.choice((ast.IfExp(test, orelse, body), body, orelse))
        case ast.Tuple(elts=[_, _, *_] as items, ctx=context):
            return ast.Tuple(rng.choice((items[::-1], items[:-1])), context)
        case ast.FunctionDef(body=[_, _, *_] as body):
            changed = copy.copy(node)
            changed.body = list(body)
            place = rng.randrange(len(body))
            if rng.random() < 0.5:
                del changed.body[place]
            else:
                changed.body.insert(place, body[place])
            return changed
    return None


class _Replaced(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, node: ast.AST, other: ast.AST) -> None:
        self.node, self.other = node, other

    def visit(self, node: ast.AST) -> ast.AST:
        return self.other if node is self.node else super().generic_visit(node)


AFTER = (
    "{name} = lambda inputs: iter([True] * 9)",
    "def {name}(inputs):\n    yield from ()",
    "class {name}:\n    def __init__(self, inputs): pass\n    def __iter__(self): return iter([])",
    "async def {name}(inputs):\n    yield True",
    "def {name}(inputs):\n    return [False for _ in inputs]",
    "_was = {name}\ndef {name}(inputs):\n    yield from _was(reversed(list(inputs)))",
    "_was = {name}\ndef {name}(inputs):\n    return _was(inputs)",
    "_was = step\ndef step(*given):\n    return _was(*given)",
    "{name}.__code__ = (lambda inputs: iter(())).__code__",
    "{name}.__defaults__ = ((),)",
    "_one = start\nstart = _one",
    "start, _two = {other}, start",
    "if True:\n    def {name}(inputs):\n        yield None",
    "try:\n    del {name}\nexcept NameError:\n    pass",
    "for {name} in [lambda inputs: map(bool, inputs)]:\n    pass",
    "import random as {name}",
    "globals()['{name}'] = lambda inputs: iter(())",
    "globals()['step'] = lambda *given: (start, True)",
)
"""Lines at the end of a file that put something else in the generator's place, or nearly."""

WITHIN = (
    ("    for ", "    inputs = list(inputs)\n    for "),
    ("    for ", "    for _ in inputs: pass\n    for "),
    ("        yield ", "        if not inputs: return\n        yield "),
    ("        yield ", "        yield {result}\n        yield "),
    ("        yield ", "        pass\n        yield "),
    ("        yield ", "        {memory} = start\n        yield "),
    ("        yield {result}", "        yield ({result})"),
    ("        yield {result}", "        yield ({result},)"),
    ("        yield {result}", "        yield [{result}]"),
    ("        yield {result}", "        yield not ({result})"),
    ("        yield {result}", "        yield from [{result}]"),
    ("        yield {result}", "    yield {result}"),
    ("        yield {result}", "        yield"),
    ("for {letter} in", "for ({letter}) in"),
    ("for {letter} in", "for ({letter},) in"),
    ("for {letter} in", "for [{letter}] in"),
    ("for {letter} in", "for *{letter}, in"),
    ("for {letter} in", "for {memory} in"),
    ("for {letter} in", "for step in"),
    ("for {letter} in", "for inputs in"),
    ("for {letter} in", "async for {letter} in"),
    (" in inputs:", " in list(inputs)[1:]:"),
    (" in inputs:", " in (inputs):"),
    (" in inputs:", " in reversed(list(inputs)):"),
    (" in inputs:", " in outputs:"),
    ("(inputs):", "(inputs=()):"),
    ("(inputs):", "(*inputs):"),
    ("(inputs):", "(inputs, start=start):"),
    ("(inputs):", "(inputs, step=lambda *_: (0, True)):"),
    ("{memory} = start", "{memory} = {other}"),
    ("{memory} = start", "global start\n    {memory} = start"),
    ("{memory} = start", "start = {other}\n    {memory} = start"),
    ("{memory}, ", "_unused, "),
    ("= step({call})", "= step(*[{call}])"),
    ("= step({call})", "= step({call})[::-1]"),
    ("= step({call})", "= step(start, *[{call}][1:])"),
)
"""A text in the generator and what stands there instead."""

BEFORE = (
    "def _twice(f):\n    return lambda inputs: f(list(inputs) * 2)\n\n\n@_twice\ndef ",
    "def _same(f):\n    return f\n\n\n@_same\ndef ",
    "def _none(f):\n    return lambda inputs: iter(())\n\n\n@_none\ndef ",
    "async def ",
    "class Box: pass\n\n\ndef ",
)


def _generator(rng: random.Random, text: str, name: str) -> str:
    """Return the program with something done to its generator, as text."""
    head, found, tail = text.rpartition(f"def {name}(")
    if not found:
        return _anywhere(rng, text)
    words = {"name": name, "other": _other_start(rng, text), **_words(tail)}
    match rng.choice(("after", "within", "within", "within", "before")):
        case "after":
            return f"{text}\n\n{_filled(rng.choice(AFTER), words)}\n"
        case "before":
            return head + rng.choice(BEFORE) + found.removeprefix("def ") + tail
    fitting = [(old, new) for old, new in WITHIN if _filled(old, words) in tail]
    if not fitting:
        return _anywhere(rng, text)
    old, new = (_filled(part, words) for part in rng.choice(fitting))
    return head + found + tail.replace(old, new, 1)


def _filled(text: str, words: dict[str, str]) -> str:
    for key, value in words.items():
        text = text.replace("{" + key + "}", value)
    return text


def _words(tail: str) -> dict[str, str]:
    """Return what the generator calls its memory, its input, its result, and how it calls step."""
    words = {"memory": "state", "letter": "x", "result": "y", "call": "state, x"}
    for raw in tail.splitlines():
        line = raw.strip()
        if line.endswith("= start"):
            words["memory"] = line.removesuffix("= start").strip()
        if line.startswith("for ") and line.endswith(" in inputs:"):
            words["letter"] = line.removeprefix("for ").removesuffix(" in inputs:")
        if line.startswith("yield "):
            words["result"] = line.removeprefix("yield ")
        if " = step(" in line and line.endswith(")"):
            words["call"] = line.split(" = step(", 1)[1][:-1]
    return words


def _other_start(rng: random.Random, text: str) -> str:
    """Return a state other than the program's first one."""
    start = next((line for line in text.splitlines() if line.startswith("start = ")), "start = 0")
    value = ast.literal_eval(start.removeprefix("start = "))
    if isinstance(value, tuple) and value:
        value = (not value[0], *value[1:])
    elif isinstance(value, bool):
        value = not value
    elif isinstance(value, int):
        value = value + rng.choice((-1, 1))
    return repr(value)
