"""An inventory entry for a router, from what the router itself answers.

What a router cannot tell (its site, what lies behind a link, which ports are bad) is written as a comment to fill in:
the loader names every field that is still missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import AddressValueError, IPv4Interface, NetmaskValueError
from typing import Any

from turnup.configuration import Configuration
from turnup.facts.slot import Slot
from turnup.facts.version import Version
from turnup.model.equipment import LineCard
from turnup.model.interface_name import InterfaceName
from turnup.model.text import plain

_PROCESSOR = re.compile(r"Route Processor|GRP|PRP", re.IGNORECASE)
_SAFE = re.compile(r"(?=.*[A-Za-z]|(?:.*\.){2})[A-Za-z0-9][A-Za-z0-9._/-]*( [A-Za-z0-9._/()-]+)*")
_NOT_A_CARD = re.compile(r"Clock Scheduler|Switch Fabric|Alarm|Power|Blower|Bus Board", re.IGNORECASE)


def discover_entry(
    version: Version,
    slots: Sequence[Slot],
    configuration: Configuration,
    cards: Mapping[str, LineCard],
    *,
    platform: str = "ios",
    address: str = "",
) -> str:
    """A `hosts.yaml` entry from our own facts (`show version`, `show gsr`, `show running-config`).

    `cards` are the platform's line cards by part; `address` is where the router was reached. A card without a record
    of ours is a comment, never a guess.
    """
    chassis, _, processor = version.chassis.partition("/")
    lines = [f"{_word(version.hostname)}:"]
    lines += [f"  hostname: {_word(address or _loopback(configuration))}", f"  platform: {platform}", "  data:"]
    lines.append("    # site: which Equipment Site of sites.yaml; a router cannot tell")
    lines += _pairs({"chassis": f'"{chassis}"', "processor": _word(processor), "memory_kbyte": version.memory_kbyte})
    lines += _pairs(_identity(configuration))
    if device := re.match(r"[a-z][a-z0-9]*:", version.image_file):
        lines.append(f'    flash_device: "{device[0]}"')
    lines += _slots(slots, cards)
    lines += _links(configuration)
    lines += _services(configuration)
    return "\n".join(lines) + "\n"


def discover_from_getters(
    facts: Mapping[str, Any], interfaces_ip: Mapping[str, Mapping[str, Mapping[str, Any]]], *, platform: str
) -> str:
    """The same from NAPALM's `get_facts` and `get_interfaces_ip`, for platforms whose driver is sound (not 12.0S)."""
    addresses = {name: _first(found) for name, found in interfaces_ip.items()}
    loopback = next((address for name, address in addresses.items() if re.match("lo", name, re.IGNORECASE)), "")
    lines = [
        f"{_word(facts['hostname'])}:",
        f"  hostname: {_word(loopback.partition('/')[0])}",
        f"  platform: {platform}",
    ]
    lines += ["  data:", "    # site, processor, net, local_as: the getters cannot tell"]
    lines += _pairs({"chassis": _word(facts["model"]), "loopback": _word(loopback.partition("/")[0])})
    lines += [f"    # {_word(name)} has {address}" for name, address in addresses.items() if address]
    return "\n".join(lines) + "\n"


def _identity(configuration: Configuration) -> dict[str, object]:
    """Loopback, NET, level and AS."""
    isis = next(iter(configuration.headers("router isis")), "")
    body = configuration.section(isis) or ()
    bgp = next(iter(configuration.headers("router bgp")), "")
    return {
        "loopback": _loopback(configuration),
        "net": _after(body, "net "),
        "is_type": _after(body, "is-type ") or ("level-1-2" if body else ""),
        "isis_tag": isis.removeprefix("router isis").strip(),
        "local_as": bgp.removeprefix("router bgp").strip(),
    }


def _slots(slots: Sequence[Slot], cards: Mapping[str, LineCard]) -> Iterator[str]:
    processors = [slot.slot for slot in slots if _PROCESSOR.search(slot.card)]
    if processors and processors != [0]:
        yield f"    processor_slots: {processors}"
    yield "    slots:"
    for slot in slots:
        if slot.slot in processors or _NOT_A_CARD.search(slot.card):
            continue
        parts = _parts(slot.card, cards)
        if len(parts) == 1:
            yield f"      {slot.slot}: {parts[0]}"
        else:
            why = f"one of {', '.join(parts)}" if parts else "no record in linecards/"
            yield f"      # {slot.slot}: {_word(slot.card)} ({why})"


def _parts(name: str, cards: Mapping[str, LineCard]) -> list[str]:
    """Parts whose names for `show diag` begin the router's name for the card; the longest name decides."""
    found = {part: _longest(name, card.show_diag) for part, card in cards.items()}
    best = max(found.values(), default=0)
    return sorted(part for part, length in found.items() if length == best and best)


def _longest(name: str, starts: Iterable[str]) -> int:
    return max((len(start) for start in starts if name.lower().startswith(start.lower())), default=0)


def _links(configuration: Configuration) -> Iterator[str]:
    """Interfaces that speak IS-IS: links of the POP, their far ends to be filled in."""
    found = []
    for header in configuration.headers("interface"):
        body = configuration.section(header) or ()
        address = _address(body)
        name = InterfaceName.parse(header.removeprefix("interface ").split()[0])
        if name.type != "Loopback" and address and any(line.startswith("ip router isis") for line in body):
            far = [host for host in address.network.hosts() if host != address.ip]
            found += [
                f"      - interface: {name}",
                f"        address: {address}",
                "        # far_router, far_interface: what lies behind it",
                *([f"        far_address: {far[0]}"] if len(far) == 1 else ["        # far_address: the other end"]),
            ]
    yield from (["    links:", *found] if found else [])


def _services(configuration: Configuration) -> Iterator[str]:
    domain = _after(configuration.top, "ip domain-name ") or _after(configuration.top, "ip domain name ")
    yield from _pairs({"dns_zone": domain})
    for field, start in (
        ("name_servers", "ip name-server "),
        ("tacacs_servers", "tacacs-server host "),
        ("log_hosts", "logging "),
    ):
        lines = [line.removeprefix(start) for line in configuration.top if line.startswith(start)]
        words = [word for line in lines for word in (line.split() if field == "name_servers" else line.split()[:1])]
        if addresses := [word for word in words if re.fullmatch(r"\d+(\.\d+){3}", word)]:
            yield f"    {field}: [{', '.join(dict.fromkeys(addresses))}]"
    for header in configuration.headers("line vty")[:1]:
        acl = _after(configuration.section(header) or (), "access-class ").partition(" ")[0]
        yield from _pairs({"vty_acl": f'"{acl}"' if acl else ""})


def _pairs(fields: Mapping[str, object]) -> list[str]:
    return [f"    {name}: {value}" for name, value in fields.items() if value not in ("", None)]


def _loopback(configuration: Configuration) -> str:
    address = _address(configuration.section("interface Loopback0") or ())
    return str(address.ip) if address else ""


def _address(body: Iterable[str]) -> IPv4Interface | None:
    for line in body:
        words = line.split()
        if words[:2] == ["ip", "address"] and len(words) == 4:
            try:
                return IPv4Interface(f"{words[2]}/{words[3]}")
            except (AddressValueError, NetmaskValueError, ValueError):
                return None
    return None


def _after(lines: Iterable[str], start: str) -> str:
    return next((_word(line.removeprefix(start).strip()) for line in lines if line.startswith(start)), "")


def _first(found: Mapping[str, Mapping[str, Any]]) -> str:
    for address, rest in (found.get("ipv4") or {}).items():
        return f"{address}/{rest['prefix_length']}"
    return ""


def _word(value: object) -> str:
    """A router's own word as YAML text: quoted when it could be read as anything else."""
    text = plain(str(value))
    safe = _SAFE.fullmatch(text) and text.lower() not in ("true", "false", "null")
    return text if safe else json.dumps(text)
