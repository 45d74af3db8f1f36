from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnup.connect.session import Credentials
from turnup.connect.telnet import Negotiation, log_in
from turnup.connect.wire import ConnectionLost
from turnup.errors import LoginRefused, Unreachable

ACCOUNT = Credentials("noc", "word")
GREETING = b"\xff\xfb\x01\xff\xfb\x03\xff\xfd\x18\xff\xfd\x1f\xff\xfd\x03"


@given(text=st.binary(max_size=60), cut=st.integers(0, 90), again=st.integers(0, 90))
def test_text_passes_whatever_stands_in_it(text: bytes, cut: int, again: int) -> None:
    raw = GREETING + text.replace(b"\xff", b"\xff\xff") + b"\xff\xfa\x18\x01\xff\xf0\xff\xf1"
    negotiation, got, replies = Negotiation(), b"", b""
    first, second = sorted((cut, again))
    for piece in (raw[:first], raw[first:second], raw[second:]):
        text_, reply = negotiation.feed(piece)
        got, replies = got + text_, replies + reply
    assert got == text.replace(b"\0", b"")
    assert replies == b"\xff\xfd\x01\xff\xfd\x03\xff\xfc\x18\xff\xfc\x1f\xff\xfb\x03"


def test_an_answer_is_not_answered() -> None:
    negotiation = Negotiation()
    assert negotiation.feed(b"\xff\xfb\x01")[1] == b"\xff\xfd\x01"
    assert negotiation.feed(b"\xff\xfb\x01")[1] == b""


class Script:
    """Says its lines one by one, each after something was typed; notes what was typed."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)
        self.typed: list[str] = []
        self.ready = True

    def write(self, data: bytes) -> None:
        self.typed.append(data.decode())
        self.ready = True

    def read(self, seconds: float) -> bytes:
        if self.ready and self.lines:
            self.ready = False
            return self.lines.pop(0).encode()
        if not self.lines:
            raise ConnectionLost("closed")
        return b""


def is_prompt(line: str) -> bool:
    return line in ("gsr1>", "gsr1#")


@pytest.mark.parametrize(
    ("lines", "typed"),
    [
        (("\r\nUser Access Verification\r\n\r\nUsername: ", "noc\r\nPassword: ", "\r\ngsr1>"), ["noc\r\n", "word\r\n"]),
        (("\r\nPassword: ", "\r\ngsr1>"), ["word\r\n"]),
        (("login: ", "Password:", "\r\nwelcome\r\ngsr1#"), ["noc\r\n", "word\r\n"]),
        (("\r\ngsr1>",), []),
    ],
)
def test_login(lines: tuple[str, ...], typed: list[str]) -> None:
    stream = Script(*lines)
    assert log_in(stream, ACCOUNT, is_prompt, 1.0) == lines[-1].split("\n")[-1].encode()
    assert stream.typed == typed


@pytest.mark.parametrize(
    "lines",
    [
        ("Username: ", "Password: ", "\r\n% Login invalid\r\n\r\nUsername: "),
        ("Username: ", "Password: ", "\r\n% Authentication failed.\r\n"),
        ("Username: ", "Password: ", "\r\nUsername: "),
        ("Username: ", "Password: ", "\r\n"),
        ("\r\nPassword required, but none set\r\n",),
    ],
)
def test_refusals_are_not_tried_twice(lines: tuple[str, ...]) -> None:
    stream = Script(*lines)
    with pytest.raises(LoginRefused) as caught:
        log_in(stream, ACCOUNT, is_prompt, 1.0)
    assert "word" not in str(caught.value).replace("Password", "")
    assert stream.typed.count("word\r\n") <= 1


def test_nothing_but_the_end() -> None:
    with pytest.raises(Unreachable) as caught:
        log_in(Script(), ACCOUNT, is_prompt, 1.0)
    assert not isinstance(caught.value, LoginRefused)


def test_a_stream_that_says_nothing_of_a_login() -> None:
    with pytest.raises(Unreachable, match="no login prompt"):
        log_in(Script("line busy\r\n", "never"), ACCOUNT, is_prompt, 0.05)
