"""The user's mistakes: reported as one line, exit code 2."""


class BonsaiError(Exception):
    """Something the user can mend; the message names the place, the fault and the mend."""
