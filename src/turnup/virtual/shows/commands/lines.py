"""Terminal lines: `show line`, `show users`, `show privilege`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from turnup.virtual.device import SessionInfo
from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.view import View

_FIRST_VTY = 2  # absolute number of vty 0 on a route processor: behind the console and the auxiliary port


@dataclass(frozen=True)
class _Line:
    tty: int
    kind: str
    number: int
    lines: tuple[str, ...]

    def access(self, direction: str) -> str:
        """Access-list of that direction, "-" without one."""
        found = (line.split() for line in self.lines)
        return next((w[1] for w in found if w[0] == "access-class" and w[2:3] == [direction]), "-")


def _lines(view: View) -> Iterator[_Line]:
    yield _Line(0, "CTY", 0, view.section("line con 0"))
    yield _Line(1, "AUX", 0, view.section("line aux 0"))
    for header in view.configuration.headers("line vty"):
        words = header.split()
        first, last = int(words[2]), int(words[3]) if len(words) > 3 else int(words[2])
        for number in range(first, last + 1):
            yield _Line(_FIRST_VTY + number, "VTY", number, view.section(header))


def _used(view: View) -> dict[int, SessionInfo]:
    found = {session.tty: session for session in view.device.sessions.values()}
    found.setdefault(view.session.tty, view.session)
    return found


@shows("show line", "show line {kind} {number}")
def line(view: View, args: Args) -> str:
    """One line a terminal line; the asterisk marks those in use."""
    used = _used(view)
    rows = ["   Tty Typ     Tx/Rx    A Modem  Roty AccO AccI   Uses   Noise  Overruns   Int"]
    kind = {"console": "CTY", "con": "CTY", "aux": "AUX", "vty": "VTY"}.get(args.get("kind", ""), "")
    for one in _lines(view):
        if kind and (one.kind != kind or str(one.number) != args["number"]):
            continue
        mark, speed = "*" if one.tty in used else " ", "9600/9600" if one.kind == "AUX" else ""
        uses = view.device.counters.get(f"uses.{one.tty}", 3 if one.kind != "AUX" else 0)
        rows.append(
            f"{mark}{one.tty:>5} {one.kind} {speed:>11} -    -      -   {one.access('out'):>3}  {one.access('in'):>3} "
            f"{uses:>6}       0     0/0       -"
        )
    return "\n".join(rows) + "\n"


@shows("show users")
def users(view: View, _args: Args) -> str:
    """Who is logged in; the asterisk marks the session that asks."""
    rows = ["    Line       User       Host(s)              Idle       Location"]
    for tty, session in sorted(_used(view).items()):
        mark = "*" if tty == view.session.tty else " "
        idle = int((view.now - session.last_input).total_seconds()) if tty != view.session.tty else 0
        shown = f"{idle // 3600:02}:{idle % 3600 // 60:02}:{idle % 60:02}"
        where = f"{session.line} {session.number}"
        host = "" if session.line == "con" else session.host
        rows.append(f"{mark} {tty:>2} {where:<9} {session.username:<10} {'idle':<20} {shown:<10} {host}".rstrip())
    rows += view.overrides.texts("users.lines")
    rows += ["", "  Interface  User      Mode                     Idle Peer Address"]
    return "\n".join(rows) + "\n"


@shows("show privilege")
def privilege(view: View, _args: Args) -> str:
    """The level of the session that asks."""
    return f"Current privilege level is {view.session.privilege}\n"
