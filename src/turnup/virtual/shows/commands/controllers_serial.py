"""`show controllers serial`: framing, alarms and errors of every DS-3 port."""

from __future__ import annotations

from collections.abc import Iterator

from turnup.virtual.shows.links import link
from turnup.virtual.shows.ports import Port
from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.view import View

_NO_SIGNAL = ("Receiver has loss of signal.",)


@shows("show controllers serial", "show controllers serial {name}", "show controllers {serial}")
def controllers_serial(view: View, args: Args) -> str | None:
    """One block a port; the name may come without its type, as in `show controllers serial 5/0`."""
    wanted = args.get("name", args.get("serial", ""))
    wanted = f"Serial{wanted}" if wanted[:1].isdigit() else wanted
    ports = [p for p in view.ports if p.is_serial and not p.name.sub and (not wanted or p == view.port(wanted))]
    return "\n".join("\n".join(_block(view, port)) + "\n" for port in ports) or None


def _block(view: View, port: Port) -> Iterator[str]:
    over, key = view.overrides, f"controller.{port.name}"
    framing = over.text(f"{key}.framing", port.word("framing") or "c-bit")
    source = over.text(f"{key}.clock_source", port.word("clock", "source") or "line").capitalize()
    yield f"{port.name} - "
    yield f"   Framing is {framing}, Clock Source is {source}"
    limit = port.word("dsu", "bandwidth") or 44210
    mode, feet = port.word("dsu", "mode") or 0, port.word("cablelength") or 10
    yield f"   Bandwidth limit is {limit}, DSU mode {mode}, Cable length is {feet} feet"
    yield "   rx FEBE since last clear counter 0, since reset 0"
    yield f"   Data in current interval ({int(view.uptime.total_seconds()) % 900} seconds elapsed):"
    yield from _errors(view, port)
    yield "   Total Data (last 24 hours)"
    yield from _seconds("0", "0", "0")
    dark = link(view, port).why == "no cable"
    for alarm in over.texts(f"{key}.alarms", _NO_SIGNAL if dark else ("No alarms detected.",)):
        yield f"   {alarm}"


def _errors(view: View, port: Port) -> Iterator[str]:
    over, key = view.overrides, f"controller.{port.name}"
    names = ("line_code_violations", "p_bit_errors", "c_bit_errors")
    yield from _seconds(*(str(over.number(f"{key}.{name}")) for name in names))


def _seconds(line_code: str, p_bit: str, c_bit: str) -> Iterator[str]:
    yield f"     {line_code} Line Code Violations, {p_bit} P-bit Coding Violation"
    yield f"     {c_bit} C-bit Coding Violation"
    yield "     0 P-bit Err Secs, 0 P-bit Sev Err Secs"
    yield "     0 Sev Err Framing Secs, 0 Unavailable Secs"
    yield "     0 Line Errored Secs, 0 C-bit Errored Secs, 0 C-bit Sev Err Secs"
