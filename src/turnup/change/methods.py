"""How a change is carried out, chosen by whom it could cut off; which method a platform has for what is its data.

`[methods]` of platform.toml: reach -> method. `inverse`: line by line, taken back by the inverse of what the router
shows (12.0S has no commit). `watched`: the same with a second session that watches, and a reload scheduled if chosen.
`committed`: a candidate, compared, on trial, confirmed (IOS XR); only where policy.yaml says `unproven_methods: true`,
for no real router was ever written to so. A name that is not built is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from turnup.change.addresses import address_in
from turnup.change.footprint import Footprint
from turnup.change.wire import Wire, Writable
from turnup.errors import CouldNotRun, InputError, Refused, TurnupError
from turnup.model.equipment import Router
from turnup.model.interface_name import InterfaceName
from turnup.model.transcript import Ask, Request
from turnup.platforms import Platform
from turnup.render.fold import Sections


class Reach(StrEnum):
    """What a change could cut off."""

    CUSTOMER_PORT = "customer-port"
    MANAGEMENT = "management"


class Method(Protocol):
    """What stands around the lines of a change."""

    @property
    def note(self) -> str:
        """What the journal says of it, before anything is done; "" for nothing."""

    def arm(self, wire: Wire) -> None:
        """Before the first line. Raises what stops the change."""

    def disarm(self, wire: Wire) -> None:
        """When all is read back as planned, before it is saved. Raises what takes the change back."""

    def stand_down(self, session: Writable) -> None:
        """When the change was taken back."""


@dataclass(frozen=True)
class Inverse:
    """Nothing around it: a customer's port cuts nobody else off, and the way back is the inverse."""

    note: str = ""

    def arm(self, wire: Wire) -> None:
        """Nothing to do."""

    def disarm(self, wire: Wire) -> None:
        """Nothing to do."""

    def stand_down(self, session: Writable) -> None:
        """Nothing to do."""


@dataclass(frozen=True)
class Committed:
    """All lines in one candidate, compared before it is committed; a commit that goes back by itself until confirmed.

    `seconds` is that trial. What is typed is the work of turnup.change.committed.
    """

    seconds: int = 300

    @property
    def note(self) -> str:
        """What the journal says."""
        return f"in one candidate, commit confirmed {self.seconds}"

    def arm(self, wire: Wire) -> None:
        """Nothing: the router itself goes back."""

    def disarm(self, wire: Wire) -> None:
        """Nothing to do."""

    def stand_down(self, session: Writable) -> None:
        """Nothing to do."""


@dataclass
class Watched:
    """A second session watches; `minutes` > 0: a reload is scheduled and cancelled when a third session got in.

    The reload boots the startup configuration, in which nothing of the change stands yet.
    """

    minutes: int
    watch: Callable[[], Writable]
    _second: list[Writable] = field(default_factory=list)

    @property
    def note(self) -> str:
        """What the journal says; recovery cancels the reload by it."""
        return f"{RELOAD} {self.minutes} minutes" if self.minutes else "watched by a second session, no reload chosen"

    def arm(self, wire: Wire) -> None:
        """Open the watching session; schedule the reload. Raises Unreachable, CouldNotRun."""
        self._second.append(self.watch())
        if self.minutes:
            schedule_reload(wire.session, self.minutes)

    def disarm(self, wire: Wire) -> None:
        """Log in once more from outside, look through the watching session, cancel the reload."""
        for session in (self.watch(), *self._second):
            try:
                session.command(_LOOK)
            finally:
                session.close()
        self._second.clear()
        if self.minutes:
            cancel_reload(wire.session)

    def stand_down(self, session: Writable) -> None:
        """Let the watching session go and cancel the reload."""
        for one in self._second:
            one.close()
        self._second.clear()
        if self.minutes:
            cancel_reload(session)


RELOAD = "a reload is scheduled in"
_LOOK = "show clock"


def schedule_reload(session: Writable, minutes: int) -> None:
    """`reload in N`, its question answered. Raises CouldNotRun when the router asks anything else."""
    _hold(session, "reload_in", minutes=str(minutes))


def cancel_reload(session: Writable) -> None:
    """`reload cancel`. Raises CouldNotRun."""
    _hold(session, "reload_cancel")


def _hold(session: Writable, name: str, **values: str) -> None:
    dialogue = session.platform.settings.dialogues.get(name)
    if dialogue is None:
        raise CouldNotRun(f"{session.platform.name} has no dialogue {name!r} in platform.toml")
    command = dialogue.command.format(**values)
    steps = (("", command), *dialogue.steps)
    ask = Ask(name)
    answer = session.ask([Request(ask, command, steps)])[ask]
    if answer.failure:
        raise CouldNotRun(f"{command}: {answer.failure}")


def management_in_reach(footprint: Footprint, sections: Sections, router: Router) -> tuple[str, ...]:
    """Why a change inside that footprint could cut off the router's management; () when it cannot.

    Lines of vty, AAA, loopbacks and routes are outside every footprint and refused by the grammar; what is left is a
    port that carries the router's own traffic.
    """
    return tuple(_management(footprint, sections, router))


def _management(footprint: Footprint, sections: Sections, router: Router) -> Iterator[str]:
    own = {str(link.interface.parent) for link in router.links}
    for port in footprint.ports:
        if port in own:
            yield f"{port} carries an intra-POP link"
        if port == router.source_interface:
            yield f"{port} is the source of the router's own traffic"
    stations = (*router.management_targets, *router.tacacs_servers, *router.log_hosts, *router.name_servers)
    for header, lines in sections.items():
        if not _ours(header, footprint):
            continue
        if any(line.startswith("ip router isis") for line in lines):
            yield f"{header.removeprefix('interface ')} has an IS-IS adjacency"
        for address in map(address_in, lines):
            if address is not None and any(station in address.network for station in (*stations, router.loopback)):
                yield f"{header.removeprefix('interface ')} leads to a station of the NOC"
    yield from (f"{port} has an IS-IS adjacency" for port in _spoken_on(sections) if port in footprint.ports)


def _spoken_on(sections: Sections) -> Iterator[str]:
    """Interfaces of an IS-IS process that names them itself (IOS XR)."""
    for header, lines in sections.items():
        for line in lines if header.startswith("router isis") else ():
            words = line.split(" ")
            if words[0] == "interface" and "passive" not in words and f"{' '.join(words[:2])} passive" not in lines:
                yield _port(line)


def _ours(header: str, footprint: Footprint) -> bool:
    return _port(header) in footprint.ports


def _port(header: str) -> str:
    """The physical interface of `interface X`; "" for other lines and for names that are none."""
    words = header.split(" ")
    if words[0] != "interface" or len(words) < 2:
        return ""
    try:
        return str(InterfaceName.parse(words[1]).parent)
    except InputError:
        return ""


def method_for(
    platform: Platform,
    management: tuple[str, ...],
    reload_in: int | None,
    watch: Callable[[], Writable] | None,
    unproven: bool = False,
) -> Method:
    """The method of that platform for what the change could cut off. Raises Refused: not chosen, or not built.

    `reload_in`: minutes, 0 = expressly without, None = nobody chose. `unproven`: policy.yaml allows a method that was
    never run on a router of its platform.
    """
    reach = Reach.MANAGEMENT if management else Reach.CUSTOMER_PORT
    name = platform.settings.methods.get(reach, "")
    if name == "inverse" and reach is Reach.CUSTOMER_PORT:
        return Inverse()
    if name == "committed" and reach is Reach.CUSTOMER_PORT:
        if not unproven:
            raise Refused(
                f"{platform.settings.title} is written to by `commit confirmed`, which turnup never did on a real one",
                advice="Nothing was sent. Try it on a router of your lab first; then `unproven_methods: true` in"
                " policy.yaml allows it. Until then have the plan carried out by hand.",
            )
        return Committed()
    if name != "watched":
        raise Refused(
            f"{platform.name} has no proved method for a change that reaches {reach.value} ({name or 'none named'})",
            advice="Nothing was sent. Make this change by hand, or on a platform whose method is built.",
        )
    if reload_in is None or watch is None:
        raise Refused(
            f"this change could cut off the router's own management: {'; '.join(management)}",
            advice="Nothing was sent. Have the console at hand and choose: --reload-in MINUTES (a reload drops every"
            " customer of the router) or --reload-in 0; it is then made in a window only, watched by a second session.",
        )
    return Watched(reload_in, watch)


def cancelled(session: Writable, note: str) -> str:
    """Cancel the reload that a crashed change had scheduled; what was done, in words ("" when none was)."""
    if not note.startswith(RELOAD):
        return ""
    try:
        cancel_reload(session)
    except (TurnupError, OSError) as error:
        return f"THE RELOAD COULD NOT BE CANCELLED: {error}"
    return "the scheduled reload was cancelled"
