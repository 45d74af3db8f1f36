"""A platform's configuration in the tests' words: which line becomes which, and that none gets lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnup.configuration import Configuration
from turnup.errors import AnswerIncomplete, InputError
from turnup.reading import Block, Implied, Reading, Rule, Whole, read_table

TABLE = Reading(
    whole=Whole(r"!! IOS XR Configuration (?P<version>\S+)", "version {version}"),
    passing=(r"Building configuration\.\.\.", r"[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ [\d:.]+ \S+"),
    closers=("exit", "exit-address-family"),
    blocks=(Block(r"route-policy \S+", "end-policy"),),
    rules=(
        Rule(r"ipv4 address (?P<prefix>[\d.]+/\d+)", r"interface \S+", says=("ip address {prefix:netmask}",)),
        Rule(r"ipv4 address (?P<rest>.+)", r"interface \S+", says=("ip address {rest}",)),
        Rule(
            r"interface (?P<port>\S+) address-family ipv4 unicast",
            r"router isis (?P<tag>\S+)",
            says=("ip router isis {tag}",),
            into="interface {port}",
            unless="interface {port} passive",
        ),
        Rule(r"interface \S+ address-family ipv4 unicast", r"router isis \S+", leave_out="passive: never spoken"),
        Rule(r"interface (?P<port>\S+) passive", r"router isis \S+", says=("passive-interface {port}",)),
        Rule(r"interface \S+", r"router isis \S+", leave_out="its lines name it"),
        Rule("line default", says=("line vty default",)),
    ),
    implied=(
        Implied("aaa new-model", "there is no other model"),
        Implied("metric-style wide", "the default", r"router isis \S+", "metric-style .+"),
    ),
)
TEXT = """Tue Jan  3 14:57:35.234 UTC
Building configuration...
!! IOS XR Configuration 6.1.2
!! Last configuration change at Tue Jan  3 14:50:00 2017 by noc
!
hostname nyc-hud-xr1
line default
 access-class ingress MGMT
!
interface POS0/5/0/0
 ipv4 address 10.10.3.1 255.255.255.252
 pos
  crc 32
 !
!
interface POS0/1/0/0
 ipv4 address 10.254.1.1/30
!
route-policy CUST
  if destination in CUST then
    pass
  endif
end-policy
!
router isis POP
 net 49.0001.0102.5500.1001.00
 interface Loopback0
  passive
  address-family ipv4 unicast
  !
 !
 interface POS0/1/0/0
  address-family ipv4 unicast
   metric 10
  !
 !
 interface POS0/9/0/0
  address-family ipv4 unicast
!
end
"""


def _config() -> Configuration:
    return Configuration.read(TEXT, TABLE)


def test_lines_come_in_the_tests_words() -> None:
    config = _config()
    assert config.section("interface POS0/5/0/0") == ("ip address 10.10.3.1 255.255.255.252", "pos", "pos crc 32")
    assert config.section("interface POS0/1/0/0") == ("ip address 10.254.1.1 255.255.255.252", "ip router isis POP")
    assert config.section("line vty default") == ("access-class ingress MGMT",)
    assert "passive-interface Loopback0" in (config.section("router isis POP") or ())
    assert "version 6.1.2" in config.top


def test_line_without_rule_keeps_its_place() -> None:
    """`metric 10` of an interface is no metric of the process: the headers around it stand before it."""
    body = _config().section("router isis POP") or ()
    assert "interface POS0/1/0/0 address-family ipv4 unicast metric 10" in body
    assert "metric 10" not in body


def test_section_that_only_rules_fill_has_a_header() -> None:
    """IS-IS on an interface without a stanza of its own is seen by whoever walks the interfaces."""
    assert "interface POS0/9/0/0" in _config().headers("interface")
    assert _config().section("interface POS0/9/0/0") == ("ip router isis POP",)


def test_line_is_shown_as_the_router_shows_it() -> None:
    line = next(line for line in _config().lines if line.text == "ip router isis POP")
    assert line.shown == "address-family ipv4 unicast"
    assert TEXT.split("\n")[line.number - 1].strip() == line.shown


def test_block_keeps_every_line_below_its_header() -> None:
    assert _config().section("route-policy CUST") == ("if destination in CUST then", "pass", "endif")


def test_implied_lines_hold_until_the_router_says_otherwise() -> None:
    assert "aaa new-model" in _config().top
    assert "metric-style wide" in (_config().section("router isis POP") or ())
    narrow = Configuration.read(TEXT.replace(" net 49", " metric-style narrow\n net 49"), TABLE)
    assert "metric-style wide" not in (narrow.section("router isis POP") or ())


def test_what_is_left_out_is_named_with_its_reason() -> None:
    reasons = {out.reason for out in TABLE.left_out(TEXT)}
    assert reasons == {"passive: never spoken", "its lines name it"}


def test_order_is_read_by_the_same_table() -> None:
    rendered = [
        ("interface POS0/5/0/0", "ipv4 address 10.10.3.1 255.255.255.252"),
        ("route-policy CUST", "pass"),
        ("", "end-policy"),
        ("line default", "access-class ingress MGMT"),
    ]
    assert TABLE.words(rendered) == (
        ("interface POS0/5/0/0", "ip address 10.10.3.1 255.255.255.252"),
        ("route-policy CUST", "pass"),
        ("line vty default", "access-class ingress MGMT"),
    )


def test_plain_reading_keeps_the_platforms_own_words() -> None:
    config = Configuration.read(TEXT, TABLE.plain)
    assert "interface POS0/1/0/0 address-family ipv4 unicast metric 10" in (config.section("router isis POP") or ())
    assert config.section("interface POS0/1/0/0") == ("ipv4 address 10.254.1.1/30",)
    assert "aaa new-model" not in config.top


def test_cut_anywhere_is_refused() -> None:
    lines = TEXT.splitlines(keepends=True)
    for count in range(len(lines)):
        with pytest.raises(AnswerIncomplete):
            Configuration.read("".join(lines[:count]), TABLE)
    with pytest.raises(AnswerIncomplete):
        Configuration.read(TEXT.replace("!! IOS XR Configuration 6.1.2\n", ""), TABLE)


_words = st.sampled_from(
    ("interface POS0/1/0/0", "address-family ipv4 unicast", "passive", "net 1", "x  y ", "ipv4 address 10.0.0.1/30")
)
_headers = st.sampled_from(("router isis POP", "interface POS0/1/0/0", "line default", "hostname r", "router bgp 1"))
_bodies = st.lists(st.tuples(_headers, st.lists(st.tuples(st.integers(1, 4), _words), max_size=6)), max_size=6)


@given(_bodies)
def test_no_line_gets_lost_and_order_is_kept(bodies: list[tuple[str, list[tuple[int, str]]]]) -> None:
    shown = [header if depth == 0 else " " * depth + header for header, depth in _flat(bodies)]
    text = "\n".join(["!! IOS XR Configuration 6.1.2", *shown, "end", ""])
    lines = TABLE.lines(text)
    told = {line.number for line in lines} | {out.number for out in TABLE.left_out(text)}
    assert told >= set(range(1, len(shown) + 3))
    numbers = [line.number for line in lines]
    assert numbers == sorted(numbers)
    raw = text.split("\n")
    assert all(line.shown == raw[line.number - 1].strip(" ") or line.shown.strip() == raw[line.number - 1].strip()
               for line in lines if line.number)  # fmt: skip
    opened = {line.text for line in lines if not line.section}
    assert all(line.section in opened for line in lines if line.section)


def _flat(bodies: list[tuple[str, list[tuple[int, str]]]]) -> list[tuple[str, int]]:
    return [pair for header, body in bodies for pair in ((header, 0), *((text, depth) for depth, text in body))]


@given(st.text(alphabet=" !\nabcdefinterface POS0/1 end^C", max_size=200))
def test_reading_is_total(text: str) -> None:
    """Whatever stands there gives lines or the refusal of a configuration that is not whole; never another error."""
    TABLE.lines(text)
    with pytest.raises(AnswerIncomplete):
        Configuration.read(text, TABLE)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("line = 'a'", "either `says` or `leave_out`"),
        ("line = 'a'\nsays = ['b']\nleave_out = 'c'", "either `says` or `leave_out`"),
        ("line = '('\nsays = ['b']", "not a pattern"),
        ("line = 'a'\nsays = ['{b}']", "{b} is no group"),
        ("line = 'a'\nsay = ['b']", "say"),
    ],
)
def test_table_that_cannot_be_meant_is_refused(tmp_path: Path, rule: str, told: str) -> None:
    file = tmp_path / "reading.toml"
    file.write_text(f"whole = {{ line = 'x', says = 'version 1' }}\n[[rules]]\n{rule}\n")
    with pytest.raises(InputError, match=told.replace("{", r"\{").replace("}", r"\}")):
        read_table(file, "sample")
