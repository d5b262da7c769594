"""A step that remembers is seen wherever it does so, and one that does not is let alone."""

import pytest
from sources import loaded

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.specification.machine import tabulate

STEP = "def step(s, x):\n"
SEEN = "seen = []\n"
UP = "seen.append(1)\n"
LATE = "len(seen) > 100"
"""Wrong only long after the search has ended: what is remembered shows in no answer."""


def text(before, body, start="0"):
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    sides = 'inputs = ("x",)\noutputs = ("y",)\n'
    return f"{before}{sides}start = {start}\n{STEP}{lines}"


REMEMBERING = {
    "a class that is a state": text("class C:\n    n = 0\n", "s.n += 1\nreturn s, s.n > 100", "C"),
    "a member of an Enum": text(
        "from enum import Enum\nclass C(Enum):\n    A = [0]\n",
        "s.value.append(1)\nreturn s, len(s.value) > 100",
        "C.A",
    ),
    "an attribute of an int": text(
        "class C(int):\n    n = 0\nheld = C()\n", "held.n += 1\nreturn s, held.n > 100"
    ),
    "an attribute of a list": text(
        "class C(list):\n    n = 0\nheld = C()\n", "held.n += 1\nreturn s, held.n > 100"
    ),
    "a dict that hides itself": text(
        "class C(dict):\n    def __iter__(s):\n        return iter(())\n"
        "    def items(s):\n        return ()\nheld = C(n=0)\n",
        "held['n'] += 1\nreturn s, held['n'] > 100",
    ),
    "a call of an object": text(
        f"{SEEN}class C:\n    def __call__(s):\n        {UP}        return {LATE}\nheld = C()\n",
        "return s, held()",
    ),
    "an inherited method": text(
        f"{SEEN}class B:\n    def up(s):\n        {UP}        return {LATE}\n"
        "class C(B):\n    pass\nheld = C()\n",
        "return s, held.up()",
    ),
    "a method of a named tuple": text(
        f"from typing import NamedTuple\n{SEEN}class C(NamedTuple):\n    n: int\n"
        f"    def up(s):\n        {UP}        return s, {LATE}\n",
        "return s.up()",
        "C(0)",
    ),
    "a method of a dataclass": text(
        "from dataclasses import dataclass\ncount = 0\n@dataclass(frozen=True)\nclass C:\n"
        "    n: int\n    def up(s):\n        global count\n        count += 1\n"
        "        return s, count > 100\n",
        "return s.up()",
        "C(0)",
    ),
    "a setter": text(
        f"{SEEN}class C:\n    @property\n    def v(s):\n        return {LATE}\n"
        f"    @v.setter\n    def v(s, w):\n        {UP}held = C()\n",
        "held.v = 1\nreturn s, held.v",
    ),
    "a deleter": text(
        f"{SEEN}class C:\n    @property\n    def v(s):\n        return 0\n"
        f"    @v.deleter\n    def v(s):\n        {UP}held = C()\n",
        "del held.v\nreturn s, False",
    ),
    "a class method": text(
        f"{SEEN}class C:\n    @classmethod\n    def up(c):\n        {UP}        return {LATE}\n",
        "return s, C.up()",
    ),
    "a static method": text(
        f"{SEEN}class C:\n    @staticmethod\n    def up():\n        {UP}        return {LATE}\n",
        "return s, C.up()",
    ),
    "a coroutine": text(
        "from types import coroutine\n@coroutine\ndef told(n):\n    yield n\n"
        "async def count():\n    n = 0\n    while True:\n        n += 1\n        await told(n)\n"
        "held = count()\n",
        "return s, held.send(None) > 100",
    ),
    "a name in a text": text(
        "", 'globals()["n"] = globals().get("n", 0) + 1\nreturn s, globals()["n"] > 100'
    ),
    "a part of a partial": text(
        "from functools import partial\nheld = partial(lambda seen: seen.append(1), [])\n",
        "held()\nreturn s, False",
    ),
    "an implementation by type": text(
        f"from functools import singledispatch\n{SEEN}@singledispatch\ndef up(v):\n    {UP}",
        "up(x)\nreturn s, False",
    ),
    "an address": text("", "return s + 0, s is start", "1000"),
    "an address of a tuple": text("", "return (s[0],), s is start", "(0,)"),
    "a legal that takes turns": text("import os\n", "return s, False")
    + "def legal(s, x):\n    os.environ['TURN'] = '' if os.environ.get('TURN') else '1'\n"
    + "    return not x or bool(os.environ['TURN'])\n",
}


@pytest.mark.parametrize("name", REMEMBERING)
def test_whatever_remembers_is_refused(name, tmp_path):
    with pytest.raises(BonsaiError, match="must depend on nothing"):
        tabulate(loaded(tmp_path, REMEMBERING[name]))


PURE = {
    "a logger": text(
        "import logging\nlog = logging.getLogger(__name__)\n", "log.debug('x')\nreturn x, bool(s)"
    ),
    "a property that is cached": text(
        "from functools import cached_property\nclass C:\n    @cached_property\n"
        "    def v(s):\n        return 3\nheld = C()\n",
        "return x, bool(s) and held.v == 3",
    ),
    "one of a state": text(
        "from dataclasses import dataclass\nfrom functools import cached_property\n"
        "@dataclass(frozen=True)\nclass C:\n    n: bool\n    @cached_property\n"
        "    def v(s):\n        return s.n\n",
        "return C(x), s.v",
        "C(False)",
    ),
    "flags put together": text(
        "from enum import Flag\nclass C(Flag):\n    A = 1\n    B = 2\n",
        "return (C.A | C.B if x else ~C.B), C.B in s",
        "C.A",
    ),
    "dispatch by type": text(
        "from functools import singledispatch\n@singledispatch\ndef same(v):\n    return v\n"
        "@same.register\ndef _(v: bool):\n    return v\n",
        "return same(x), bool(same(s))",
    ),
    "a copy that is changed": text(
        "import copy\nfrom dataclasses import dataclass\n@dataclass(unsafe_hash=True)\nclass C:\n"
        "    n: bool\n",
        "t = copy.copy(s)\nt.n = x\nreturn t, s.n",
        "C(False)",
    ),
    "a name that is no text": text("globals()[3] = 4\n", "return x, bool(s)"),
    "members by identity": text(
        "from enum import Enum\nclass C(Enum):\n    A = 0\n    B = 1\n",
        "return (C.B if x else C.A), s is C.B",
        "C.A",
    ),
    "texts by identity": text("", "return ('on' if x else 'off'), s is ON", "'off'").replace(
        "start", "ON = 'on'\nstart", 1
    ),
}


@pytest.mark.parametrize("name", PURE)
def test_what_only_keeps_what_it_computed_is_pure(name, tmp_path):
    assert tabulate(loaded(tmp_path, PURE[name])).minimal_size == 2
