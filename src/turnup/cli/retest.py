"""`turnup retest`: test ports again, one, a card's, a router's, a site's or all, beside what was accepted."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from turnup.cli.life import at_desk, moment
from turnup.cli.options import AsJson
from turnup.errors import ExitCode

if TYPE_CHECKING:
    from turnup.desk.entering import Desk
    from turnup.errors import TurnupError
    from turnup.model.certificate import Certificate
    from turnup.model.equipment import Assignment
    from turnup.repair.batch import Batch
    from turnup.repair.retest import Retested, Skipped

# The worst first: what is proved wrong, what was not reached, what could not be concluded, what waits.
_WORST = (ExitCode.INTERNAL, ExitCode.FAILED, ExitCode.NOTHING_TESTED, ExitCode.COULD_NOT_RUN, ExitCode.WAITS)
_SHOWN = 12  # measured values of one port on the terminal


PANEL, RANK = "Changes of a port in service", 3  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter the command."""
    main.command(rich_help_panel=PANEL)(retest)


def retest(
    context: typer.Context,
    place: Annotated[
        str | None,
        typer.Argument(
            metavar="[PORT|ORDER|ROUTER]", help="ORDER, ROUTER:PORT, PORT; ROUTER for all of it.", show_default=False
        ),
    ] = None,
    card: Annotated[
        int | None, typer.Option(metavar="SLOT", help="Every port of that router's line card (PASA 5(c)).")
    ] = None,
    site: Annotated[str | None, typer.Option(help="Every port of that site.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every port of all routers.")] = False,
    occasion: Annotated[
        str | None, typer.Option(help="REPAIR or RESTORATION; by whether a repair is open when left out.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(help="When the repair was done, ISO 8601 with zone: older log messages do not count."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the retest that was stopped.")] = False,
    report: Annotated[
        Path | None,
        typer.Option("--report", help="Folder for `same as at acceptance except ...` of each port, HTML and Markdown."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Run the twenty tests again and say what is not as at acceptance. Routers are asked once for all their ports."""
    from turnup.repair.batch import done, unfinished
    from turnup.repair.retest import retest as run

    with at_desk(context) as desk:
        skipped: Sequence[Skipped] = ()
        if resume:
            _alone(place, card, site, everything)
            batch = unfinished(desk.noc)
            had = len(done(desk.noc, batch))
            _progress(f"{batch.name}: {had} of {len(batch.rows)} ports are done, {len(batch.rows) - had} are left")
        else:
            batch, skipped = _begun(desk, _meant(desk, place, card, site, everything), occasion, since)
        found = run(desk, batch, _told) if batch.rows else ()
        if report is not None:
            _reported(desk, found, report)
        if json:
            _as_json(desk, batch, found, skipped)
        else:
            _show(found, skipped)
    raise typer.Exit(int(worst(found)))


def worst(found: Sequence[Retested]) -> ExitCode:
    """The worst exit code of these ports; NOTHING_TESTED for none."""
    from turnup.cli.job import exit_code

    codes = {ExitCode(exit_code(one.certificate)) if one.certificate else ExitCode.COULD_NOT_RUN for one in found}
    if not codes:
        return ExitCode.NOTHING_TESTED
    return next((code for code in _WORST if code in codes), max(codes))


def _alone(*chosen: object) -> None:
    from turnup.errors import UsageError

    if any(one not in (None, False) for one in chosen):
        raise UsageError("--resume goes on with what was chosen then: give no port, card, site or --all with it")


def _meant(
    desk: Desk, place: str | None, card: int | None, site: str | None, everything: bool
) -> tuple[tuple[Assignment, ...], bool]:
    """The ports meant, and whether it is one that was named."""
    from turnup.errors import UsageError
    from turnup.repair import places

    if sum((place is not None, site is not None, everything)) != 1:
        raise UsageError("name one of: a port, order or router; --site; --all")
    noc = desk.noc
    if site is not None:
        return places.on_site(noc, site), False
    if place is None:
        return places.begun(noc), False
    if place in noc.equipment.routers:
        return places.on_router(noc, place, card), False
    if card is not None:
        raise UsageError(f"--card is a slot of a router: turnup retest ROUTER --card {card}")
    return (places.at(noc, place),), True


def _begun(
    desk: Desk, meant: tuple[tuple[Assignment, ...], bool], occasion: str | None, since: str | None
) -> tuple[Batch, Sequence[Skipped]]:
    from turnup.errors import UsageError
    from turnup.model.certificate import Occasion
    from turnup.repair.batch import begin
    from turnup.repair.retest import chosen, must_serve

    known = (Occasion.REPAIR, Occasion.RESTORATION)
    wanted = next((one for one in known if occasion is not None and one.value == occasion.upper()), None)
    if occasion is not None and wanted is None:
        raise UsageError(f"{occasion!r}: a retest is one after a REPAIR or a RESTORATION (PASA 1.4(a))")
    start = moment(since)
    if start is not None and start > desk.noc.clock():
        raise UsageError(f"--since {since} is to come: no log message could count, and silence would prove nothing")
    assignments, named = meant
    rows, skipped = chosen(desk, assignments, wanted, start)
    if named:
        must_serve(rows, skipped)
    return begin(desk.noc, rows), skipped


# --- what a person sees ----------------------------------------------------------------------------------------------


def _progress(text: str) -> None:
    from turnup.cli.show import clean

    print(f"... {clean(text)}", file=sys.stderr, flush=True)


def _told(router: str, number: int, routers: int, results: Sequence[Certificate | TurnupError]) -> None:
    counts = Counter(getattr(one, "outcome", None) for one in results)
    told = ", ".join(f"{count} {outcome.value if outcome else 'NOT TESTED'}" for outcome, count in counts.items())
    _progress(f"{number} of {routers}: {router}: {told}")


def _reported(desk: Desk, found: Sequence[Retested], folder: Path) -> None:
    """Each port beside its accepted certificate, as files; a port that has none gets its certificate alone."""
    from turnup.certify import certificate_name
    from turnup.repair.retest import accepted_of
    from turnup.report import BESIDE, find_format, render, render_beside
    from turnup.store.events import standing

    folder.mkdir(parents=True, exist_ok=True)
    for one in found:
        if one.certificate is None:
            continue
        with desk.store.reading() as connection:
            accepted = accepted_of(desk.noc, standing(connection, one.row.order))
        for fmt in BESIDE:
            path = folder / f"{certificate_name(one.certificate)}.{fmt}"
            text = (
                render_beside(fmt, accepted, one.certificate) if accepted else render(find_format(fmt), one.certificate)
            )
            path.write_text(text, encoding="utf-8")
            _progress(f"report {path}")


def _show(found: Sequence[Retested], skipped: Sequence[Skipped]) -> None:
    from turnup.cli.show import console, say
    from turnup.report import render

    terminal = console()
    if len(found) == 1 and found[0].certificate:
        colour = terminal.is_terminal and not terminal.no_color
        say(render("terminal", found[0].certificate, width=min(terminal.width, 120), colour=colour))
    for one in found:
        row = one.row
        say(f"{row.router} {row.port} ({row.order}): {one.word}, {row.occasion.value}, attempt {row.attempt}")
        say(f"  {one.comparison.sentence if one.comparison else one.why}")
        say(f"  log messages count since {row.since or 'ever'}")
        _show_differences(one)
        if one.state:
            say(f"  the order is {one.state.value}{_advice(one)}")
    for left in skipped:
        say(f"{left.router} {left.port} ({left.order}): not retested, {left.why}")
    counts = Counter(one.word for one in found)
    say(
        f"{len(found)} ports retested: {', '.join(f'{n} {word}' for word, n in counts.items()) or 'nothing was tested'}"
    )


def _advice(one: Retested) -> str:
    """What a failing port that serves asks for: its retest alone changes no state."""
    failing = one.word == "NOT SATISFIED" and one.state is not None and one.state.value == "in service"
    return f": open a repair (`turnup repair open {one.row.order}`)" if failing else ""


def _show_differences(one: Retested) -> None:
    from turnup.cli.show import say_wrapped

    if one.comparison is None:
        return
    for difference in one.comparison.differences:
        say_wrapped(f"  {difference.kind.value:<8}  {difference.what}", hang=10)
        say_wrapped(f"            {difference.before}", hang=0)
        say_wrapped(f"         -> {difference.now}", hang=3)
    measured = one.comparison.measured
    if measured:
        say_wrapped(f"  measured anew, with the same verdict: {len(measured)}")
    for difference in measured[:_SHOWN]:
        say_wrapped(f"            {difference}", hang=2)
    if len(measured) > _SHOWN:
        say_wrapped(f"            and {len(measured) - _SHOWN} more (--json)")


def _as_json(desk: Desk, batch: Batch, found: Sequence[Retested], skipped: Sequence[Skipped]) -> None:
    from turnup.cli.show import as_json

    as_json(
        {
            "retest": batch.name,
            "started": batch.started,
            "summary": dict(Counter(one.word for one in found)),
            "ports": [_plain(desk, one) for one in found],
            "not_retested": [vars(one) for one in skipped],
            "exit_code": int(worst(found)),
        }
    )


def _plain(desk: Desk, one: Retested) -> dict[str, Any]:
    from turnup.certificate.document import digest
    from turnup.certify import certificate_name
    from turnup.repair.words import comparison_fields

    certificate = one.certificate
    folder = desk.noc.home.part("certificates")
    return {
        "order": one.row.order,
        "router": one.row.router,
        "port": one.row.port,
        "occasion": one.row.occasion.value,
        "attempt": one.row.attempt,
        "since": one.row.since,
        "outcome": one.word,
        "certificate": digest(certificate) if certificate else None,
        "certificate_file": str(folder / f"{certificate_name(certificate)}.json") if certificate else None,
        "not_good": [
            {"test": row.number, "name": row.name, "verdict": row.verdict.value, "reason": row.reason}
            for row in (certificate.rows if certificate else ())
            if row.verdict.value not in ("PASS", "NOT APPLICABLE")
        ],
        "comparison": comparison_fields(one.comparison) if one.comparison else None,
        "why": one.why,
        "state": one.state.value if one.state else None,
    }
