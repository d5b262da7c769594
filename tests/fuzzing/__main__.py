"""python -m tests.fuzzing: fuzz for a while, and tell how the cases of each kind ended."""

import argparse
import sys
from pathlib import Path

from .campaign import KINDS, Tally, run_case
from .jobs import side_by_side


def main() -> int:
    """Return 1 if anything is open, 0 if nothing is."""
    options = _options()
    if options.replay:
        kind, _, place = options.replay.partition("/")
        end, fault = run_case(kind, place, options.scale, options.keep)
        print(f"{options.replay}: {end}", fault, sep="\n")
        return 1 if fault else 0
    shared = {
        "kinds": options.kinds,
        "seed": options.seed,
        "seconds": options.seconds / options.jobs,
        "scale": options.scale,
        "keep": options.keep,
    }
    tallies = {kind: Tally() for kind in options.kinds}
    for number, (kind, place, fault, tally) in enumerate(side_by_side(options.jobs, shared), 1):
        tallies.setdefault(kind, Tally()).add(tally)
        if fault:
            told = "\n    ".join(fault.splitlines())
            print(f"open: --replay {kind}/{place} --scale {options.scale}\n    {told}", flush=True)
        if number % 1000 == 0:
            print(f"{number} cases", file=sys.stderr, flush=True)
    return _print_tallies(tallies)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=main.__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="of processor time, in all")
    parser.add_argument("--seed", type=int, default=1, help="what makes a case repeatable")
    parser.add_argument("--jobs", type=int, default=1, help="processes side by side")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--scale", type=int, default=1, help="how large things are; 3 is large")
    parser.add_argument("--keep", type=Path, help="folder for the files of what is open")
    parser.add_argument("--replay", metavar="KIND/SEED/CASE", help="run one case again")
    return parser.parse_args()


def _print_tallies(tallies: dict[str, Tally]) -> int:
    """Print a table of the tallies; return 1 if anything is open."""
    print("| kind | cases | processor seconds | how they ended | open |\n|---|---|---|---|---|")
    for kind, tally in tallies.items():
        ends = ", ".join(f"{end} {count}" for end, count in tally.ends.most_common())
        cases = sum(tally.ends.values())
        print(f"| {kind} | {cases:,} | {tally.seconds:,.0f} | {ends} | {len(tally.open)} |")
    return 1 if any(tally.open for tally in tallies.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
