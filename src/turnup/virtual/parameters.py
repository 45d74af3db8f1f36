"""The parameters of commands: what each kind accepts and how IOS writes it back."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from turnup.model.interface_name import InterfaceName

_RANGE = re.compile(r"<(\d+)-(\d+)>")
_KINDS = ("A.B.C.D/nn", "A.B.C.D", "MASK", "INTERFACE", "HEX", "PEER", "WORD", "LINE")
_MASKS = {str(IPv4Network((0, length)).netmask) for length in range(33)}
_TYPES = (
    "ATM", "Ethernet", "FastEthernet", "GigabitEthernet", "Loopback", "Multilink", "Null", "POS", "SRP", "Serial",
    "Tunnel",
)  # fmt: skip
_NAME = re.compile(r"([A-Za-z]+) *(\d+(?:/\d+)*)((?:[.:]\d+)?)(?=\s|$)")


def is_parameter(token: str) -> bool:
    """Whether a token of a grammar is a parameter, not a keyword."""
    return token in _KINDS or bool(_RANGE.fullmatch(token))


def specificity(kind: str) -> int:
    """In which order the parameters of one place are tried: the narrow ones first."""
    return _KINDS.index(kind) + 1 if kind in _KINDS else 0


def accept(kind: str, line: str, token: re.Match[str]) -> tuple[str, int] | None:
    """Canonical word and the column behind it; None when the text at the token is not of that kind."""
    if kind == "LINE":
        return line[token.start() :].rstrip(), len(line)
    if kind == "INTERFACE":
        return _interface(line, token.start())
    word = _word(kind, token.group())
    return None if word is None else (word, token.end())


def _word(kind: str, text: str) -> str | None:
    if match := _RANGE.fullmatch(kind):
        return str(int(text)) if text.isascii() and text.isdigit() and _within(match, int(text)) else None
    if kind == "HEX":
        return text.upper() if re.fullmatch(r"(0[xX])?[0-9A-Fa-f]+", text) else None
    if kind in ("A.B.C.D", "MASK"):
        return _address(text) if kind == "A.B.C.D" else (text if text in _MASKS else None)
    if kind == "A.B.C.D/nn":
        return _network(text)
    if kind == "PEER":
        return _address(text) or (text if re.fullmatch(r"[A-Za-z][\w.-]*", text) else None)
    return text


def _within(match: re.Match[str], number: int) -> bool:
    return int(match[1]) <= number <= int(match[2])


def _address(text: str) -> str | None:
    try:
        return str(IPv4Address(text))
    except AddressValueError:
        return None


def _network(text: str) -> str | None:
    if "/" not in text:
        return None
    try:
        return str(IPv4Network(text, strict=False))
    except ValueError:
        return None


def _interface(line: str, start: int) -> tuple[str, int] | None:
    """`pos2/0`, `POS 2/0`, `s5/0`, `Gi4/0.100`: any unambiguous beginning of the type, with or without a blank."""
    if not (match := _NAME.match(line, start)):
        return None
    typed = match[1].lower()
    near = [name for name in _TYPES if name.lower().startswith(typed)]
    exact = [name for name in near if name.lower() == typed]
    if len(near) != 1 and not exact:
        usual = InterfaceName.parse(f"{match[1]}0").type  # `s` is Serial although SRP begins so too; `PO` is POS
        exact = [usual] if usual in _TYPES else []
    if not exact and len(near) != 1:
        return None
    return f"{(exact or near)[0]}{match[2]}{match[3]}", match.end()


def interface_order(name: str) -> tuple[object, ...]:
    """Sort key of interfaces as `show running-config` lists them: loopbacks, tunnels, the slots, the RP's Ethernet0."""
    match = re.fullmatch(r"([A-Za-z]+)(\d+(?:/\d+)*)(?:[.:](\d+))?", name)
    if match is None:
        return (9, name, (), 0)
    group = {"Loopback": 0, "Null": 1, "Tunnel": 2, "Multilink": 3}.get(match[1], 4)
    numbers = tuple(int(part) for part in match[2].split("/"))
    if group == 4:
        group, kind = (5 if len(numbers) == 1 else 4), ""
    else:
        kind = match[1]
    return (group, kind, numbers, int(match[3] or 0))
