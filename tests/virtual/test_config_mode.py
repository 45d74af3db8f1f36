"""Configuration mode, line by line: what IOS prints and what the configuration shows afterwards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from virtual_estate import device

from turnup.virtual.config_mode import ConfigMode
from turnup.virtual.passwords import decode7

REMOTE_AS_FIRST = "% Specify remote-as or peer-group commands first\n"
CARET = "^\n% Invalid input detected at '^' marker.\n\n"
SER, POS, BGP, ISIS = "interface Serial5/0", "interface POS2/1", "router bgp 64500", "router isis"

# (name, lines typed, answer to the last line; "{n}^" = the caret under column n of the line itself)
ANSWERS = [
    ("overlap", [SER, "ip address 10.10.1.1 255.255.255.252"], "% 10.10.1.0 overlaps with POS2/0\n"),
    ("overlap wider", [SER, "ip address 10.10.1.5 255.255.255.0"], "% 10.10.1.0 overlaps with POS2/0\n"),
    ("network address", [SER, "ip address 10.10.3.0 255.255.255.252"], "Bad mask /30 for address 10.10.3.0\n"),
    ("broadcast address", [SER, "ip address 10.10.3.3 255.255.255.252"], "Bad mask /30 for address 10.10.3.3\n"),
    ("own address again", ["interface POS2/0", "ip address 10.10.1.1 255.255.255.252"], ""),
    ("secondary first", ["interface POS2/0", "ip address 10.10.9.1 255.255.255.252 secondary", "no ip address"],
     "Must delete secondary before deleting primary\n"),
    ("mask missing", [SER, "ip address 10.10.3.1"], "% Incomplete command.\n\n"),
    ("wrong mask", [SER, "ip address 10.10.3.1 255.255.0.252"], "{21}"),
    ("typing error", [SER, "ip adress 10.10.3.1 255.255.255.252"], "{5}"),
    ("indented typing error", [SER, "  ip adress 1.1.1.1"], "{7}"),
    ("unknown word", [SER, "frobnicate"], "{2}"),
    ("incomplete", [SER, "ip"], "% Incomplete command.\n\n"),
    ("bare no", [SER, "no"], "% Incomplete command.\n\n"),
    ("ambiguous", [SER, "i"], '% Ambiguous command:  "i"\n'),
    ("do is later", [SER, "do show version"], "{1}"),
    ("not on this card", [SER, "pos flag c2 22"], "{1}"),
    ("DS-3 words on POS", [POS, "dsu mode 1"], "{1}"),
    ("out of range", [SER, "cablelength 451"], "{12}"),
    ("no such slot", ["interface POS9/0"], "{13}"),
    ("no such port", ["interface ser 5/6"], "{14}"),
    ("physical port stays", ["no interface POS2/0"], "% Removal of physical interfaces is not permitted\n"),
    ("subinterface of nothing", ["interface FastEthernet9/0.5"], "{22}"),
    ("other BGP", ["router bgp 65000"], "BGP is already running; AS is 64500\n"),
    ("neighbor without AS", [BGP, "neighbor 10.10.3.2 description X"], REMOTE_AS_FIRST),
    ("no neighbor twice", [BGP, "no neighbor 10.10.1.2 remote-as 64601", "no neighbor 10.10.1.2 shutdown"],
     REMOTE_AS_FIRST),
    ("peer group unknown", [BGP, "neighbor 10.255.9.9 peer-group NONE"], "% Peer-group NONE is not configured\n"),
    ("AS too large", [BGP, "neighbor 10.10.3.2 remote-as 65536"], "{29}"),
    ("passive on nothing", [ISIS, "passive-interface Serial9/0"], "{24}"),
    ("sequence number taken", ["ip prefix-list CUST-64601-IN seq 5 permit 192.0.2.0/24"],
     "%Insertion failed - seq # exists: 5 permit 192.0.2.0/24\n"),
    ("prefix entry unknown", ["no ip prefix-list CUST-64601-IN seq 10 permit 192.0.2.0/24"],
     "%Can't find specified prefix-list\n"),
    ("same prefix again", ["ip prefix-list CUST-64601-IN seq 5 permit 198.51.100.0/24"], ""),
    ("comment", ["! anything"], ""),
    ("empty", [""], ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "lines", "answer"), ANSWERS, ids=[case[0] for case in ANSWERS])
def test_answer(name: str, lines: list[str], answer: str) -> None:
    mode = ConfigMode(device())
    *before, last = lines
    for line in before:
        assert mode.line(line) == ""
    prompt = mode.prompt
    if answer.startswith("{"):
        answer = " " * (len(prompt) + int(answer.strip("{}"))) + CARET
    unchanged = mode.device.config.text()
    assert mode.line(last) == answer
    assert not answer or mode.device.config.text() == unchanged


# (name, lines typed, section, lines that appear, lines that go away)
CHANGES = [
    ("replaced", [POS, "description one", "description two"], POS, ["description two"], []),
    ("address takes its `no` away", [SER, "ip address 10.10.3.1 255.255.255.252"], SER,
     ["ip address 10.10.3.1 255.255.255.252"], ["no ip address"]),
    ("no address", ["interface POS2/0", "no ip address"], "interface POS2/0", ["no ip address"],
     ["ip address 10.10.1.1 255.255.255.252"]),
    ("default takes its `no` away", ["interface POS2/0", "ip redirects", "cdp enable"], "interface POS2/0", [],
     ["no ip redirects", "no cdp enable"]),
    ("hidden defaults", [SER, "encapsulation hdlc", "framing c-bit", "crc 16", "dsu bandwidth 44210"], SER, [], []),
    ("hidden default undoes", [SER, "crc 32", "encapsulation ppp", "crc 16"], SER, ["encapsulation ppp"], []),
    ("crc of the card", ["interface POS1/0", "crc 16"], "interface POS1/0", ["crc 16"], []),
    ("abbreviated", ["int s5/0", "desc A  b", "ip addr 10.10.3.1 255.255.255.252", "enc ppp", "no shut"], SER,
     ["description A  b", "ip address 10.10.3.1 255.255.255.252", "encapsulation ppp"], ["no ip address", "shutdown"]),
    ("global from a submode", [SER, "hostname other"], "", ["hostname other"], ["hostname nyc-hud-gsr1"]),
    ("type 7", [BGP, "neighbor 10.10.1.2 password abc"], BGP, ["neighbor 10.10.1.2 password 7 06070D22"],
     ["neighbor 10.10.1.2 password 7 00212B27296B2723420001652C20"]),
    ("neighbor goes whole", [BGP, "no neighbor 10.10.1.2 remote-as 64601"], BGP, [], [
        "neighbor 10.10.1.2 remote-as 64601", "neighbor 10.10.1.2 description CUST|EXAMPLE-A|PSO:PSO-2001-000042|",
        "neighbor 10.10.1.2 password 7 00212B27296B2723420001652C20", "neighbor 10.10.1.2 version 4",
        "neighbor 10.10.1.2 prefix-list CUST-64601-IN in", "neighbor 10.10.1.2 route-map CUST-IN in",
        "neighbor 10.10.1.2 route-map CUST-OUT out", "neighbor 10.10.1.2 maximum-prefix 100 80"]),
    ("passive takes isis away", [ISIS, "passive-interface POS1/0"], "interface POS1/0", [], ["ip router isis"]),
    ("numbered by five", ["ip prefix-list CUST-64601-IN permit 192.0.2.9/24"], "",
     ["ip prefix-list CUST-64601-IN seq 10 permit 192.0.2.0/24"], []),
    ("list goes whole", ["no ip prefix-list CUST-64601-IN"], "", [],
     ["ip prefix-list CUST-64601-IN seq 5 permit 198.51.100.0/24"]),
    ("numbered list goes whole", ["no access-list 10 deny any"], "", [],
     ["access-list 10 permit 192.0.2.0 0.0.0.255", "access-list 10 deny   any"]),
    ("entries are appended", ["access-list 10 permit host 192.0.2.1"], "",
     ["access-list 10 permit host 192.0.2.1"], []),
    ("secret is hashed", ["username a secret b"], "", ["username a secret 5 $1$92eb$KRrBui2QTUNzIO45FQMxX0"], []),
    ("route-map entry", ["route-map NEW", "set local-preference 90"], "route-map NEW permit 10",
     ["set local-preference 90"], []),
    ("loopback comes", ["interface lo 7"], "interface Loopback7", ["no ip address", "no ip directed-broadcast"], []),
    ("subinterface comes", ["interface g4/0.100", "encapsulation dot1q 100"], "interface GigabitEthernet4/0.100",
     ["no ip address", "no ip directed-broadcast", "encapsulation dot1Q 100"], []),
    ("banner", ["banner login #one", "interface POS2/0", "two#"], "banner login ^C",
     ["one", "interface POS2/0", "two^C"], []),
    ("password plain", ["no service password-encryption", BGP, "neighbor 10.10.1.2 password abc"], BGP,
     ["neighbor 10.10.1.2 password abc"], ["neighbor 10.10.1.2 password 7 00212B27296B2723420001652C20"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "lines", "section", "new", "gone"), CHANGES, ids=[case[0] for case in CHANGES])
def test_change(name: str, lines: list[str], section: str, new: list[str], gone: list[str]) -> None:
    router = device()
    before = router.configuration.sections.get(section, ())
    mode = ConfigMode(router)
    for line in lines:
        assert mode.line(line) == ""
    after = router.configuration.sections[section]
    added = [line for line in after if line not in before]
    assert [line for line in added if not (section == "" and line.startswith("interface "))] == new
    assert [line for line in before if line not in after] == gone


def test_lines_stand_where_ios_shows_them() -> None:
    router = device()
    mode = ConfigMode(router)
    for line in (SER, "no cdp enable", "crc 32", "encapsulation ppp", "description D", "no ip redirects"):
        mode.line(line)
    assert router.configuration.section(SER) == (
        "description D", "no ip address", "no ip redirects", "no ip directed-broadcast", "encapsulation ppp",
        "shutdown", "crc 32", "no cdp enable",
    )  # fmt: skip


def test_what_is_shown_can_be_typed_in_again() -> None:
    router = device()
    text = router.config.text()
    mode = ConfigMode(router)
    for line in text.splitlines()[:-1]:
        assert mode.line(line) == (
            "" if line != "banner motd ^C" else "Enter TEXT message.  End with the character '^C'.\n"
        )
    assert router.config.text() == text


def test_description_is_cut_at_240() -> None:
    router = device()
    mode = ConfigMode(router)
    mode.line(POS)
    mode.line("description " + "x" * 241)
    assert router.config.value(POS, ("description",)) == "description " + "x" * 240


def test_unknown_word_in_a_submode_leaves_it_only_when_it_is_a_global_command() -> None:
    mode = ConfigMode(device())
    mode.line(POS)
    assert mode.prompt == "nyc-hud-gsr1(config-if)#"
    mode.line("frobnicate")
    assert mode.prompt == "nyc-hud-gsr1(config-if)#"
    mode.line("ip classless")
    assert mode.prompt == "nyc-hud-gsr1(config)#"


def test_events_are_logged() -> None:
    router = device()
    mode = ConfigMode(router)
    for line in (SER, "ip address 10.10.3.1 255.255.255.252", "shutdown", BGP, "neighbor 10.10.3.2 remote-as 64603",
                 SER, "no shutdown", "no shutdown", BGP, "neighbor 10.10.3.2 shutdown", "interface POS1/0",
                 "shutdown"):  # fmt: skip
        mode.line(line)
    assert [entry.text for entry in router.log] == [
        "%LINK-3-UPDOWN: Interface Serial5/0, changed state to up",
        "%LINEPROTO-5-UPDOWN: Line protocol on Interface Serial5/0, changed state to up",
        "%BGP-5-ADJCHANGE: neighbor 10.10.3.2 Up",
        "%BGP-5-ADJCHANGE: neighbor 10.10.3.2 Down Admin. shutdown",
        "%LINK-5-CHANGED: Interface POS1/0, changed state to administratively down",
        "%LINEPROTO-5-UPDOWN: Line protocol on Interface POS1/0, changed state to down",
        "%CLNS-5-ADJCHANGE: ISIS: Adjacency to nyc-hud-gsr2 (POS1/0) Down, interface state down",
    ]


def test_wrong_as_or_key_brings_no_session_up() -> None:
    router = device()
    mode = ConfigMode(router)
    for line in (SER, "ip address 10.10.3.1 255.255.255.252", "no shutdown", BGP, "neighbor 10.10.3.2 remote-as 64604"):
        mode.line(line)
    assert not any("ADJCHANGE" in entry.text for entry in router.log)


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=60))
def test_no_line_breaks_the_router(line: str) -> None:
    router = device()
    mode = ConfigMode(router, section=POS)
    mode.line(line)
    if not mode.busy:
        router.config.configuration()


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=25))
def test_type_7_comes_back(plain: str) -> None:
    router = device()
    mode = ConfigMode(router, section=BGP)
    mode.line(f"neighbor 10.10.1.2 password 0 {plain}")
    shown = (router.config.value(BGP, ("neighbor", "10.10.1.2", "password")) or "").split()
    assert shown[3] == "7"
    assert decode7(shown[4]) == plain
