"""One key for one interface, however a router or a person writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from turnup.errors import InputError

# Long name first, then every short form seen (reference: checklist 0.3). `PO` is Packet over SONET, `Po` a bundle:
# the short forms are therefore compared with their case before they are compared without.
_FORMS: dict[str, tuple[str, ...]] = {
    "Serial": ("Se", "S"),
    "POS": ("PO",),
    "FastEthernet": ("Fa", "F"),
    "GigabitEthernet": ("Gi", "Gig", "G"),
    "TenGigabitEthernet": ("Te",),
    "TwentyFiveGigE": ("Twe",),
    "FortyGigE": ("Fo",),
    "HundredGigE": ("Hu",),
    "FourHundredGigE": ("FH",),
    "Ethernet": ("Et", "Eth", "E"),
    "Loopback": ("Lo",),
    "ATM": ("AT",),
    "SRP": ("SR",),
    "Tunnel": ("Tu",),
    "Null": ("Nu",),
    "Multilink": ("Mu",),
    "Vlan": ("Vl",),
    "Port-channel": ("Po",),
    "Bundle-Ether": ("BE",),
    "MgmtEth": ("Mg",),
    "BVI": ("BV",),
    "tunnel-te": ("tt",),
    "tunnel-ip": ("ti",),
}
_EXACT = {form: long for long, forms in _FORMS.items() for form in (long, *forms)}
_FOLDED = {form.lower(): long for form, long in _EXACT.items() if form not in ("PO", "Po")}
# `POS1-0` is how a laboratory writes POS1/0 on Linux, where no name may hold a slash.
_NAME = re.compile(
    r"(?P<type>[A-Za-z][A-Za-z-]*?)(?P<place>\d+/(?:RS?P)?\d+/CPU\d+/\d+|\d+-\d+|\d[\d/]*)(?P<sub>(?:\.\d+|:\d+)?)"
)
# Names that Linux gives: its loopback, `eth1`, `pos1-0`, `enp3s0f1`. They keep their spelling, for case counts there.
_KERNEL = re.compile(
    r"(?P<type>lo)|(?P<ether>eth)(?P<port>\d+)(?P<tag>(?:\.\d+)?)"
    r"|(?P<word>[a-z]+)(?P<place>\d+[a-z-][a-z0-9-]*)(?P<sub>(?:\.\d+)?)"
)
_OF_RACK = 4  # rack/slot/bay/port
# IOS and IOS-XR spell one port type differently and shorten it alike (`Te`); IOS-XR names a POS port's controller
# SONET.
_ALIKE = {"TenGigE": "TenGigabitEthernet", "SONET": "POS"}


@dataclass(frozen=True, order=True)
class InterfaceName:
    """`Serial5/0`: type, place, and `.100` or `:3` behind it. Raises InputError for text that is no interface."""

    type: str
    place: str
    sub: str = ""

    @classmethod
    def parse(cls, text: str) -> InterfaceName:
        """Read a long or short name, e.g. `PO1/0`, `Serial5/0`, `Gi6/0.100`."""
        return _parsed(text)

    @property
    def slot(self) -> int:
        """Slot number: the first number of the place; the second where IOS-XR puts the rack before it.

        0 for a name of Linux, which knows no slots.
        """
        if _KERNEL.fullmatch(str(self)):
            return 0
        parts = re.split("[/-]", self.place)
        return int(parts[1 if len(parts) == _OF_RACK else 0].strip("RSP"))

    @property
    def parent(self) -> InterfaceName:
        """The physical interface below a subinterface; itself otherwise."""
        return InterfaceName(self.type, self.place)

    def __str__(self) -> str:
        return f"{self.type}{self.place}{self.sub}"


@lru_cache(maxsize=16384)  # the same few names are read on every line of a configuration
def _parsed(text: str) -> InterfaceName:
    if kernel := _KERNEL.fullmatch(text.strip()):
        found = kernel.groupdict("")
        return InterfaceName(
            found["type"] or found["ether"] or found["word"],
            found["port"] or found["place"],
            found["tag"] or found["sub"],
        )
    if not (match := _NAME.fullmatch(text.strip())):
        raise InputError(f"{text!r} is not the name of an interface", advice="Write it as Serial5/0 or POS2/1.")
    word = match["type"]
    long = _EXACT.get(word) or _FOLDED.get(word.lower())
    # A type we do not know keeps its own spelling: kernel names in the lab, cards not met yet.
    return InterfaceName(long or word, match["place"], match["sub"])


@lru_cache(maxsize=16384)
def same_interface(one: str, other: str) -> bool:
    """Whether two spellings mean one interface; unreadable text equals only itself."""
    try:
        return _key(InterfaceName.parse(one)) == _key(InterfaceName.parse(other))
    except InputError:
        return one == other


def _key(name: InterfaceName) -> InterfaceName:
    return replace(name, type=_ALIKE.get(name.type, name.type))
