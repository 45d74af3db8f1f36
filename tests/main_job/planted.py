"""Secrets planted wherever a router, a person or the environment could hold one, and the search for them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from turnup.evidence.packing import SUFFIX, unpack
from turnup.secrets.hashes import decode_type7, encode_type7, md5crypt

# Coded as type 8 and 9 are; what matters is their form.
_TYPE8 = "$8$nhEmQVczB7dqsO$X.HsgL6x1il0RxkOSSvyQYwucySCt7qFm4v7pqCxkKM"
_TYPE9 = "$9$nhEmQVczB7dqsO$iVj5LBEOLpdaxO2WYQ2qDBBB3BcB8rU9XgfTVlmqN8A"

LOGGED = "%PARSER-5-CFGLOG_LOGGEDCMD: User:op  logged command:"


@dataclass(frozen=True)
class Plant:
    """One secret in one form: the configuration lines that hold it, and the words that may be found nowhere."""

    name: str
    lines: tuple[str, ...]
    words: tuple[str, ...]


def _plain(number: int) -> str:
    return f"Pl4nt-{number:02d}-xQ7vb"


def _of(number: int, name: str, *lines: str, forms: str = "0") -> Plant:
    """`{0}` stands for the secret, `{7}` and `{5}` for its type 7 and type 5 form; the parent line comes first."""
    secret = _plain(number)
    coded, hashed = encode_type7(secret, 5), md5crypt(secret, "s4lt")
    written = tuple(line.replace("{0}", secret).replace("{7}", coded).replace("{5}", hashed) for line in lines)
    return Plant(name, written, (secret, *([coded] if "7" in forms else []), *([hashed] if "5" in forms else [])))


def in_configuration() -> tuple[Plant, ...]:
    """Every form in which a router's configuration holds a secret, each with a secret of its own."""
    return (
        _of(1, "enable password", "enable password {0}"),
        _of(2, "enable secret 5", "enable secret 5 {5}", forms="5"),
        _of(3, "username password 0", "username u3 password 0 {0}"),
        _of(4, "username password 7", "username u4 password 7 {7}", forms="7"),
        _of(5, "username secret 5", "username u5 secret 5 {5}", forms="5"),
        Plant("username secret 8", (f"username u6 secret 8 {_TYPE8}",), (_TYPE8, _TYPE8.rpartition("$")[2])),
        Plant("username secret 9", (f"username u7 secret 9 {_TYPE9}",), (_TYPE9, _TYPE9.rpartition("$")[2])),
        _of(8, "tacacs key of a host", "tacacs-server host 192.0.2.99 key {0}"),
        _of(9, "tacacs key 7", "tacacs-server key 7 {7}", forms="7"),
        _of(10, "radius key", "radius-server key {0}"),
        _of(11, "radius key of a host", "radius-server host 192.0.2.98 auth-port 1645 key 7 {7}", forms="7"),
        _of(12, "snmp community", "snmp-server community {0} RO 10"),
        _of(13, "snmp trap community", "snmp-server host 192.0.2.10 {0}"),
        _of(14, "snmp user", "snmp-server user op grp v3 auth md5 {0}"),
        _of(15, "BGP password 0", "router bgp 64500", "neighbor 10.255.1.2 password {0}"),
        _of(16, "BGP password 7", "router bgp 64500", "neighbor 10.255.2.1 password 7 {7}", forms="7"),
        _of(17, "key chain 0", "key chain KC1", "key 1", "key-string {0}"),
        _of(18, "key chain 7", "key chain KC2", "key 1", "key-string 7 {7}", forms="7"),
        _of(19, "IS-IS password", "router isis", "domain-password {0}"),
        _of(20, "IS-IS area password", "router isis", "area-password {0}"),
        _of(21, "IS-IS interface password", "interface POS1/0", "isis password {0} level-2"),
        _of(22, "OSPF key", "interface POS1/0", "ip ospf message-digest-key 1 md5 7 {7}", forms="7"),
        _of(23, "NTP key", "ntp authentication-key 1 md5 {0}"),
        _of(24, "FTP password", "ip ftp password {0}"),
        _of(25, "line password", "line con 0", "password {0}"),
        _of(26, "line password 7", "line aux 0", "password 7 {7}", forms="7"),
        _of(27, "HSRP key", "interface FastEthernet7/0", "standby 1 authentication {0}"),
        _of(28, "PPP CHAP", "interface POS2/1", "ppp chap password {0}"),
        _of(29, "URL", "boot system ftp://op:{0}@192.0.2.30/gsr-p-mz"),
        _of(30, "ISAKMP key", "crypto isakmp key {0} address 192.0.2.77"),
    )


def in_the_log() -> tuple[Plant, ...]:
    """Messages of the router; the plant's lines are messages."""
    command = LOGGED
    return (
        _of(50, "logged user", f"{command}username u50 password 0 {{0}}"),
        _of(51, "logged BGP key", f"{command} neighbor 10.10.3.2 password {{0}}"),
        _of(52, "logged abbreviation", f"{command}snmp comm {{0}} ro"),
        _of(53, "logged type 7", f"{command}tacacs-server key 7 {{7}}", forms="7"),
        _of(54, "logged URL", "%SYS-6-READ_BOOTFILE: ftp://op:{0}@192.0.2.30/gsr-p-mz"),
    )


def found_in(secret: str) -> Iterator[str]:
    """The secret and its common encodings, as texts to look for."""
    data = secret.encode()
    yield secret
    yield data.hex()
    # Base64 by all three alignments; what its neighbours decide is cut off.
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + data).decode()
        yield whole[shift + bool(shift) : len(whole) - 4]


def leaks(text: str, secrets: Iterable[tuple[str, str]]) -> list[str]:
    """Names of those (name, secret) that stand in the text: plain, hexadecimal, base64, or type 7 of any salt."""
    lower, coded = text.lower(), _decoded_runs(text)
    return [
        name
        for name, secret in secrets
        if any(form.lower() in lower if form == secret.encode().hex() else form in text for form in found_in(secret))
        or any(secret in run for run in coded)
    ]


def _decoded_runs(text: str) -> list[str]:
    """What every run of hexadecimal digits means when it is read as type 7."""
    runs = []
    for match in re.finditer(r"(?<![0-9A-Za-z])[0-5][0-9](?:[0-9A-Fa-f]{2}){6,40}(?![0-9A-Za-z])", text):
        try:
            runs.append(decode_type7(match[0]))
        except ValueError:
            continue
    return runs


def written(*folders: Path) -> Iterator[tuple[str, str]]:
    """(name, text) of every file below these folders, compressed evidence unpacked."""
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                yield str(path), (unpack(data) if path.suffix == SUFFIX else data).decode("latin-1")
