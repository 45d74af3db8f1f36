"""Routing processes beside BGP and IS-IS that speak on a port without a line of the port saying so (checklist 9)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from turnup.configuration import ConfigLine, Configuration
from turnup.errors import CouldNotRun
from turnup.model.interface_name import same_interface

_PROCESSES = ("ospf", "rip", "eigrp")
_ADDRESS = r"\d+\.\d+\.\d+\.\d+"
_NETWORK = re.compile(rf"network (?P<base>{_ADDRESS})(?:/(?P<length>\d+)| (?P<wild>{_ADDRESS}))?(?: .*)?")
_NAMED = re.compile(r"(?:network|area \S+ interface|interface) (?P<port>[A-Za-z]\S*)")  # FRR's RIP, IOS-XR
_CLASSES = ((128, 8), (192, 16), (256, 24))  # first byte below -> length, where no wildcard is told


def speakers(config: Configuration, port: str, address: IPv4Address) -> Iterator[tuple[str, str]]:
    """(header, line) by which such a process runs on the port; one that is passive there does not speak.

    A passive interface of RIP still listens, and counts. Processes of a VRF are others. Raises CouldNotRun for a
    network that is none.
    """
    for header in config.headers("router"):
        words = header.split()
        if words[1:2] and words[1] in _PROCESSES and "vrf" not in words:
            body = [line for line in config.lines if line.section == header and _of_the_table(line)]
            told = next((line.text for line in body if _means(line.text, port, address)), None)
            if told and (words[1] == "rip" or not _passive([line.text for line in body], port)):
                yield header, told


def _of_the_table(line: ConfigLine) -> bool:
    """IOS indents what stands in a family or VRF deeper; IOS-XR, whose lines are told whole, names the VRF."""
    return (line.depth == 1 or bool(line.shown)) and not line.text.startswith("vrf ")


def _means(text: str, port: str, address: IPv4Address) -> bool:
    if match := _NETWORK.fullmatch(text):
        try:
            return _holds(match, address)
        except ValueError as error:
            raise CouldNotRun(f"`{text}` is not read: {error}") from error
    named = _NAMED.match(text)
    return named is not None and same_interface(named["port"], port)


def _holds(match: re.Match[str], address: IPv4Address) -> bool:
    base = IPv4Address(match["base"])
    if match["wild"]:
        wild = int(IPv4Address(match["wild"]))
        return int(address) | wild == int(base) | wild
    length = match["length"] or next(length for end, length in _CLASSES if base.packed[0] < end)
    return address in IPv4Network(f"{base}/{length}", strict=False)


def _passive(texts: list[str], port: str) -> bool:
    words = [text.split() for text in texts if "passive" in text]
    if any(w[0] == "no" and same_interface(w[-1], port) for w in words):
        return False
    return any(
        w[1:2] == ["default"]
        or (w[0] == "passive-interface" and same_interface(w[-1], port))
        or ("interface" in w[:-1] and same_interface(w[w.index("interface") + 1], port) and w[-1] != "disable")
        for w in words
    )
