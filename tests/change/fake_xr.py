"""A small look-alike of IOS XR: candidate, commit on trial with a clock of its own, commits that fail.

Written from published descriptions, not from a router: what is proved on it is proved of turnup, never of IOS XR.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fake_router import Killed, Trouble

from turnup.errors import CouldNotRun, Unreachable
from turnup.model.transcript import Answer, Ask, Request
from turnup.platforms import Platform, platform

XR = platform("iosxr")
NAME = "nyc-hud-xr1"
FREE = "GigabitEthernet0/5/0/0"
INVALID = "                   ^\n% Invalid input detected at '^' marker."
FAILED = (
    "% Failed to commit one or more configuration items during a pseudo-atomic operation. All changes made have been "
    "reverted. Please issue 'show configuration failed [inheritance]' from this session to view the errors"
)
NO_CHANGE = "% No modifications done."
Sections = dict[str, list[str]]
START: Sections = {
    f"hostname {NAME}": [],
    "prefix-set CUST-64605-IN": ["198.51.100.0/24"],
    "route-policy CUST-IN": ["set local-preference 120", "pass"],
    "route-policy CUST-OUT": ["pass"],
    f"interface {FREE}": ["shutdown"],
    "interface GigabitEthernet0/5/0/1": [
        "description CUST|EXAMPLE-B|GE|CKT:GE/NYC/0002|PSO:PSO-2001-000017|",
        "ipv4 address 10.10.2.1 255.255.255.252",
    ],
    "router bgp 64500": [
        "bgp router-id 10.255.1.9",
        "neighbor 10.10.2.2 remote-as 64605",
        "neighbor 10.10.2.2 address-family ipv4 unicast",
        "neighbor 10.10.2.2 address-family ipv4 unicast route-policy CUST-OUT out",
    ],
}
_BLOCK = re.compile(r"(prefix-set|route-policy) \S+")
_FORMAL = re.compile(r"(no )?(interface \S+|router bgp \d+) (.+)")
_VALUES = ("description", "mtu", "ipv4 address", "encapsulation", "pos crc", "remote-as", "password", "maximum-prefix")


def key_of(line: str) -> str:
    """What another value of the same thing replaces."""
    for value in _VALUES:
        if re.search(rf"(?:^|\s){value}\s", line):
            return line[: re.search(rf"(?:^|\s){value}\s", line).end()]  # type: ignore[union-attr]
    if match := re.fullmatch(r"(.* route-policy )\S+ (in|out)", line):
        return f"{match[1]}{match[2]}"
    return line


@dataclass
class FakeXr:
    """The router. `now` is its clock, seconds; `refuses` makes the next commits fail; `commits` is what it did."""

    running: Sections = field(default_factory=lambda: copy.deepcopy(START))
    now: float = 0.0
    refuses: str = ""
    trial: tuple[float, Sections] | None = None
    commits: list[str] = field(default_factory=list)
    confirmed: Sections = field(default_factory=lambda: copy.deepcopy(START))

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        if self.trial and self.now >= self.trial[0]:
            ours = self.trial[1]
            self.trial = None
            for header in {*self.running, *ours}:
                if ours.get(header) is None:
                    self.running.pop(header, None)
                else:
                    self.running[header] = ours[header]
            self.commits.append("rolled back")

    def show(self) -> str:
        return text_of(self.running)

    def foreign(self) -> None:
        """Somebody else commits elsewhere."""
        self.running["interface GigabitEthernet0/5/0/1"] = [
            *START["interface GigabitEthernet0/5/0/1"],
            "mtu 9000",
        ]
        if self.trial:
            self.trial[1]["interface GigabitEthernet0/5/0/1"] = self.running["interface GigabitEthernet0/5/0/1"]

    def commit(self, candidate: Sections, seconds: int, session_base: Sections) -> str:
        changed = [h for h in {*candidate, *session_base} if candidate.get(h) != session_base.get(h)]
        if not changed:
            had, self.trial = self.trial, None
            return "" if had else NO_CHANGE
        if self.refuses or _undefined(candidate):
            return FAILED
        before = copy.deepcopy(self.running)
        for header in changed:
            if header in candidate:
                self.running[header] = list(candidate[header])
            else:
                self.running.pop(header, None)
        self.trial = (self.now + seconds, before) if seconds else None
        self.commits.append("trial" if seconds else "commit")
        return ""


def _undefined(candidate: Sections) -> bool:
    used = re.findall(r"route-policy (\S+) (?:in|out)", "\n".join(candidate.get("router bgp 64500", [])))
    return any(f"route-policy {name}" not in candidate for name in used)


def text_of(sections: Sections) -> str:
    """As `show running-config` and `show configuration` write it, nested."""
    out = ["Building configuration...", "!! IOS XR Configuration 6.1.2"]
    for header in sorted(sections, key=_place):
        out.append(header)
        if _BLOCK.fullmatch(header):
            out += [f"  {line}" for line in sections[header]]
            out.append("end-set" if header.startswith("prefix-set") else "end-policy")
        else:
            out += _nested(sections[header])
        out.append("!")
    return "\n".join([*out, "end", ""])


def _place(header: str) -> tuple[int, str]:
    order = ("hostname", "prefix-set", "route-policy", "interface", "router", "no ")
    return next(i for i, first in enumerate(order) if header.startswith(first)), header


def _nested(lines: Sequence[str]) -> list[str]:
    out: list[str] = []
    around: tuple[str, str] = ("", "")
    for line in sorted(lines, key=lambda line: _depth(line)[0]):
        here, rest = _depth(line)
        if here != around:
            if here[0] and here[0] != around[0]:
                out.append(f" {here[0]}")
            if here[1]:
                out.append(f"  {here[1]}")
            around = here
        if rest:
            out.append(" " * (1 + bool(here[0]) + bool(here[1])) + rest)
    return out


def _depth(line: str) -> tuple[tuple[str, str], str]:
    off, body = ("no ", line[3:]) if line.startswith("no ") else ("", line)
    match = re.fullmatch(r"(neighbor \S+)(?: (address-family ipv4 unicast))?(?: (.+))?", body)
    if not match or (off and not match[2] and not match[3]):
        return ("", ""), line
    return (match[1], match[2] or ""), f"{off}{match[3]}" if match[3] else ""


class FakeXrSession:
    """A session, as turnup.connect gives one; its candidate goes with it."""

    def __init__(self, router: FakeXr, trouble: Trouble | None = None) -> None:
        self.router = router
        self.trouble = trouble
        self.count = 0
        self.dead = False
        self.candidate: Sections | None = None
        self.base: Sections = {}
        self.block = ""

    @property
    def platform(self) -> Platform:
        return XR

    def command(self, text: str, timeout: float | None = None) -> Answer:
        self._alive()
        assert self.candidate is None, "an exec command in configuration mode"
        assert text == "show running-config"
        return Answer(text, self.router.show(), datetime.now(UTC))

    def ask(self, requests: Sequence[Request]) -> Mapping[Ask, Answer]:
        raise AssertionError("nothing is asked")

    def config_lines(self, lines: Sequence[str], mode: str | None) -> Sequence[object]:
        raise AssertionError("lines go one by one")

    def save(self) -> Answer:
        raise AssertionError("nothing is to be saved")

    def enter_config(self) -> None:
        self._alive()
        self.base, self.candidate, self.block = copy.deepcopy(self.router.running), None, ""
        self.candidate = copy.deepcopy(self.base)

    def leave_config(self) -> None:
        self._alive()
        assert self.candidate in (None, self.base), "left with a candidate: the router asks whether to commit it"
        self.candidate = None

    def close(self) -> None:
        self.dead = True

    def _alive(self) -> None:
        if self.dead:
            raise Unreachable("the session was lost")

    def _fail(self, kind: str) -> None:
        self.dead = True
        if kind.startswith("kill"):
            raise Killed
        raise Unreachable("the session was lost") if kind.startswith("drop") else CouldNotRun("no answer in time")

    def config_line(self, line: str, mode: str | None) -> str:
        self._alive()
        assert self.candidate is not None, "a configuration line in exec mode"
        self.count += 1
        kind = self.trouble.kind if self.trouble and self.trouble.at == self.count else ""
        if kind in ("drop-before", "kill-before", "hang"):
            self._fail(kind)
        if kind == "reject":
            return INVALID
        if kind == "swallowed" and not line.startswith(("show", "commit")):
            return ""
        if kind == "foreign":
            self.router.foreign()
        said = self._line(line)
        if kind == "expired":
            self.router.pass_time(1000)
        if kind in ("drop-after", "kill-after"):
            self._fail(kind)
        return said or ("Warning: something nobody has seen before" if kind == "noise" else "")

    def _line(self, line: str) -> str:
        assert self.candidate is not None
        if line == "show configuration":
            return text_of(self._difference())
        if line == "show configuration failed":
            return f"!! SEMANTIC ERRORS\n{self.router.refuses or 'a policy is not defined'}"
        if line == "abort":
            self.candidate = None
            return ""
        if match := re.fullmatch(r"commit(?: confirmed (\d+))?", line):
            said = self.router.commit(self.candidate, int(match[1] or 0), self.base)
            if not said:
                self.base = copy.deepcopy(self.router.running)
                self.candidate = copy.deepcopy(self.base)
            return said
        return self._typed(line)

    def _typed(self, line: str) -> str:
        candidate = self.candidate
        assert candidate is not None
        if self.block:
            if line in ("end-set", "end-policy"):
                self.block = ""
            else:
                candidate[self.block].append(line)
            return ""
        if _BLOCK.fullmatch(line):
            self.block = line
            candidate[line] = []
            return ""
        if _BLOCK.fullmatch(line.removeprefix("no ")):
            candidate.pop(line.removeprefix("no "), None)
            return ""
        match = _FORMAL.fullmatch(line)
        if not match or match[2] not in candidate:
            return INVALID
        self._set(candidate[match[2]], match[3], bool(match[1]))
        return ""

    def _set(self, lines: list[str], text: str, off: bool) -> None:
        text = text.replace(" password <", " password encrypted <")
        if off and re.fullmatch(r"neighbor \S+", text):
            lines[:] = [line for line in lines if not line.startswith(f"{text} ")]
        elif off:
            lines[:] = [line for line in lines if line != text and not (line.startswith(f"{text} "))]
        else:
            lines[:] = [line for line in lines if key_of(line) != key_of(text)]
            lines.append(text)

    def _difference(self) -> Sections:
        assert self.candidate is not None
        out: Sections = {}
        for header in {*self.candidate, *self.base}:
            was, shall = self.base.get(header), self.candidate.get(header)
            if sorted(was or []) == sorted(shall or []) and (was is None) == (shall is None):
                continue
            if shall is None:
                out[f"no {header}"] = []
            elif _BLOCK.fullmatch(header):
                out[header] = shall
            else:
                out[header] = [line for line in shall if line not in (was or [])] + _gone(was or [], shall)
        return out


def _gone(was: list[str], shall: list[str]) -> list[str]:
    keys = {key_of(line) for line in shall}
    peers = {line.split()[1] for line in shall if line.startswith("neighbor ")}
    gone: dict[str, None] = {}
    for line in was:
        if line in shall or key_of(line) in keys:
            continue
        peer = line.split()[1] if line.startswith("neighbor ") else ""
        gone[f"no {line}" if not peer or peer in peers else f"no neighbor {peer}"] = None
    return list(gone)
