"""`turnup notice`: written notices to the customer, sent and proved: maintenance, emergencies, outages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from turnup.cli.exchange import Out, SettingsFile, at_exchange, send_now
from turnup.cli.options import AsJson

if TYPE_CHECKING:
    from turnup.exchange.office import Exchange

app = typer.Typer(help="Notices to the customer: maintenance, emergencies, outages.", no_args_is_help=True)


PANEL, RANK = "Changes of a port in service", 3  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter `turnup notice`."""
    main.add_typer(app, name="notice", rich_help_panel=PANEL)


Target = Annotated[str, typer.Argument(metavar="ROUTER|SITE", show_default=False)]
To = Annotated[str | None, typer.Option("--to", help="The partner; the only one when left out.")]
Because = Annotated[str, typer.Option(help="What is done, in a line the customer can read.", show_default=False)]
Text = Annotated[str | None, typer.Option(show_default=False)]
Moment = Annotated[str | None, typer.Option(help="ISO 8601 with zone.", show_default=False)]


@app.command()
def maintenance(
    context: typer.Context,
    target: Target,
    because: Because,
    window: Annotated[
        str | None, typer.Option(help="A moment in the window; the next that can be announced when left out.")
    ] = None,
    to: To = None,
    settings: SettingsFile = None,
    out: Out = None,
) -> None:
    """Give 48 hours' written notice of normal maintenance (PASA 2.3(a)); the logbook has it when it was sent.

    A change of live service is allowed by a notice only when it was sent 48 hours before the window.
    """
    from turnup.cli.life import moment
    from turnup.exchange.notices import announce_maintenance, routers_of, window_of

    with at_exchange(context, settings, outgoing=out) as exchange:
        routers = routers_of(exchange.noc, target)
        found = window_of(routers, exchange.noc, moment(window), exchange.now())
        send_now(exchange, announce_maintenance(exchange, _partner(exchange, to), routers, found, because))


@app.command()
def emergency(
    context: typer.Context,
    target: Target,
    because: Because,
    to: To = None,
    settings: SettingsFile = None,
    out: Out = None,
) -> None:
    """Give notice of emergency maintenance that begins now, as soon as practicable (PASA 2.3(a))."""
    from turnup.exchange.notices import announce_emergency, routers_of

    with at_exchange(context, settings, outgoing=out) as exchange:
        routers = routers_of(exchange.noc, target)
        send_now(exchange, announce_emergency(exchange, _partner(exchange, to), routers, because))


@app.command()
def outage(
    context: typer.Context,
    outage_id: Annotated[str, typer.Argument(metavar="ID", help="Number of the outage.", show_default=False)],
    stage: Annotated[str, typer.Option(metavar="first|update|restored|summary", help="Which report.")] = "update",
    site: Annotated[str | None, typer.Option(help="Site affected; needed in the first report.")] = None,
    began: Moment = None,
    ended: Moment = None,
    notified: Annotated[str | None, typer.Option(help="Person notified; needed in the first report.")] = None,
    cause: Text = None,
    estimate: Moment = None,
    remedy: Annotated[str | None, typer.Option(help="Long term remedy.")] = None,
    corrected: Annotated[str | None, typer.Option(help="Method used to correct it.")] = None,
    to: To = None,
    settings: SettingsFile = None,
    out: Out = None,
) -> None:
    """Report an outage: the first within 30 minutes, an update every 60, a summary after it (MGS IV, Schedule 2)."""
    from turnup.cli.life import moment
    from turnup.exchange.notices import report_outage
    from turnup.exchange.outages import next_report

    given = {
        "site": site,
        "began_at": moment(began),
        "ended_at": moment(ended),
        "person_notified": notified,
        "cause": cause,
        "estimated_restoration": moment(estimate),
        "long_term_remedy": remedy,
        "corrected_by": corrected,
    }
    with at_exchange(context, settings, outgoing=out) as exchange:
        report = next_report(exchange, outage_id, stage, {name: value for name, value in given.items() if value})
        send_now(exchange, report_outage(exchange, _partner(exchange, to), report))


@app.command()
def performance(
    context: typer.Context,
    month: Annotated[str, typer.Argument(metavar="MONTH", help="Such as 2001-08; it must be over.")],
    to: To = None,
    settings: SettingsFile = None,
    out: Out = None,
) -> None:
    """Send the performance report of a month, by its fifth working day (MGS IV, Schedule 2); kept as it was sent."""
    from turnup.exchange.monthly import post_performance
    from turnup.performance.months import Month

    wanted = Month.parse(month)
    with at_exchange(context, settings, outgoing=out) as exchange:
        send_now(exchange, post_performance(exchange, _partner(exchange, to), wanted))


@app.command("due")
def due_(context: typer.Context, json: AsJson = False) -> None:
    """List the outages of which the customer must hear again, and by when."""
    from turnup.cli.show import as_json, say
    from turnup.exchange.outages import outages_due

    with at_exchange(context) as exchange:
        found, now = outages_due(exchange), exchange.now()
    if json:
        as_json([vars(one) for one in found])
        return
    for one in found:
        late = "LATE, " if one.due and one.due < now else ""
        by = f" by {one.due:%Y-%m-%d %H:%M} UTC" if one.due else ", as soon as it is known"
        say(f"{one.outage_id} {one.site}: {late}{one.what}{by}")
    if not found:
        say("nothing is to be told of any outage")


def _partner(exchange: Exchange, named: str | None) -> str:
    from turnup.errors import UsageError

    partners = tuple(exchange.settings.partners)
    if named is None and len(partners) != 1:
        raise UsageError("say to whom: --to PARTNER", advice="exchange.yaml names the partners.")
    return named or partners[0]
