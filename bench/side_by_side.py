"""The same bad change given to netmiko, NAPALM and turnup: what each leaves on the router.

    python bench/side_by_side.py            prints the table
    python bench/side_by_side.py --write    writes it to docs/side_by_side.md
    python bench/side_by_side.py --check    exit code 1 when the committed table says something else

The router is turnup's virtual 12.0S over SSH, in a process of its own; each tool meets each trouble on a fresh one.
"""

from __future__ import annotations

import argparse
import difflib
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from turnup import folder, laboratory
from turnup.errors import TurnupError
from turnup.home import Home
from turnup.laboratory import Lab, control
from turnup.platforms import platform

ROUTER = "nyc-hud-gsr1"
ORDER = folder("orders") / "60-hudson-ds3-level3.xml"
PAGE = Path(__file__).parents[1] / "docs" / "side_by_side.md"
BEGIN, END = "<!-- table: bench/side_by_side.py --write -->", "<!-- end of table -->"
# The customary pattern, as it stands in countless scripts.
PATTERN = r"% ?Invalid input|% ?Incomplete|% ?Ambiguous"


@dataclass(frozen=True)
class Trouble:
    """What goes wrong, and at which configuration line (its text), as mishaps of the virtual router."""

    name: str
    at: str
    mishap: Mapping[str, object]


TROUBLES = (
    Trouble(
        "a line is rejected in the middle",
        "crc 32",
        {"kind": "reject", "lines": ["  ^", "% Invalid input detected at '^' marker.", ""]},
    ),
    Trouble(
        "a line is refused in other words",
        "ip address 10.10.3.1 255.255.255.252",
        {"kind": "reject", "lines": ["10.10.3.0 overlaps with Serial5/3"]},
    ),
    Trouble("the connection drops in the middle", "crc 32", {"kind": "drop-after"}),
    Trouble("a line is accepted, and reads back otherwise", "crc 32", {"kind": "reject", "lines": []}),
    Trouble("a line asks a question", "crc 32", {"kind": "ask", "lines": ["Change the CRC now? [confirm]"]}),
)


@dataclass(frozen=True)
class Left:
    """What a tool left behind: of our lines in running and in startup, and what it said."""

    running: str
    startup: str
    said: str


def lines_of(lab: Lab) -> list[str]:
    """The order's lines as plain text, as every tool gets them: what turnup itself would send, its key included."""
    from turnup.change.plan import make_plan
    from turnup.configuration import Configuration
    from turnup.job import assigned, read_message
    from turnup.noc import open_noc

    noc = open_noc(inventory=lab.inventory, home=lab.home, environment=lab.environment)
    message = read_message(str(ORDER), noc)
    assignment = assigned(noc, message, enter=True)
    text = control(lab, {"do": "running", "router": ROUTER})["running"]
    router = noc.equipment.router(ROUTER)
    plan = make_plan(noc.platform_of(ROUTER), noc.intent(assignment), assignment, router, Configuration.read(text))
    found: list[str] = []
    section = ""
    for item in (*plan.change.phase1, *plan.change.phase2):
        if item.section and item.section != section:
            found.append(item.section)
        section = item.section
        if item.text:
            found.append(noc.secrets.reveal_line(item.text))
    return found


# --- the tools ----------------------------------------------------------------------------------------------------


def netmiko_plain(lab: Lab, lines: list[str]) -> None:
    """`send_config_set` as the documentation shows it, then `save_config`."""
    with _netmiko(lab) as device:
        device.send_config_set(lines)
        device.save_config()


def netmiko_pattern(lab: Lab, lines: list[str]) -> None:
    """The same with the customary error pattern."""
    with _netmiko(lab) as device:
        device.send_config_set(lines, error_pattern=PATTERN)
        device.save_config()


def napalm(lab: Lab, lines: list[str]) -> None:
    """`load_merge_candidate`, `commit_config`; the candidate goes over by SCP, as is the driver's default."""
    from napalm import get_network_driver

    driver = get_network_driver("ios")
    device = driver(
        "127.0.0.1",
        lab.environment["TURNUP_USERNAME"],
        lab.environment["TURNUP_PASSWORD"],
        timeout=20,
        optional_args={"port": _ssh(lab), "dest_file_system": "slot0:"},
    )
    device.open()
    try:
        device.load_merge_candidate(config="\n".join(lines))
        device.commit_config()
    finally:
        device.close()


def ours(lab: Lab, lines: list[str]) -> None:
    """`turnup push --confirm`."""
    del lines
    from turnup.job import assigned, pushed, read_message
    from turnup.noc import open_noc

    noc = open_noc(inventory=lab.inventory, home=lab.home, environment=lab.environment)
    pushed(noc, assigned(noc, read_message(str(ORDER), noc), enter=True))


TOOLS: tuple[tuple[str, Callable[[Lab, list[str]], None]], ...] = (
    ("netmiko send_config_set", netmiko_plain),
    ("netmiko with error_pattern", netmiko_pattern),
    ("NAPALM ios, merge", napalm),
    ("turnup push", ours),
)


def _ssh(lab: Lab) -> int:
    return int(lab.ready["routers"][ROUTER]["ssh"])


@contextmanager
def _netmiko(lab: Lab) -> Iterator[Any]:
    from netmiko import ConnectHandler

    device = ConnectHandler(
        device_type="cisco_ios",
        host="127.0.0.1",
        port=_ssh(lab),
        username=lab.environment["TURNUP_USERNAME"],
        password=lab.environment["TURNUP_PASSWORD"],
        read_timeout_override=5,
    )
    try:
        yield device
    finally:
        device.disconnect()


# --- what is left -------------------------------------------------------------------------------------------------


def measure(lab: Lab, before: str, tool: Callable[[Lab, list[str]], None], lines: list[str], trouble: Trouble) -> Left:
    """One tool, one trouble, on a router as it was."""
    control(lab, {"do": "restore", "router": ROUTER, "running": before, "startup": before})
    at = _number(lab, tool, lines, before, trouble.at)
    mishap = {"at": at, **trouble.mishap}
    control(lab, {"do": "listen", "router": ROUTER, "mishaps": [mishap] if at else []})
    said = "success"
    try:
        tool(lab, list(lines))
    except Exception as error:  # noqa: BLE001 - whatever a tool raises is what it says
        said = _short(error)
    answer = control(lab, {"do": "running", "router": ROUTER})
    return Left(_state(before, answer["running"]), _state(before, answer["startup"]), said)


def _number(lab: Lab, tool: Callable[[Lab, list[str]], None], lines: list[str], before: str, text: str) -> int:
    """Which command of this tool's session that line is, from a run without trouble; 0 when it never sends it."""
    control(lab, {"do": "listen", "router": ROUTER, "mishaps": []})
    try:
        tool(lab, list(lines))
    except Exception as error:  # noqa: BLE001 - told, and the mishap is then at no line
        print(f"  without trouble: {_short(error)}", file=sys.stderr)
    heard = control(lab, {"do": "heard", "router": ROUTER})["heard"]
    control(lab, {"do": "restore", "router": ROUTER, "running": before, "startup": before})
    for journal in (lab.home.path / "journal").glob("*.json"):
        journal.unlink()
    return next((n for n, one in enumerate(heard, start=1) if one["text"] == text and one["section"] != "exec"), 0)


def _state(before: str, now: str) -> str:
    if now == before:
        return "as before"
    marks = [line[:1] for line in difflib.ndiff(before.splitlines(), now.splitlines())]
    more, less = marks.count("+"), marks.count("-")
    up = "port UP" if "\n shutdown" not in _port(now) else "port shut"
    return f"HALF: {more} lines more, {less} fewer, {up}"


def _port(text: str) -> str:
    return text.partition("\ninterface Serial5/0\n")[2].partition("\n!")[0].join(("\n", "\n"))


def _short(error: Exception) -> str:
    name = type(error).__name__
    if isinstance(error, TurnupError):
        return f"{name}, exit code {int(error.exit_code)}"
    first = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
    return f"{name}: {first[:80]}" if isinstance(error, ValueError | NotImplementedError) else name


def table(rows: list[tuple[str, str, Left]]) -> str:
    """The table, as Markdown."""
    text = ["| trouble | tool | running | startup | it says |", "|---|---|---|---|---|"]
    text += [f"| {trouble} | {tool} | {left.running} | {left.startup} | {left.said} |" for trouble, tool, left in rows]
    return "\n".join(text)


def run(options: argparse.Namespace) -> str:
    """Every tool through every trouble."""
    with tempfile.TemporaryDirectory(prefix="turnup-side-") as place:
        home = Home(Path(place) / "home")
        lab = laboratory.up(home, folder("inventory"), with_parent=True)
        os.environ.update(lab.environment)
        object.__setattr__(platform("ios").settings, "config_timeout", 8.0)  # of a router that asks: not two minutes
        logging.disable(logging.CRITICAL)  # nornir logs the traceback of every change that is taken back
        try:
            control(lab, {"do": "disk", "router": ROUTER})  # or NAPALM's driver does not get as far as sending anything
            before = control(lab, {"do": "running", "router": ROUTER})["running"]
            lines = lines_of(lab)
            rows = []
            for trouble in TROUBLES[: options.troubles]:
                for name, tool in TOOLS:
                    if options.tool not in name:
                        continue
                    print(f"{trouble.name}: {name}", file=sys.stderr)
                    rows.append((trouble.name, name, measure(lab, before, tool, lines, trouble)))
            return table(rows)
        finally:
            laboratory.down(home)


def main() -> int:
    """0, or 1 when --check finds another table than the committed one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--tool", default="", help="only tools with this word in their name")
    parser.add_argument("--troubles", type=int, default=len(TROUBLES), help="only the first so many")
    options = parser.parse_args()
    found = run(options)
    print(found)
    if not (options.write or options.check):
        return 0
    page = PAGE.read_text()
    head, _, rest = page.partition(BEGIN)
    committed, _, tail = rest.partition(END)
    if options.write:
        PAGE.write_text(f"{head}{BEGIN}\n{found}\n{END}{tail}")
        return 0
    return 0 if committed.strip() == found.strip() else 1


if __name__ == "__main__":
    sys.exit(main())
