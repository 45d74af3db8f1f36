"""What is told from an answer before a template sees it, and what becomes of its values."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Interface

import pytest

from turnup import folder
from turnup.errors import AnswerIncomplete, CommandRefused, InputError, ParseError, TurnupError, UsageError
from turnup.facts.interface import Interface
from turnup.facts.privilege import Privilege
from turnup.model.transcript import Answer, Ask
from turnup.parse import Parsed, fact_class, parse
from turnup.parse.answer import lines_of
from turnup.parse.fact_types import readers
from turnup.platforms import Platform, Settings

IOS = Platform("ios", folder("templates") / "ios", Settings("IOS"))
NOW = datetime(2001, 11, 20, tzinfo=UTC)


def read(fact: str, text: str, platform: Platform = IOS, failure: str = "") -> Parsed:
    return parse(platform, Ask(fact), Answer("show x", text, NOW, failure=failure))


@pytest.mark.parametrize(
    "text",
    [
        "% Invalid input detected at '^' marker.",
        "                ^\n% Invalid input detected at '^' marker.\n",
        "\n\n     ^\n\n% Invalid input detected at '^' marker.\n\n",
        "% Incomplete command.\n",
        '% Ambiguous command:  "sh pri"\n',
        "% Unknown command or computer name, or unable to find computer address\n",
        "% Bad IP address or host name\n",
        "% Authorization failed.\n",
        "Command authorization failed.\n",
        "% Unrecognized host or address, or protocol not running.\n",
        "Load for five secs: 1%/0%; one minute: 2%; five minutes: 3%\n"
        "Time source is NTP, 18:56:04.554 EST Mon Oct 17 2016\n\n% Incomplete command.",
    ],
)
def test_a_refused_command_is_no_answer(text: str) -> None:
    with pytest.raises(CommandRefused, match="refused the command: "):
        read("privilege", text)


@pytest.mark.parametrize(
    "text",
    [
        "Current privilege level is 15\n% Invalid input detected at '^' marker.",  # not the first line
        "%SYS-5-CONFIG_I: Configured from console by vty0\nCurrent privilege level is 15",  # a log line between
        "% Something new",
        "     ^\nCurrent privilege level is 15",
        "nyc-hud-gsr1#show privilege\nCurrent privilege level is 15",  # the command is another one: see read()
        "show x | include 15\nCurrent privilege level is 15",  # a filter left lines out
        "nyc-hud-gsr1#\nCurrent privilege level is 15",
        "Current privilege level is fifteen",
    ],
)
def test_what_is_no_refusal_and_not_known_is_shown(text: str) -> None:
    with pytest.raises(ParseError) as caught:
        read("privilege", text)
    assert caught.value.line == text.split("\n")[caught.value.number - 1]


def test_a_platform_may_say_what_its_refusals_are() -> None:
    xr = Platform("x", IOS.home, Settings("X", refusals=("Not today",)))
    with pytest.raises(CommandRefused):
        read("privilege", "Not today, thank you", xr)
    with pytest.raises(ParseError):
        read("privilege", "% Incomplete command.", xr)


def test_a_log_buffer_that_begins_with_a_message_is_not_refused() -> None:
    text = "SLOT 1:Sep 16 19:06:40.003 UTC: %EE48-3-QM_SANITY_WARNING: Authorization failed"
    assert len(read("log_message", text).rows) == 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\n\r\n", ""])
def test_line_ends_do_not_matter(end: str) -> None:
    assert read("privilege", "Current privilege level is 15" + end) == Parsed((Privilege(15),), ((1, 1),))


def test_lines_that_tell_when_are_blank_and_keep_the_numbers() -> None:
    text = "Load for five secs: 52%/0%; one minute: 57%; five minutes: 26%\n"
    text += "Time source is NTP, 17:11:11.421 EST Tue Sep 13 2016\n"
    assert read("privilege", text + "Current privilege level is 1").places == ((3, 3),)
    assert lines_of("Tue Jan  3 14:57:35.234 UTC\nx") == ["", "x"]
    assert lines_of("x\nTue Jan  3 14:57:35.234 UTC") == ["x", "Tue Jan  3 14:57:35.234 UTC"]


@pytest.mark.parametrize(
    "text",
    [
        "show x\n%s",
        "sh x\r\n%s\r\n",
        "nyc-hud-gsr1#sho x\n\n%s\nnyc-hud-gsr1#",
        "nyc-hud-gsr1>show x\n%s\nnyc-hud-gsr1>\n",
        "RP/0/0/CPU0:chi-crs1#show x\nTue Jan  3 14:57:35.234 UTC\n%s\nRP/0/0/CPU0:chi-crs1#",
        "    2960-acc1# show x\n    %s\n    2960-acc1(boot)#\n    ",
        "[2001-11-20 10:00:00,000] +++ nyc-hud-gsr1: executing command 'show x' +++\nshow x\n%s\nnyc-hud-gsr1#",
        "=====================\n   Show X\n=====================\n%s",
    ],
)
def test_what_stands_around_an_answer_in_a_capture_is_blank(text: str) -> None:
    text = text % "Current privilege level is 15"
    number = next(n for n, line in enumerate(text.splitlines(), start=1) if "privilege" in line)
    assert read("privilege", text) == Parsed((Privilege(15),), ((number, number),))


def test_a_capture_of_an_unknown_command_may_begin_with_any_but_a_filtered_one() -> None:
    said = "show privilege\nCurrent privilege level is 15"
    assert parse(IOS, Ask("privilege"), Answer("", said, NOW)).rows == (Privilege(15),)
    with pytest.raises(ParseError):
        parse(IOS, Ask("privilege"), Answer("", said.replace("\n", " | begin 15\n"), NOW))


def test_linux_says_ping_itself() -> None:
    assert lines_of("PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.")[0]


def test_the_clock_itself_is_no_such_line() -> None:
    clock = read("clock", "*14:57:35.234 UTC Tue Jan 3 2012\nTime source is NTP\n").rows[0]
    assert (getattr(clock, "flag", ""), getattr(clock, "source", "")) == ("*", "NTP")


@pytest.mark.parametrize("fact", sorted(set(IOS.commands) - {"access_list", "tacacs_server"}))
@pytest.mark.parametrize("text", ["", "\n", " \r\n\r\n"])
def test_silence_is_no_answer(fact: str, text: str) -> None:
    with pytest.raises(AnswerIncomplete, match="empty"):
        read(fact, text)


@pytest.mark.parametrize("fact", ["access_list", "tacacs_server"])
def test_silence_is_an_answer_where_a_router_has_nothing_to_say(fact: str) -> None:
    assert read(fact, "\n") == Parsed((), ())


def test_an_answer_that_never_came_is_not_parsed() -> None:
    with pytest.raises(AnswerIncomplete, match="`show x` was not answered: connection lost"):
        read("privilege", "Current privilege level is 15", failure="connection lost")


def test_a_fact_without_template_or_file_is_an_error() -> None:
    with pytest.raises(InputError, match="no template for dns_answer"):
        read("dns_answer", "x")
    with pytest.raises(UsageError, match="no fact 'nonsense'"):
        fact_class("nonsense")


def test_values_are_typed_as_the_fact_says() -> None:
    how = readers(Interface)
    assert how["mtu"]("1500") == 1500
    assert how["mtu"]("") is None
    assert how["address"]("10.0.0.1/30") == IPv4Interface("10.0.0.1/30")
    assert how["name"](["a", "b"]) == "a\nb"
    with pytest.raises(ValueError, match="invalid literal"):
        readers(Privilege)["level"]("")


def test_a_value_that_does_not_convert_shows_its_line() -> None:
    text = "Loopback0 is up, line protocol is up\n  Internet address is 10.0.0.999/32\n"
    text += (
        "  Last input never, output never, output hang never\n     0 output errors, 0 collisions, 0 interface resets"
    )
    with pytest.raises(ParseError, match=r"address is '10\.0\.0\.999/32'") as caught:
        read("interface", text)
    assert caught.value.number == 2


def test_a_field_type_that_nobody_reads_is_a_defect() -> None:
    from turnup.parse.fact_types import _reader

    with pytest.raises(TurnupError):
        _reader(float)


def test_two_facts_may_share_a_command() -> None:
    assert IOS.commands["log_header"] == IOS.commands["log_message"] == "show logging"
