"""`ip prefix-list` lines of the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from turnup.virtual.shows.view import View


@dataclass(frozen=True)
class Entry:
    """One line of a list; `sequence` counts in fives when the line gives none."""

    sequence: int
    action: str
    prefix: IPv4Network
    bounds: str  # ` le 28`, with its blank

    def matches(self, prefix: IPv4Network) -> bool:
        """Whether that prefix lies in this one with a length between the bounds; exactly this one without bounds."""
        words = self.bounds.split()
        given = {words[i]: int(words[i + 1]) for i in range(0, len(words) - 1, 2)}
        lowest = given.get("ge", self.prefix.prefixlen)
        highest = given.get("le", 32 if "ge" in given else self.prefix.prefixlen)
        return prefix.subnet_of(self.prefix) and lowest <= prefix.prefixlen <= highest


def prefix_lists(view: View) -> dict[str, tuple[Entry, ...]]:
    """Every list by name, entries by sequence number."""
    return view.once(_prefix_lists)


def _prefix_lists(view: View) -> dict[str, tuple[Entry, ...]]:
    found: dict[str, list[Entry]] = {}
    for words in view.global_lines("ip", "prefix-list"):
        if len(words) < 5 or words[3] == "description":
            continue
        entries = found.setdefault(words[2], [])
        rest = words[3:]
        sequence = int(rest[1]) if rest[0] == "seq" else (entries[-1].sequence if entries else 0) + 5
        rest = rest[2:] if rest[0] == "seq" else rest
        bounds = "".join(f" {word}" for word in rest[2:])
        entries.append(Entry(sequence, rest[0], IPv4Network(rest[1], strict=False), bounds))
    return {name: tuple(sorted(entries, key=lambda e: e.sequence)) for name, entries in found.items()}


def permitted(view: View, name: str) -> tuple[IPv4Network, ...]:
    """Networks that the list of that name permits, () when there is no such list."""
    return tuple(entry.prefix for entry in prefix_lists(view).get(name, ()) if entry.action == "permit")


def permits(view: View, name: str, prefix: IPv4Network) -> bool:
    """Whether the list lets that prefix through: first match, deny at the end; an undefined list permits everything
    (reference: provisioning 1.2).
    """
    entries = prefix_lists(view).get(name)
    if entries is None:
        return True
    return next((entry.action == "permit" for entry in entries if entry.matches(prefix)), False)
