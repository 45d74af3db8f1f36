"""The running configuration of a virtual router: sections and lines, in the order IOS shows them.

What a line means is decided elsewhere (`config_mode`, `rules`); here lines are kept, found, ordered and printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv4Interface

from turnup.configuration import Configuration
from turnup.errors import InputError
from turnup.model.equipment import LineCard
from turnup.model.interface_name import InterfaceName
from turnup.virtual.parameters import interface_order
from turnup.virtual.syntax import Grammar, Misread, grammar, separators

UNKNOWN = 10_000  # rank of a line no grammar knows: behind all others of its section


@dataclass(frozen=True)
class Line:
    """One line as shown. `key` is what a later command replaces, `order` sorts it within its section."""

    key: tuple[str, ...]
    text: str
    order: tuple[object, ...]
    mode: str = ""  # of the section it opens


def mode_of(header: str) -> tuple[str, str]:
    """Mode and kind of the section behind that header: ("interface", "POS"), ("router-bgp", ""); "" = global."""
    if not header:
        return "config", ""
    return _mode_of(header)


@lru_cache(maxsize=4096)
def _mode_of(header: str) -> tuple[str, str]:
    words = header.split()
    if words[0] == "interface":
        name = InterfaceName.parse(words[1])
        return "interface", "sub" if name.sub else name.type
    found = grammar("config", "config").read(header)
    return ("config" if isinstance(found, Misread) else found.command.enters), ""


def grammar_of(header: str) -> Grammar:
    """Grammar of the section behind that header."""
    return grammar("config", *mode_of(header))


@lru_cache(maxsize=8192)  # the routers of a lab share most of their lines
def _line(mode: str, kind: str, text: str) -> Line:
    negated = text.startswith("no ")
    found = grammar("config", mode, kind).read(text, negated=negated, start=3 if negated else 0)
    if isinstance(found, Misread):
        return Line((text,), text, (UNKNOWN,))
    return make_line(found.key, text, found.command.rank, found.command.enters)


def make_line(key: tuple[str, ...], text: str, rank: int, mode: str = "") -> Line:
    """A line with its place: most stand in the order of the grammar, some in an order of their own."""
    words = text.removeprefix("no ").split()
    if words[0] in ("access-list", "permit", "deny"):
        key = tuple(text.split())  # an entry replaces nothing
    if words[0] == "neighbor":
        order: tuple[object, ...] = (_NEIGHBOR, *_peer(words[1]), rank)
    elif words[0] == "interface":
        order = (rank, *interface_order(words[1]))
    elif words[:2] == ["ip", "prefix-list"]:
        order = (_PREFIX, words[2], int(words[4]) if words[3] == "seq" else 0)
    elif words[0] == "access-list":
        order = (_ACL, int(words[1]))
    elif words[0] == "route-map":
        order = (_MAP, words[1], int(words[3]) if len(words) > 3 else 0)
    elif mode == "line":
        order = (_LINES, ("con", "aux", "vty").index(words[1]), int(words[2]))
    elif words[0] in ("permit", "deny", "remark"):
        order = (0,)  # entries of a named list: as they came
    else:
        order = (rank,)
    return Line(key, text, order, mode)


def _rank(mode: str, line: str) -> int:
    found = grammar("config", mode).read(line)
    if isinstance(found, Misread):  # pragma: no cover - the grammar file lost a line
        raise InputError(f"the grammar has no {line!r}")
    return found.command.rank


_NEIGHBOR = _rank("router-bgp", "neighbor X peer-group")
_PREFIX = _rank("config", "ip prefix-list X permit 0.0.0.0/0")
_ACL = _rank("config", "access-list 1 permit any")
_MAP = _rank("config", "route-map X permit 10")
_LINES = _rank("config", "line con 0")


def _peer(name: str) -> tuple[int, int, str]:
    """Peer groups first, by name; then addresses as numbers."""
    try:
        return 1, int(IPv4Address(name)), ""
    except AddressValueError:
        return 0, 0, name


class ConfigTree:
    """Sections ("" = global) and their lines. The header of a section is a global line of its own."""

    def __init__(self, cards: Mapping[int, LineCard]) -> None:
        self.cards = cards
        self.version = 0
        self._sections: dict[str, list[Line]] = {"": []}
        self._text = ""
        self._configuration: Configuration | None = None

    @classmethod
    def read(cls, text: str, cards: Mapping[int, LineCard]) -> ConfigTree:
        """From the text of a configuration, from `!` or `version` to `end`."""
        tree = cls(cards)
        for section, line in _read(text):
            tree.put_in(section, line)
        return tree

    # --- what is there

    def lines(self, section: str) -> list[Line]:
        """Lines of a section in the order shown; empty when there is none."""
        return sorted(self._sections.get(section, ()), key=lambda line: line.order)

    def has_section(self, header: str) -> bool:
        """Whether that section exists."""
        return header in self._sections

    def sections(self) -> tuple[str, ...]:
        """All headers."""
        return tuple(header for header in self._sections if header)

    def value(self, section: str, key: tuple[str, ...]) -> str | None:
        """Text of the line with that key; None when there is none."""
        return next((line.text for line in self._sections.get(section, ()) if line.key == key), None)

    @property
    def hostname(self) -> str:
        """Name in the prompt."""
        line = self.value("", ("hostname",))
        return line.split()[1] if line else "Router"

    def header_of(self, interface: InterfaceName | str) -> str:
        """Header of that interface's section; a subinterface may carry `point-to-point` behind its name."""
        header = f"interface {interface}"
        return next((one for one in self._sections if one == header or one.startswith(f"{header} ")), header)

    def address(self, interface: InterfaceName | str) -> IPv4Interface | None:
        """Primary address of an interface."""
        words = (self.value(self.header_of(interface), ("ip", "address")) or "").split()
        return IPv4Interface(f"{words[2]}/{words[3]}") if len(words) == 4 and words[0] == "ip" else None

    def text(self) -> str:
        """The configuration from its first `!` to `end`."""
        if not self._text:
            self._text = "\n".join(_print(self)) + "\n"
        return self._text

    def configuration(self) -> Configuration:
        """Sections and lines, cached until the next change."""
        if self._configuration is None:
            self._configuration = Configuration.read(self.text())
        return self._configuration

    # --- changes

    def store(self, section: str, line: Line) -> str | None:
        """Put a line in, in place of one with its key; the text of that one when it was another."""
        self._open(section)
        body, replaced = self._sections[section], None
        for at, old in enumerate(body):
            if old.key == line.key:
                body[at], replaced = line, old.text if old.text != line.text else None
                break
        else:
            body.append(line)
        if line.mode:
            self._sections.setdefault(line.text, [])
        self._changed()
        return replaced

    def drop(self, section: str, key: tuple[str, ...], *, prefix: bool = False) -> int:
        """Remove the lines with that key, or that begin with those words; sections that they open go with them."""
        body = self._sections.get(section, [])
        gone = [line for line in body if line.key == key or (prefix and tuple(line.text.split())[: len(key)] == key)]
        for line in gone:
            body.remove(line)
            if line.mode:
                self._sections.pop(line.text, None)
        self._changed()
        return len(gone)

    def take_out(self, section: str, pattern: str) -> list[tuple[str, str]]:
        """Remove lines by shell pattern from the sections whose header matches; (section, text) of each, bodies too."""
        gone: list[tuple[str, str]] = []
        for header in [header for header in self._sections if header == section or fnmatchcase(header, section)]:
            for line in self.lines(header):
                if line.text == pattern or fnmatchcase(line.text, pattern):
                    gone.append((header, line.text))
                    gone += [(line.text, inner.text) for inner in self.lines(line.text) if line.mode]
                    self.drop(header, line.key)
        return gone

    def put_in(self, section: str, line: str) -> str | None:
        """Insert a line at its place, unchecked; the other line that it replaces.

        A pattern as section means the first section that matches.
        """
        if section not in self._sections:
            section = next((header for header in self._sections if fnmatchcase(header, section)), section)
        return self.store(section, _line(*mode_of(section), line))

    def _open(self, section: str) -> None:
        if section not in self._sections:
            self.put_in("", section)
            self._sections.setdefault(section, [])

    def _changed(self) -> None:
        self.version += 1
        self._text, self._configuration = "", None


def _read(text: str) -> Iterator[tuple[str, str]]:
    section = ""
    banner: list[str] = []
    for raw in text.splitlines():
        if banner:
            banner.append(raw)
            if "^C" in raw:
                yield "", "\n".join(banner)
                banner = []
        elif raw.startswith("banner ") and raw.count("^C") < 2:
            banner = [raw]
        elif raw.startswith(" "):
            yield section, raw[1:].rstrip("\r")
        elif raw and not raw.startswith("!") and raw != "end":
            section = raw
            yield "", raw


def _print(tree: ConfigTree) -> Iterator[str]:
    marks, last, printed = separators("config", "config"), 0, "!"
    yield printed
    for line in tree.lines(""):
        rank = line.order[0]
        assert isinstance(rank, int)  # noqa: S101 - the first part of every order is a rank
        if printed != "!" and any(last < mark < rank for mark in marks):
            yield "!"
        last, printed = rank, line.text
        yield line.text
        if line.mode:
            for inner in tree.lines(line.text):
                yield f" {inner.text}"
            if line.mode != "line":
                printed = "!"
                yield printed
    if printed != "!":
        yield "!"
    yield "end"
