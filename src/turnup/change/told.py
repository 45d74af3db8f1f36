"""The difference of two sets of lines, in words. Pure."""

from __future__ import annotations

from turnup.change.footprint import Lines, canonical


def told(before: Lines, after: Lines, most: int = 6) -> str:
    """The difference in words, the first few lines of it."""
    was, now = set(canonical(before)), set(canonical(after))
    lines = [f"-{_said(line)}" for line in sorted(was - now)] + [f"+{_said(line)}" for line in sorted(now - was)]
    more = f" and {len(lines) - most} more" if len(lines) > most else ""
    return "; ".join(lines[:most]) + more if lines else "the order of lines"


def _said(line: tuple[str, str]) -> str:
    return f"{line[0]} / {line[1]}" if line[0] else line[1]
