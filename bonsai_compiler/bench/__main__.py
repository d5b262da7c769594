"""`python -m bonsai_compiler.bench growth`, `tasks` or `ideas`; --help tells of each."""

import sys

from bonsai_compiler.bench import growth, ideas, tasks

BENCHMARKS = {"growth": growth.main, "tasks": tasks.main, "ideas": ideas.main}


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
