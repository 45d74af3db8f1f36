"""`turnup plan`, `push`, `test`, `run`: the main job. Dry run is the default of everything that writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from turnup.cli.options import AsJson, opened
from turnup.errors import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

    from turnup.change.plan import Plan
    from turnup.change.push import PushOutcome
    from turnup.model.certificate import Certificate
    from turnup.model.certificate import Occasion as OccasionWord
    from turnup.model.equipment import Assignment
    from turnup.noc import Noc

Target = Annotated[str, typer.Argument(help="An order's file, or the id of an acknowledged order.", show_default=False)]
Confirm = Annotated[bool, typer.Option("--confirm", help="Really send it. Without this nothing is sent.")]
SaveAll = Annotated[bool, typer.Option("--save-all", help="Save even if somebody else's unsaved work is saved too.")]
Digest = Annotated[str | None, typer.Option("--digest", help="Send only if the plan still has this digest.")]
Occasion = Annotated[str, typer.Option(help="Why it is tested: INITIAL, REPAIR or RESTORATION (PASA 1.4(a)).")]


def register(main: typer.Typer) -> None:
    """Enter the commands."""
    main.command()(plan)
    main.command()(push)
    main.command("test")(accept)
    main.command()(run)


def plan(context: typer.Context, order: Target, json: AsJson = False) -> None:
    """Show the lines of an order, the way back, the difference and who shares the router. Sends nothing."""
    from turnup.change.show import as_dict
    from turnup.cli.show import as_json, step
    from turnup.job import assigned, planned, read_message

    noc = opened(context)
    message = read_message(order, noc)
    with step("reading the routers of the site"):
        assignment = assigned(noc, message, enter=False)
        made = planned(noc, assignment)
    if json:
        as_json(as_dict(made))
    else:
        _show_plan(made)


def push(
    context: typer.Context,
    order: Target,
    confirm: Confirm = False,
    digest: Digest = None,
    save_all: SaveAll = False,
    wait: Annotated[float, typer.Option(help="Seconds to wait for another writer of the router.")] = 0.0,
    json: AsJson = False,
) -> None:
    """Send an order to its router: lock, guard, two phases, read back, save; or back. A plan without --confirm."""
    from turnup.cli.show import as_json

    if not confirm:
        plan(context, order, json)
        _not_sent(json)
        return
    noc = opened(context)
    assignment, made, outcome = _delivered(noc, order, digest, save_all, wait)
    if json:
        as_json(_push_document(assignment, made, outcome))
    else:
        _show_push(assignment, outcome)
    if not outcome.saved:
        raise typer.Exit(int(ExitCode.WAITS))


def accept(
    context: typer.Context,
    order: Annotated[str | None, typer.Argument(help="An order's file or id.", show_default=False)] = None,
    router: Annotated[str | None, typer.Option(help="Test a router without an ordered port.")] = None,
    occasion: Occasion = "INITIAL",
    json: AsJson = False,
) -> None:
    """Run the twenty acceptance tests of Schedule 2 on an order's port, and certify them."""
    from turnup.cli.show import step
    from turnup.errors import UsageError
    from turnup.job import accepted, read_message, tested

    noc = opened(context)
    if order is not None and router is not None:
        raise UsageError("name an order or a router, not both: an order is tested on the router that has its port")
    assignment = None
    if order is not None:
        assignment = accepted(noc, read_message(order, noc))
        router = assignment.port.router
    if router is None:
        raise UsageError("name an order, or a router with --router")
    with step(f"testing {assignment.port.interface if assignment else 'the router'} on {router}"):
        certificate = tested(noc, router, assignment, _occasion(occasion))
    show_certificate(noc, certificate, json=json)
    raise typer.Exit(exit_code(certificate))


def run(
    context: typer.Context,
    order: Target,
    confirm: Confirm = False,
    digest: Digest = None,
    save_all: SaveAll = False,
    json: AsJson = False,
) -> None:
    """Do the main job: acknowledge, plan, push, test, certificate. Stops after the plan without --confirm."""
    from turnup.cli.show import as_json, step
    from turnup.job import tested

    if not confirm:
        plan(context, order, json)
        _not_sent(json)
        return
    noc = opened(context)
    assignment, made, outcome = _delivered(noc, order, digest, save_all)
    if not json:
        _show_push(assignment, outcome)
    with step(f"testing {assignment.port.interface} on {assignment.port.router}"):
        certificate = tested(noc, assignment.port.router, assignment, _occasion("INITIAL"))
    if json:
        as_json({**_push_document(assignment, made, outcome), **_certificate_document(noc, certificate)})
    else:
        _show_certificate(noc, certificate)
    # A port that works but would be lost with the next reload is not delivered.
    code = exit_code(certificate)
    raise typer.Exit(code if code or outcome.saved else int(ExitCode.WAITS))


def _delivered(
    noc: Noc, order: str, digest: str | None, save_all: bool, wait: float = 0.0
) -> tuple[Assignment, Plan, PushOutcome]:
    """Give the order its port and push it there."""
    from turnup.cli.show import step
    from turnup.job import assigned, pushed, read_message

    message = read_message(order, noc)
    with step("acknowledging the order"):
        assignment = assigned(noc, message, enter=True)
    with step(f"pushing to {assignment.port.router}"):
        made, outcome = pushed(noc, assignment, approved=digest, save_all=save_all, wait=wait)
    return assignment, made, outcome


def show_certificate(noc: Noc, certificate: Certificate, *, json: bool) -> None:
    """A certificate of the data folder, as every command shows it."""
    from turnup.cli.show import as_json

    if json:
        as_json(_certificate_document(noc, certificate))
    else:
        _show_certificate(noc, certificate)


def exit_code(certificate: Certificate) -> int:
    """The code of DESIGN rule 9 for a certificate."""
    from turnup.judge.overall import overall

    reached = any(item.sha256 is not None for item in certificate.evidence)
    result = overall(certificate.rows, reached=reached)
    satisfied = result.exit_code is ExitCode.SATISFIED
    # Two independent judgements must both be good: the rows' and the document's own.
    return int(ExitCode.COULD_NOT_RUN if satisfied and certificate.outcome.value != "SATISFIED" else result.exit_code)


def _occasion(word: str) -> OccasionWord:
    from turnup.errors import UsageError
    from turnup.load.strict import suggestion
    from turnup.model.certificate import Occasion

    try:
        return Occasion(word.upper())
    except ValueError:
        raise UsageError(f"no occasion {word!r}{suggestion(word.upper(), [o.value for o in Occasion])}") from None


def _not_sent(json: bool) -> None:
    from turnup.cli.show import say

    if not json:
        say("\nNOTHING WAS SENT. To send it: --confirm; --digest binds that to this very plan.")


def _show_plan(made: Plan) -> None:
    from turnup.change.show import as_text
    from turnup.cli.show import say

    say(as_text(made))


def _show_push(assignment: Assignment, outcome: PushOutcome) -> None:
    from turnup.cli.show import say

    order, port = assignment.order, assignment.port
    say(f"{order.order_id}: {port.router} {port.interface}: {outcome.state}, {outcome.sent} lines sent")
    say(f"  {_MEANING.get(outcome.state, outcome.state)}")
    for note in outcome.notes:
        say(f"  note: {note}")


_MEANING = {
    "saved": "on the router, read back as planned, and in its startup configuration",
    "unsaved": "on the router and running, but NOT SAVED: a reload would lose the port",
    "unchanged": "the router had exactly this already, saved as well; nothing was sent",
}


def _show_certificate(noc: Noc, certificate: Certificate) -> None:
    from turnup.cli.show import console, say
    from turnup.report import render

    terminal = console()
    say(
        render(
            "terminal",
            certificate,
            width=min(terminal.width, 120),
            colour=terminal.is_terminal and not terminal.no_color,
        )
    )
    say(f"certificate: {_kept(noc, certificate)}")


def _kept(noc: Noc, certificate: Certificate) -> Path:
    from turnup.certify import certificate_name

    return noc.home.part("certificates") / f"{certificate_name(certificate)}.json"


def _push_document(assignment: Assignment, made: Plan, outcome: PushOutcome) -> dict[str, object]:
    return {
        "order": assignment.order.order_id,
        "router": assignment.port.router,
        "port": str(assignment.port.interface),
        "push": {
            "state": outcome.state,
            "sent": outcome.sent,
            "notes": outcome.notes,
            "digest": made.digest,
            "journal": str(outcome.journal) if outcome.journal else None,
        },
    }


def _certificate_document(noc: Noc, certificate: Certificate) -> dict[str, object]:
    import json

    from turnup.certificate.document import to_json

    return {"certificate": json.loads(to_json(certificate)), "certificate_file": str(_kept(noc, certificate))}
