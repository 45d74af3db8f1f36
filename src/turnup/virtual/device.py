"""A virtual router: who it is (frozen record of the inventory) and the state it is in.

The command line (`shell`) changes the state; a `StateProvider` renders it as IOS would show it. The two meet here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network
from typing import Protocol

from turnup.configuration import Configuration
from turnup.errors import InputError
from turnup.model.equipment import LineCard, Router, Site
from turnup.model.interface_name import InterfaceName
from turnup.virtual.config_tree import ConfigTree
from turnup.virtual.faults import Behaviour, Change, Fault
from turnup.virtual.mishaps import Hearings

LOG_SIZE = 2000  # entries kept; the oldest fall out as in a ring buffer


@dataclass(frozen=True)
class LogEntry:
    """One message of the log buffer: time (UTC) and text from the `%` (or `SLOT 2:%`) on."""

    at: datetime
    text: str


@dataclass
class SessionInfo:
    """One line in use. `line` is `con` or `vty`, `number` its number within the kind, `tty` the absolute number."""

    username: str
    line: str
    number: int
    tty: int
    host: str
    since: datetime
    last_input: datetime
    privilege: int = 1
    configuring: bool = False


@dataclass(frozen=True)
class FarEnd:
    """What stands at the other end of a port: a customer's router or a neighbour of ours.

    `interface` None: whichever port of `router` is given an address in `link` (the cross-connect follows the order).
    `md5_key` empty: the far end has no key; None: takes any. `prefixes` are what it announces over BGP.
    `is_neighbor` says that it speaks IS-IS. Line settings None: it takes whatever our end has.
    """

    name: str
    router: str
    address: IPv4Address
    link: IPv4Network
    interface: InterfaceName | None = None
    far_interface: str = ""
    peer_as: int | None = None
    prefixes: tuple[IPv4Network, ...] = ()
    md5_key: str | None = None
    is_neighbor: bool = False
    system_id: str = ""
    encapsulation: str | None = None
    crc: int | None = None
    scramble: bool | None = None


class StateProvider(Protocol):
    """Renders what a router shows. The command line knows nothing of what stands behind it."""

    blocks: bool  # an answer may take time: it is waited for beside the other sessions

    def show(self, device: Device, words: tuple[str, ...], session: SessionInfo) -> str | None:
        """Answer to a show, ping, traceroute, dir or verify command, given as fully expanded words.

        Lines end with a newline, no prompt, no paging. None: the image does not know the command, the command line
        then answers with the caret. The configuration (`show running-config`, `show startup-config`) never comes here.
        """
        ...


class Backing(Protocol):
    """What stands behind a router whose protocols are real: it follows the configuration and the sessions."""

    def changed(self, device: Device) -> None:
        """The configuration is another."""
        ...

    def log_in(self, username: str, password: str, line: str, caller: str) -> int | None:
        """Privilege level of a login; None when it is refused. May take time."""
        ...

    def opened(self, session: SessionInfo) -> None:
        """A session has begun."""
        ...

    def closed(self, session: SessionInfo) -> None:
        """A session has ended."""
        ...

    def commanded(self, session: SessionInfo, command: str) -> None:
        """A command was carried out."""
        ...

    def told(self) -> Mapping[str, object]:
        """What somebody who looks after the lab must know."""
        ...


@dataclass
class Device:
    """One virtual router. `cards` are the line cards by slot; `clock` gives UTC; `running` builds on first use."""

    router: Router
    site: Site
    cards: Mapping[int, LineCard]
    baseline: Callable[[Device], str]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    uptime: timedelta = timedelta(days=23, hours=4, minutes=17)
    far_ends: tuple[FarEnd, ...] = ()
    faults: tuple[Fault, ...] = ()
    log: list[LogEntry] = field(default_factory=list)
    sessions: dict[int, SessionInfo] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)  # the provider's: `input.POS2/0`, ...
    misbehaved: dict[Behaviour, int] = field(default_factory=dict)  # how often each was met
    spoiled: dict[str, list[Change]] = field(default_factory=dict)  # what each fault changed
    config_lock: SessionInfo | None = None  # who has the configuration to himself
    backing: Backing | None = None  # None: everything is made up
    hearings: Hearings = field(default_factory=Hearings)  # what it hears, and mishaps by number
    reload_in: str = ""  # minutes of a scheduled reload
    disk: dict[str, str] | None = None  # files that can be copied there (see flash); None: no such disk
    last_change: tuple[datetime, str] | None = None  # when and by whom
    last_save: tuple[datetime, str] | None = None
    booted: datetime = field(init=False)
    _startup: str = ""

    def __post_init__(self) -> None:
        self.booted = self.clock() - self.uptime

    @property
    def can_lock(self) -> bool:
        """Whether the image has `configure terminal lock`: from 12.0(31)S, which the PRP runs here and the GRP not."""
        return self.router.processor.upper().startswith("PRP")

    @cached_property
    def config(self) -> ConfigTree:
        """Running configuration; made from the baseline and the faults the first time anybody looks."""
        tree = ConfigTree.read(self.baseline(self), self.cards)
        for fault in self.faults:  # those it was made with; later ones come through the lab
            self.spoiled[fault.name] = fault.change(tree, self.router.name)
        self._startup = tree.text()
        return tree

    @property
    def startup(self) -> str:
        """Startup configuration from its first `!` to `end`: the running one as it was at boot or last saved."""
        return self._startup or self.config.text()

    @startup.setter
    def startup(self, text: str) -> None:
        self._startup = text

    @property
    def hostname(self) -> str:
        """Name in the prompt: what the configuration says, not the inventory."""
        return self.config.hostname

    @property
    def configuration(self) -> Configuration:
        """The running configuration as sections and lines, cached until it changes."""
        return self.config.configuration()

    @property
    def state(self) -> Mapping[str, object]:
        """State overrides of the active faults, e.g. {"interface.POS1/0.status": "down"}; the later fault wins."""
        merged: dict[str, object] = {}
        for fault in self.faults:
            if fault.applies(self.router.name):
                merged.update(fault.state)
        return merged

    def override(self, name: str) -> object | None:
        """What the active faults say of that name: the exact name first, then the first pattern that matches."""
        state = self.state
        if name in state:
            return state[name]
        return next((value for key, value in state.items() if fnmatchcase(name, key)), None)

    def interfaces(self) -> tuple[tuple[InterfaceName, LineCard, int], ...]:
        """Every port of every line card with its card and slot, in slot order."""
        return tuple((name, card, slot) for slot, card in sorted(self.cards.items()) for name in card.interfaces(slot))

    def far_end(self, interface: InterfaceName) -> FarEnd | None:
        """What is cabled to that port: a fixed cable first, otherwise whoever shares the network of its address."""
        for far in self.far_ends:
            if far.interface == interface:
                return far
        own = self.config.address(interface)
        for far in self.far_ends:
            if far.interface is None and own is not None and own.network == far.link:
                return far
        return None

    def reload(self) -> None:
        """Start again from the startup configuration; what was not saved is lost, and so are log and counters."""
        self.__dict__["config"] = ConfigTree.read(self.startup, self.cards)
        self.log.clear()
        self.counters.clear()
        self.booted, self.last_change, self.last_save, self.reload_in = self.clock(), None, None, ""
        self.say("%SYS-5-RESTART: System restarted --")
        self.settle()

    def restore(self, running: str, startup: str) -> None:
        """Take that configuration, as if it had never had another. Raises InputError when it would show another."""
        tree = ConfigTree.read(running, self.cards)
        if tree.text() != running:
            raise InputError(f"{self.router.name} would not show that configuration as it stands")
        self.__dict__["config"] = tree
        self.startup, self.config_lock, self.last_change, self.last_save = startup, None, None, None
        self.log.clear()
        self.settle()

    def settle(self) -> None:
        """Let what stands behind the router follow its configuration."""
        if self.backing is not None:
            self.backing.changed(self)

    def say(self, text: str, at: datetime | None = None) -> None:
        """Write one message (`%FAC-n-MNEM: ...`) to the log buffer, at the present time or the one it happened at."""
        self.log.append(LogEntry(at or self.clock(), text))
        del self.log[:-LOG_SIZE]
