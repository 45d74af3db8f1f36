"""`turnup plan`, `push`, `test`, `run`: the main job. Dry run is the default of everything that writes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from turnup.cli.options import AsJson, opened
from turnup.cli.pushing import (
    PATIENT,
    Accept,
    BackOutWord,
    Confirm,
    Digest,
    Emergency,
    ReloadIn,
    SaveAll,
    Target,
    Wait,
    asked,
    carried,
    must_be_answerable,
    not_sent,
    push_document,
    send,
    show_planned,
    show_push,
    terms_of,
)
from turnup.errors import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

    from turnup.carry import Terms
    from turnup.change.undertaking import Undertaking
    from turnup.model.certificate import Certificate
    from turnup.model.certificate import Occasion as OccasionWord
    from turnup.model.policy import BackOut
    from turnup.noc import Noc

Occasion = Annotated[str, typer.Option(help="Why it is tested: INITIAL, REPAIR or RESTORATION (PASA 1.4(a)).")]

PANEL, RANK = "The job", 1  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter the commands."""
    main.command(rich_help_panel=PANEL)(plan)
    main.command(rich_help_panel=PANEL)(push)
    main.command("test", rich_help_panel=PANEL)(accept)
    main.command(rich_help_panel=PANEL)(run)


def plan(context: typer.Context, order: Target, json: AsJson = False) -> None:
    """Show the lines of an order, the way back, the difference and who shares the router. Sends nothing."""
    from turnup.cli.show import step
    from turnup.job import read_message
    from turnup.service import work_for

    noc = opened(context)
    message = read_message(order, noc)
    with step("reading the routers of the site"):
        work = work_for(noc, message, enter=False)
    show_planned(noc, work, json=json)


def push(
    context: typer.Context,
    order: Target,
    confirm: Confirm = False,
    digest: Digest = None,
    save_all: SaveAll = False,
    wait: Wait = PATIENT,
    emergency: Emergency = "",
    reload_in: ReloadIn = None,
    accept: Accept = False,
    back_out: BackOutWord = None,
    json: AsJson = False,
) -> None:
    """Send a NEW or CHANGE order: lock, guard, two phases, read back, save; or back. A plan without --confirm."""
    if not confirm:
        plan(context, order, json)
        not_sent(json=json)
        return
    noc = opened(context)
    terms = terms_of(digest, save_all, wait, emergency, reload_in)
    if accept:
        carried_and_tested(noc, _work(noc, order), terms, back_out, json=json)
    else:
        carried(noc, _work(noc, order), terms, json=json)


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
    wait: Wait = PATIENT,
    emergency: Emergency = "",
    reload_in: ReloadIn = None,
    back_out: BackOutWord = None,
    json: AsJson = False,
) -> None:
    """Do the main job: acknowledge, plan, push, test, certificate. Stops after the plan without --confirm."""
    if not confirm:
        plan(context, order, json)
        not_sent(json=json)
        return
    noc = opened(context)
    terms = terms_of(digest, save_all, wait, emergency, reload_in)
    carried_and_tested(noc, _work(noc, order), terms, back_out, json=json)


def _work(noc: Noc, order: str) -> Undertaking:
    """What a NEW or CHANGE order asks for, acknowledged and entered."""
    from turnup.change.undertaking import Kind
    from turnup.cli.show import step
    from turnup.job import read_message
    from turnup.service import work_for

    message = read_message(order, noc)
    with step("acknowledging the order"):
        return work_for(noc, message, enter=True, only=(Kind.NEW, Kind.CHANGE))


def carried_and_tested(noc: Noc, work: Undertaking, terms: Terms, back_out: str | None, *, json: bool) -> None:
    """Push and test; where a red test takes the change back, the tests run before it is saved."""
    from turnup.cli.show import as_json, step
    from turnup.job import tested
    from turnup.model.policy import BackOut
    from turnup.service import accepting

    policy = _back_out(noc, back_out)
    if policy is BackOut.ASK:
        must_be_answerable()
    proof = accepting(noc, work, policy, asked)
    terms = replace(terms, promise=policy.value, accept=None if policy is BackOut.NEVER else proof)
    made, outcome = send(noc, work, terms)
    if not json:
        show_push(work, outcome)
    certificate = proof.certificate
    if certificate is None:
        with step(f"testing {work.assignment.port.interface} on {work.router}"):
            certificate = tested(noc, work.router, work.result, _occasion("INITIAL"))
    if json:
        as_json({**push_document(work, made, outcome), **_certificate_document(noc, certificate)})
    else:
        _show_certificate(noc, certificate)
    # A port that works but would be lost with the next reload is not delivered, nor one that stands twice.
    code = exit_code(certificate)
    raise typer.Exit(code if code or outcome.complete else int(ExitCode.WAITS))


def _back_out(noc: Noc, word: str | None) -> BackOut:
    from turnup.errors import UsageError
    from turnup.load.strict import suggestion
    from turnup.model.policy import BackOut

    if word is None:
        return noc.equipment.policy.back_out
    try:
        return BackOut(word.lower())
    except ValueError:
        known = [one.value for one in BackOut]
        raise UsageError(f"--back-out is one of {', '.join(known)}{suggestion(word.lower(), known)}") from None


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


def _show_certificate(noc: Noc, certificate: Certificate) -> None:
    from turnup.cli.show import console, say, show_document
    from turnup.report import render

    terminal = console()
    show_document(
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


def _certificate_document(noc: Noc, certificate: Certificate) -> dict[str, object]:
    import json

    from turnup.certificate.document import to_json

    return {"certificate": json.loads(to_json(certificate)), "certificate_file": str(_kept(noc, certificate))}
