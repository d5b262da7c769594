"""`python -m bonsai_compiler.cli` is `bonsaic`."""

from bonsai_compiler.cli.main import script

if __name__ == "__main__":
    script()
