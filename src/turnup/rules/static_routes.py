"""Static routes as the configuration has them, which a look at one address does not show (checklist 4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from turnup.configuration import Configuration
from turnup.errors import CouldNotRun

_NETWORK = r"(?P<network>\d+\.\d+\.\d+\.\d+)(?:/| )(?P<mask>\d+(?:\.\d+){0,3})"
_FORMS = {
    "": re.compile(rf"ip route {_NETWORK} (?P<way>.+)"),  # IOS with a mask, FRR with a length
    "router static": re.compile(rf"address-family ipv4 unicast {_NETWORK} (?P<way>.+)"),  # IOS-XR
}


@dataclass(frozen=True)
class StaticRoute:
    """One static route of the global table; `way` are the words behind its network, `section` is where it stands."""

    text: str
    section: str
    network: IPv4Network
    way: tuple[str, ...]


def static_routes(config: Configuration) -> Iterator[StaticRoute]:
    """All of them. Raises CouldNotRun for one whose network is none."""
    for section, form in _FORMS.items():
        for text in config.section(section) or ():
            match = form.fullmatch(text.strip())
            if match is None or "vrf" in match["way"].split():  # FRR names a VRF behind the way
                continue
            try:
                network = IPv4Network(f"{match['network']}/{match['mask']}")
            except ValueError as error:
                raise CouldNotRun(f"`{text}` is not read: {error}") from error
            yield StaticRoute(text, section, network, tuple(match["way"].split()))
