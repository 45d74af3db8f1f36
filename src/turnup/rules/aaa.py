"""AAA method lists and terminal lines, as tests 12, 13, 14 and 15 read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from turnup.configuration import Configuration
from turnup.errors import CouldNotRun

LOCAL_METHODS = ("local", "local-case", "enable", "line")
NEW_MODEL = "aaa new-model"


@dataclass(frozen=True)
class MethodList:
    """One `aaa authentication|authorization|accounting ...` line: its methods in order, server groups by name."""

    text: str
    name: str
    methods: tuple[str, ...]


def method_list(config: Configuration, kind: str, name: str) -> MethodList | None:
    """The list of that kind, e.g. ("authentication login", "default"); None when it is not configured.

    Raises CouldNotRun when two lines give it.
    """
    found = [entry for entry in method_lists(config, kind) if entry.name == name]
    if len(found) > 1:
        raise CouldNotRun(f"{len(found)} lists {kind} {name}: {'; '.join(entry.text for entry in found)}")
    return found[0] if found else None


def method_lists(config: Configuration, kind: str) -> tuple[MethodList, ...]:
    """All lists of that kind, e.g. "authorization exec"; those of `commands` stand behind their privilege level."""
    words = ["aaa", *kind.split()]
    size = len(words)
    texts = [(text, _without_level(text.split(), size)) for text in config.top]
    return tuple(
        MethodList(text, found[size], _methods([*found[size + 1 :], *_below(config, text)]))
        for text, found in texts
        if found[:size] == words and len(found) > size
    )


def _below(config: Configuration, text: str) -> Iterator[str]:
    """Later trains write accounting on lines of its own: `action-type start-stop`, `group tacacs+`."""
    for line in config.section(text) or ():
        words = line.split()
        if words[0] in ("group", "action-type"):
            yield from words[1:]


def _without_level(words: list[str], size: int) -> list[str]:
    leveled = words[size - 1 : size] == ["commands"] and len(words) > size and words[size].isdigit()
    return [*words[:size], *words[size + 1 :]] if leveled else words


def _methods(words: list[str]) -> tuple[str, ...]:
    """`group tacacs+ local` and `tacacs+ local` (before 12.0(5)T) are the same two methods."""
    return tuple(word for word in words if word not in ("group", "start-stop", "stop-only", "wait-start", "broadcast"))


def tacacs_groups(config: Configuration) -> frozenset[str]:
    """Names under which method lists reach the TACACS+ servers: `tacacs+` and every group of that kind."""
    groups = (text.split()[4] for text in config.headers("aaa group server tacacs+") if len(text.split()) > 4)
    return frozenset(("tacacs+", *groups))


@dataclass(frozen=True)
class TerminalLine:
    """One `line ...` section."""

    header: str
    lines: tuple[str, ...]

    @property
    def login_list(self) -> str:
        """Name of its login method list; `default` when it names none. Raises CouldNotRun when it names two."""
        named = [line.split()[2] for line in self.lines if line.startswith("login authentication ")]
        if len(named) > 1:
            raise CouldNotRun(f"{self.header} names {len(named)} login lists: {', '.join(named)}")
        return named[0] if named else "default"

    def list_of(self, kind: str) -> str:
        """Name of the list of that kind, e.g. `authorization exec`, that its sessions use; `default` without a line."""
        named = [line.split()[-1] for line in self.lines if line.startswith(f"{kind} ")]
        return named[-1] if named else "default"

    @property
    def never_times_out(self) -> bool:
        """Whether an idle session stays for ever."""
        return self.has("no exec-timeout") or any(
            line.split()[0] == "exec-timeout" and not any(int(n) for n in line.split()[1:] if n.isdigit())
            for line in self.lines
        )

    def has(self, text: str) -> bool:
        """Whether that exact line stands in it."""
        return text in self.lines


@dataclass(frozen=True)
class VtyPool:
    """One `vty-pool NAME FIRST LAST line-template TEMPLATE` (IOS-XR): which lines take their settings from where."""

    text: str
    numbers: range
    header: str


def vty_pools(config: Configuration) -> tuple[VtyPool, ...]:
    """All pools of vty lines. Raises CouldNotRun for one that names no range."""
    found = []
    for text in config.headers("vty-pool"):
        words = text.split()
        if len(words) < 4 or not (words[2].isdigit() and words[3].isdigit()):
            raise CouldNotRun(f"`{text}` names no range of lines")
        template = words[words.index("line-template") + 1] if "line-template" in words[:-1] else "default"
        found.append(VtyPool(text, range(int(words[2]), int(words[3]) + 1), f"line vty {template}"))
    return tuple(found)


def terminal_lines(config: Configuration, kind: str) -> tuple[TerminalLine, ...]:
    """Sections of that kind: `con`, `aux`, `vty`."""
    return tuple(
        TerminalLine(header, config.section(header) or ())
        for header in config.headers("line")
        if header.split()[1:2] == [kind]
    )
