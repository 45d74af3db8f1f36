"""Writing: silence is success, the mode is proved, nothing is sent twice, no secret comes back out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from turnup.connect import ConfigurationUnknown, Said, WrongMode
from turnup.errors import CommandRefused, Refused, UsageError
from turnup.platforms import Platform

Open = Callable[..., Any]
SECRET = "k3y-of-level3"


def reveal(line: str) -> str:
    return line.replace("<secret:LVL3-MD5>", SECRET)


def redact(text: str) -> str:
    return text.replace(SECRET, "<secret:LVL3-MD5>")


def recorded(session: Any) -> list[bytes]:
    """What is written from now on, flight by flight."""
    wire = session._conversation.wire
    send, written = wire.write, []

    def write(data: bytes) -> None:
        written.append(data)
        send(data)

    wire.write = write
    return written


@pytest.mark.parametrize("transport", ["ssh", "telnet"])
@pytest.mark.parametrize("name", ["plain", "dribble", "long-name", "scrolls", "wraps", "buffer-160", "log-before"])
def test_a_port_s_lines(session_to: Open, name: str, transport: str) -> None:
    session = session_to(name, transport)
    session.enter_config()
    assert session.config_line("interface Serial5/0", "config-if") == ""
    children = [f"description line number {n} of this port" for n in range(12)]
    assert session.config_lines(children, "config-if") == tuple(Said(line, "") for line in children)
    assert session.config_line("router bgp 64500", "config-router") == ""
    assert session.config_line("no shutdown", None) == ""
    session.leave_config()
    assert "UTC" in session.command("show clock").text


def test_no_lines_send_nothing(session_to: Open) -> None:
    assert session_to("plain").config_lines([], None) == ()


def test_an_answer_to_a_line_is_given_back(session_to: Open) -> None:
    session = session_to("plain")
    session.enter_config()
    assert session.config_line("interface Serial5/0", "config-if") == ""
    said = session.config_line("ip address overlap", "config-if")
    assert said == "% 10.0.0.0 overlaps with Serial5/1"


def test_children_stop_at_the_first_answer(session_to: Open) -> None:
    session = session_to("plain")
    session.enter_config()
    session.config_line("interface Serial5/0", "config-if")
    lines = [f"description {n}" for n in range(3)] + ["ip address overlap"] + [f"description {n}" for n in range(30)]
    said = session.config_lines(lines, "config-if")
    assert [one.line for one in said] == lines[: len(said)]
    assert [one.line for one in said if one.text] == ["ip address overlap"]
    assert len(said) < 12  # at most a window after the refused one
    session.leave_config()


def test_one_at_a_time_stops_right_there(session_to: Open) -> None:
    session = session_to("plain", window=1)
    session.enter_config()
    session.config_line("interface Serial5/0", "config-if")
    said = session.config_lines(["description a", "ip address overlap", "description b"], "config-if")
    assert len(said) == 2


@pytest.mark.parametrize("several", [False, True])
def test_a_line_that_silently_leaves_its_section(session_to: Open, several: bool) -> None:
    session = session_to("strays", window=1)
    session.enter_config()
    session.config_line("interface Serial5/0", "config-if")
    push = partial(session.config_line, "no such command", "config-if")
    if several:
        push = partial(session.config_lines, ["description a", "no such command", "description b"], "config-if")
    with pytest.raises(WrongMode, match="after 'no such command' the prompt shows mode 'config', not 'config-if'"):
        push()


def test_log_messages_are_not_taken_for_an_answer(session_to: Open, target: Any) -> None:
    session = session_to("log-before")
    session.enter_config()
    assert session.config_line("interface Serial5/0", "config-if") == ""
    assert target.SYSLOG in session.logs


@pytest.mark.parametrize("transport", ["ssh", "telnet"])
def test_a_connection_lost_in_mid_push(session_to: Open, transport: str) -> None:
    session = session_to("config-drops", transport)
    session.enter_config()
    session.config_line("interface Serial5/0", "config-if")
    with pytest.raises(ConfigurationUnknown, match="after 1 answered lines, at 'description two': the connection was"):
        session.config_lines(["description one", "description two", "description three"], "config-if")


def test_what_was_sent_is_told(session_to: Open, hasty: Platform) -> None:
    session = session_to("config-hangs", platform=hasty)
    session.enter_config()
    lines = ["description one", "description two", *[f"description number {n}" for n in range(20)]]
    with pytest.raises(ConfigurationUnknown) as caught:
        session.config_lines(lines, None)
    sent = caught.value.sent
    assert sent == tuple(lines[: len(sent)])
    assert 2 <= len(sent) < 10
    assert not caught.value.lost
    assert "Do not send it again" in caught.value.advice


def test_secrets_are_typed_but_never_come_back(session_to: Open) -> None:
    session = session_to("plain", reveal=reveal, redact=redact)
    session.enter_config()
    said = session.config_line("neighbor 10.10.3.2 password bad <secret:LVL3-MD5>", None)
    assert said == "% Invalid password: <secret:LVL3-MD5>"
    (one,) = session.config_lines(["neighbor 10.10.3.2 password <secret:LVL3-MD5>"], None)
    assert one == Said("neighbor 10.10.3.2 password <secret:LVL3-MD5>", "")


def test_a_lost_answer_tells_no_secret(session_to: Open, hasty: Platform) -> None:
    session = session_to("config-hangs", platform=hasty, reveal=lambda line: line.replace("<secret:X>", "two"))
    session.enter_config()
    with pytest.raises(ConfigurationUnknown) as caught:
        session.config_line("description <secret:X>", None)
    told = f"{caught.value!r} {caught.value.sent} {caught.value.__cause__} {caught.value.advice}"
    assert "<secret:X>" in told
    assert "two" not in told


def test_a_secret_with_a_line_end_is_refused_without_being_shown(session_to: Open) -> None:
    session = session_to("plain", reveal=lambda line: line.replace("<secret:X>", "good\nno router bgp 64500"))
    written = recorded(session)
    session.enter_config()
    with pytest.raises(Refused) as caught:
        session.config_lines(["description fine", "password <secret:X>"], None)
    assert "<secret:X>" in str(caught.value)
    assert "router bgp" not in str(caught.value)
    assert written == []


def test_a_token_without_a_vault_is_refused(session_to: Open) -> None:
    session = session_to("plain")
    session.enter_config()
    with pytest.raises(UsageError, match="without `reveal`"):
        session.config_line("password <secret:X>", None)


@pytest.mark.parametrize("line", ["a\nb", "a\rb", "a?", "a\x03", "a\x1ab", "a\x7f", "caf\u00e9", "a\tb", ""])
def test_lines_that_are_never_typed(session_to: Open, line: str) -> None:
    session = session_to("plain")
    session.enter_config()
    with pytest.raises(Refused):
        session.config_lines(["description fine", line], None)


@pytest.mark.parametrize(("line", "typed"), [("interface Serial5/0", True), ("ip tftp source-interface Lo0", False)])
def test_configuration_refused(session_to: Open, line: str, typed: bool) -> None:
    """At most a line that only opens a section is typed ahead of the proof, and never one below it."""
    from turnup.connect import Credentials

    session = session_to("user-mode", credentials=Credentials("noc", "pass-word-1"))
    written = recorded(session)
    session.enter_config()
    assert written == []
    with pytest.raises(CommandRefused, match="Invalid input"):
        session.config_line(line, None)
    assert [data.split(b"\n")[0] for data in written] == [b"configure terminal lock", b"configure terminal"]
    assert (line.encode() in written[1]) is typed


@pytest.mark.parametrize("transport", ["ssh", "telnet"])
def test_configuration_and_its_first_section_share_a_round_trip(session_to: Open, transport: str) -> None:
    session = session_to("plain", transport)
    written = recorded(session)
    session.enter_config()
    assert session.config_line("interface Serial5/0", "config-if") == ""
    assert session.config_line("description one", "config-if") == ""
    # An image without the lock is asked for it once a session.
    assert [data.count(b"!") for data in written] == [1, 2, 1]
    session.leave_config()
    session.enter_config()
    assert session.config_line("interface Serial5/0", "config-if") == ""
    assert [data.count(b"!") for data in written[4:]] == [2]
    session.leave_config()


@pytest.mark.parametrize("first", ["interface Serial5/0", "description one"])
def test_a_section_in_another_mode_than_expected(session_to: Open, first: str) -> None:
    session = session_to("plain")
    session.enter_config()
    with pytest.raises(WrongMode, match="not 'config-router'"):
        session.config_line(first, "config-router")


def test_a_router_that_loses_input_is_not_typed_ahead_of(session_to: Open) -> None:
    session = session_to("plain", window=1)
    written = recorded(session)
    session.enter_config()
    assert session.config_line("interface Serial5/0", "config-if") == ""
    assert [data.count(b"!") for data in written] == [1, 1, 1]


def test_what_a_section_s_line_is_answered_comes_back(session_to: Open) -> None:
    session = session_to("plain")
    session.enter_config()
    assert "overlaps" in session.config_line("interface overlap", None)


def test_nothing_is_entered_and_left_without_a_line(session_to: Open) -> None:
    session = session_to("plain")
    written = recorded(session)
    session.enter_config()
    session.leave_config()
    assert written == []
    assert "UTC" in session.command("show clock").text


def test_lines_in_flight_stay_few_however_wide_the_window_for_reading_grew(session_to: Open, hasty: Platform) -> None:
    session = session_to("config-hangs", platform=hasty)
    session._conversation.window = 640
    session.enter_config()
    with pytest.raises(ConfigurationUnknown) as caught:
        session.config_lines(["description two", *[f"description number {n:02d}" for n in range(60)]], None)
    assert sum(len(line) + 10 for line in caught.value.sent) <= 330
