"""Seeds, as a user writes them."""

import re

from bonsai_compiler.errors import BonsaiError

MOST = 10_000
"""How many seeds a range may name."""


def parse_seeds(text: str) -> tuple[int, ...]:
    """Return the seeds that `0..9`, `0,3,5` or `7` names, each once."""
    number = r"[0-9]{1,18}"
    if found := re.fullmatch(rf"({number})\.\.({number})", text):
        first, last = int(found[1]), int(found[2])
        if last - first >= MOST:
            raise BonsaiError(f"the seeds '{text}' are more than {MOST:,}; take fewer")
        seeds = tuple(range(first, last + 1))
    else:
        parts = re.fullmatch(rf"{number}(,{number})*", text)
        seeds = tuple(dict.fromkeys(int(part) for part in text.split(","))) if parts else ()
    if not seeds:
        raise BonsaiError(f"the seeds '{text}' are none; write 0..4, or 0,3,5")
    return seeds
