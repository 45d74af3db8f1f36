"""`turnup interruption`, `turnup performance`, `turnup credits`: what was interrupted, and what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from turnup.cli.options import AsJson

if TYPE_CHECKING:
    from turnup.desk.entering import Desk
    from turnup.model.interruption import Cause, InterruptionEntry
    from turnup.performance.book import Book
    from turnup.performance.recorded import Interruption

app = typer.Typer(help="Record interruptions of service; entries are never edited.", no_args_is_help=True)
By = Annotated[str, typer.Option(help="Who says so.", show_default=False)]
At = Annotated[str | None, typer.Option(help="When, ISO 8601 with zone; now when left out.")]
Moment = Annotated[str | None, typer.Option(help="ISO 8601 with zone.", show_default=False)]
Answered = Annotated[
    str | None, typer.Option(help="When the call was answered (Schedule 2 (iii)), ISO 8601 with zone.")
]
Number = Annotated[int, typer.Argument(help="Number of the interruption.", show_default=False)]
Target = Annotated[str, typer.Argument(metavar="ORDER|ROUTER", help="What was interrupted.", show_default=False)]
Port = Annotated[str, typer.Argument(metavar="[PORT]", help="One port of the router.", show_default=False)]
CauseWord = Annotated[str, typer.Option(help="carrier, customer, third-party or maintenance.", show_default=False)]
MonthWord = Annotated[str, typer.Argument(metavar="MONTH", help="Such as 2001-08.", show_default=False)]
Site = Annotated[str, typer.Option(help="One Equipment Site.", show_default=False)]
Form = Annotated[str, typer.Option("--format", help="terminal, md, csv or json.")]

PANEL, RANK = "Performance and credits", 4  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter the commands."""
    main.add_typer(app, name="interruption", rich_help_panel=PANEL)
    main.command(rich_help_panel=PANEL)(performance)
    main.command(rich_help_panel=PANEL)(credits)


@app.command("open")
def opened(
    context: typer.Context,
    target: Target,
    by: By,
    cause: CauseWord,
    port: Port = "",
    at: At = None,
    until: Moment = None,
    answered: Answered = None,
    ticket: Annotated[str, typer.Option(help="Number of the trouble ticket.")] = "",
    customers: Annotated[int | None, typer.Option(help="How many customers it affects, where it is known.")] = None,
    note: Annotated[str, typer.Option(help="Whatever belongs to it.")] = "",
) -> None:
    """Record that service is interrupted, or with --until that it was."""
    from turnup.cli.life import at_desk, moment
    from turnup.model.interruption import Doing, InterruptionEntry

    with at_desk(context) as desk:
        order_id, router, name = _target(desk, target, port)
        entry = InterruptionEntry(
            Doing.OPEN,
            _said(desk, by, "--by"),
            order_id=order_id,
            router=router,
            port=name,
            cause=_cause(cause),
            starts=moment(at) or desk.noc.clock(),
            ends=moment(until),
            answered=moment(answered),
            customers=customers,
            ticket=_said(desk, ticket),
            note=_said(desk, note),
        )
        _enter(desk, entry)


@app.command()
def close(
    context: typer.Context,
    target: Annotated[
        str, typer.Argument(metavar="NUMBER|ORDER|ROUTER", help="Of what the interruption is over.", show_default=False)
    ],
    by: By,
    port: Port = "",
    at: At = None,
) -> None:
    """Record that an interruption is over."""
    from turnup.cli.life import at_desk, moment
    from turnup.model.interruption import Doing, InterruptionEntry

    with at_desk(context) as desk:
        ends = moment(at) or desk.noc.clock()
        number = int(target) if target.isascii() and target.isdigit() else _open_one(desk, target, port)
        _enter(desk, InterruptionEntry(Doing.CLOSE, _said(desk, by, "--by"), number, ends=ends))


@app.command()
def correct(
    context: typer.Context,
    number: Number,
    by: By,
    because: Annotated[str, typer.Option(help="What was wrong.", show_default=False)],
    cause: CauseWord = "",
    since: Moment = None,
    until: Moment = None,
    answered: Answered = None,
    ticket: Annotated[str, typer.Option(help="The right ticket.")] = "",
    customers: Annotated[int | None, typer.Option(help="The right number.")] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="It was none: it counts no more.")] = False,
) -> None:
    """Enter what was wrong about an interruption: the earlier entries stay as they are."""
    from turnup.cli.life import at_desk, moment
    from turnup.errors import UsageError
    from turnup.model.interruption import Doing, InterruptionEntry

    said = (cause, since, until, answered, ticket, customers)
    if withdraw == any(word not in (None, "") for word in said):
        raise UsageError("say what is to be corrected, or --withdraw")
    with at_desk(context) as desk:
        entry = InterruptionEntry(
            Doing.WITHDRAW if withdraw else Doing.CORRECT,
            _said(desk, by, "--by"),
            number,
            cause=_cause(cause) if cause else None,
            starts=moment(since),
            ends=moment(until),
            answered=moment(answered),
            customers=customers,
            ticket=_said(desk, ticket),
            note=_said(desk, because, "--because"),
        )
        _enter(desk, entry)


@app.command("list")
def listed(
    context: typer.Context,
    target: Annotated[str, typer.Argument(metavar="[ORDER|ROUTER]", help="Only its own.", show_default=False)] = "",
    json: AsJson = False,
) -> None:
    """Show every recorded interruption as it stands, with the entries that say so."""
    from turnup.cli.life import at_desk
    from turnup.cli.show import as_json, say
    from turnup.performance.recorded import interruptions
    from turnup.store.interruptions import interruption_entries

    with at_desk(context) as desk, desk.store.reading() as connection:
        found = interruptions(interruption_entries(connection))
    shown = [one for one in found if target in ("", one.order_id, one.router)]
    if json:
        as_json([_plain(one) for one in shown])
        return
    for one in shown:
        say(_line(one))
        for proof in one.evidence:
            say(f"      {proof}")
    if not shown:
        say("no interruption is recorded")


def performance(context: typer.Context, month: MonthWord, site: Site = "", form: Form = "terminal") -> None:
    """Write the monthly report: availability of every port, outages, time to repair (Schedule 2)."""
    from turnup.cli.show import screen_width
    from turnup.performance.months import Month
    from turnup.performance.report import monthly_report
    from turnup.performance.tables import write

    wanted = Month.parse(month)
    _print(write(monthly_report(_book(context, site), wanted, site), form, screen_width()))


def credits(context: typer.Context, month: MonthWord, site: Site = "", form: Form = "terminal") -> None:  # noqa: A001
    """Write the worksheet of credits (PASA 1.4(b), 4, 5, 8.4), and which rights to terminate have arisen."""
    from turnup.cli.show import screen_width
    from turnup.performance.months import Month
    from turnup.performance.tables import write
    from turnup.performance.worksheets import credits_document

    wanted = Month.parse(month)
    _print(write(credits_document(_book(context, site), wanted, site), form, screen_width()))


def _book(context: typer.Context, site: str) -> Book:
    from turnup.cli.life import at_desk
    from turnup.errors import UsageError
    from turnup.load.strict import suggestion
    from turnup.performance.book import read_book

    with at_desk(context) as desk, desk.store.reading() as connection:
        sites = desk.noc.equipment.sites
        if site and site not in sites:
            raise UsageError(f"no site {site!r}{suggestion(site, list(sites))}")
        zones = {name: one.timezone for name, one in sites.items()}
        return read_book(connection, desk.noc.equipment.policy, zones, desk.noc.clock())


def _print(text: str) -> None:
    from turnup.cli.show import say

    say(text)


def _target(desk: Desk, target: str, port: str) -> tuple[str, str, str]:
    """Order, router and port of what was named. Raises UsageError, InputError."""
    from turnup.errors import UsageError
    from turnup.store.events import standing

    if not port:
        with desk.store.reading() as connection:
            if standing(connection, target) is not None:
                return target, "", ""
    if target not in desk.noc.equipment.routers:
        raise UsageError(f"{target!r} is neither an order with a history nor a router of the inventory")
    return "", target, str(desk.noc.port_named(target, port).interface) if port else ""


def _open_one(desk: Desk, target: str, port: str) -> int:
    """The one interruption of it that is open. Raises UsageError when there is none, or more than one."""
    from turnup.errors import UsageError
    from turnup.performance.recorded import interruptions
    from turnup.store.interruptions import interruption_entries

    wanted = _target(desk, target, port)
    with desk.store.reading() as connection:
        found = [
            one.number
            for one in interruptions(interruption_entries(connection))
            if (one.order_id, one.router, one.port) == wanted and one.ends is None and not one.withdrawn
        ]
    if len(found) != 1:
        numbers = ", ".join(map(str, found)) or "none"
        raise UsageError(f"one open interruption of {target} {port}".rstrip() + f" is needed, and there are: {numbers}")
    return found[0]


def _cause(word: str) -> Cause:
    from turnup.errors import UsageError
    from turnup.model.interruption import STATED

    for cause in STATED:
        if word == cause.value:
            return cause
    raise UsageError(f"{word!r} is no cause: {', '.join(STATED)} (PASA 4.2)")


def _said(desk: Desk, text: str, needed: str = "") -> str:
    from turnup.errors import UsageError
    from turnup.model.text import plain

    if needed and not text.strip():
        raise UsageError(f"{needed} wants words")
    return desk.noc.redact(plain(text.strip()))


def _enter(desk: Desk, entry: InterruptionEntry) -> None:
    from turnup.cli.show import say
    from turnup.performance.recorded import check_entry, interruptions
    from turnup.store.interruptions import enter_interruption, interruption_entries

    now = desk.noc.clock()
    with desk.store.writing() as connection:
        entries = interruption_entries(connection)
        check_entry({one.number: one for one in interruptions(entries)}, entry, now)
        kept = enter_interruption(connection, entry, now)
    number = entry.interruption or kept.number
    say(_line(next(one for one in interruptions((*entries, kept)) if one.number == number)))


def _line(one: Interruption) -> str:
    until = f"{one.ends:%Y-%m-%d %H:%M} UTC" if one.ends else "open"
    ticket = f", ticket {one.ticket}" if one.ticket else ""
    withdrawn = ", WITHDRAWN" if one.withdrawn else ""
    since = f"{one.starts:%Y-%m-%d %H:%M} UTC"
    return f"{one.number:4}  {one.target}: {since} to {until}, {one.cause}{ticket}{withdrawn}"


def _plain(one: Interruption) -> dict[str, object]:
    return {
        "number": one.number,
        "order": one.order_id,
        "router": one.router,
        "port": one.port,
        "starts": one.starts,
        "ends": one.ends,
        "cause": one.cause.value,
        "ticket": one.ticket,
        "answered": one.answered,
        "customers": one.customers,
        "withdrawn": one.withdrawn,
        "evidence": [{"what": str(proof), "sha256": proof.digest} for proof in one.evidence],
    }
