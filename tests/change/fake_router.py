"""A small router in memory that takes and shows configuration as IOS 12.0S does, and fails when told to.

Written apart from turnup's own model of the configuration (render.fold), so that the two can contradict each other:
patterns, order of lines and error texts are its own. Text is what a redacted session shows: secrets are tokens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv4Interface

from sample_orders import IOS

from turnup.connect.session import ConfigurationUnknown
from turnup.errors import CouldNotRun, Unreachable
from turnup.model.transcript import Answer, Ask, Request
from turnup.platforms import Platform

INVALID = "          ^\n% Invalid input detected at '^' marker.\n"
START = """\
version 12.0
service timestamps log datetime msec localtime show-timezone
service password-encryption
hostname nyc-hud-gsr1
enable secret 5 <secret:last-resort>
ip subnet-zero
interface Loopback0
 ip address 10.255.1.1 255.255.255.255
 no ip directed-broadcast
interface POS1/0
 description INTRA-POP|to nyc-hud-gsr2 POS1/0|OC48|
 ip address 10.254.1.1 255.255.255.252
 no ip directed-broadcast
 ip router isis
 encapsulation ppp
 crc 32
 clock source internal
interface Serial5/5
 description CUST|EXAMPLE-B|DS3|CKT:T3Z/NYC/0002|PSO:PSO-2001-000017|
 ip address 10.10.2.1 255.255.255.252
 no ip redirects
 no ip directed-broadcast
 no ip proxy-arp
 crc 32
 no cdp enable
interface POS6/0
 description CUST|EXAMPLE-A|OC3C|CKT:OC3/NYC/0001|PSO:PSO-2001-000042|
 ip address 10.10.1.1 255.255.255.252
 no ip redirects
 no ip directed-broadcast
 no ip proxy-arp
 encapsulation ppp
 crc 32
 no cdp enable
{ports}router isis
 passive-interface Loopback0
 passive-interface Serial5/5
 net 49.0001.0102.5500.1001.00
 is-type level-2-only
 metric-style wide
router bgp 64500
 no synchronization
 bgp log-neighbor-changes
 neighbor IBGP peer-group
 neighbor IBGP remote-as 64500
 neighbor 10.255.1.2 peer-group IBGP
 neighbor 10.10.1.2 remote-as 64601
 neighbor 10.10.1.2 description CUST|EXAMPLE-A|PSO:PSO-2001-000042|
 neighbor 10.10.1.2 password 7 <secret:#0f3a5b77>
 neighbor 10.10.1.2 version 4
 neighbor 10.10.1.2 prefix-list CUST-64601-IN in
 neighbor 10.10.1.2 route-map CUST-IN in
 neighbor 10.10.1.2 route-map CUST-OUT out
 neighbor 10.10.1.2 maximum-prefix 100 80
 no auto-summary
ip classless
ip prefix-list CUST-64601-IN seq 5 permit 198.51.100.0/24
logging 192.0.2.10
access-list 10 permit 192.0.2.0 0.0.0.255
access-list 10 deny   any log
route-map CUST-IN permit 10
 set local-preference 120
route-map CUST-OUT permit 10
 match community 1
banner motd ^C
interface Serial5/0
 no shutdown
^C
line con 0
 exec-timeout 10 0
line vty 0 4
 access-class 10 in
end
"""
FREE = "interface {port}\n no ip address\n no ip directed-broadcast\n shutdown\n"

# How the router orders what it shows.
GLOBAL = ("version", "service", "hostname", "enable", "ip subnet-zero", "interface", "router isis", "router bgp",
          "ip classless", "ip prefix-list", "logging", "access-list", "route-map", "banner", "line", "end")  # fmt: skip
INTERFACE = ("description", "mtu", "bandwidth", "ip address", "no ip address", "ip access-group", "no ip redirects",
             "no ip directed-broadcast", "ip directed-broadcast", "no ip proxy-arp", "ip router isis", "encapsulation",
             "keepalive", "shutdown", "negotiation", "no negotiation", "framing", "cablelength", "dsu mode",
             "dsu bandwidth", "scramble", "crc", "clock source", "pos framing", "pos scramble-atm", "pos flag",
             "frame-relay", "no cdp enable")  # fmt: skip
NEIGHBOR = ("peer-group", "remote-as", "description", "shutdown", "password", "version", "prefix-list", "route-map",
            "maximum-prefix")  # fmt: skip
DEFAULTS = {
    "Serial": {"encapsulation hdlc", "framing c-bit", "cablelength 10", "dsu mode 0", "dsu bandwidth 44210", "crc 16",
               "clock source line"},
    "POS": {"encapsulation hdlc", "crc 16", "clock source line", "pos framing sonet", "pos flag c2 207"},
    "FastEthernet": set(),
    "GigabitEthernet": set(),
    "Loopback": set(),
}  # fmt: skip
ON_BY_DEFAULT = ("ip redirects", "ip proxy-arp", "cdp enable", "negotiation auto")
VALUES = ("description", "mtu", "bandwidth", "ip address", "encapsulation", "framing", "cablelength", "dsu mode",
          "dsu bandwidth", "crc", "clock source", "pos framing", "pos flag c2", "frame-relay interface-dlci",
          "ip access-group")  # fmt: skip
SWITCHES = ("shutdown", "scramble", "pos scramble-atm", *ON_BY_DEFAULT, "ip directed-broadcast")


@lru_cache(maxsize=65536)  # the longest configurations are shown hundreds of times
def rank(order: tuple[str, ...], text: str) -> int:
    return next((i for i, first in enumerate(order) if text == first or text.startswith(first + " ")), len(order))


@lru_cache(maxsize=65536)
def _place(header: str) -> tuple[int, str]:
    within = header if header.startswith(("interface ", "ip prefix-list ")) else ""
    return rank(GLOBAL, header), re.sub(r"\d+", lambda digits: digits[0].zfill(6), within)


@lru_cache(maxsize=65536)
def _peer_place(line: str) -> tuple[int, str, int, str]:
    words = line.split(" ")
    if words[0] != "neighbor":
        return (2 if line == "no auto-summary" else 0, "", 0, "")
    return 1, words[1], rank(NEIGHBOR, words[2]), line


@dataclass
class FakeRouter:
    """The router: sections in running and startup, and a log of every configuration line it was sent."""

    platform: Platform = IOS
    sections: dict[str, list[str]] = field(default_factory=dict)
    tail: list[str] = field(default_factory=list)
    startup: str = ""
    heard: list[str] = field(default_factory=list)
    saves: int = 0
    asked: list[str] = field(default_factory=list)

    @classmethod
    def with_ports(cls, *ports: str, extra: str = "") -> FakeRouter:
        """A router whose given ports are free."""
        text = START.replace("{ports}", "".join(FREE.format(port=port) for port in ports) + extra)
        router = cls()
        router.load(text)
        router.startup = router.show()
        return router

    def load(self, text: str) -> None:
        before, _, after = text.partition("banner motd")
        self.tail = ("banner motd" + after).splitlines()
        self.sections = {"": []}
        header = ""
        for line in before.splitlines():
            if line.startswith(" "):
                self.sections[header].append(line[1:])
                continue
            header = line
            if header not in self.sections:  # a section may be given in parts
                self.sections[""].append(header)
                self.sections[header] = []

    def show(self) -> str:
        """`show running-config`."""
        lines = ["!"]
        for header in sorted(self.sections[""], key=_place):
            lines.append(header)
            lines += [f" {line}" for line in self._ordered(header)]
        return "\n".join(["Building configuration...", "", "Current configuration:", *lines, *self.tail, ""])

    def _ordered(self, header: str) -> list[str]:
        lines = self.sections[header]
        if header.startswith("interface "):
            return sorted(lines, key=lambda line: rank(INTERFACE, line))
        if header.startswith("router isis"):
            return sorted(lines, key=lambda line: (not line.startswith("passive-interface"), line))
        if header.startswith("router bgp"):
            return sorted(lines, key=_peer_place)
        return lines

    # --- one configuration line ----------------------------------------------------------------------------------

    def line(self, section: str, text: str) -> tuple[str, str]:
        """(section afterwards, what the router says)."""
        self.heard.append(text)
        opened = re.fullmatch(r"(interface \S+(?: point-to-point)?|router (?:isis|bgp \d+))", text)
        if opened:
            return self._enter(section, text)
        if text.startswith("no interface ") and re.search(r"\.\d+", text):
            return self._drop(text.removeprefix("no "))
        if re.match(r"(?:no )?ip prefix-list ", text):
            return "", self._list(text)
        if section.startswith("interface "):
            return section, self._interface(section, text)
        if section.startswith("router isis"):
            return section, self._set(section, text, r"passive-interface \S+")
        if section.startswith("router bgp"):
            return section, self._neighbor(section, text)
        return section, INVALID

    def _enter(self, section: str, header: str) -> tuple[str, str]:
        known = self.sections[""]
        if header in known:
            return header, ""
        name = re.match(r"interface (\S+)\.\d+", header)
        if not name or f"interface {name[1]}" not in known:
            return section, INVALID
        if "point-to-point" in header and "encapsulation frame-relay" not in self.sections[f"interface {name[1]}"]:
            return section, INVALID
        known.append(header)
        self.sections[header] = ["no ip directed-broadcast"]
        return header, ""

    def _drop(self, header: str) -> tuple[str, str]:
        if header not in self.sections[""]:
            return "", INVALID
        self.sections[""].remove(header)
        del self.sections[header]
        return "", "Not all config may be removed and may reappear after reactivating the sub-interface\n"

    def _list(self, text: str) -> str:
        top, body = self.sections[""], text.removeprefix("no ")
        place = " ".join(body.split(" ")[:5])
        if text != body:
            if body not in top:
                return "%Can't find specified prefix-list entry\n"
            top.remove(body)
            del self.sections[body]
            return ""
        if body in top:
            return ""
        if any(line.startswith(place + " ") for line in top):
            return f"%Insertion failed - seq # exists: {place.split(' ')[-1]}\n"
        top.append(body)
        self.sections[body] = []
        return ""

    def _set(self, section: str, text: str, pattern: str) -> str:
        lines, body = self.sections[section], text.removeprefix("no ")
        if not re.fullmatch(pattern, body):
            return INVALID
        if text == body and body not in lines:
            lines.append(body)
        elif text != body and body in lines:
            lines.remove(body)
        return ""

    def _neighbor(self, section: str, text: str) -> str:
        lines = self.sections[section]
        match = re.fullmatch(r"(no )?neighbor (\S+) (\S+)(.*)", text)
        if not match:
            return INVALID
        off, peer, attribute, rest = match.groups()
        mine = [line for line in lines if line.startswith(f"neighbor {peer} ")]
        if not mine and (off or attribute != "remote-as"):
            return "% Specify remote-as or peer-group commands first\n"
        if off and attribute == "remote-as":
            lines[:] = [line for line in lines if line not in mine]
            return ""
        way = rest.split(" ")[-1] if attribute in ("prefix-list", "route-map") else ""
        same = [line for line in mine if line.split(" ")[2] == attribute and line.endswith(way)]
        lines[:] = [line for line in lines if line not in same]
        if not off:
            lines.append(f"neighbor {peer} {attribute}{' 7' if attribute == 'password' else ''}{rest}")
        return ""

    def _interface(self, section: str, text: str) -> str:
        lines, body = self.sections[section], text.removeprefix("no ")
        kind = re.sub(r"[\d/.]+.*", "", section.split(" ")[1])
        key = next((key for key in (*VALUES, *SWITCHES) if body == key or body.startswith(key + " ")), None)
        if key is None or (body == key and text == body and key not in SWITCHES):
            return INVALID
        if key == "ip address" and text == body and (said := self._overlap(section, body)):
            return said
        lines[:] = [line for line in lines if line.removeprefix("no ") != key and not line.startswith(key + " ")]
        if text == body:
            if body not in DEFAULTS[kind] and key not in ON_BY_DEFAULT:
                lines.append(body)
        elif key in ON_BY_DEFAULT or key in ("ip address", "ip directed-broadcast"):
            lines.append(f"no {key}")
        return ""

    def _overlap(self, section: str, body: str) -> str:
        _, _, address, mask = body.split(" ")[:4]
        network = IPv4Interface(f"{address}/{mask}").network
        for header, lines in self.sections.items():
            for line in lines:
                words = line.split(" ")
                if header == section or not line.startswith("ip address ") or len(words) < 4:
                    continue
                if IPv4Interface(f"{words[2]}/{words[3]}").network.overlaps(network):
                    return f"% {network.network_address} overlaps with {header.split(' ')[1]}\n"
        return ""


@dataclass
class Trouble:
    """What goes wrong, and at which configuration line (from 1) of the session."""

    kind: str  # reject, drop-before, drop-after, kill-before, kill-after, hang, foreign-inside, foreign-outside, noise
    at: int


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours runs after it but `finally`."""


@dataclass
class Said:
    line: str
    text: str


class FakeSession:
    """A session with the fake router, as turnup.connect gives one."""

    def __init__(self, router: FakeRouter, trouble: Trouble | None = None) -> None:
        self.router_box = router
        self.trouble = trouble
        self.section: str | None = None
        self.count = 0
        self.dead = False
        self.before_command: Callable[[str], None] | None = None

    @property
    def platform(self) -> Platform:
        return self.router_box.platform

    def _alive(self) -> None:
        if self.dead:
            raise Unreachable("the session was lost")

    def command(self, text: str, timeout: float | None = None) -> Answer:
        self._alive()
        assert self.section is None, "a show command in configuration mode"
        if self.before_command:
            self.before_command(text)
        shown = {"show running-config": self.router_box.show(), "show startup-config": self.router_box.startup}
        return Answer(text, shown[text], datetime.now(UTC))

    def ask(self, requests: Sequence[Request]) -> Mapping[Ask, Answer]:
        self._alive()
        for request in requests:
            self.router_box.asked.append(request.command)
        return {request.ask: Answer(request.command, "", datetime.now(UTC)) for request in requests}

    def enter_config(self) -> None:
        self._alive()
        self.section = ""

    def leave_config(self) -> None:
        self._alive()
        self.section = None

    def config_line(self, line: str, mode: str | None) -> str:
        self._alive()
        assert self.section is not None, "a configuration line in exec mode"
        self.count += 1
        trouble = self.trouble.kind if self.trouble and self.trouble.at == self.count else ""
        if trouble in ("drop-before", "kill-before", "hang"):
            self._fail(trouble)
        if trouble == "reject":
            self.router_box.heard.append(line)
            return INVALID
        if trouble == "foreign-inside":
            self.router_box.sections[self._port()].append("keepalive 30")
        if trouble == "foreign-outside":
            self.router_box.line("interface POS6/0", "bandwidth 100000")
        self.section, said = self.router_box.line(self.section, line)
        if trouble in ("drop-after", "kill-after"):
            self._fail(trouble)
        if trouble == "noise" and not said:
            return "Warning: something nobody has seen before\n"
        if mode is not None and not said and mode != self._mode():
            raise CouldNotRun(f"the prompt shows {self._mode()}, not {mode}")
        return said

    def _fail(self, trouble: str) -> None:
        self.dead = True
        if trouble.startswith("kill"):
            raise Killed
        raise Unreachable("the session was lost") if trouble.startswith("drop") else ConfigurationUnknown("no answer")

    def _port(self) -> str:
        return next(header for header in self.router_box.sections if "5/0" in header and "." not in header)

    def _mode(self) -> str:
        if not self.section:
            return "config"
        if self.section.startswith("router"):
            return "config-router"
        return "config-subif" if "." in self.section else "config-if"

    def config_lines(self, lines: Sequence[str], mode: str | None) -> Sequence[Said]:
        said = []
        for line in lines:
            said.append(Said(line, self.config_line(line, mode)))
            if said[-1].text:
                break
        return said

    def save(self) -> Answer:
        self._alive()
        self.router_box.startup = self.router_box.show()
        self.router_box.saves += 1
        return Answer("write memory", "Building configuration...\n[OK]\n", datetime.now(UTC))

    def close(self) -> None:
        self.dead = True
