"""Sessions with routers that misbehave: what comes back is right, or says why it is not."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from turnup.connect import Address, Credentials, collect, open_session
from turnup.connect.wire import ConnectionLost
from turnup.errors import (
    AnswerIncomplete,
    CouldNotRun,
    HostKeyChanged,
    LoginRefused,
    Refused,
    TurnupError,
    Unreachable,
    UsageError,
)
from turnup.model.transcript import Answer, Ask, Request
from turnup.platforms import Platform

# Far below the patience of `ios`, far above what a loaded machine takes.
AT_ONCE = 20.0
THINGS = [f"show thing {n}" for n in range(12)]
Open = Callable[..., Any]


def requests(commands: list[str]) -> list[Request]:
    return [Request(Ask.of("thing", command=command), command) for command in commands]


def answers(session: Any, commands: list[str]) -> dict[str, Answer]:
    return {ask.args[0][1]: answer for ask, answer in session.ask(requests(commands)).items()}


@pytest.mark.parametrize("transport", ["ssh", "telnet"])
@pytest.mark.parametrize(
    "name",
    [
        "plain",
        "dribble",
        "small-buffer",
        "buffer-160",
        "user-mode",
        "pages",
        "wraps",
        "scrolls",
        "deaf",
        "long-name",
        "log-between",
        "log-between-always",
        "log-inside",
        "log-before",
    ],
)
def test_every_answer_is_whole(session_to: Open, target: Any, name: str, transport: str) -> None:
    session = session_to(name, transport)
    commands = [*THINGS, "show interfaces description", "show running-config", "show empty", "show logging"]
    got = answers(session, commands)
    assert {c: (a.failure, a.text) for c, a in got.items()} == {c: ("", target.SHOWS[c]) for c in commands}
    assert session.hostname == ("nyc-hud-gsr1-a-very-long-name" if name == "long-name" else "gsr1")


def test_hostname_in_a_description_of_a_dribbling_router_does_not_cut_the_answer(session_to: Open, target: Any) -> None:
    """The trap that made a stock client return 990 of 4,942 characters (reference: performance 5)."""
    answer = session_to("dribble").command("show interfaces description")
    assert answer.text == target.SHOWS["show interfaces description"]
    assert "gsr1#" in answer.text.split("\n")[1]


def test_log_messages_are_kept_apart(session_to: Open, target: Any) -> None:
    session = session_to("log-between-always")
    assert session.command("show thing 7").text == target.SHOWS["show thing 7"]
    assert set(session.logs) == {target.SYSLOG}


def test_what_stands_in_both_readings_is_the_answer_s_own_text(session_to: Open, target: Any) -> None:
    assert target.SYSLOG in session_to("log-inside-always").command("show thing 7").text


def test_a_router_that_loses_input_is_asked_one_at_a_time_from_then_on(session_to: Open, target: Any) -> None:
    session = session_to("small-buffer")
    answers(session, THINGS)
    wire = session._conversation.wire
    written: list[bytes] = []
    send = wire.write

    def write(data: bytes) -> None:
        written.append(data)
        send(data)

    wire.write = write
    assert answers(session, THINGS)["show thing 11"].text == target.SHOWS["show thing 11"]
    assert [data.count(b"show thing") for data in written] == [1] * len(THINGS)


def test_the_same_command_is_sent_once(session_to: Open) -> None:
    session = session_to("plain")
    asks = [Request(Ask.of("a", n=str(n)), "show clock") for n in range(3)]
    got = list(session.ask(asks).values())
    assert len(got) == 3
    assert got[0] is got[1]


def test_a_hanging_router_costs_its_answer_and_the_rest_but_not_what_came_before(
    session_to: Open, hasty: Platform
) -> None:
    session = session_to("hangs", platform=hasty)
    transcript = collect(session, requests(THINGS))
    failures = [answer.failure for answer in transcript.answers.values()]
    assert failures[:3] == ["", "", ""]
    assert failures[3] == "no answer to 'show thing 3' for 2 s"
    assert all("did not come back" in failure for failure in failures[4:])
    with pytest.raises(Unreachable, match="no answer to 'show clock'"):
        session.command("show clock")


@pytest.mark.parametrize("transport", ["ssh", "telnet"])
def test_a_dropped_connection_is_noticed_at_once(session_to: Open, target: Any, transport: str) -> None:
    session = session_to("drops", transport)
    begun = time.monotonic()
    transcript = collect(session, requests(THINGS))
    assert time.monotonic() - begun < AT_ONCE
    for n, answer in enumerate(transcript.answers.values()):
        if n < 5:
            assert (answer.failure, answer.text) == ("", target.SHOWS[f"show thing {n}"])
        else:
            assert "connection" in answer.failure
            assert answer.text == ""
    with pytest.raises(Unreachable) as caught:
        session.command("show clock")
    assert "run again" in caught.value.advice


@pytest.mark.parametrize("transport", ["ssh", "telnet"])
def test_a_reset_connection_gives_right_answers_or_none(session_to: Open, target: Any, transport: str) -> None:
    """A reset throws away what was under way, answers that the router had given among it."""
    session = session_to("resets", transport)
    begun = time.monotonic()
    transcript = collect(session, requests(THINGS))
    assert time.monotonic() - begun < AT_ONCE
    for n, answer in enumerate(transcript.answers.values()):
        right = n < 5 and not answer.failure
        assert answer.text == (target.SHOWS[f"show thing {n}"] if right else "")
        assert right or "connection" in answer.failure
    session.close()


def test_another_router_s_prompt_is_never_our_answer(session_to: Open) -> None:
    got = answers(session_to("wrong-prompt"), THINGS)
    assert [answer.failure == "" for answer in got.values()] == [n < 4 for n in range(12)]
    assert "the prompt is 'lax1' where 'gsr1' was expected" in got["show thing 4"].failure


def test_an_answer_without_a_last_line_end_is_incomplete(session_to: Open) -> None:
    with pytest.raises(AnswerIncomplete, match="prompt's line"):
        session_to("glued").command("show thing 2")


def test_a_router_that_asks_back_is_not_answered_by_a_marker(session_to: Open, hasty: Platform) -> None:
    session = session_to("asks", platform=hasty)
    with pytest.raises(AnswerIncomplete, match=r"it asks 'Overwrite .*\[confirm\]'"):
        session.save()
    with pytest.raises(Unreachable, match="in the middle of 'write memory'"):
        session.command("show clock")


def test_save(session_to: Open) -> None:
    assert session_to("plain").save().text == "Building configuration...\n[OK]"


@pytest.mark.parametrize(
    "text",
    ["show clock\nreload", "show ?", "show \x03", "show\tclock", "show \u2028clock", "", " ", "show " + "x" * 260],
)
def test_no_second_line_is_ever_typed(session_to: Open, text: str) -> None:
    session = session_to("plain")
    with pytest.raises(Refused):
        session.command(text)
    failed = list(session.ask([Request(Ask("x"), text), Request(Ask("y"), "show clock")]).values())
    assert [bool(answer.failure) for answer in failed] == [True, False]


def test_answers_are_redacted(session_to: Open) -> None:
    session = session_to("plain", redact=lambda text: text.replace("UTC", "<secret:zone>"))
    assert "<secret:zone>" in session.command("show clock").text


def test_a_probe_is_not_asked_of_a_router(session_to: Open) -> None:
    with pytest.raises(UsageError):
        session_to("plain").ask([Request(Ask("dns_answer"), "dns x", probe="dns")])


# --- dialogues -------------------------------------------------------------------------------------------------


def ping(ios: Platform, **args: str) -> Request:
    steps = ios.settings.dialogues["ping"]
    dialogue = (("", steps.command), *((question, reply.format(**args)) for question, reply in steps.steps))
    return Request(
        Ask.of("ping", **args), "ping {address} size {size} source {source} df repeat {count}".format(**args), dialogue
    )


@pytest.mark.parametrize("transport", ["ssh", "telnet"])
def test_extended_ping(session_to: Open, ios: Platform, transport: str) -> None:
    one = ping(ios, address="192.0.2.1", size="1500", source="10.255.1.1", count="100")
    two = ping(ios, address="192.0.2.2", size="1500", source="10.255.1.1", count="10")
    got = session_to("plain", transport).ask([one, *requests(["show clock"]), two])
    assert [a.failure for a in got.values()] == ["", "", ""]
    text = got[one.ask].text
    assert text.startswith("Type escape sequence to abort.\nSending 100, 1500-byte ICMP Echos to 192.0.2.1,")
    assert text.endswith("Success rate is 100 percent (100/100), round-trip min/avg/max = 1/2/4 ms")
    assert got[one.ask].command == "ping 192.0.2.1 size 1500 source 10.255.1.1 df repeat 100"
    assert "192.0.2.2" in got[two.ask].text


def test_a_dialogue_that_the_router_ends_early_tells_what_it_said(session_to: Open, ios: Platform) -> None:
    got = session_to("plain").ask([ping(ios, address="nowhere", size="1", source="x", count="1"), *requests(THINGS)])
    assert next(answer.text for answer in got.values()) == "% Bad IP address"
    assert not any(answer.failure for answer in got.values())


def test_an_unexpected_question_is_not_answered(session_to: Open, hasty: Platform) -> None:
    request = ping(hasty, address="192.0.2.1", size="1500", source="10.255.1.1", count="100")
    odd = replace(request, dialogue=(*request.dialogue[:3], (r"Colour of the packets: ?", "blue")))
    got = session_to("plain", platform=hasty).ask([odd, *requests(["show clock"])])
    failures = [answer.failure for answer in got.values()]
    assert "asks 'Repeat count [5]: ' where" in failures[0]
    assert failures[1] == ""


def test_a_reply_is_looked_at_like_a_line(session_to: Open, ios: Platform) -> None:
    request = ping(ios, address="192.0.2.1\nreload", size="1", source="x", count="1")
    assert "U+000A" in next(iter(session_to("plain").ask([request]).values())).failure


# --- opening ---------------------------------------------------------------------------------------------------


def error_of(open_: Callable[[], object]) -> TurnupError:
    with pytest.raises(TurnupError) as caught:
        open_()
    assert caught.value.advice
    return caught.value


@pytest.mark.parametrize("transport", ["ssh", "telnet"])
def test_login_refused(session_to: Open, transport: str) -> None:
    wrong = Credentials("noc", "wrong-word")
    error = error_of(lambda: session_to("plain", transport, credentials=wrong))
    assert isinstance(error, LoginRefused)
    assert "noc" in str(error)
    assert "wrong-word" not in str(error)


@pytest.mark.parametrize("transport", ["ssh", "telnet"])
def test_enable(session_to: Open, transport: str) -> None:
    assert session_to("user-mode", transport).privileged
    assert not session_to("user-mode", transport, credentials=Credentials("noc", "pass-word-1")).privileged
    error = error_of(lambda: session_to("no-enable", transport))
    assert isinstance(error, LoginRefused)
    assert "enable-word" not in str(error)


def test_unknown_host_key(session_to: Open, tmp_path: Path) -> None:
    error = error_of(lambda: session_to("plain", accept_new=False))
    assert isinstance(error, HostKeyChanged)
    assert "seen ssh-rsa SHA256:" in str(error)
    assert not (tmp_path / "known_hosts").exists()


def test_changed_host_key(session_to: Open, tmp_path: Path) -> None:
    session_to("plain")
    known = tmp_path / "known_hosts"
    name, kind, body = known.read_text().split()
    known.write_text(f"{name} {kind} {body[:-8]}AAAAAAA=\n")
    error = error_of(lambda: session_to("plain"))
    assert isinstance(error, HostKeyChanged)
    assert "the host key changed: expected ssh-rsa SHA256:" in str(error)
    session_to("dribble")
    assert len(known.read_text().splitlines()) == 2


def test_known_host_key(session_to: Open) -> None:
    session_to("plain")
    assert session_to("plain", accept_new=False).command("show clock").text


def test_another_router_at_the_address(session_to: Open) -> None:
    error = error_of(lambda: session_to("plain", expect_hostname="lax1"))
    assert isinstance(error, CouldNotRun)
    assert "'gsr1' where 'lax1' was expected" in str(error)


@pytest.mark.parametrize("transport", ["ssh", "telnet"])
def test_nobody_listens(ios: Platform, tmp_path: Path, transport: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = Address("gsr1", "127.0.0.1", free.getsockname()[1], transport)
    error = error_of(lambda: open_session(address, ios, Credentials("a", "b"), str, known_hosts=tmp_path / "k"))
    assert type(error) is Unreachable
    assert "gsr1" in str(error)


@pytest.mark.parametrize("transport", ["ssh", "telnet"])
@pytest.mark.parametrize("says", [b"", b"hello, this is a printer\r\n"])
def test_something_else_listens(ios: Platform, tmp_path: Path, transport: str, says: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(says)
                time.sleep(0.05)

        thread = threading.Thread(target=answer)
        thread.start()
        address = Address("gsr1", "127.0.0.1", server.getsockname()[1], transport)
        account = Credentials("a", "b")
        error = error_of(
            lambda: open_session(address, ios, account, str, known_hosts=tmp_path / "k", accept_new=True, seconds=1)
        )
        thread.join()
    assert isinstance(error, Unreachable)
    assert error.exit_code == 5


def test_a_platform_that_is_not_connected_to(tmp_path: Path) -> None:
    from turnup.platforms import platform

    address = Address("noc", "127.0.0.1", 1)
    error = error_of(lambda: open_session(address, platform("noc"), Credentials("a", "b"), str, known_hosts=tmp_path))
    assert isinstance(error, UsageError)


def test_credentials_do_not_show_their_secrets() -> None:
    assert repr(Credentials("noc", "pass-word-1", "enable-word-1")) == "Credentials(username='noc')"


@pytest.mark.parametrize("transport", ["ssh", "telnet"])
def test_the_session_s_connection_is_still_netmiko_s(session_to: Open, transport: str) -> None:
    """Programs of our users may go on with netmiko's own methods."""
    from netmiko import BaseConnection

    session = session_to("plain", transport)
    session.command("show clock")
    assert isinstance(session.connection, BaseConnection)
    assert "UTC Thu" in session.connection.send_command("show clock", read_timeout=60)
    assert session.connection.is_alive()


@pytest.mark.parametrize("transport", ["ssh", "telnet"])
def test_a_dropped_connection_is_not_alive_and_closes_in_silence(session_to: Open, transport: str) -> None:
    """Asking netmiko is a NUL or a telnet NOP on the wire, and a socket that was reset refuses it."""
    session = session_to("resets", transport)
    session.ask(requests(["show thing 5"]))
    assert not session.connection.is_alive()
    session.close()
    session.close()
    assert not session.connection.is_alive()


@pytest.mark.parametrize("transport", ["ssh", "telnet"])
def test_a_closed_session_says_so(session_to: Open, transport: str) -> None:
    session = session_to("plain", transport)
    session.close()
    with pytest.raises(Unreachable):
        session.command("show clock")
    assert issubclass(ConnectionLost, Unreachable)


def test_two_readings_of_one_command_are_two_commands(session_to: Open) -> None:
    """Counters are compared between two readings: the first answer must never stand for the second."""
    session = session_to("plain")
    first, second = Ask.of("thing"), Ask.of("thing", sample="2")
    asked = session.ask([Request(first, "show thing 1"), Request(second, "show thing 1")])
    assert asked[first].text == asked[second].text
    assert asked[first].at < asked[second].at
