"""Check a certificate by brute force: the three questions, of every pair of states and letter.

This needs nothing but Python, and shares no code with what searched or with what wrote the
certificate. It takes of SMT-LIB what certificates are made of: functions of Bools, `let`, `not`,
`and`, `xor` and `ite`.
"""

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

TOKEN = re.compile(r';[^\n]*|"(?:[^"]|"")*"|[()]|\|[^|]*\||[^\s()|";]+')
MOST = 10**6
Bits = dict[str, bool]


class WrongError(Exception):
    """A question of which the answer is not what it must be."""


def expect(holds: object, otherwise: str) -> None:
    """Raise WrongError unless something holds."""
    if not holds:
        raise WrongError(otherwise)


def parsed(text: str) -> list[Any]:
    """Return the expressions of a text, as lists and words."""
    stack: list[Any] = [[]]
    for token in TOKEN.findall(text):
        if token == "(":
            stack.append([])
        elif token == ")":
            done = stack.pop()
            stack[-1].append(done)
        elif token[0] != ";":
            stack[-1].append(token.strip("|"))
    expect(len(stack) == 1 and not TOKEN.sub("", text).strip(" \t\r\n"), "it is no SMT-LIB")
    return list(stack[0])


def value(term: Any, known: Bits) -> bool:
    """Return what a term is, where `known` says what its names are."""
    while term[0] == "let":
        known = {**known, term[1][0][0]: value(term[1][0][1], known)}
        term = term[2]
    match term:
        case str():
            return known[term] if term in known else {"true": True, "false": False}[term]
        case ["not", part]:
            return not value(part, known)
        case ["and", left, right]:
            return value(left, known) and value(right, known)
        case ["xor", left, right]:
            return value(left, known) != value(right, known)
        case ["ite", test, yes, no]:
            return value(yes if value(test, known) else no, known)
    raise ValueError(term)


def models(term: Any, names: list[str]) -> Iterator[Bits]:
    """Yield all that makes a term true which chooses by one name after the other."""
    if not names and value(term, {}):
        yield {}
    for bit in (False, True) if names else ():
        match term:
            case ["ite", name, yes, no] if name == names[0]:
                rest = yes if bit else no
            case _ if term in (names[0], ["not", names[0]]):
                rest = "true" if value(term, {names[0]: bit}) else "false"
            case _:
                rest = term
        if rest != "false":
            yield from ({names[0]: bit, **more} for more in models(rest, names[1:]))


class Certificate:
    """The functions of a certificate, and how states, inputs and outputs are bits."""

    def __init__(self, text: str) -> None:
        items = parsed(text)
        (told,) = [item[2] for item in items if item[:2] == ["set-info", ":interface"]]
        interface = json.loads(told[1:-1].replace('""', '"'))
        self.states, self.inputs, self.outputs = map(interface.get, ("states", "inputs", "outputs"))
        made = [item for item in items if item[0] == "define-fun"]
        self.functions = {name: ([n for n, _ in takes], body) for _, name, takes, _, body in made}
        expect(len(self.functions) == len(made), "a function is defined twice")
        self.stored, self.given, self.ends = (
            [name for _, names, _ in fields for name in names]
            for fields in (self.states, self.inputs, self.outputs)
        )
        names = self.functions["related"][0]
        self.table = [name for name in names if name not in self.stored]
        asked = [item for item in items if item[0] not in ("define-fun", "set-info")]
        expect(asked == parsed(self.questions()), "the questions are not those of a proof")

    def questions(self) -> str:
        """Return what a solver has to be asked."""
        row, moment = " ".join(self.table + self.given), " ".join(self.stored + self.given)
        both = self.table + self.stored
        moved = [f"(task.next.{n[2:]} {row})" for n in self.table]
        moved += [f"(program.next.{n} {moment})" for n in self.stored]
        first = ["false"] * len(self.table) + [f"program.start.{n}" for n in self.stored]
        wrong = [f"(and (task.cares.{n} {row}) (xor (program.out.{n} {moment})" for n in self.ends]
        wrong = [f"{w} (task.wants.{n} {row})))" for w, n in zip(wrong, self.ends, strict=True)]
        here = [f"(related {' '.join(both)})", f"(task.legal {row})"]
        ways = [
            [f"(not (related {' '.join(first)}))"],
            [*here, f"(not (related {' '.join(moved)}))"],
            [*here, f"(or false {' '.join(wrong)})"],
        ]
        text = "(set-logic QF_UF)" + "".join(f"(declare-const {n} Bool)" for n in both + self.given)
        for way in ways:
            asserted = "".join(f"(assert {part})" for part in way)
            text += f"(push 1){asserted}(check-sat)(pop 1)"
        return re.sub(r"\((program\.\S+) \)", r"\1", text)

    def call(self, name: str, values: Bits) -> bool:
        """Return a function of bits."""
        names, body = self.functions[name]
        return value(body, {name: values[name] for name in names})

    def first(self) -> Bits:
        """Return the bits of both states at the start."""
        stored = {n: self.call(f"program.start.{n}", {}) for n in self.stored}
        return dict.fromkeys(self.table, False) | stored

    def letters(self) -> Iterator[tuple[list[Any], Bits]]:
        """Yield each choice of the inputs' values, and the bits that stand for it."""
        for chosen in product(*[values for _, _, values in self.inputs]):
            digits = [bool(bit) for _, word in chosen for bit in word]
            yield [meant for meant, _ in chosen], dict(zip(self.given, digits, strict=True))

    def state(self, values: Bits) -> Any:
        """Return a program's state, of its bits."""
        parts = [
            sum(values[n] << place for place, n in enumerate(names)) if whole else values[names[0]]
            for _, names, whole in self.states
        ]
        return parts[0] if len(parts) == 1 else tuple(parts)

    def rows(self, name: str) -> Iterator[Bits]:
        """Yield all bits of which a function is true."""
        names, body = self.functions[name]
        for count, row in enumerate(models(body, names)):
            expect(count < MOST, f"{name} is true of more than {MOST:,} rows")
            yield row


def ticks(proof: Certificate) -> Iterator[Bits]:
    """Yield, for every legal tick, the pair of states that it is taken in.

    Each was found right; raises WrongError for the first that is not.
    """
    first = proof.first()
    expect(proof.call("related", first), "the states at the start do not go together")
    letters = {tuple(letter.values()) for _, letter in proof.letters()}
    for row in proof.rows("task.legal"):
        expect(tuple(row[n] for n in proof.given) in letters, "a legal input means no value")
    for pair in proof.rows("related"):
        for given, letter in proof.letters():
            now, place = pair | letter, f"in {proof.state(pair)} with {given}"
            if not proof.call("task.legal", now):
                continue
            moved = {n: proof.call(f"task.next.{n[2:]}", now) for n in proof.table}
            moved |= {n: proof.call(f"program.next.{n}", now) for n in proof.stored}
            expect(proof.call("related", moved), f"{place} the next states do not go together")
            for n in proof.ends:
                same = proof.call(f"program.out.{n}", now) == proof.call(f"task.wants.{n}", now)
                right = same or not proof.call(f"task.cares.{n}", now)
                expect(right, f"{place} the output {n} is wrong")
            yield pair
