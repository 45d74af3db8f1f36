"""What every command that writes has in common: its options, what it shows, how it ends."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from turnup.errors import ExitCode

if TYPE_CHECKING:
    from turnup.carry import Terms
    from turnup.change.plan import Plan
    from turnup.change.push import PushOutcome
    from turnup.change.undertaking import Undertaking
    from turnup.model.certificate import Certificate
    from turnup.noc import Noc

Target = Annotated[str, typer.Argument(help="An order's file, or the id of an acknowledged order.", show_default=False)]
# What releases a guard is said at each command: a variable that somebody exported last week does not say it.
Confirm = Annotated[
    bool,
    typer.Option("--confirm", allow_from_autoenv=False, help="Really send it. Without this nothing is sent."),
]
SaveAll = Annotated[
    bool,
    typer.Option(
        "--save-all", allow_from_autoenv=False, help="Save even if somebody else's unsaved work is saved too."
    ),
]
Digest = Annotated[str | None, typer.Option("--digest", help="Send only if the plan still has this digest.")]
Wait = Annotated[float, typer.Option(help="Seconds to wait for another writer of the router.")]
PATIENT = 60.0  # two orders on one router both succeed, one after the other
Emergency = Annotated[
    str,
    typer.Option(
        "--emergency",
        metavar="REASON",
        allow_from_autoenv=False,
        help="Outside the windows of maintenance (PASA 2.3(a)), for this reason.",
    ),
]
ReloadIn = Annotated[
    int | None,
    typer.Option(
        "--reload-in",
        min=0,
        max=60,
        metavar="MINUTES",
        allow_from_autoenv=False,
        help="Only for what could cut off management: 0 = no reload.",
    ),
]
Accept = Annotated[bool, typer.Option("--accept", help="Run the twenty tests before it is saved.")]
BackOutWord = Annotated[
    str | None,
    typer.Option(
        "--back-out",
        metavar="always|never|ask",
        allow_from_autoenv=False,
        help="When an acceptance test fails: take the change back? Left out, policy.yaml says (back_out).",
    ),
]


def terms_of(
    digest: str | None,
    save_all: bool,
    wait: float,
    emergency: str,
    reload_in: int | None,
    *,
    old_later: bool = False,
) -> Terms:
    """The terms that were said on the command line."""
    from turnup.carry import Terms

    return Terms(digest, save_all, wait, emergency, reload_in, old_later=old_later)


def show_planned(noc: Noc, work: Undertaking, *, json: bool) -> None:
    """Plan and show; nothing is sent. A move to another router is two plans, with one digest for both."""
    from turnup.change.show import as_dict, as_text
    from turnup.cli.show import as_json, say, step
    from turnup.undertake import both_digests, planned_work

    rest = work.vacates
    with step(f"reading {work.router}"):
        made = planned_work(noc, work)
    if rest is None:
        if json:
            as_json(as_dict(made))
        else:
            say(as_text(made))
        return
    old, why = _planned_old(noc, rest)
    digest = both_digests(made, old)
    if json:
        then = as_dict(old) if old is not None else {"router": rest.router, "not_read": why}
        as_json({**as_dict(made), "digest": digest, "then": then})
        return
    say(as_text(made))
    say(f"\nThen, when that is saved: {rest.router}\n")
    say(as_text(old) if old is not None else f"{why}\nIts port keeps its lines for now (--old-later).")
    say(f"\nDigest of both {digest}")


def _planned_old(noc: Noc, rest: Undertaking) -> tuple[Plan | None, str]:
    """The plan for the router that is left; None, and why, while it does not answer."""
    from turnup.cli.show import step
    from turnup.errors import Unreachable
    from turnup.undertake import planned_work

    try:
        with step(f"reading {rest.router}"):
            return planned_work(noc, rest), ""
    except Unreachable as error:
        return None, str(error)


def not_sent(*, json: bool) -> None:
    """Say that a plan is no push."""
    from turnup.cli.show import say

    if not json:
        say("\nNOTHING WAS SENT. To send it: --confirm; --digest binds that to this very plan.")


def send(noc: Noc, work: Undertaking, terms: Terms) -> tuple[Plan, PushOutcome]:
    """Push, with progress."""
    from turnup.cli.show import step
    from turnup.service import proving
    from turnup.undertake import pushed_work

    with step(f"pushing to {work.router}"):
        return pushed_work(noc, work, replace(terms, prove=proving(noc)))


def show_push(work: Undertaking, outcome: PushOutcome) -> None:
    """What became of it, for a person."""
    from turnup.cli.show import say, tell

    order, port = work.order, work.assignment.port
    say(f"{order.order_id}: {port.router} {port.interface}: {outcome.state}, {outcome.sent} lines sent")
    say(f"  {_MEANING.get(outcome.state, outcome.state)}")
    for note in outcome.notes:
        tell(f"  note: {note}")


_MEANING = {
    "saved": "on the router, read back as planned, and in its startup configuration",
    "unsaved": "on the router and running, but NOT SAVED: a reload would lose the port",
    "unchanged": "the router had exactly this already, saved as well; nothing was sent",
}


def push_document(work: Undertaking, made: Plan, outcome: PushOutcome) -> dict[str, object]:
    """The same for a program."""
    return {
        "order": work.order.order_id,
        "action": work.kind,
        "router": work.router,
        "port": str(work.assignment.port.interface),
        "push": {
            "state": outcome.state,
            "sent": outcome.sent,
            "notes": outcome.notes,
            "digest": made.digest,
            "journal": str(outcome.journal) if outcome.journal else None,
            "owes": list(outcome.owes),
        },
    }


def carried(noc: Noc, work: Undertaking, terms: Terms, *, json: bool) -> None:
    """Push and show; ends with 8 when it runs but is not saved, or the port it left is not bare."""
    from turnup.cli.show import as_json

    made, outcome = send(noc, work, terms)
    if json:
        as_json(push_document(work, made, outcome))
    else:
        show_push(work, outcome)
        _show_notes(made)
    if not outcome.complete:
        raise typer.Exit(int(ExitCode.WAITS))


def _show_notes(made: Plan) -> None:
    from turnup.cli.show import tell

    for note in made.notes:
        tell(f"  note: {note}")


def asked(certificate: Certificate) -> bool:
    """Ask the person at the terminal whether the change is taken back. Raises UsageError without a terminal."""
    from turnup.cli.show import say

    failed = ", ".join(f"{row.number} {row.name}" for row in certificate.rows if row.verdict == "FAIL")
    say(f"failed: {failed}")
    return typer.confirm("Take the change back?", default=True)


def must_be_answerable() -> None:
    """Raise UsageError when nobody is there to be asked: before anything is sent."""
    from turnup.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError("--back-out ask needs a terminal", advice="Say --back-out always or never.")
