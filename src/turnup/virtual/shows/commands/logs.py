"""`show logging`: settings, losses and the buffer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from turnup.virtual.device import LogEntry
from turnup.virtual.shows.commands.clock import flag
from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.times import stamp
from turnup.virtual.shows.view import View

_LEVELS = ("emergencies", "alerts", "critical", "errors", "warnings", "notifications", "informational", "debugging")
_DEFAULT_SIZE = 4096


@shows("show logging")
def logging(view: View, _args: Args) -> str:
    """Header, then the messages that still fit the buffer; the oldest may have lost its beginning."""
    size, level = _buffer(view)
    buffered = [line for entry in _entries(view) for line in _message(view, entry)] if size else []
    text = "\n".join(buffered)
    if len(text) > size:
        text = text[len(text) - size :]
    return "\n".join([*_header(view, len(buffered), size, level), "", f"Log Buffer ({size} bytes):", "", text]) + "\n"


def _buffer(view: View) -> tuple[int, str]:
    """Size and level from `logging buffered [size] [level]`; 0 when messages are not kept."""
    found = view.global_lines("logging", "buffered")
    if not found or view.global_lines("no", "logging", "buffered"):
        return 0, "disabled"
    numbers = [int(word) for word in found[0][2:] if word.isdigit()]
    return (numbers[0] if numbers else _DEFAULT_SIZE), next((w for w in found[0][2:] if w in _LEVELS), "debugging")


def _header(view: View, count: int, size: int, level: str) -> Iterator[str]:
    on = not view.global_lines("no", "logging", "on")
    dropped = view.overrides.number("log.dropped")
    yield f"Syslog logging: {'enabled' if on else 'disabled'} ({dropped} messages dropped, 0 flushes, 0 overruns)"
    console = (
        "disabled" if view.global_lines("no", "logging", "console") else f"level debugging, {count} messages logged"
    )
    yield f"    Console logging: {console}"
    yield "    Monitor logging: level debugging, 0 messages logged"
    yield f"    Buffer logging: {f'level {level}, {count} messages logged' if size else 'disabled'}"
    hosts = [words[1] for words in view.global_lines("logging") if len(words) == 2 and words[1][0].isdigit()]
    trap = view.global_word("logging", "trap") or "informational"
    yield f"    Trap logging: level {trap}, {count} message lines logged"
    for host in hosts:
        yield f"        Logging to {host}, {count} message lines logged"


def _entries(view: View) -> Iterator[LogEntry]:
    """What the router said when it came up, what happened since, and what a fault makes it say all the time."""
    booted, software = view.device.booted, view.hardware
    yield LogEntry(booted + timedelta(seconds=50), "%SYS-5-CONFIG_I: Configured from memory by console")
    banner = f"IOS (tm) GS Software ({software.image_name}), Version {software.version}, {software.phrase}"
    yield LogEntry(
        booted + timedelta(seconds=52),
        "%SYS-5-RESTART: System restarted --\nCisco Internetwork Operating System Software \n"
        f"{banner}\nCompiled {software.compiled}",
    )
    yield from view.device.log
    for text in view.overrides.texts("log.recurring"):
        yield LogEntry(view.now, text)


def _message(view: View, entry: LogEntry) -> list[str]:
    service = next((" ".join(words[3:]) for words in view.global_lines("service", "timestamps", "log")), "")
    slot, mark, text = entry.text.partition(":%")
    prefix = f"{slot}:" if mark and slot.startswith("SLOT ") else ""
    text = f"%{text}" if prefix else entry.text
    at = stamp(entry.at, entry.at - view.device.booted, service, view.zone, flag(view))
    return [f"{prefix}{at}{line}" if place == 0 else line for place, line in enumerate(text.split("\n"))]
