"""`turnup order`: read a Port Service Order, acknowledge it, show what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from turnup.cli.options import AsJson, OrderFile, opened

if TYPE_CHECKING:
    from datetime import datetime

    from turnup.model.order import Header

app = typer.Typer(help="Port Service Orders: check, acknowledge, show; deliver, accept, history.", no_args_is_help=True)

PANEL, RANK = "An order's life", 2  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter `turnup order`."""
    main.add_typer(app, name="order", rich_help_panel=PANEL)


@app.command()
def check(context: typer.Context, order: OrderFile, json: AsJson = False) -> None:
    """Read an order and hold it against the inventory. No router is contacted, nothing is entered."""
    from turnup.cli.show import as_json, say
    from turnup.errors import Clarification
    from turnup.job import acknowledged
    from turnup.load.order import read_order
    from turnup.load.order_write import order_fields

    noc = opened(context)
    message = read_order(order)
    answer = acknowledged(noc, message, live=False, enter=False)
    if not answer.accepted:
        raise Clarification(answer.points, where=str(order))
    if json:
        as_json({"order": order_fields(message.order), "port": str(answer.port.interface) if answer.port else None})
        return
    told = message.order
    say(f"{told.order_id} revision {told.revision}: {told.action} {told.speed} at {told.location.site}")
    say(f"  customer {told.customer.name} ({told.customer.code}), requested by {told.requested_by}")
    say("  can be carried out as written, as far as inventory and policy tell")
    if answer.port:
        say(
            f"  it would get {answer.port.router} {answer.port.interface} ({answer.port.card.part})"
            ", if the router agrees"
        )


@app.command()
def ack(
    context: typer.Context,
    order: OrderFile,
    offline: Annotated[bool, typer.Option("--offline", help="Do not read the routers.")] = False,
    xml: Annotated[bool, typer.Option("--xml", help="The acknowledgement as the customer's XML message.")] = False,
    json: AsJson = False,
) -> None:
    """Acknowledge an order (PASA 1.3(b)): it gets a port, or the points to be made clear. Exit code 2 for those."""
    from turnup.cli.show import say, step
    from turnup.errors import InputError
    from turnup.job import acknowledged
    from turnup.load.order import read_order
    from turnup.order.acknowledge import acknowledgement_json, acknowledgement_xml, clarify

    noc = opened(context)
    header = None
    try:
        message = read_order(order)
    except InputError as error:
        answer = clarify(error, noc.clock())
    else:
        header = message.header
        # What is wrong with our own files from here on is nothing to tell the customer.
        with step("reading the routers of the site"):
            answer = acknowledged(noc, message, live=not offline)
    if xml:
        say(acknowledgement_xml(answer, _reply_header(header, answer.order_id, noc.clock())).decode())
    elif json:
        say(acknowledgement_json(answer))
    elif answer.accepted:
        say(f"{answer.order_id} revision {answer.revision}: accepted")
        if port := answer.port:
            say(f"  port: {port.router} {port.interface} ({port.card.part}, slot {port.slot})")
        say(f"  committed by: {answer.committed_by or 'not configured (policy: clocks.completion)'}")
    else:
        say(f"{answer.order_id or order}: to be made clear")
        for field, reason in answer.points:
            say(f"  - {field}: {reason}")
    if not answer.accepted:
        raise typer.Exit(2)


@app.command()
def show(
    context: typer.Context,
    order: Annotated[str, typer.Argument(help="An order's id or file.", show_default=False)],
    json: AsJson = False,
) -> None:
    """Show an order as a note for a ticket: where it stands, the clocks, what is red and why, what is next, whose."""
    from turnup.certify import certificates_of
    from turnup.cli.show import as_json, say
    from turnup.desk.note import note_fields, note_of, note_text
    from turnup.desk.noting import life_of
    from turnup.desk.sources import certificates
    from turnup.job import read_message

    noc = opened(context)
    told = read_message(order, noc).order
    assignment = noc.ledger.assignment(told.order_id)
    port = assignment.port if assignment else None
    pushes = [j for j in noc.journals.of(port.router) if j.record.change.order_id == told.order_id] if port else []
    kept = certificates_of(noc, port.router, str(port.interface)) if port else ()
    place = (port.router, str(port.interface)) if port else ("", "")
    life = life_of(noc, told.order_id) if noc.ledger.knows(told.order_id) else None
    note = note_of(noc, told, place, life, certificates(noc, told.order_id))
    if json:
        as_json(
            {
                "order": told.order_id,
                "revision": told.revision,
                "router": port.router if port else None,
                "port": str(port.interface) if port else None,
                **note_fields(note),
                "pushes": [{"journal": str(j.path), "state": j.record.state} for j in pushes],
                "certificates": [{"file": str(path), "outcome": c.outcome} for path, c in kept],
            }
        )
        return
    say(note_text(note))
    say("")
    for journal in pushes:
        say(f"push      {journal.record.state}  {journal.path}")
    for path, certificate in kept:
        say(f"tested    {certificate.outcome}  {path}")


def _reply_header(asked: Header | None, order_id: str, now: datetime) -> Header:
    """Envelope of the answer: back to whom the order came from."""
    from turnup.model.order import Header

    sender, recipient = (asked.recipient, asked.sender) if asked else ("CARRIER", "CUSTOMER")
    number = f"ACK-{order_id or 'UNREAD'}-{now:%Y%m%d%H%M%S}"[:40]
    return Header(number, sender, recipient, now, asked.message_id if asked else None)
