"""Check a certificate of regions: from each box of a network's states, all words of letters.

This needs nothing but Python, and shares no code with what searched or with what wrote the
certificate. Where every word from a region gives right outputs, and comes to stand inside a region
of the state that the task has come to, all words from the start do, of any length.

`python -m bonsai_compiler.certificates.region_checker NAME.regions.json NETWORK.bonsai [TASK.py]`
is what `bonsaic verify` runs, in a process of its own. Exit code: 0 verified, 1 not.
"""

import json
import runpy
import sys
from collections.abc import Iterator
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

from bonsai_compiler.certificates.checker import WrongError, expect
from bonsai_compiler.certificates.enclosures import ONE
from bonsai_compiler.certificates.sets import SINGLE, Form, Network, nearest
from bonsai_compiler.certificates.witnesses import check_task


class Regions:
    """A certificate: network, table of the task, and boxes, each with what its words lead to."""

    table = ("t.number",)
    """What tells the table's states apart: a number, not bits."""

    def __init__(self, text: str) -> None:
        told = json.loads(text)
        text = "".join(f"{line}\n" for line in told["network"])
        expect(text.splitlines() == told["network"], "a line of the network is more than one")
        self.digest = sha256(text.encode()).hexdigest()
        expect(told["sha256"] == self.digest, "the digest is of another network")
        self.network = Network(told["network"], told["states"])
        self.rows = told["task"]
        self.outputs = list(self.network.fields(self.network.ends))
        # All letters, as the lines of the inputs and ports have them: the last changes the fastest.
        every = product(*[words for _, _, words in self.network.fields(self.network.inputs)])
        self.given = [
            ([value for value, _ in letter], [bit for _, word in letter for bit in word])
            for letter in every
        ]
        self.ends = [bit for _, bits, _ in self.outputs for bit in bits]
        self.regions, self.slack = told["regions"], float.fromhex(told["slack"])
        expect(
            all(0 <= n < len(self.rows) for row in self.rows for _, n, _ in row)
            and all(len({n for n, _, _ in row}) == len(row) for row in self.rows),
            "the table leads to no state, or twice to one",
        )

    def box(self, region: int) -> list[tuple[int, int]]:
        """Return between which numbers each state is in a region."""
        _, low, high, _ = self.regions[region]
        ends = list(zip(map(nearest, low), map(nearest, high), strict=True))
        expect(len(ends) == len(self.network.states), f"region {region} is of other states")
        expect(all(least <= most for least, most in ends), f"region {region} is empty")
        return ends

    def steps(self) -> Iterator[int]:
        """Yield the region of each step that was found right; raises WrongError for another."""
        boxes = [self.box(region) for region in range(len(self.regions))]
        first = [self.network.start[state] for state in self.network.states]
        margins = [abs(start) >> SINGLE for start in first]
        inside = self._inside([Form([s], m) for s, m in zip(first, margins, strict=True)], boxes[0])
        expect(self.regions[0][0] == 0 and inside, "the start is not in the first region")
        for region, (state, _, _, claims) in enumerate(self.regions):
            expect(0 <= state < len(self.rows), f"region {region} is of no state")
            sets = [
                (state, [Form.between(*ends, place) for place, ends in enumerate(boxes[region])])
            ]
            for tick, claimed in enumerate(claims, 1):
                where = f"from region {region}, {tick} ticks on,"
                ways = [(row, here) for number, here in sets for row in self.rows[number]]
                expect(len(ways) == len(claimed), f"{where} there are {len(ways)} words")
                sets = []
                for ((letter, following, wants), here), end in zip(ways, claimed, strict=True):
                    outputs, there = self.network.tick(here, self.given[letter][1])
                    for output, want in zip(outputs, wants, strict=True):
                        low, high = output.ends
                        right = want == 0 or (low > 0 if want > 0 else high <= 0)
                        expect(right, f"{where} an output may be wrong")
                    if end is None:
                        sets.append((following, there))
                    else:
                        box = boxes[end] if self.regions[end][0] == following else []
                        expect(box and self._inside(there, box), f"{where} region {end} is left")
                    yield region
            expect(not any(self.rows[n] for n, _ in sets), f"words from region {region} are left")
        right = abs(self.network.slack / ONE - self.slack) <= self.slack / 1000
        expect(right, f"sums may be off by {self.network.slack / ONE}, not {self.slack}")

    @staticmethod
    def _inside(here: list[Form], box: list[tuple[int, int]]) -> bool:
        ends = zip(here, box, strict=True)
        return all(low <= form.ends[0] and form.ends[1] <= high for form, (low, high) in ends)

    def letters(self) -> Iterator[tuple[list[Any], dict[str, int]]]:
        """Yield the values of each letter, and its number."""
        for number, (values, _) in enumerate(self.given):
            yield values, {"letter": number}

    def call(self, name: str, values: dict[str, int]) -> int:
        """Return what the table says of a state and a letter."""
        rows = [row for row in self.rows[values[self.table[0]]] if row[0] == values["letter"]]
        if name == "task.legal" or not rows:
            return bool(rows)
        _, kind, bit = name.split(".", 2)
        ((_, following, wants),) = rows
        if kind == "next":
            return int(following)
        want = wants[self.ends.index(bit)]
        return bool(want > 0 if kind == "wants" else want)


def main(proof_path: str, network_path: str, task_path: str = "") -> int:
    """Say what was verified, and return the exit code."""
    try:
        proof = Regions(Path(proof_path).read_text(encoding="utf-8"))
        same = sha256(Path(network_path).read_bytes()).hexdigest() == proof.digest
        expect(same, f"{Path(network_path).name} holds another network")
        regions, steps = len(proof.regions), sum(1 for _ in proof.steps())
        said = (
            f"the network, by {steps:,} steps from {regions:,} regions, whatever rounds by up to "
        )
        said += f"{proof.slack:.1e}"
        if task_path:
            sys.path.insert(0, str(Path(task_path).parent))
            said += f", and {check_task(proof, runpy.run_path(task_path))}"
    except WrongError as error:
        print(f"not verified: {error}")
        return 1
    except Exception as error:  # Whatever else a text or a task does: it is not verified.
        print(f"not verified: it is no certificate of this network ({error!r:.100})")
        return 1
    print(f"verified: {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
