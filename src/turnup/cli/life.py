"""`turnup order deliver|accept|reject|elect|terminate|advance|history`: what happens to an order after its tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from turnup.cli.options import AsJson, opened

if TYPE_CHECKING:
    from turnup.desk.entering import Desk
    from turnup.order.life import Life


_FIRST, _LAST = 1970, 9990  # years in which every place and every period has its day


def _id_of(order: str) -> str:
    """The id that stands in an order's file, for whoever named that as for the other commands."""
    path = Path(order)
    if not path.suffix or not path.is_file():
        return order
    from turnup.load.order import read_order

    return read_order(path).order.order_id


def _named(by: str | None) -> str | None:
    """Who says so: somebody, in words that are seen."""
    from turnup.errors import UsageError
    from turnup.model.text import plain

    if by is not None and not by.strip():
        raise UsageError("--by wants a name")
    return plain(by.strip()) if by is not None else None


OrderId = Annotated[str, typer.Argument(help="An order's file, or its id.", show_default=False, callback=_id_of)]
By = Annotated[str, typer.Option(help="Who says so, or whose message it is.", show_default=False, callback=_named)]
At = Annotated[str | None, typer.Option(help="When it happened or arrived, ISO 8601 with zone; now when left out.")]


def register(main: typer.Typer) -> None:  # noqa: ARG001 - they stand below `turnup order`
    """Enter the commands below `turnup order`."""
    from turnup.cli.orders import app

    for command in (deliver, accept, reject, elect, terminate, advance, history, states):
        app.command()(command)


@contextmanager
def at_desk(context: typer.Context) -> Iterator[Desk]:
    """The desk of this NOC, its store closed at the end."""
    from turnup.desk.entering import Desk

    noc = opened(context)
    store = noc.store()
    try:
        yield Desk(noc, store)
    finally:
        store.close()


def moment(text: str | None) -> datetime | None:
    """A time with its zone, as typed. Raises UsageError."""
    from turnup.errors import UsageError

    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise UsageError(f"{text!r} has no zone: write it as 2001-07-15T06:00+00:00")
        found = at.astimezone(UTC)
        if not _FIRST <= found.year <= _LAST:
            raise ValueError(text)
        return found
    except (ValueError, OverflowError) as error:  # nor is a day that is in no year by the clocks of some place
        raise UsageError(f"{text!r} is no time: write it as 2001-07-15T06:00+00:00") from error


def deliver(
    context: typer.Context,
    order: OrderId,
    by: Annotated[str | None, typer.Option(help="Who handed them over.", show_default=False, callback=_named)] = None,
    proof: Annotated[str | None, typer.Option(help="What proves it: a message's id, or who took the paper.")] = None,
    at: At = None,
    send: Annotated[bool, typer.Option("--send", help="Send them now; the channel's answer is the proof.")] = False,
    to: Annotated[str | None, typer.Option("--to", help="With --send: the partner; who sent the order if not.")] = None,
) -> None:
    """Record that the test results were handed to the customer: his acceptance period begins (PASA 1.4(c)).

    With --send the results and the certificate go out by the partner's channel, and the delivery is recorded when the
    channel took them, never before; what cannot be sent now stays in the outbox.
    """
    from turnup.errors import UsageError

    if send:
        from turnup.cli.exchange import deliver_now

        if by or proof or at:
            raise UsageError("--send brings its own proof", advice="Leave out --by, --proof and --at.")
        deliver_now(context, order, to)
        return
    if by is None or proof is None or not proof.strip() or to is not None:
        raise UsageError("say --by and --proof, or --send", advice="turnup order deliver --help")
    with at_desk(context) as desk:
        _told(desk, desk.deliver(order, desk.noc.redact(proof), by, moment(at)))


def accept(context: typer.Context, order: OrderId, by: By, at: At = None) -> None:
    """Record that the customer accepted the results in writing (PASA 1.4(a)); the port goes into service."""
    from turnup.order.states import Actor, Event

    with at_desk(context) as desk:
        desk.enter(order, Event.ACCEPT, Actor.CUSTOMER, by, moment(at))
        _told(desk, desk.advance(order))


def reject(
    context: typer.Context,
    order: OrderId,
    by: By,
    reason: Annotated[str, typer.Option(help="What does not function, in the customer's words.", show_default=False)],
    at: At = None,
) -> None:
    """Record that the customer reported the port as not functioning within the period (PASA 1.4(b))."""
    from turnup.order.states import Actor, Event

    with at_desk(context) as desk:
        detail = {"reason": desk.noc.redact(reason)}
        _told(desk, desk.enter(order, Event.REJECT, Actor.CUSTOMER, by, moment(at), detail))


def elect(
    context: typer.Context,
    order: OrderId,
    choice: Annotated[str, typer.Argument(metavar="continue|different-port|discontinue", show_default=False)],
    by: By,
    at: At = None,
) -> None:
    """Record the customer's choice after the second failed attempt (PASA 1.4(b)(i) to (iii))."""
    from turnup.cli.show import say
    from turnup.errors import UsageError
    from turnup.order.states import Actor, Event

    choices = {
        "continue": Event.CONTINUE,
        "different-port": Event.DIFFERENT_PORT,
        "discontinue": Event.DISCONTINUE,
    }
    if choice not in choices:
        raise UsageError(f"{choice!r} is no choice: {', '.join(choices)} (PASA 1.4(b))")
    with at_desk(context) as desk:
        _told(desk, desk.enter(order, choices[choice], Actor.CUSTOMER, by, moment(at)))
    if choice == "different-port":
        say(f"  next: turnup move {order} --because '...' (same site and speed, another card first)")
    if choice == "discontinue":
        say("  next: turnup disconnect with his DISCONNECT order; the fee is reduced (Schedule 1, Appendix B)")


def terminate(
    context: typer.Context,
    order: OrderId,
    by: By,
    clause: Annotated[str, typer.Option(help="Which right: 8.4(i) to (iii), 5(a), 5(b).", show_default=False)],
    at: At = None,
) -> None:
    """Record that the customer terminated the port's services (PASA 8.4; 5(a), 5(b) where no move was agreed)."""
    from turnup.errors import UsageError
    from turnup.order.states import Actor, Event

    if clause not in (known := ("8.4(i)", "8.4(ii)", "8.4(iii)", "5(a)", "5(b)")):
        raise UsageError(f"{clause!r} is no right to terminate a port (PASA 5, 8.4): {', '.join(known)}")
    with at_desk(context) as desk:
        _told(desk, desk.enter(order, Event.TERMINATE, Actor.CUSTOMER, by, moment(at), {"clause": clause}))


def advance(
    context: typer.Context,
    orders: Annotated[
        list[str] | None, typer.Argument(help="Ids; all orders when left out.", show_default=False)
    ] = None,
    json: AsJson = False,
) -> None:
    """Take orders as far as proofs and clocks take them: complete the history, deemed acceptance, service."""
    from turnup.cli.show import as_json, say
    from turnup.desk.sources import DataFolder

    with at_desk(context) as desk:
        folder = DataFolder(desk.noc)
        for order in orders or ():
            desk.must_know(order)
        wanted = orders or list(folder.orders)
        found = [life for life in (desk.advance(order, folder) for order in wanted) if life is not None]
        if json:
            as_json([{"order": life.order_id, "state": life.state.value, "events": life.count} for life in found])
            return
        for life in found:
            say(f"{life.order_id}: {life.state.value}")


def history(context: typer.Context, order: OrderId, json: AsJson = False) -> None:
    """Show everything that happened to an order, and who says so."""
    from turnup.cli.show import as_json, say, say_wrapped
    from turnup.store.events import history as read

    with at_desk(context) as desk:
        desk.must_know(order)
        with desk.store.reading() as connection:
            rows = read(connection, order)
        if json:
            as_json(
                [
                    {
                        "number": row.number,
                        "at": row.happening.at,
                        "event": row.happening.event.value,
                        "actor": row.happening.actor.value,
                        "by": row.happening.by,
                        "state": row.happening.to.value if row.happening.to else "",
                        "detail": dict(row.happening.detail),
                        "digest": row.digest,
                    }
                    for row in rows
                ]
            )
            return
        for row in rows:
            one = row.happening
            say(f"{row.number:3}  {one.at:%Y-%m-%d %H:%M}  {one.event.value:<18} {one.to}")
            say_wrapped(f"                       by {one.by} ({one.actor})")


def states(
    state: Annotated[str, typer.Argument(metavar="[STATE]", help="Only what leaves this state.")] = "",
    json: AsJson = False,
) -> None:
    """Show every state of a port order: what may happen in it, by whom, where it leads, and the clause."""
    from turnup.cli.show import as_json, say
    from turnup.errors import UsageError
    from turnup.load.strict import suggestion
    from turnup.order.states import TABLE, State, When

    known = [one.value for one in State]
    if state and state not in known:
        raise UsageError(f"{state!r} is no state{suggestion(state, known)}")
    rows = [row for row in TABLE if state in ("", row.state.value)]
    if json:
        fields = ("state", "event", "to", "clause", "when")
        plain = [{name: getattr(row, name) for name in fields} | {"by": sorted(row.actors)} for row in rows]
        as_json(plain)
        return
    for one in State:
        steps = [row for row in rows if row.state is one]
        if steps or (state in ("", one.value) and not any(row.state is one for row in TABLE)):
            say(one.value if steps else f"{one.value}: nothing follows")
        for row in steps:
            who = " or ".join(sorted(row.actors))
            say(f"  {row.event.value:<18} by {who:<19} -> {row.to.value}")
            if row.clause or row.when is not When.ALWAYS:
                say("    " + ", ".join(filter(None, (row.clause, row.when.value))))


def _told(desk: Desk, life: Life | None) -> None:
    from turnup.cli.show import say
    from turnup.order.due import due_list

    if life is None:
        return
    say(f"{life.order_id}: {life.state.value}")
    for row in due_list([life], desk.clocks, desk.noc.clock()):
        if row.clock:
            until = f"until {row.due:%Y-%m-%d %H:%M} UTC" if row.due else "no period configured"
            say(f"  {row.clock}: since {row.since:%Y-%m-%d %H:%M} UTC, {until}")
        if row.whose:
            say(f"  next: {row.action} ({row.whose})")
