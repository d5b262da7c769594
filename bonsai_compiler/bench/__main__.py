"""`python -m bonsai_compiler.bench growth` or `tasks`; --help tells what each can be told."""

import sys

from bonsai_compiler.bench import growth, tasks

BENCHMARKS = {"growth": growth.main, "tasks": tasks.main}


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
