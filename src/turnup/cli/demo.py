"""`turnup demo`: the main job on the virtual POP, told step by step. Everything it does goes through the same code."""

from __future__ import annotations

import re
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from turnup import folder, laboratory
from turnup.cli.show import say

if TYPE_CHECKING:
    from turnup.home import Home
    from turnup.model.certificate import Certificate
    from turnup.model.equipment import Assignment
    from turnup.noc import Noc

ORDER = "60-hudson-ds3-level3.xml"  # the contract's own example, PASA 1.3(a)
FAULT = "tftp-source-missing"
_AS_BEFORE = re.compile(r"^\s*\d+ .*(?:PASS|NOT APPLICABLE)\S*\s*$|^\S* ?– \d+ ")


def run(order: Path | None = None, kept: Path | None = None) -> int:
    """Tell the story; 0 when it went as it must: green, red for the right reason, green again."""
    from turnup.home import Home

    began = time.monotonic()
    target = kept or Path.cwd() / ".turnup" / "demo"
    with tempfile.TemporaryDirectory(prefix="turnup-demo-") as name:
        home = Home(Path(name))
        try:
            told = _story(home, order or folder("orders") / ORDER, target)
        finally:
            laboratory.down(home)
    say(f"\n{'It went as it must' if told else 'It did NOT go as it must'}; {time.monotonic() - began:.1f} s in all.")
    return 0 if told else 1


def _story(home: Home, order: Path, target: Path) -> bool:
    from turnup.job import tested
    from turnup.model.certificate import Occasion

    _chapter("1. A virtual POP", "three sites of virtual GSRs on this machine; no real router is touched")
    running = laboratory.up(home, folder("inventory"))
    say(f"{len(running.ready['routers'])} routers: {', '.join(running.ready['routers'])}")
    noc = _noc(running)
    assignment = _delivered(noc, order)
    router = assignment.port.router
    _chapter("4. The twenty acceptance tests", "PASA 1.4(a), Schedule 2")
    first = tested(noc, router, assignment, Occasion.INITIAL)
    green = _told(first, target / "1-initial")
    _chapter("5. A fault", f"lab/faults/{FAULT}.toml, then the same tests")
    laboratory.control(running, {"do": "fault", "name": FAULT, "on": True})
    second = tested(noc, router, assignment, Occasion.REPAIR)
    red = _told(second, target / "2-fault", only_red=True)
    _chapter("6. The repair, and the retest", "PASA 1.4(b)")
    laboratory.control(running, {"do": "fault", "name": FAULT, "on": False})
    third = tested(noc, router, assignment, Occasion.REPAIR)
    again = _told(third, target / "3-repaired", only_red=True)
    right = [row.number for row in second.rows if row.verdict == "FAIL"] == [11]
    return (green, red, again) == (0, 4, 0) and right


def _noc(running: laboratory.Lab) -> Noc:
    from turnup.noc import open_noc

    return open_noc(inventory=running.inventory, home=running.home, environment=running.environment)


def _delivered(noc: Noc, order: Path) -> Assignment:
    from turnup.change.show import as_text
    from turnup.job import assigned, planned, pushed
    from turnup.load.order import read_order

    message = read_order(order)
    told = message.order
    _chapter(
        "2. The order", f"{order.name}: {told.order_id}, {told.speed} at {told.location.site} for {told.customer.name}"
    )
    assignment = assigned(noc, message, enter=True)
    say(f"acknowledged: {assignment.port.router} {assignment.port.interface} ({assignment.port.card.part})\n")
    say(as_text(planned(noc, assignment)))
    _chapter("3. The push", "lock, snapshot, guard, everything shut, read back, activate, read back, save")
    made, outcome = pushed(noc, assignment)
    say(f"{outcome.state}: {outcome.sent} lines sent, plan {made.digest[:12]}, journal written")
    _, again = pushed(noc, assignment)
    say(f"the same order again: {again.state}, {again.sent} lines sent")
    return assignment


def _told(certificate: Certificate, target: Path, *, only_red: bool = False) -> int:
    """Show a certificate, write it with its reports; its exit code."""
    from turnup.certificate.document import to_json
    from turnup.cli.job import exit_code
    from turnup.cli.show import console, show_document
    from turnup.report import render

    terminal = console()
    text = render("terminal", certificate, width=min(terminal.width, 100), colour=terminal.is_terminal)
    show_document(_short(text) if only_red else text)
    target.mkdir(parents=True, exist_ok=True)
    for name, form in (("certificate.html", "html"), ("junit.xml", "junit"), ("certificate.md", "md")):
        (target / name).write_text(render(form, certificate), encoding="utf-8")
    (target / "certificate.json").write_text(to_json(certificate), encoding="utf-8")
    code = exit_code(certificate)
    say(f"exit code {code}; {target / 'certificate.html'}")
    return code


def _chapter(title: str, about: str) -> None:
    say(f"\n=== {title} - {about}\n")


def _short(text: str) -> str:
    """The report without the rows that are as they were: the whole table was shown already."""
    lines = text.split("\n")
    kept = [line for line in lines if not _AS_BEFORE.search(line)]
    return "\n".join(kept).replace("\n\n\n", "\n\n")
