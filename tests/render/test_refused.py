"""What an order may not ask for, and what may never stand in a line."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_orders import BGP, GOLDEN, IOS, POLICY, ROUTER, Case, assign, order_for

import turnup.render.order as order_module
from turnup.errors import Clarification, InputError, Refused, TurnupError
from turnup.model.order import Bgp, CrossConnect, Customer, Encapsulation, Layer2, Layer3, PortServiceOrder
from turnup.platforms import Platform, Settings
from turnup.render import grammar_of, render_order
from turnup.render.grammar import untyped
from turnup.render.intent import typed

DS3 = GOLDEN[0]
PPP = DS3.layer2
E = Encapsulation

REFUSED: list[tuple[str, str, Layer2, Bgp | None, str]] = [
    ("ppp on ethernet", "8FE-TX", Layer2(E.PPP), BGP, "layer2.encapsulation"),
    ("dot1q on a DS-3", "6DS3-SMB", Layer2(E.DOT1Q, vlan=5), BGP, "layer2.encapsulation"),
    ("frame relay on engine 2", "OC48/POS", Layer2(E.FRAME_RELAY, dlci=16), BGP, "layer2.encapsulation"),
    ("C2 on a DS-3", "6DS3-SMB", replace(PPP, c2=22), BGP, "layer2.c2"),
    ("DSU on POS", "4OC3/POS", Layer2(E.PPP, dsu_mode=1), BGP, "layer2.dsu_mode"),
    ("crc on ethernet", "GE-GBIC", Layer2(E.ETHERNET, crc=32), BGP, "layer2.crc"),
    ("crc 24", "6DS3-SMB", replace(PPP, crc=24), BGP, "layer2.crc"),
    ("vlan 0", "8FE-TX", Layer2(E.DOT1Q, vlan=0), BGP, "layer2.vlan"),
    ("no vlan", "8FE-TX", Layer2(E.DOT1Q), BGP, "layer2.vlan"),
    ("a vlan without dot1q", "8FE-TX", Layer2(E.ETHERNET, vlan=5), BGP, "layer2.vlan"),
    ("dlci 15", "6DS3-SMB", Layer2(E.FRAME_RELAY, dlci=15), BGP, "layer2.dlci"),
    ("bypass with scrambling", "6DS3-SMB", Layer2(E.PPP, framing="bypass", scramble=True), BGP, "layer2.framing"),
    ("sdh on a DS-3", "6DS3-SMB", Layer2(E.PPP, framing="sdh"), BGP, "layer2.framing"),
    ("a line in the framing", "6DS3-SMB", Layer2(E.PPP, framing="m13\nno router bgp 1"), BGP, "layer2.framing"),
    ("four-byte AS", "6DS3-SMB", PPP, replace(BGP, peer_as=65536), "bgp.peer_as"),
    ("our own AS", "6DS3-SMB", PPP, replace(BGP, peer_as=64500), "bgp.peer_as"),
    ("no prefix", "6DS3-SMB", PPP, replace(BGP, allowed_prefixes=()), "bgp.allowed_prefixes"),
    ("default route", "6DS3-SMB", PPP, replace(BGP, allowed_prefixes=(IPv4Network("0.0.0.0/0"),)), "allowed_prefixes"),
    ("no limit", "6DS3-SMB", PPP, replace(BGP, maximum_prefix=0), "bgp.maximum_prefix"),
    ("unknown key", "6DS3-SMB", PPP, replace(BGP, md5_key_ref="NOBODY"), "bgp.md5_key_ref"),
    ("channelized card", "CHOC12/DS3", Layer2(E.PPP), BGP, "not offered"),
]


@pytest.mark.parametrize(("card", "layer2", "bgp", "said"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED])
def test_the_card_or_the_order_cannot(card: str, layer2: Layer2, bgp: Bgp | None, said: str) -> None:
    order = order_for(Case("", card, layer2, bgp))
    with pytest.raises(Clarification) as refused:
        render_order(IOS, assign(order, card), ROUTER, POLICY)
    assert said in str(refused.value)


def test_all_points_are_told_at_once() -> None:
    order = order_for(Case("", "6DS3-SMB", Layer2(E.PPP, crc=24, c2=1), replace(BGP, peer_as=0)))
    with pytest.raises(Clarification) as refused:
        render_order(IOS, assign(order, "6DS3-SMB"), ROUTER, POLICY)
    assert {field for field, _ in refused.value.points} == {"layer2.crc", "layer2.c2", "bgp.peer_as"}


def test_what_a_port_needs_is_asked_for() -> None:
    order = replace(order_for(DS3), layer2=None, layer3=None, cross_connect=None)
    with pytest.raises(Clarification) as refused:
        render_order(IOS, assign(order, "6DS3-SMB"), ROUTER, POLICY)
    assert {field for field, _ in refused.value.points} == {"layer2", "layer3", "cross_connect"}


@pytest.mark.parametrize("prefix", ["10.0.0.0/29", "10.0.0.1/32"])
def test_only_point_to_point_links(prefix: str) -> None:
    order = replace(order_for(DS3), layer3=Layer3(IPv4Network(prefix)))
    with pytest.raises(Clarification, match=r"layer3\.link_prefix"):
        render_order(IOS, assign(order, "6DS3-SMB"), ROUTER, POLICY)


ATTACKS = (
    "x\nno router bgp 64500", "x\r", "x?", "\x03", "\x1a", "\x16?", "\x1b[A", "x\u2028y", "x\u0085y", "x\x0by", "é",
    "^C", "`id`", "%x", "a|b", "a>b", "<secret:last-resort>", " x", "x ", "a  b", "!x", "no ip address", "\\", '"',
    "x" * 300, "", "\t", "\x00", "\x7f", "A" * 61,
)  # fmt: skip


def with_text(field: str, text: str) -> PortServiceOrder:
    """The contract's order with that text in one of the fields that reach the router."""
    order = order_for(DS3)
    bgp = order.bgp or BGP
    cross_connect = order.cross_connect or CrossConnect("", "")
    return {
        "order_id": replace(order, order_id=text),
        "customer.code": replace(order, customer=Customer(text, "x")),
        "circuit_id": replace(order, cross_connect=replace(cross_connect, circuit_id=text)),
        "policy_name": replace(order, bgp=replace(bgp, policy_name=text)),
        "md5_key_ref": replace(order, bgp=replace(bgp, md5_key_ref=text)),
        "framing": replace(order, layer2=replace(PPP, framing=text)),
        "router_end": replace(order, layer3=Layer3(IPv4Network("10.10.3.0/30"), router_end=text)),
    }[field]


FIELDS = ("order_id", "customer.code", "circuit_id", "policy_name", "md5_key_ref", "framing", "router_end")


@pytest.mark.parametrize("attack", ATTACKS, ids=ascii)
@pytest.mark.parametrize("field", FIELDS)
def test_attacks_are_refused(field: str, attack: str) -> None:
    with pytest.raises((Clarification, Refused)):
        render_order(IOS, assign(with_text(field, attack), "6DS3-SMB"), ROUTER, POLICY)


TEXTS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=" !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\n\r\x03\x16\x1aabno 0", max_size=40),
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_/ -]{0,40}", fullmatch=True),
)


@settings(max_examples=300, deadline=None)
@given(field=st.sampled_from(FIELDS), text=TEXTS)
def test_no_text_of_an_order_ever_makes_a_line(field: str, text: str) -> None:
    """Straight into the renderer, past the loader: the same lines in the same sections, or nothing at all."""
    expected = list(typed(render_order(IOS, assign(order_for(DS3), "6DS3-SMB"), ROUTER, POLICY).phase1))
    try:
        intent = render_order(IOS, assign(with_text(field, text), "6DS3-SMB"), ROUTER, POLICY)
    except (Clarification, Refused):
        return
    lines = list(typed(intent.phase1))
    for line, other in zip(lines, expected, strict=True):
        assert line.section == other.section
        assert line.text.split()[0] == other.text.split()[0]
        assert line.text.isascii()
        assert line.text.isprintable()
        assert len(line.text) <= 254


def test_the_inventory_cannot_add_a_line_either() -> None:
    with pytest.raises(Refused):
        render_order(IOS, assign(order_for(DS3), "6DS3-SMB"), replace(ROUTER, isis_tag="x\nno router isis"), POLICY)
    with pytest.raises(Refused):
        render_order(IOS, assign(order_for(DS3), "6DS3-SMB"), replace(ROUTER, isis_tag="a b"), POLICY)


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a?b", "\x03", "é", "\u2028"], ids=ascii)
def test_a_value_is_looked_at_when_it_is_put_in(text: str) -> None:
    with pytest.raises(Refused, match="must not be sent"):
        order_module._printable(text)


def test_a_value_that_adds_a_line_the_grammar_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The values' own check is off: the number of lines still gives it away."""
    monkeypatch.setattr(order_module, "_printable", str)
    record = replace(ROUTER, isis_tag="A\nip prefix-list X seq 5 permit 0.0.0.0/0")
    with pytest.raises(Refused, match="added a line"):
        render_order(IOS, assign(order_for(DS3), "6DS3-SMB"), record, POLICY)


@pytest.mark.parametrize(
    ("section", "line", "said"),
    [
        ("router bgp 64500", "neighbor 10.1.1.2 password <secret:#0f3a5b77>", "not among those turnup knows"),
        ("router ospf 1", "shutdown", "may not write below"),
        ("", "no interface POS1/0", "never sent"),
        ("interface POS1/0", " shutdown", "must not be sent"),
        ("interface POS1/0\n", "shutdown", "must not be sent"),
        ("", "ip prefix-list X seq 5 permit 0.0.0.0/0 le 32", "not a line"),
    ],
)
def test_the_grammar_refuses(section: str, line: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        grammar_of(IOS).check(section, line)


def scratch(tmp_path: Path, **templates: str) -> Platform:
    """The ios templates with some replaced."""
    home = tmp_path / "ios"
    (home / "config").mkdir(parents=True)
    for file in (IOS.home / "config").iterdir():
        (home / "config" / file.name).write_bytes(file.read_bytes())
    for name, text in templates.items():
        (home / "config" / f"{name}.j2").write_text(text)
    return Platform("ios", home, Settings("scratch"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("access-list 10 permit any", "never sent"),
        ("hostname other", "never sent"),
        ("router bgp 64500\n network 192.0.2.0", "not a line"),
        ("route-map CUST-IN permit 10", "never sent"),
        ("line vty 0 4\n no login", "never sent"),
        ("interface Loopback0\n shutdown", "not a line"),
        ("no interface POS1/0", "never sent"),
        ("interface {{ port }}\n ip access-group 10 in", "not a line"),
        ("interface {{ port }}\n no router bgp 64500", "never sent"),
        ("interface {{ port }}\n{{ undefined_thing }}", "undefined_thing"),
        ("interface {{ port }}\n description " + "x" * 300, "must not be sent"),
        ("interface {{ port }}\n description what?", "must not be sent"),
    ],
)
def test_a_template_cannot_send_what_orders_do_not_own(tmp_path: Path, line: str, said: str) -> None:
    platform = scratch(tmp_path, serial=f"interface {{{{ port }}}}\n shutdown\n{line}\n")
    with pytest.raises(Refused, match=said):
        render_order(platform, assign(order_for(DS3), "6DS3-SMB"), ROUTER, POLICY)


def test_a_card_type_without_a_template_is_a_point(tmp_path: Path) -> None:
    platform = scratch(tmp_path)
    (platform.home / "config" / "serial.j2").unlink()
    with pytest.raises(Clarification, match=r"serial\.j2"):
        render_order(platform, assign(order_for(DS3), "6DS3-SMB"), ROUTER, POLICY)


def test_a_platform_without_grammar_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(TurnupError, match=r"grammar\.toml"):
        grammar_of(Platform("bare", tmp_path, Settings("bare")))


def test_a_mistyped_grammar_is_told(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "grammar.toml").write_text('[[lines]]\npatern = "x"\n')
    with pytest.raises(InputError, match="did you mean 'pattern'"):
        grammar_of(Platform("bad", tmp_path, Settings("bad")))


@pytest.mark.parametrize(
    ("shown", "plain"),
    [
        ("neighbor 10.1.1.2 password 7 <secret:A>", "neighbor 10.1.1.2 password <secret:A>"),
        ("neighbor 10.1.1.2 password <secret:A>", "neighbor 10.1.1.2 password <secret:A>"),
        ("neighbor 10.1.1.2 password 7 094F471A1A0A", "neighbor 10.1.1.2 password 7 094F471A1A0A"),
        ("description password 7 x", "description password 7 x"),
    ],
)
def test_the_type_of_a_redacted_password_does_not_matter(shown: str, plain: str) -> None:
    assert untyped(shown) == plain
