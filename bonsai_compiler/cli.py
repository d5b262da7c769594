"""bonsaic: grow tiny RNNs for a task and compile them to programs proved equal to it."""

import os
import sys

import click

from bonsai_compiler.commands import commands
from bonsai_compiler.errors import BonsaiError


def main() -> None:
    """Run bonsaic; the user's mistakes end with one line and exit code 2."""
    try:
        commands.main(prog_name="bonsaic", standalone_mode=False)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        place = context.command_path if context else "bonsaic"
        print(f"{place}: {error.format_message()} (try {place} --help)", file=sys.stderr)
        sys.exit(2)
    except BonsaiError as error:
        print(f"bonsaic: {error}", file=sys.stderr)
        sys.exit(2)
    except (KeyboardInterrupt, click.exceptions.Abort):
        print("bonsaic: stopped", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of a pipe went away; Python would complain again when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


if __name__ == "__main__":
    main()
