"""`python -m bonsai_compiler.cli` is `bonsaic`."""

from bonsai_compiler.cli.main import main

if __name__ == "__main__":
    main()
