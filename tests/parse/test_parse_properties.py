"""What holds for every template, whatever a router says: nothing is lost in silence, nothing else than our errors."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from turnup import folder
from turnup.configuration import Configuration
from turnup.errors import CouldNotRun, ParseError
from turnup.model.transcript import Answer, Ask
from turnup.parse import Parsed, parse
from turnup.platforms import Platform, Settings

IOS, XE, XR = (Platform(name, folder("templates") / name, Settings(name)) for name in ("ios", "iosxe", "iosxr"))
RECORDED = Path(__file__).parents[1] / "recorded"
GOOD = sorted(
    path.parent
    for platform in (IOS, XE, XR)
    for path in (RECORDED / platform.name / "facts").glob("*/*/case.toml")
    if "\n[[row]]" in path.read_text()
)
STRANGE = "?? no router says this ??"

# Facts whose answer has a last line of its own: every cut is seen. A Catalyst without register has no such line.
CLOSED = {
    "ios": {"directory", "ping", "privilege", "running_config", "version"},
    "iosxe": {"ping"},
    "iosxr": {"directory", "ping", "route", "running_config"},
}

each_good_answer = pytest.mark.parametrize("case", GOOD, ids=lambda case: "-".join((case.parts[-4], *case.parts[-2:])))


def read(fact: str, text: str, platform: Platform = IOS) -> Parsed:
    return parse(platform, Ask(fact), Answer("", text, datetime(2001, 11, 20, tzinfo=UTC)))


def speaker(case: Path) -> Platform:
    """The platform whose router gave this answer."""
    return {"iosxe": XE, "iosxr": XR}.get(case.parts[-4], IOS)


def said(case: Path) -> list[str]:
    return (case / "output.txt").read_text().rstrip("\n").split("\n")


@each_good_answer
def test_an_unknown_line_is_shown_wherever_it_stands(case: Path) -> None:
    fact, platform, lines = case.parts[-2], speaker(case), said(case)
    for index in range(len(lines) + 1):
        text = "\n".join([*lines[:index], STRANGE, *lines[index:]])
        refused = refusal(fact, text, platform)
        if refused is None:
            # Free text keeps it: a message goes on, a configuration has one more line. The header's template leaves
            # the messages to the template of messages.
            buffer = next((n for n, line in enumerate(lines) if line.startswith("Log Buffer")), len(lines))
            kept = any(STRANGE in str(row) for row in read(fact, text, platform).rows)
            assert kept or (fact == "log_header" and index > buffer)
        elif fact != "log_message" or refused.line == STRANGE:  # in front of the messages it passes for a cut one
            assert (refused.line, refused.number) == (STRANGE, index + 1)
            assert STRANGE in str(refused)


def refusal(fact: str, text: str, platform: Platform) -> ParseError | None:
    try:
        read(fact, text, platform)
    except ParseError as error:
        return error
    return None


@each_good_answer
def test_a_cut_answer_is_refused_or_holds_what_was_said(case: Path) -> None:
    fact, platform, lines = case.parts[-2], speaker(case), said(case)
    whole = read(fact, "\n".join(lines), platform).rows
    for end in range(len(lines)):
        try:
            rows = read(fact, "\n".join(lines[:end]), platform).rows
        except CouldNotRun:
            continue
        closed = fact in CLOSED[platform.name] and case.name != "stack-without-register"
        assert not closed, f"the cut behind line {end} was not seen"
        assert rows[:-1] == whole[: len(rows) - 1 if rows else 0]
        if rows:
            same_or_not_yet_said(rows[-1], whole[len(rows) - 1])


def same_or_not_yet_said(cut: object, whole: object) -> None:
    for field in dataclasses.fields(cut):  # type: ignore[arg-type]
        now, then = getattr(cut, field.name), getattr(whole, field.name)
        nothing = now in (None, (), "")
        begun = isinstance(then, str | tuple) and then[: len(now or "")] == now
        assert now == then or nothing or begun, field.name


@each_good_answer
def test_places_are_lines_of_the_answer_in_order(case: Path) -> None:
    lines = said(case)
    places = read(case.parts[-2], "\n".join(lines), speaker(case)).places
    assert all(1 <= first <= last <= len(lines) for first, last in places)
    assert all(before[1] < after[0] for before, after in pairwise(places))
    assert all(lines[first - 1].strip() or case.parts[-2] == "running_config" for first, _ in places)


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[Platform, str, str]:
    """A good answer with lines dropped, doubled, swapped, or letters changed."""
    case = draw(st.sampled_from(GOOD))
    lines = said(case)
    for _ in range(draw(st.integers(1, 4))):
        index = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["drop", "double", "swap", "letter", "cut"])):
            case "drop" if len(lines) > 1:
                del lines[index]
            case "double":
                lines.insert(index, lines[index])
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[index], lines[other] = lines[other], lines[index]
            case "letter" if lines[index]:
                at = draw(st.integers(0, len(lines[index]) - 1))
                letter = draw(st.characters(exclude_characters="\n"))
                lines[index] = lines[index][:at] + letter + lines[index][at + 1 :]
            case _:
                lines[index] = lines[index][: draw(st.integers(0, len(lines[index])))]
    return speaker(case), case.parts[-2], "\n".join(lines)


@settings(max_examples=400, deadline=None)
@given(spoiled())
def test_a_spoiled_answer_raises_nothing_else(answer: tuple[Platform, str, str]) -> None:
    platform, fact, text = answer
    try:
        parsed = read(fact, text, platform)
    except CouldNotRun:
        return
    assert len(parsed.rows) == len(parsed.places)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([(p, fact) for p in (IOS, XR) for fact in sorted(p.commands)]), st.text())
@example((IOS, "running_config"), "\x0b\x0c\x1c\u2028\x85")
def test_any_text_raises_nothing_else(told: tuple[Platform, str], text: str) -> None:
    platform, fact = told
    try:
        read(fact, text, platform)
    except CouldNotRun:
        return


_PIECES = [
    "!",
    "! comment",
    " ! indented comment",
    "",
    "  ",
    "version 12.0",
    "end",
    " end",
    "hostname x",
    "interface POS1/0",
    " ip address 10.0.0.1 255.255.255.252",
    " description two  blanks ",
    "router bgp 64500",
    " address-family vpnv4",
    "  neighbor 10.0.0.2 activate",
    " exit-address-family",
    "banner motd ^C",
    "banner login ^Cone line^C",
    "banner exec #",
    "^C",
    "text ^C",
    "#",
    "ntp clock-period 17180012",
    " ntp clock-period 1",
    "Building configuration...",
    "Current configuration : 2524 bytes",
    "! Last configuration change at 13:58:01 EST Tue Nov 20 2001 by noc",
    "crypto pki certificate chain X",
    "  30820330 30820218",
    "  \tquit",
    "\tquit",
    "exit",
]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=20), st.booleans())
def test_the_configuration_is_read_as_everywhere_else_or_not_at_all(pieces: list[str], whole: bool) -> None:
    text = "\n".join(["version 12.0", *pieces, "end"] if whole else pieces)
    try:
        parsed = read("running_config", text)
    except CouldNotRun:
        return
    configuration = Configuration.read(text)
    assert [(getattr(row, "section", None), getattr(row, "text", None)) for row in parsed.rows] == list(
        configuration.pairs()
    )
    assert [place[0] for place in parsed.places] == [line.number for line in configuration.lines]


def test_the_configuration_is_refused_when_it_is_refused_everywhere_else() -> None:
    for text in ("", "version 12.0", "hostname x\nend", "version 12.0\n end", "version 12.0\nend\nhostname x"):
        with pytest.raises(CouldNotRun):
            Configuration.read(text)
        with pytest.raises(CouldNotRun):
            read("running_config", text)
