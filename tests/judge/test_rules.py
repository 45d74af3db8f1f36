"""The rules that tests share: times, access-lists, BGP sections, method lists, tokens, log windows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnup.configuration import Configuration
from turnup.errors import CouldNotRun
from turnup.facts.access_list import AccessList
from turnup.facts.clock import Clock
from turnup.facts.log_message import LogMessage
from turnup.model.equipment import AclEntry
from turnup.rules.aaa import method_list, terminal_lines
from turnup.rules.access_list import entry_of, same_meaning
from turnup.rules.bgp import as_number, bgp_section
from turnup.rules.isis import Names, net_parts, same_name
from turnup.rules.logs import Subjects, in_window, is_fault
from turnup.rules.times import duration, router_now, stamp_time, uptime
from turnup.rules.tokens import as_intended, secret_after, token_name, without_token

NOW = datetime(2026, 11, 22, 9, 10, tzinfo=UTC)
UP = timedelta(weeks=3, days=2, hours=4)


# --- times -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("00:10:12", timedelta(minutes=10, seconds=12)),
        ("1d02h", timedelta(days=1, hours=2)),
        ("2w3d", timedelta(days=17)),
        ("1y10w", timedelta(days=365 + 70)),
        ("never", None),
        ("", None),
        ("2w3d and more", None),
    ],
)
def test_duration(text: str, period: timedelta | None) -> None:
    assert duration(text) == period


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("36 weeks, 1 day, 15 hours, 9 minutes", timedelta(weeks=36, days=1, hours=15, minutes=9)),
        ("1 year, 2 weeks", timedelta(days=365 + 14)),
        ("7 minutes", timedelta(minutes=7)),
        ("51 weeks 3 days 3 hours 4 minutes", timedelta(weeks=51, days=3, hours=3, minutes=4)),
        ("3 days and 4 minutes", None),
        ("a while", None),
    ],
)
def test_uptime(text: str, period: timedelta | None) -> None:
    assert uptime(text) == period


@pytest.mark.parametrize(
    ("stamp", "time"),
    [
        ("Nov 22 08:01:02.200 UTC", datetime(2026, 11, 22, 8, 1, 2, tzinfo=UTC)),
        ("Nov 22 08:01:02", datetime(2026, 11, 22, 8, 1, 2, tzinfo=UTC)),
        ("Nov  2 2025 08:01:02", datetime(2025, 11, 2, 8, 1, 2, tzinfo=UTC)),
        ("Dec 31 23:59:59", datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)),  # no year: last December
        ("*Mar  1 00:00:08.383", None),  # clock not set
        (".Nov 22 08:01:02", None),  # lost its time server
        ("Nov 22 08:01:02 EST", None),  # not the zone of the clock
        ("Feb 29 00:00:00", None),  # no such day this year
        ("nonsense", None),
    ],
)
def test_dated_stamp(stamp: str, time: datetime | None) -> None:
    assert stamp_time(stamp, NOW, UP) == time


def test_uptime_stamp_is_its_last_moment() -> None:
    booted = NOW - UP
    assert stamp_time("00:00:06", NOW, UP) == booted + timedelta(seconds=7)
    assert stamp_time("2w3d", NOW, UP) == booted + timedelta(days=18)
    assert stamp_time("3w2d", NOW, UP) == NOW  # not later than now
    assert stamp_time("2w3d", NOW, None) is None


def _clock(zone: str, month: str = "Nov") -> Clock:
    return Clock(None, "09:10:00.123", zone, "Sun", month, 22, 2026, "NTP")


def test_clock_in_the_sites_zone() -> None:
    assert router_now(_clock("UTC"), "America/New_York") == NOW
    assert router_now(_clock("EST"), "America/New_York") == NOW + timedelta(hours=5)
    assert router_now(_clock("EDT", "Jul"), "America/New_York").utcoffset() == timedelta(hours=-4)


@pytest.mark.parametrize(
    ("zone", "site"), [("PST", "America/New_York"), ("EDT", "America/New_York"), ("EST", "Nowhere/X")]
)
def test_clock_of_an_unknown_zone_could_not_run(zone: str, site: str) -> None:
    with pytest.raises(CouldNotRun):
        router_now(_clock(zone), site)


# --- access-lists ----------------------------------------------------------------------------------------------


def _entry(action: str, source: str) -> AclEntry:
    return AclEntry(action, IPv4Network(source))


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        ("192.0.2.10", "192.0.2.10/32"),
        ("host 192.0.2.10", "192.0.2.10/32"),
        ("192.0.2.0, wildcard bits 0.0.0.255", "192.0.2.0/24"),
        ("192.0.2.0 0.0.0.255", "192.0.2.0/24"),
        ("any", "0.0.0.0/0"),
        ("any log", "0.0.0.0/0"),
    ],
)
def test_entry_in_every_way_of_writing(rule: str, source: str) -> None:
    assert entry_of(AccessList("Standard", "10", None, "permit", rule, None)) == _entry("permit", source)


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("Extended", "tcp 192.0.2.0 0.0.0.255 any eq telnet"),
        ("Standard", "192.0.2.0 0.0.255.0"),
        ("Standard", "192.0.2.1 0.0.0.255"),
    ],
)
def test_entry_that_cannot_be_compared(kind: str, rule: str) -> None:
    with pytest.raises(CouldNotRun):
        entry_of(AccessList(kind, "10", None, "permit", rule, None))


def test_order_counts_where_entries_overlap() -> None:
    first = [_entry("deny", "192.0.2.1/32"), _entry("permit", "192.0.2.0/24")]
    assert not same_meaning(first, first[::-1])


def test_order_of_hosts_does_not_count() -> None:
    hosts = [_entry("permit", f"192.0.2.{n}/32") for n in (1, 2, 3)]
    assert same_meaning(hosts, hosts[::-1])


_ENTRIES = st.lists(
    st.builds(
        _entry,
        st.sampled_from(["permit", "deny"]),
        st.integers(0, 7).map(lambda n: f"192.0.2.{n * 32}/27") | st.sampled_from(["192.0.2.0/24", "192.0.2.32/32"]),
    ),
    max_size=5,
    unique=True,
)


def _decides(entries: list[AclEntry], address: int) -> str:
    return next((e.action for e in entries if address in range(int(e.source[0]), int(e.source[-1]) + 1)), "deny")


@given(_ENTRIES, st.randoms())
def test_lists_of_the_same_meaning_decide_every_address_alike(entries: list[AclEntry], random: object) -> None:
    other = list(entries)
    random.shuffle(other)  # type: ignore[attr-defined]
    if same_meaning(entries, other):
        base = int(IPv4Network("192.0.2.0/24")[0])
        assert all(_decides(entries, base + n) == _decides(other, base + n) for n in range(256))


# --- BGP -------------------------------------------------------------------------------------------------------

_BGP = """version 12.0
router bgp 64500
 neighbor PG peer-group
 neighbor PG remote-as 64500
 neighbor PG route-map GROUP-IN in
 neighbor PG maximum-prefix 10
 neighbor 10.0.0.1 peer-group PG
 neighbor 10.0.0.1 maximum-prefix 20
 neighbor 10.0.0.2 remote-as 64603
 neighbor 10.0.0.2 route-map OWN-IN in
 neighbor 10.0.0.2 route-map OWN-OUT out
end
"""


def test_peer_group_is_inherited_and_own_lines_go_first() -> None:
    section = bgp_section(Configuration.read(_BGP))
    assert section is not None
    member, own = section.neighbors["10.0.0.1"], section.neighbors["10.0.0.2"]
    assert member.value("remote-as") == "64500"
    assert member.value("maximum-prefix") == "20"
    assert member.inbound("route-map") == "GROUP-IN"
    assert (own.inbound("route-map"), own.outbound("route-map")) == ("OWN-IN", "OWN-OUT")
    assert own.value("shutdown") is None


def test_two_processes_could_not_run() -> None:
    with pytest.raises(CouldNotRun):
        bgp_section(Configuration.read("version 12.0\nrouter bgp 1\nrouter bgp 2\nend\n"))


@pytest.mark.parametrize(("text", "number"), [("64500", 64500), ("1.10", 65546), ("65000.1", 4259840001)])
def test_as_number(text: str, number: int) -> None:
    assert as_number(text) == number


@pytest.mark.parametrize("text", ["", "x", "1.", "1.x", "-1"])
def test_no_as_number(text: str) -> None:
    with pytest.raises(CouldNotRun):
        as_number(text)


# --- IS-IS -----------------------------------------------------------------------------------------------------


def test_net_parts() -> None:
    assert net_parts("49.0001.0102.5500.1001.00") == ("49.0001", "0102.5500.1001")
    with pytest.raises(CouldNotRun):
        net_parts("49.0001.0102.5500.1001")


_KNOWN = frozenset(
    {"nyc-hud-gsr1", "nyc-hud-gsr2", "nyc-hud-gsr12", "nyc-hud-gsr123", "nyc-hud-dnac1", "lax-wil-core-router"}
)


@pytest.mark.parametrize(
    ("shown", "expected", "longest", "same"),
    [
        ("nyc-hud-gsr2", "nyc-hud-gsr2", 12, True),
        ("nyc-hud-dnac", "nyc-hud-dnac1", 12, True),  # cut after 12 characters, and nobody else begins so
        ("nyc-hud-dnac", "nyc-hud-dnac1", 13, True),  # another row was cut after 13
        ("lax-wil-core-", "lax-wil-core-router", 13, True),
        ("nyc-hud-gsr12", "nyc-hud-gsr123", 13, None),  # cut, or the router of that name
        ("nyc-hud-gsr1", "nyc-hud-gsr123", 12, None),
        ("nyc-hud-gsr1", "nyc-hud-gsr123", 14, False),  # not cut: the router of that name
        ("nyc-hud-dnac", "nyc-hud-dnac1", 14, None),  # not cut, and nobody knows a router of that name
        ("nyc-hud-gsr", "nyc-hud-gsr2", 11, None),  # 11 characters tell too little
        ("nyc-hud-gsr22", "nyc-hud-gsr2", 13, False),  # longer than expected is another name
        ("nyc-hud-gsr2", "nyc-hud-gsr3", 12, False),
    ],
)
def test_cut_names(shown: str, expected: str, longest: int, same: bool | None) -> None:
    assert same_name(shown, expected, Names(_KNOWN, longest)) is same


def test_address_decides_between_cut_names() -> None:
    assert same_name("nyc-hud-gsr1", "nyc-hud-gsr123", Names(_KNOWN, 12), by_address=True)
    assert not same_name("nyc-hud-gsr2", "nyc-hud-gsr123", Names(_KNOWN, 12), by_address=True)


# --- AAA -------------------------------------------------------------------------------------------------------


def test_both_syntaxes_name_the_same_methods() -> None:
    old = Configuration.read("version 12.0\naaa authentication login default tacacs+ local\nend\n")
    new = Configuration.read("version 12.0\naaa authentication login default group tacacs+ local\nend\n")
    for config in (old, new):
        found = method_list(config, "authentication login", "default")
        assert found is not None
        assert found.methods == ("tacacs+", "local")
    assert method_list(old, "authentication login", "CONSOLE") is None


@pytest.mark.parametrize(
    ("line", "never"),
    [("exec-timeout 0 0", True), ("exec-timeout 0", True), ("exec-timeout 0 30", False), ("exec-timeout 10 0", False)],
)
def test_never_times_out(line: str, never: bool) -> None:
    config = Configuration.read(f"version 12.0\nline con 0\n {line}\nend\n")
    assert terminal_lines(config, "con")[0].never_times_out is never


# --- tokens ----------------------------------------------------------------------------------------------------


def test_key_is_compared_by_its_token() -> None:
    shown = "neighbor 10.0.0.1 password 7 <secret:KEY>"
    assert as_intended(shown) == "neighbor 10.0.0.1 password <secret:KEY>"
    assert without_token(shown) == without_token("neighbor 10.0.0.1 password <secret:#12345678>")
    assert token_name(shown) == "KEY"
    assert token_name("neighbor 10.0.0.1 password <secret:#12345678>") is None


@pytest.mark.parametrize(
    ("line", "type_", "name"),
    [
        ("privilege 15 secret 5 <secret:x>", 5, "x"),
        ("privilege 15 secret <secret:x>", 0, "x"),
        ("secret 9 <secret:#12345678>", 9, None),
    ],
)
def test_secret_after(line: str, type_: int, name: str | None) -> None:
    secret = secret_after(line.split(), "secret")
    assert secret is not None
    assert (secret.type, secret.name) == (type_, name)


def test_no_secret() -> None:
    assert secret_after(["privilege", "15"], "secret") is None
    assert secret_after(["secret"], "secret") is None


# --- logs ------------------------------------------------------------------------------------------------------


def _message(stamp: str | None, code: str, text: str = "") -> LogMessage:
    facility, severity, mnemonic = code.rsplit("-", 2)
    return LogMessage(None, None, stamp, facility, int(severity), mnemonic, text)


def test_message_of_unknown_time_counts_unless_an_older_one_follows() -> None:
    cut = _message(None, "SYS-2-X")
    old, young = _message("Nov 22 07:00:00", "A-6-B"), _message("Nov 22 08:30:00", "A-6-B")
    unset = _message("*Mar  1 00:00:01", "SYS-2-X")
    since = datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert in_window([cut, old, unset, young], since, NOW, UP) == (unset, young)
    assert in_window([cut, young], since, NOW, UP) == (cut, young)
    assert in_window([cut, old], None, NOW, UP) == (cut, old)
    assert in_window([young, old], since, NOW, UP) == (young, old)  # a clock behind: it arrived later


_SUBJECTS = Subjects(("Serial5/0", "POS1/0"), ("10.10.3.2",))


@pytest.mark.parametrize(
    ("code", "text", "fault"),
    [
        ("SYS-0-PANIC", "", True),
        ("SYS-3-CPUHOG", "", True),
        ("SYS-5-CONFIG_I", "", False),
        ("LINK-3-UPDOWN", "Interface Serial5/0, changed state to down", False),  # counted, not judged alone
        ("SONET-4-ALARM", "POS1/0: SLOS", True),
        ("SONET-4-ALARM", "POS1/0: SLOS cleared", False),
        ("SONET-4-ALARM", "POS1/01: SLOS", False),
        ("FABRIC-6-SOMETHING", "", True),
        ("TAC+-6-NOCONF", "", True),
        ("QM-4-SANITY", "", True),
        ("BGP-3-NOTIFICATION", "received from neighbor 10.10.3.2 3/1", True),
        ("BGP-3-NOTIFICATION", "received from neighbor 10.10.3.20 3/1", False),
    ],
)
def test_fault(code: str, text: str, fault: bool) -> None:
    assert is_fault(_message(None, code, text), (), (), _SUBJECTS) is fault
