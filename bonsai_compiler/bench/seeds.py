"""Seeds, as a user writes them."""

import re

from bonsai_compiler.errors import BonsaiError


def parse_seeds(text: str) -> tuple[int, ...]:
    """Return the seeds that `0..9`, `0,3,5` or `7` names, each once."""
    if found := re.fullmatch(r"(\d+)\.\.(\d+)", text):
        seeds = tuple(range(int(found[1]), int(found[2]) + 1))
    else:
        parts = re.fullmatch(r"\d+(,\d+)*", text)
        seeds = tuple(dict.fromkeys(int(part) for part in text.split(","))) if parts else ()
    if not seeds:
        raise BonsaiError(f"the seeds '{text}' are none; write 0..4, or 0,3,5")
    return seeds
