"""State, alarms and error counters of interfaces, as tests 1, 9, 11 and 20 read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeVar

from turnup.checks import PLATFORM_TABLE, Facts, compare, holds, inconclusive, not_applicable
from turnup.configuration import Configuration
from turnup.errors import CouldNotRun, InputError
from turnup.facts.controller_pos import ControllerPos
from turnup.facts.controller_serial import ControllerSerial
from turnup.facts.interface import Interface
from turnup.facts.interface_brief import InterfaceBrief
from turnup.facts.slot import Slot
from turnup.model.equipment import Port
from turnup.model.interface_name import InterfaceName, same_interface
from turnup.model.transcript import Ask
from turnup.model.verdict import Finding, Seen
from turnup.rules.times import duration

# The second reading of a counter is its own ask; whoever collects takes it last (turnup.judge.asks_of).
SECOND = {"sample": "2"}
_QUIET = timedelta(minutes=5)  # keepalives come every ten seconds

_ETHERNET = ("FastEthernet", "GigabitEthernet", "TenGigabitEthernet", "TwentyFiveGigE", "FortyGigE", "HundredGigE")
_PORT = ("Serial", "POS", "ATM", *_ETHERNET)
_CONTROLLERS: dict[str, type[ControllerPos] | type[ControllerSerial]] = {
    "POS": ControllerPos,
    "Serial": ControllerSerial,
}
_CONTROLLER_FACTS = {"POS": "controller_pos", "Serial": "controller_serial"}


class _Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=_Named)


def named(rows: Iterable[N], name: InterfaceName | str) -> tuple[N, ...]:
    """Rows of that interface, whichever way its name is spelled."""
    return tuple(row for row in rows if same_interface(row.name, str(name)))


def only(rows: Iterable[N], name: InterfaceName | str) -> N | None:
    """The row of that interface, None when there is none. Raises CouldNotRun when it stands there twice."""
    found = named(rows, name)
    if len(found) > 1:
        raise CouldNotRun(f"{name} stands {len(found)} times in one answer")
    return found[0] if found else None


def in_slot(rows: Iterable[Slot], port: Port) -> tuple[Slot, ...]:
    """Rows of the port's slot; where the router tells nodes (`0/5/CPU0`, IOS-XR), of the port's rack as well."""
    rack = port.interface.place.split("/")[0]
    return tuple(row for row in rows if row.slot == port.slot and (row.node or f"{rack}/").startswith(f"{rack}/"))


def stanza(config: Configuration, name: InterfaceName | str) -> tuple[str, tuple[str, ...]] | None:
    """(header, lines) of the interface in the running configuration; None when it has none."""
    for header in config.headers("interface"):
        words = header.split()
        if len(words) > 1 and same_interface(words[1], str(name)):
            # Images write a blank behind some lines (`ip router isis `).
            return header, tuple(line.rstrip() for line in config.section(header) or ())
    return None


def controller_asks(names: Iterable[InterfaceName]) -> tuple[Ask, ...]:
    """Asks for the controllers behind these interfaces, two samples each."""
    kinds = dict.fromkeys(name.type for name in names)
    asked = [_CONTROLLER_FACTS[kind] for kind in kinds if kind in _CONTROLLER_FACTS]
    return (*(Ask(fact) for fact in asked), *(Ask.of(fact, **SECOND) for fact in asked))


def protocol_of(row: Interface) -> str:
    """The line protocol with its suffix: `up (looped)` and `up (spoofing)` are not `up`; `(connected)` adds nothing."""
    suffix = row.protocol_suffix
    return f"{row.protocol} ({suffix})" if suffix and suffix != "connected" else row.protocol


def up(facts: Facts, row: Interface, *, source: str) -> Iterator[Finding]:
    """Up, and its line protocol up: all that a subinterface shows of it."""
    seen = facts.seen(row)
    yield compare(f"{row.name} status", "up", row.status, source=source, seen=seen)
    yield compare(f"{row.name} line protocol", "up", protocol_of(row), source=source, seen=seen)


def state(facts: Facts, row: Interface, *, source: str) -> Iterator[Finding]:
    """Up, line protocol up, not looped: a plain "up" is also shown by a port whose far end loops (checklist 9)."""
    seen = facts.seen(row)
    yield from up(facts, row, source=source)
    if row.loopback is None and (reason := facts.lacks("loopback_setting")):
        subject = f"{row.name} loopback"
        yield not_applicable(subject, reason, source=PLATFORM_TABLE, agreed_by=PLATFORM_TABLE, seen=seen)
    elif row.loopback is None:
        yield inconclusive(f"{row.name} loopback", "not shown by the router", expected="not set", seen=seen)
    else:
        yield compare(f"{row.name} loopback", "not set", row.loopback, source=source, seen=seen)


@dataclass(frozen=True)
class _Counters:
    """Error counters of one sample, by the words the router shows them with."""

    values: dict[str, int]

    @classmethod
    def of(cls, row: Interface) -> _Counters:
        shown = {
            "input errors": row.input_errors,
            "CRC errors": row.crc_errors,
            "frame errors": row.frame_errors,
            "aborts": row.abort_errors,
            "output errors": row.output_errors,
        }
        return cls({name: value for name, value in shown.items() if value is not None})


_ALWAYS = ("input errors", "CRC errors", "output errors")  # every image shows these of a port


def traffic(facts: Facts, row: Interface) -> Iterator[Finding]:
    """Input of the last minutes; where the router tells no time of it, packets that came between the two samples."""
    subject = f"{row.name} traffic"
    if row.last_input is None and row.input_packets is not None:
        after = only(facts.rows(Interface, **SECOND), row.name)
        grown = after is not None and (after.input_packets or 0) > row.input_packets
        told = f"{row.input_packets} packets, then {after.input_packets if after else 'no second sample'}"
        seen = facts.seen(*(found for found in (row, after) if found))
        wanted = "packets came in during the test"
        if grown:
            yield holds(subject, True, expected=wanted, observed=told, seen=seen)
        else:
            yield inconclusive(subject, told, expected=wanted, seen=seen)
        return
    heard = duration(row.last_input or "")
    if heard is None or heard > _QUIET:
        wanted = f"input within {_QUIET}"
        yield inconclusive(subject, f"last input {row.last_input}", expected=wanted, seen=facts.seen(row))


def errors(facts: Facts, row: Interface, *, allowed: int, source: str) -> Iterator[Finding]:
    """Error counters of an interface: growth between two samples fails; errors of the past need a person's look.

    Counters since boot prove nothing about today, so old errors above `allowed` are INCONCLUSIVE, not FAIL.
    """
    subject, seen = f"{row.name} errors", facts.seen(row)
    first = _Counters.of(row).values
    if missing := [name for name in _ALWAYS if name not in first]:
        yield inconclusive(subject, f"the router does not show its {', '.join(missing)}", seen=seen)
        return
    try:
        second_row = only(facts.rows(Interface, **SECOND), row.name)
    except CouldNotRun as error:
        yield inconclusive(subject, f"only one sample: {error}", expected="no growth during the test", seen=seen)
        return
    if second_row is None:
        yield inconclusive(subject, "not in the second sample", expected="no growth during the test", seen=seen)
        return
    second = _Counters.of(second_row).values
    seen = (*seen, *facts.seen(second_row))
    yield from _steady(row, second_row, seen)
    grown = {name: (first[name], second[name]) for name in first if second.get(name, -1) != first[name]}
    if any(now < before for before, now in grown.values()):
        yield inconclusive(subject, "counters were cleared or the second sample lacks them", seen=seen)
    elif grown:
        told = ", ".join(f"{name} {before} -> {now}" for name, (before, now) in grown.items())
        yield holds(subject, False, expected="no growth during the test", observed=told, source=source, seen=seen)
    else:
        yield _past(row, first, allowed, source, seen)


def _past(row: Interface, counters: dict[str, int], allowed: int, source: str, seen: tuple[Seen, ...]) -> Finding:
    told = ", ".join(f"{count} {name}" for name, count in counters.items() if count)
    since = f"since last clearing ({row.last_clearing or 'not shown'})"
    if max(counters.values()) > allowed:
        why = f"{told} {since}, no growth seen; clear the counters, let traffic run and test again"
        return inconclusive(f"{row.name} errors", why, expected=f"at most {allowed} {since}", source=source, seen=seen)
    return holds(
        f"{row.name} errors",
        True,
        expected=f"at most {allowed}, no growth",
        observed=f"{told or 'none'} {since}",
        source=source,
        seen=seen,
    )


def _steady(first: Interface, second: Interface, seen: tuple[Seen, ...]) -> Iterator[Finding]:
    """Whether the port stayed what it was between two samples: one that falls while it is pinged has errors of none."""
    before, after = _standing(first), _standing(second)
    changed = [f"{name} {before[name]} -> {after[name]}" for name in before if before[name] != after[name]]
    expected = "the same at the end of the test"
    yield holds(
        f"{first.name} steady", not changed, expected=expected, observed=", ".join(changed) or expected, seen=seen
    )


def _standing(row: Interface) -> dict[str, object]:
    return {
        "status": row.status,
        "line protocol": row.protocol,
        "suffix": row.protocol_suffix,
        "loopback": row.loopback,
        "address": row.address,
        "interface resets": row.interface_resets,
        "carrier transitions": row.carrier_transitions,
    }


def alarms(facts: Facts, name: InterfaceName, *, source: str) -> Iterator[Finding]:
    """Active alarms, and growth of parity errors, of the controller behind a POS or DS-3 port; nothing for others."""
    if (kind := _CONTROLLERS.get(name.type)) is None:
        return
    if reason := facts.lacks(_CONTROLLER_FACTS[name.type]):
        yield not_applicable(f"{name} alarms", reason, source=PLATFORM_TABLE, agreed_by=PLATFORM_TABLE)
        return
    row = only(facts.rows(kind), name)
    if row is None:
        yield inconclusive(f"{name} controller", "the router does not show it", expected="no active alarm")
        return
    yield compare(f"{name} alarms", (), row.alarms, source=source, seen=facts.seen(row))
    yield from _parity(facts, name, row)


def _parity(facts: Facts, name: InterfaceName, row: ControllerPos | ControllerSerial) -> Iterator[Finding]:
    try:
        after = only(facts.rows(type(row), **SECOND), name)
    except CouldNotRun as error:
        yield inconclusive(f"{name} line errors", f"only one sample: {error}", expected="no growth during the test")
        return
    if after is None:
        yield inconclusive(f"{name} line errors", "not in the second sample", expected="no growth during the test")
        return
    subject, expected, seen = f"{name} line errors", "no growth during the test", facts.seen(row, after)
    yield compare(f"{name} alarms at the end", (), after.alarms, source="Schedule 2", seen=seen)
    before_counts, after_counts = _line_errors(row), _line_errors(after)
    grown = []
    for key, old in before_counts.items():
        new = after_counts[key]
        if old is None or new is None:
            yield inconclusive(subject, f"the router does not show {key}", expected=expected, seen=seen)
        elif new > old:
            grown.append(f"{key} {old} -> {new}")
    yield holds(subject, not grown, expected=expected, observed=", ".join(grown) or "no growth", seen=seen)


def _line_errors(row: ControllerPos | ControllerSerial) -> dict[str, int | None]:
    if isinstance(row, ControllerPos):
        return {"B1": row.b1, "B2": row.b2, "B3": row.b3}
    return {
        "line code violations": row.line_code_violations,
        "P-bit errors": row.p_bit_errors,
        "C-bit errors": row.c_bit_errors,
    }


def in_brief(row: InterfaceBrief) -> str:
    """Address and state of a row as one text, in the words of IOS."""
    valid = row.ok in ("YES", None)  # IOS-XR has no such column
    vrf = "" if row.vrf in (None, "default") else f" in VRF {row.vrf}"
    return f"{row.address} {brief_status(row)}/{row.protocol.lower()}{'' if valid else ' not valid'}{vrf}"


def brief_status(row: InterfaceBrief) -> str:
    """IOS-XR says `Up`, `Down` and, of a port that is shut, `Shutdown`."""
    return "administratively down" if row.status == "Shutdown" else row.status.lower()


def is_port(text: str) -> bool:
    """Whether that is the name of a port, no subinterface and nothing virtual."""
    try:
        name = InterfaceName.parse(text)
    except InputError:  # `Control Plane Interface` and the like
        return False
    return ((name.type in _PORT and "/" in name.place) or name.type == "eth") and not name.sub  # eth5: of a Linux host


def uses(row: InterfaceBrief, used: list[str]) -> bool:
    """Whether that row is one of these interfaces, or the port below one."""
    parents = (str(InterfaceName.parse(name).parent) for name in used)
    return any(same_interface(row.name, name) for name in parents)
