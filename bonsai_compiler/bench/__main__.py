"""`python -m bonsai_compiler.bench check`, `compile`, `growth`, `ideas` or `tasks`."""

import sys

from bonsai_compiler.bench import check, compiling, growth, ideas, tasks

BENCHMARKS = {
    "check": check.main,
    "compile": compiling.main,
    "growth": growth.main,
    "ideas": ideas.main,
    "tasks": tasks.main,
}


def main(words: list[str]) -> int:
    """Run the benchmark that the first word names."""
    if not words or words[0] not in BENCHMARKS:
        print(
            f"usage: python -m bonsai_compiler.bench {{{','.join(BENCHMARKS)}}} ...",
            file=sys.stderr,
        )
        return 2
    BENCHMARKS[words[0]](words[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
