"""`turnup logbook`: what people did and reported, with who and when. Guards read it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from turnup.cli.options import AsJson, opened

app = typer.Typer(help="Record what people did: notices, cross-connects, cards, bad ports.", no_args_is_help=True)

PANEL, RANK = "Changes of a port in service", 3  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter `turnup logbook`."""
    main.add_typer(app, name="logbook", rich_help_panel=PANEL)


By = Annotated[str, typer.Option(help="Who did it.", show_default=False)]
At = Annotated[str | None, typer.Option(help="When, ISO 8601 with zone; now when left out.")]


@app.command()
def notice(
    context: typer.Context,
    router: Annotated[str, typer.Argument(help="Router to be worked on.", show_default=False)],
    by: By,
    window: Annotated[
        str | None,
        typer.Option(help="A moment in the window, ISO 8601 with zone; the next that can be announced when left out."),
    ] = None,
    sent: At = None,
    reference: Annotated[str, typer.Option(help="Such as the e-mail's message id.")] = "",
    json: AsJson = False,
) -> None:
    """Record that written notice of maintenance was given (PASA 2.3(a): 48 hours before the window)."""
    from turnup.cli.show import as_json, say
    from turnup.errors import UsageError
    from turnup.order.maintenance import NOTICE, next_window, window_at, zone_of
    from turnup.order.records import Notice

    noc = opened(context)
    known = noc.equipment.router(router)
    zone, now = zone_of(noc.equipment.site_of(known).timezone), noc.clock()
    given = _past(sent, now)
    found = next_window(given + NOTICE, zone) if window is None else window_at(_moment(window), zone)
    if found is None:
        raise UsageError(f"{window} is in no window: Wednesday and Sunday, 02:00 to 06:00 {zone.key} (PASA 2.3(a))")
    noc.records.add(Notice(router, found.start, given, _who(by), now, noc.redact(reference)))
    early = given + NOTICE <= found.start
    if json:
        as_json({"router": router, "starts": found.start, "ends": found.end, "sent_at": given, "in_time": early})
        return
    say(f"{router}: notice of the window {found.in_zone(zone)} ({found.start:%Y-%m-%d %H:%M} UTC)")
    if not early:
        say("  less than 48 hours before it: no change of live service is allowed by it")


@app.command("cross-connect")
def cross_connect(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="removed|made", help="What field staff did.", show_default=False)],
    order: Annotated[str, typer.Argument(help="Id of the order whose cross-connect it is.", show_default=False)],
    by: By,
    at: At = None,
    note: Annotated[str, typer.Option(help="Whatever belongs to it.")] = "",
) -> None:
    """Record that a cross-connect was removed or made (PASA 1.3(b)(i)): a REDESIGNATE waits for both."""
    from turnup.cli.show import say
    from turnup.errors import UsageError
    from turnup.order.records import CrossConnectEvent, Fibre

    noc = opened(context)
    if not noc.ledger.knows(order):
        raise UsageError(f"no order {order} was accepted", advice="turnup order ack enters an order.")
    if what not in tuple(Fibre):
        raise UsageError(f"{what!r} is neither removed nor made")
    now = noc.clock()
    event = CrossConnectEvent(order, Fibre(what), _past(at, now), _who(by), now, noc.redact(note))
    noc.records.add(event)
    say(f"{order}: cross-connect {what} {event.at:%Y-%m-%d %H:%M} UTC by {event.by}")


@app.command()
def card(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="supplied|replaced", help="What became of it.", show_default=False)],
    router: Annotated[str, typer.Argument(help="The router.", show_default=False)],
    slot: Annotated[int, typer.Argument(help="The slot it is for.", show_default=False)],
    by: By,
    at: At = None,
    card: Annotated[str, typer.Option(help="Its part and serial number.")] = "",
) -> None:
    """Record that a replacement card came, or is in the router (PASA 5(c)): `turnup due` watches the time between."""
    from turnup.cli.show import say
    from turnup.errors import UsageError
    from turnup.order.records import CardDeed, CardEvent

    noc = opened(context)
    known = noc.equipment.router(router)
    slots = {*known.slots, *known.processor_slots}  # "a line card, processor card or memory card"
    if slot not in slots:
        raise UsageError(f"{router} has no card in slot {slot}: {', '.join(map(str, sorted(slots)))}")
    if what not in tuple(CardDeed):
        raise UsageError(f"{what!r} is neither supplied nor replaced")
    now = noc.clock()
    event = CardEvent(router, slot, CardDeed(what), _past(at, now), _who(by), now, noc.redact(card))
    noc.records.add(event)
    say(f"{router} slot {slot}: card {what} {event.at:%Y-%m-%d %H:%M} UTC by {event.by}")
    if event.what is CardDeed.REPLACED:
        which = "" if slot in known.processor_slots else f" --card {slot}"
        say(f"  next: every port of it is tested again: turnup retest {router}{which}")


@app.command()
def port(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="bad|good", help="What it was found to be.", show_default=False)],
    router: Annotated[str, typer.Argument(help="The router.", show_default=False)],
    interface: Annotated[str, typer.Argument(help="The port.", show_default=False)],
    by: By,
    because: Annotated[str, typer.Option(help="What was seen.", show_default=False)],
) -> None:
    """Mark a port as bad, so that no order gets it, or as good again after a retest."""
    from turnup.cli.show import say
    from turnup.errors import UsageError
    from turnup.order.records import PortMark

    if what not in ("bad", "good"):
        raise UsageError(f"{what!r} is neither bad nor good")
    noc = opened(context)
    noc.equipment.router(router)
    name = str(noc.port_named(router, interface).interface)
    noc.records.add(PortMark(router, name, what == "bad", noc.clock(), _who(by), noc.redact(because)))
    say(f"{router} {name}: {what}")


@app.command("list")
def listed(context: typer.Context, json: AsJson = False) -> None:
    """Show everything recorded, newest last."""
    from dataclasses import asdict

    from turnup.cli.show import as_json, say
    from turnup.order.records import CardEvent, CrossConnectEvent, Emergency, Notice, PortMark

    records = opened(context).records
    found = {
        "notices": [asdict(row) for row in records.rows(Notice)],
        "cross_connects": [asdict(row) for row in records.rows(CrossConnectEvent)],
        "cards": [asdict(row) for row in records.rows(CardEvent)],
        "ports": [asdict(row) for row in records.rows(PortMark)],
        "emergencies": [asdict(row) for row in records.rows(Emergency)],
    }
    if json:
        as_json(found)
        return
    if not any(found.values()):
        say("nothing is recorded")
    for kind, rows in found.items():
        for row in rows:
            say(f"{kind}: " + ", ".join(f"{name} {value}" for name, value in row.items() if value != ""))


def _moment(text: str) -> datetime:
    from turnup.cli.life import moment

    found = moment(text)
    assert found is not None  # noqa: S101 - None is for None
    return found


def _past(text: str | None, now: datetime) -> datetime:
    from turnup.errors import UsageError

    if text is None:
        return now
    if (moment := _moment(text)) > now:
        raise UsageError(f"{text} is in the future: record what was done, when it was done")
    return moment


def _who(text: str) -> str:
    from turnup.errors import UsageError
    from turnup.model.text import plain

    if not text.strip():
        raise UsageError("--by wants a name")
    return plain(text.strip())
