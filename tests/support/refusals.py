"""How a file is refused: in one short line that begins with the file's name."""

import pytest

from bonsai_compiler.errors import BonsaiError


def assert_refused_in_one_line(read, content):
    with pytest.raises(BonsaiError) as caught:
        read(content, "net.json")
    message = str(caught.value)
    assert message.startswith("net.json: ")
    assert "\n" not in message
    assert len(message) < 300
