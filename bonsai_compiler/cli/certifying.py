"""Commands about certificates: proofs that others can check."""

from pathlib import Path

import click

from bonsai_compiler.cli.output import answer, end


@click.command()
@click.argument("folder", type=Path, metavar="DIR")
@click.argument("specification", metavar="[TASK]", required=False)
def certify(folder: Path, specification: str | None) -> None:
    """Write DIR/<name>.proof.smt2: a certificate that the result in DIR does what TASK says.

    It states the logic, the table of TASK and an invariant in SMT-LIB, and asks three questions;
    three times unsat is the proof, which any solver finds: z3 FILE, or cvc5 --incremental FILE.
    Where the network that was compiled is proved by regions, DIR/<name>.regions.json holds these.
    Without TASK it is the one that DIR was made for, which has to stand where it stood, unchanged.

    \b
    Example:
      bonsaic certify build/delay2
    """
    from bonsai_compiler.driver.emission import certify as written

    for path in written(folder, specification):
        answer(str(path))


@click.command()
@click.argument("folder", type=Path, metavar="DIR")
@click.argument("task", type=Path, required=False, metavar="[TASK]")
def verify(folder: Path, task: Path | None) -> None:
    """Check the certificates in DIR, the program's by brute force, and DIR's program against it.

    The checkers share no code with what searched. With TASK, a task file, the certificate's table
    is held against its step too. Exit code: 0 verified, 1 not, 2 a mistake.

    \b
    Example:
      bonsaic verify build/delay2 tasks/delay2.py
    """
    from bonsai_compiler.driver.emission import verify_result

    answers = verify_result(folder, task)
    for said, _ in answers:
        answer(said)
    end(all(holds for _, holds in answers))
