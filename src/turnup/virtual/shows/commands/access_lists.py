"""`show access-lists`: 12.0S writes no sequence numbers."""

from __future__ import annotations

from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.view import View


def _lists(view: View) -> dict[tuple[str, str], list[str]]:
    """Entries as shown, by kind and name."""
    found: dict[tuple[str, str], list[str]] = {}
    for line in view.configuration.top:
        words = line.split()
        if words[0] == "access-list" and len(words) > 3 and words[2] in ("permit", "deny"):
            standard = int(words[1]) < 100 or 1300 <= int(words[1]) <= 1999
            shown = _standard(words[2:]) if standard else f"{words[2]} {' '.join(words[3:])}"
            found.setdefault(("Standard" if standard else "Extended", words[1]), []).append(shown)
        elif words[:2] == ["ip", "access-list"] and len(words) == 4:
            kind = words[2].capitalize()
            entries = [entry.split() for entry in view.section(line) if entry.split()[0] in ("permit", "deny")]
            found[kind, words[3]] = [_standard(e) if kind == "Standard" else " ".join(e) for e in entries]
    return found


def _standard(words: list[str]) -> str:
    log = " log" if words[-1] == "log" else ""
    rest = words[1:-1] if log else words[1:]
    if rest[0] == "host":
        rest = rest[1:]
    source = f"{rest[0]}, wildcard bits {rest[1]}" if len(rest) > 1 else rest[0]
    return f"{words[0]:<6} {source}{log}"


def _guards(view: View) -> frozenset[str]:
    """Lists that guard the vty lines: our own sessions count on them."""
    found = (text.split() for header in view.configuration.headers("line vty") for text in view.section(header))
    return frozenset(words[1] for words in found if words[0] == "access-class")


@shows("show access-lists", "show access-lists {name}", "show ip access-lists", "show ip access-lists {name}")
def access_lists(view: View, args: Args) -> str:
    """Every list, or one; an empty answer when there is no such list."""
    lines = []
    vty = {
        w[1]
        for h in view.configuration.headers("line vty")
        for t in view.section(h)
        if (w := t.split())[0] == "access-class"
    }
    for (kind, name), entries in _lists(view).items():
        if args.get("name", name) != name:
            continue
        lines.append(f"{kind} IP access list {name}")
        for place, entry in enumerate(entries):
            matches = view.device.counters.get("commands", 0) // 20 + 12 if name in vty and place == 0 else 0
            lines.append(f"    {entry}{f' ({matches} matches)' if matches else ''}")
    return "\n".join(lines) + "\n" if lines else ""
