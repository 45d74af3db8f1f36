"""`turnup exchange`: messages with the customer (PASA 2.4): take in, act, send, show, convert."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from turnup.cli.options import AsJson, opened

if TYPE_CHECKING:
    from turnup.exchange.office import Exchange
    from turnup.exchange.rounds import Round
    from turnup.noc import Noc

app = typer.Typer(help="Messages with the customer: take in, act, answer, send, show.", no_args_is_help=True)


PANEL, RANK = "An order's life", 2  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter `turnup exchange`."""
    main.add_typer(app, name="exchange", rich_help_panel=PANEL)


In = Annotated[
    Path | None,
    typer.Option("--in", envvar="TURNUP_EXCHANGE_IN", help="Folder messages arrive in.", show_default=False),
]
Out = Annotated[Path | None, typer.Option("--out", envvar="TURNUP_EXCHANGE_OUT", help="Folder of the channel `file`.")]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="exchange.yaml; beside policy.yaml when left out.")
]


@contextmanager
def at_exchange(
    context: typer.Context,
    settings: Path | None = None,
    incoming: Path | None = None,
    outgoing: Path | None = None,
    *,
    live: bool = True,
    settle: float = 0.5,
) -> Iterator[Exchange]:
    """The exchange of this NOC; folders below the data folder where none are named."""
    from turnup.desk.entering import Desk
    from turnup.exchange.dropbox import DropBox
    from turnup.exchange.office import Exchange, settings_of

    noc = opened(context)
    known = settings_of(noc, settings)
    store = noc.store()
    try:
        box = DropBox(_folder(noc, incoming, "in"), settle)
        yield Exchange(Desk(noc, store), known, box, _folder(noc, outgoing, "out"), live)
    finally:
        store.close()


def _folder(noc: Noc, named: Path | None, which: str) -> Path:
    """The same folders for every command: results that go out elsewhere than the round's answers reach nobody."""
    told = named or noc.environment.get(f"TURNUP_EXCHANGE_{which.upper()}")
    return Path(told) if told else noc.home.part("exchange") / which


@app.command()
def run(
    context: typer.Context,
    incoming: In = None,
    outgoing: Out = None,
    once: Annotated[bool, typer.Option("--once", help="One round; otherwise until interrupted.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Do not read the routers for new orders.")] = False,
    pause: Annotated[float, typer.Option(help="Seconds between rounds.", min=0.1)] = 5.0,
    settings: SettingsFile = None,
    json: AsJson = False,
) -> None:
    """Take messages in, act on each once, let the clock decide what nobody answered, send what is to be sent.

    A file counts as arrived when it was renamed into the folder; names that end in .tmp or begin with a dot are not
    looked at. What cannot be read goes to quarantine with the reason beside it, everything else to archive by hash.
    """
    from turnup.exchange.rounds import one_round, rounds

    with at_exchange(context, settings, incoming, outgoing, live=not offline) as exchange:
        if once:
            _told(one_round(exchange), json)
        else:
            rounds(exchange, lambda done: _told(done, json), pause)


@app.command("list")
def listed(
    context: typer.Context,
    json: AsJson = False,
    limit: Annotated[int, typer.Option(help="How many of each at most.", min=1)] = 50,
) -> None:
    """Show what came in and what became of it, what was sent to whom and when, what is tried, what is parked."""
    from turnup.cli.show import as_json, say, say_wrapped
    from turnup.store.messages import all_received, tickets
    from turnup.store.sendings import sendings

    with at_exchange(context) as exchange, exchange.desk.store.reading() as connection:
        received, out, open_ = all_received(connection, limit), sendings(connection, "", limit), tickets(connection)
    if json:
        hidden = ("body", "ticket")
        rows = {
            name: [{key: value for key, value in vars(row).items() if key not in hidden} for row in found]
            for name, found in (("received", received), ("sent", out), ("tickets", open_))
        }
        as_json(rows)
        return
    for one in received:
        say(f"in   {one.received_at:%Y-%m-%d %H:%M}  {one.sender} {one.message_id}")
        say_wrapped(f"     {one.kind} {one.order_id}: {one.result or 'waits'}")
    for row in out:
        state = f"sent {row.sent_at:%Y-%m-%d %H:%M}" if row.sent_at else "PARKED" if row.parked_at else "waits"
        to = f"{row.channel} {row.target}".strip()
        said = row.proof or row.error
        say(f"out  {row.created_at:%Y-%m-%d %H:%M}  {row.message_id}")
        say_wrapped(f"     {row.kind} {row.order_id} to {to}: {state}")
        say_wrapped(f"     tries {row.tries}{f', {said}' if said else ''}")
    for ticket in open_:
        say(f"ticket {ticket.ticket_id} of {ticket.sender} {ticket.order_id}: {ticket.status}")
    if not (received or out or open_):
        say("nothing came in, nothing was sent")


@app.command()
def retry(context: typer.Context, message: Annotated[str, typer.Argument(help="Number of the message.")]) -> None:
    """Try a message again that is parked or waits; the next round of `run` sends it."""
    from turnup.cli.show import say
    from turnup.errors import UsageError
    from turnup.store.sendings import try_again

    with at_exchange(context) as exchange, exchange.desk.store.writing() as connection:
        if not try_again(connection, message, exchange.now()):
            raise UsageError(f"nothing waits to be sent under {message!r}", advice="turnup exchange list shows them.")
    say(f"{message}: tried again by the next round")


@app.command()
def status(
    context: typer.Context,
    to: Annotated[str, typer.Argument(metavar="PARTNER", help="Who gets it.", show_default=False)],
    settings: SettingsFile = None,
    outgoing: Out = None,
) -> None:
    """Send a status report (PASA 2.4): where every order of that partner stands, and every ticket that is open."""
    from turnup.exchange.reporting import post_status

    with at_exchange(context, settings, outgoing=outgoing) as exchange:
        send_now(exchange, post_status(exchange, to))


@app.command()
def convert(
    file: Annotated[Path, typer.Argument(help="A message, .xml or .json.", show_default=False)],
    to: Annotated[str, typer.Option(metavar="json|xml", help="The other form.", show_default=False)],
) -> None:
    """Write a message in its other form, on stdout. JSON is modelled on TMF641/653/621; no conformance is claimed."""
    from turnup.cli.show import say
    from turnup.errors import InputError, UsageError
    from turnup.exchange.tmf import read_json, to_json
    from turnup.exchange.xml import message_xml, read_xml

    if to not in ("json", "xml"):
        raise UsageError(f"--to is json or xml, not {to!r}")
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(file)) from error
    read = read_json if file.suffix.lower() == ".json" else read_xml
    message = read(data, where=str(file))
    say((to_json(message) if to == "json" else message_xml(message).decode()).rstrip("\n"))


def deliver_now(context: typer.Context, order: str, to: str | None) -> None:
    """Send the results of the last test; the delivery is entered when the channel took them. Raises Unreachable."""
    from turnup.cli.show import say
    from turnup.exchange.delivering import post_results

    with at_exchange(context) as exchange:
        name = post_results(exchange, order, to)
        send_now(exchange, name)
        life = exchange.desk.must_know(order)
        say(f"{order}: {life.state.value}")


def send_now(exchange: Exchange, name: str) -> None:
    """Try it at once; one that is not taken now stays in the outbox, and is not told yet. Raises Unreachable."""
    from turnup.cli.show import say, say_wrapped
    from turnup.errors import Unreachable
    from turnup.exchange.outbox import send_due

    tried = send_due(exchange, [name])
    for one in tried:
        if not one.sent:
            raise Unreachable(
                f"{name} was not sent: {one.said}", advice="It stays in the outbox: turnup exchange run, or retry."
            )
        say_wrapped(f"{name}: sent: {one.said}")
    if not tried:
        say(f"{name}: was put into the outbox before (turnup exchange list)")


def _told(done: Round, json: bool) -> None:
    from turnup.cli.show import as_json, say_wrapped

    if json:
        as_json(
            {
                "taken": [vars(one) for one in done.taken],
                "acted": list(done.acted),
                "repairs_closed": [{"order": life.order_id, "state": life.state.value} for life in done.closed],
                "advanced": [{"order": life.order_id, "state": life.state.value} for life in done.advanced],
                "tried": [vars(one) for one in done.tried],
            }
        )
        return
    for taken in done.taken:
        say_wrapped(f"in   {taken.name}: {taken.what}", hang=5)
    for line in done.acted:
        say_wrapped(f"did  {line}", hang=5)
    for life in done.closed:
        say_wrapped(f"now  {life.order_id}: repair closed with the customer's ticket, {life.state.value}", hang=5)
    for life in done.advanced:
        say_wrapped(f"now  {life.order_id}: {life.state.value}", hang=5)
    for one in done.tried:
        say_wrapped(
            f"out  {one.message_id} {one.kind} {one.target}".rstrip()
            + f": {'' if one.sent else 'NOT SENT: '}{one.said}",
            hang=5,
        )
