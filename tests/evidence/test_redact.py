"""No secret survives, nothing else changes, and doing it twice is doing it once."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnup.errors import InputError, TurnupError
from turnup.evidence import forms
from turnup.evidence.redact import Redactor
from turnup.secrets import TOKEN
from turnup.secrets.hashes import encode_type7, md5crypt

KEY = b"a key of this installation......"
KNOWN = {"LVL3-MD5": "k3y-of-Level3", "last-resort": "Vault-77"}
PLANTED = "pl4nted"

redact = Redactor(KNOWN, KEY)

# Every form, with {} where the secret stands.
FORMS = [
    "enable secret {}",
    "enable secret 0 {}",
    "enable secret level 7 {}",
    "enable password {}",
    "enable password level 5 {}",
    "username lastresort password {}",
    "username lastresort privilege 15 password 0 {}",
    "username lastresort privilege 15 secret {}",
    " neighbor 10.10.3.2 password {}",
    " neighbor IBGP password 0 {}",
    "no neighbor 10.10.3.2 password {}",
    "mpls ldp neighbor 10.1.1.1 password {}",
    "mpls ldp neighbor vrf A 10.1.1.1 password {}",
    "tacacs-server key {}",
    "tacacs-server host 192.0.2.20 key {}",
    "tacacs-server host 192.0.2.20 single-connection port 49 timeout 5 key {}",
    "radius-server key {}",
    "radius-server host 192.0.2.30 auth-port 1645 acct-port 1646 key {}",
    " server-private 192.0.2.30 auth-port 1812 key {}",
    " client 192.0.2.31 server-key {}",
    " key {}",
    "snmp-server community {} RO 10",
    "snmp-server community {} view all RW",
    "snmp-server host 192.0.2.10 {}",
    "snmp-server host 192.0.2.10 traps version 2c {} bgp",
    "snmp-server host 192.0.2.10 version 3 priv {}",
    "snmp-server user noc OPS v3 auth md5 {}",
    "snmp-server user noc OPS v3 auth md5 encrypted {}",
    "snmp-server user noc OPS v3 auth sha clear {}",
    "rmon event 1 log trap {} owner noc",
    " isis password {} level-2",
    " area-password {}",
    " domain-password {} authenticate snp validate",
    " area-password clear {}",
    " lsp-password hmac-md5 clear {}",
    " hello-password accept {}",
    "  key-string {}",
    "  key-string 0 {}",
    "ip ftp password {}",
    "ip http client password 0 {}",
    "ftp client password clear {}",
    "http client vrf BLUE password {}",
    " password {}",
    " password 0 {}",
    " secret {}",
    " ppp chap password {}",
    " ppp pap sent-username nyc password 0 {}",
    "ntp authentication-key 1 md5 {}",
    "crypto isakmp key {} address 192.0.2.9",
    " pre-shared-key address 192.0.2.9 key {}",
    " pre-shared-key {}",
    " ip ospf authentication-key {}",
    " ip ospf message-digest-key 1 md5 {}",
    " area 1 virtual-link 10.0.0.1 message-digest-key 1 md5 {}",
    " standby 1 authentication {}",
    " standby 1 authentication md5 key-string {}",
    " vrrp 1 authentication text {}",
    " l2tp tunnel password {}",
    '    key 1 -- text "{}"',
    "Community name: {}",
    "copy ftp://noc:{}@192.0.2.1/config slot0:",
    "*Nov 22 08:00:00: %PARSER-5-CFGLOG_LOGGEDCMD: User:noc  logged command:neighbor 10.10.3.2 password {}",
    "*Nov 22 08:00:00: %PARSER-5-CFGLOG_LOGGEDCMD: User:noc  logged command:nei 10.10.3.2 pass {}",
    "*Nov 22 08:00:00: %PARSER-5-CFGLOG_LOGGEDCMD: User:noc  logged command:ena sec {}",
    "*Nov 22 08:00:00: %PARSER-5-CFGLOG_LOGGEDCMD: User:noc  logged command: password {}",
    "nyc-hud-gsr1(config)#snmp-server comm {} RO",
    "nyc-hud-gsr1(config-line)#password {}",
    "+ neighbor 10.10.3.2 password {}",
    "- enable secret {}",
]
TYPE7_FORMS = [
    "enable password 7 {}",
    "username lastresort privilege 15 password 7 {}",
    " neighbor 10.10.3.2 password 7 {}",
    "tacacs-server host 192.0.2.20 key 7 {}",
    "tacacs-server key 7 {}",
    " key 7 {}",
    "  key-string 7 {}",
    "  key-string password {}",
    " password 7 {}",
    " password encrypted {}",
    "ip ftp password 7 {}",
    "ftp client password encrypted {}",
    " ppp chap password 7 {}",
    "ntp authentication-key 1 md5 {} 7",
    " lsp-password hmac-md5 encrypted {} level 2",
    " some new command key 7 {} in vrf A",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("secret", [PLANTED, "77", "Zz9!$%^&*()", "0822455D0A16"])
def test_a_secret_becomes_a_token_and_the_rest_stays(form: str, secret: str) -> None:
    if form == " key {}" and secret == "77":
        assert redact(" key 77") == " key 77"  # a key chain's number
        return
    text = redact(form.format(secret))
    head, _, tail = form.partition("{}")
    assert text.startswith(head)
    assert text.endswith(tail)
    assert TOKEN.fullmatch(text[len(head) : len(text) - len(tail)])
    assert redact(text) == text


@pytest.mark.parametrize("form", FORMS)
def test_a_known_secret_becomes_its_name(form: str) -> None:
    assert redact(form.format(KNOWN["LVL3-MD5"])) == form.format("<secret:LVL3-MD5>")


@pytest.mark.parametrize("form", forms.COMMANDS, ids=lambda form: form.pattern[:30])
def test_every_form_of_the_table_is_seen(form: re.Pattern[str]) -> None:
    lines = [line.format(PLANTED) for line in (*FORMS, *TYPE7_FORMS)]
    assert any(form.match(line, len(line) - len(forms.LEAD.sub("", line, count=1))) for line in lines)


def test_two_secrets_in_one_line() -> None:
    line = "snmp-server user noc OPS v3 auth md5 one-1 priv des56 Vault-77"
    assert (
        redact(line) == f"snmp-server user noc OPS v3 auth md5 <secret:#{fp('one-1')}> priv des56 <secret:last-resort>"
    )


def test_two_coded_secrets_in_one_line() -> None:
    line = "snmp-server user u g v3 auth md5 encrypted 094F471A1A0A57 priv des56 encrypted 0822455D0A16"
    assert "094F" not in redact(line)
    assert "0822" not in redact(line)
    assert redact(line).startswith("snmp-server user u g v3 auth md5 encrypted <secret:#")


@pytest.mark.parametrize("form", TYPE7_FORMS)
def test_type_7_is_compared_decoded(form: str) -> None:
    assert redact(form.format(encode_type7("Vault-77", 3))) == form.format("<secret:last-resort>")
    assert redact(form.format(encode_type7("Vault-77", 14).lower())) == form.format("<secret:last-resort>")
    one, other = (redact(form.format(encode_type7(PLANTED, seed))) for seed in (2, 11))
    assert one == other == form.format(f"<secret:#{redact.fingerprint(PLANTED)}>")


@pytest.mark.parametrize("form", TYPE7_FORMS[:-1])
def test_a_type_7_that_cannot_be_decoded_goes_too(form: str) -> None:
    assert redact(form.format("KKKKAAA")) == form.format(f"<secret:#{redact.fingerprint('KKKKAAA')}>")


HASHES = [
    (5, "$1$mERr$hx5rVt7rPNoS4wqbXKX7m0", "cisco"),
    (8, "$8$TnGX/fE4KGHOVU$pEhnEvxrvaynpi8j4f.EMHr6M.FzU8xnZnBr/tJdFWk", "hashcat"),
    (9, "$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6", "hashcat"),
    (4, "2btjjy78REtmYkkW0csHUbJZOstRXoWdX1mGrmmfeHI", "hashcat"),
]


@pytest.mark.parametrize(("kind", "stored", "password"), HASHES)
@pytest.mark.parametrize("form", ["enable secret {}", "username lastresort privilege 15 secret {}", " secret {}"])
def test_a_hash_of_a_known_secret_becomes_its_name(kind: int, stored: str, password: str, form: str) -> None:
    line = form.format(f"{kind} {stored}")
    assert Redactor({"vault": password}, KEY)(line) == form.format(f"{kind} <secret:vault>")
    assert Redactor({"vault": password + "x"}, KEY)(line) == form.format(
        f"{kind} <secret:#{redact.fingerprint(stored)}>"
    )


def test_a_hash_is_taken_out_wherever_it_stands() -> None:
    text = f"some unknown text {md5crypt('Vault-77', 'abcd')}, {md5crypt('another', 'abcd')}."
    assert redact(text).startswith("some unknown text <secret:last-resort>, <secret:#")


def test_a_known_secret_is_taken_out_wherever_it_stands() -> None:
    text = "description call Vault-77 for help; pw=k3y-of-Level3/Vault-77"
    assert redact(text) == "description call <secret:last-resort> for help; pw=<secret:LVL3-MD5>/<secret:last-resort>"
    coded = encode_type7("Vault-77", 9)
    assert redact(f"unheard of: {coded}; ") == "unheard of: <secret:last-resort>; "
    assert redact(f"in a run: 12345{coded}67 ") == "in a run: 12345<secret:last-resort>67 "


def test_a_short_secret_is_taken_out_as_a_word() -> None:
    short = Redactor({"line": "abc1"}, KEY)
    assert short("abc1 is not abc12, xabc1; (abc1)\nabc1") == (
        "<secret:line> is not abc12, xabc1; (<secret:line>)\n<secret:line>"
    )


def test_secrets_with_blanks_go_whole() -> None:
    assert redact("username x password 0 two words\n!") == f"username x password 0 <secret:#{fp('two words')}>\n!"
    assert redact(" password  three of them \r\nx") == f" password  <secret:#{fp('three of them')}> \r\nx"
    assert redact("tacacs-server key my key") == f"tacacs-server key <secret:#{fp('my key')}>"


def fp(value: str) -> str:
    return redact.fingerprint(value)


HARMLESS = """\
version 12.0
service password-encryption
hostname nyc-hud-gsr1
enable last-resort password-recovery
aaa authentication login default tacacs+ local
aaa authentication enable default tacacs+ enable
ip bgp-community new-format
username noc nopassword
interface Serial5/0
 description Level 3 T3Z/NYC/0007 PSO-2001-000051 password key secret
 ip address 10.10.3.1 255.255.255.252
router bgp 64500
 neighbor 10.10.3.2 send-community
 neighbor 10.10.3.2 maximum-prefix 100
key chain ISIS
 key 1
snmp-server enable traps
snmp-server trap-source Loopback0
ip community-list 1 permit 64500:1
route-map CUST-IN permit 10
 set community 64500:100 additive
access-list 10 remark password key 7
access-list 10 permit 192.0.2.0 0.0.0.255
ntp authenticate
ntp trusted-key 1
  Community attribute sent to this neighbor
The password-recovery mechanism is enabled.
Password required, but none set
Password:
% Bad passwords
 75  M  0  01  0000.0c12.3456 00112233 0102030405
    1234 packets input, 0822455D bytes
Peer password string          :        1      7          24        1        24
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_is_no_secret_stays_byte_by_byte(end: str) -> None:
    text = HARMLESS.replace("\n", end)
    assert redact(text) == text


def test_equal_secrets_are_comparable_here_and_only_here() -> None:
    line = "tacacs-server key shared-1"
    assert redact(line) == Redactor({}, KEY)(line)
    assert redact(line) != Redactor({}, KEY[::-1])(line)
    assert redact(line) != redact("tacacs-server key shared-2")


def test_survivors_name_what_a_finished_artefact_still_holds() -> None:
    odd = Redactor({"odd": "a&b<c>d", "plain": "Vault-77"}, KEY)
    assert odd.survivors("nothing here but <secret:odd>") == ()
    assert odd.survivors("<td>a&amp;b&lt;c&gt;d</td>") == ("odd",)
    assert odd.survivors("xVault-77x a&b<c>d") == ("odd", "plain")
    assert odd.assured("nothing here", "cert.json") == "nothing here"
    with pytest.raises(TurnupError, match=r"cert\.json would hold the value of plain") as caught:
        odd.assured("xVault-77x", "cert.json")
    assert "Vault" not in str(caught.value)


@pytest.mark.parametrize("known", [{"cisco-key": "cisco"}, {"a": "secret"}, {"a": "secret:b", "b": "some-thing"}])
def test_a_value_that_stands_in_a_token_is_refused(known: dict[str, str]) -> None:
    with pytest.raises(InputError, match="stands in the text"):
        Redactor(known, KEY)


def test_what_a_redactor_must_be_given() -> None:
    with pytest.raises(InputError, match="16 bytes"):
        Redactor({}, b"short")
    with pytest.raises(InputError, match="under 4"):
        Redactor({"a": "abc"}, KEY)
    with pytest.raises(InputError, match="cannot name"):
        Redactor({"a b": "value-1"}, KEY)


def test_repr_shows_names_only() -> None:
    assert repr(redact) == "Redactor(LVL3-MD5, last-resort)"


def test_real_router_texts_lose_their_secrets_and_nothing_else() -> None:
    folder = Path(os.environ.get("TURNUP_RECORDINGS", Path(__file__).parents[3] / "shared" / "recordings"))
    changed = set()
    for path in sorted(folder.rglob("*.txt")):
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
        clean = redact(text)
        assert redact(clean) == clean, path
        changed |= {old for old, new in zip(text.split("\n"), clean.split("\n"), strict=True) if old != new}
    unlike = [line for line in changed if not re.search(r"(password|secret|key)( [0-9])? \S+", line)]
    assert unlike == []


_letters = st.characters(min_codepoint=33, max_codepoint=126, blacklist_characters="<>?")
_value = st.text(_letters, min_size=6, max_size=20).filter(lambda value: value not in "<secret:known>#")
_around = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30)


@settings(deadline=None)  # other work on the machine must not fail it
@given(_value, st.lists(st.one_of(_around, st.sampled_from([*FORMS, *TYPE7_FORMS])), min_size=1, max_size=6), st.data())
def test_a_known_secret_never_survives(value: str, pieces: list[str], data: st.DataObject) -> None:
    clean = Redactor({"known": value}, KEY)
    stored = st.sampled_from([value, encode_type7(value, data.draw(st.integers(0, 15))), md5crypt(value, "salt")])
    text = "".join(
        (piece.format(data.draw(stored)) if "{}" in piece else piece + data.draw(stored))
        + data.draw(st.sampled_from(["\n", "\r\n", " ", ""]))
        for piece in pieces
        if "{}" in piece or ("{" not in piece and "}" not in piece)
    )
    once = clean(text)
    assert value not in once
    assert clean.survivors(once) == ()
    assert clean(once) == once
    assert once.count("\n") == text.count("\n")


@settings(deadline=None)  # other work on the machine must not fail it
@given(st.lists(st.one_of(st.sampled_from([*FORMS, *TYPE7_FORMS]), _around), max_size=8), _around)
def test_doing_it_twice_changes_nothing(pieces: list[str], value: str) -> None:
    text = "\n".join(piece.replace("{}", value) for piece in pieces)
    assert redact(redact(text)) == redact(text)
