"""Kill the exchange at every point of its loops, start it again, and show what became of it.

`python tests/exchange/crash_table.py [--fast] [--store URL]`: one row a kill. A point is every lasting step: a commit,
a rename, a sync, a removal, a hand-over to a channel, and every word to or from a mail server or a webhook; the process
gets SIGKILL right before it, and right after it. Then it is started again, and everything must have happened once:
nothing lost, nothing done twice. Exit code 1 when a row says otherwise.

One thing no sender can know: whether a server took what was handed to it when the sender died before he heard so. Such
a mail or post goes out again, under the same Message-ID or Turnup-Message-Id, and its proof says that an earlier one
may have arrived; the row says so, too. What was noted as taken never goes out again.
"""

# ruff: noqa: E402 - it runs by itself too, and finds the tests' samples first
from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
for _folder in (HERE, HERE.parent / "orders", HERE.parent / "store"):
    if str(_folder) not in sys.path:
        sys.path.insert(0, str(_folder))

import sqlalchemy as sa
from dying import Death, armed
from office_samples import HOUR, PSO, START, Office, accepted, mailing, office
from receivers import Receivers, receivers
from sample_messages import level3

from turnup.exchange.delivering import post_results
from turnup.exchange.rounds import one_round
from turnup.exchange.settings import Channel, Partner, Retry, Route, Settings, Webhook
from turnup.model.messages import TicketEntry, TicketStatus, TroubleTicket
from turnup.order.states import Event
from turnup.store import Store, open_store
from turnup.store.checking import faults
from turnup.store.messages import all_received, tickets
from turnup.store.sendings import UNCERTAIN, Sending, sendings
from turnup.store.tables import HEAD, METADATA

# --- what happens, and what must be true afterwards ------------------------------------------------------------------


def an_order_comes(here: Office) -> None:
    here.drop(_order(), "Q-1")


def an_order_has_points(here: Office) -> None:
    here.drop(_order(site="61 Hudson Street"), "Q-1")


def results_go_out(here: Office) -> None:
    here.tested()
    post_results(here.exchange, PSO)


def an_answer_comes(here: Office) -> None:
    here.tested()
    post_results(here.exchange, PSO)
    here.round()
    here.at(5).drop(accepted(), "Q-2")


def a_ticket_comes(here: Office) -> None:
    an_answer_comes(here)
    here.round()
    entries = (TicketEntry(here.clock[0], "Q. West", "no traffic"),)
    here.at(6).drop(TroubleTicket("TT-1", TicketStatus.OPEN, here.clock[0], 5, entries, PSO), "Q-3")


def a_ticket_is_closed(here: Office) -> None:
    a_ticket_comes(here)
    here.round()
    here.retested(6.5)
    entries = tuple(TicketEntry(START + 5 * HOUR, "Q. West", text) for text in ("no traffic", "works again"))
    here.at(7).drop(TroubleTicket("TT-1", TicketStatus.CLOSED, START + 6 * HOUR, 5, entries, PSO), "Q-4")


def silence(here: Office) -> None:
    here.tested()
    post_results(here.exchange, PSO)
    here.round()
    here.at(60)


def results_go_out_by(channel: Channel) -> Callable[[Office], None]:
    def happens(here: Office) -> None:
        assert here.exchange.settings.route("QWEST").channel is channel
        results_go_out(here)

    return happens


def noise_and_doubles(here: Office) -> None:
    here.ordered()
    here.drop_file(b"noise", "noise.xml")
    here.drop(_order(), "Q-ORDER", name="other.xml")
    here.drop(_order(site="61 Hudson Street"), "Q-ORDER", name="third.xml")


_TO_TESTED = [Event.RECEIVE, Event.ACKNOWLEDGE, Event.PROVISION, Event.TEST_PASS]
_SERVED = [*_TO_TESTED, Event.DELIVER, Event.ACCEPT, Event.BEGIN_SERVICE]
STORIES: dict[str, tuple[Callable[[Office], None], list[Event], int]] = {
    # what happens, the order's history afterwards, how many messages went out
    "order": (an_order_comes, [Event.RECEIVE, Event.ACKNOWLEDGE], 1),
    "points": (an_order_has_points, [Event.RECEIVE, Event.CLARIFY], 1),
    "results": (results_go_out, [*_TO_TESTED, Event.DELIVER], 2),
    "acceptance": (an_answer_comes, _SERVED, 3),
    "ticket": (a_ticket_comes, [*_SERVED, Event.FAULT], 4),
    "closing": (a_ticket_is_closed, [*_SERVED, Event.FAULT, Event.TEST_PASS, Event.RESTORE], 5),
    "silence": (silence, [*_TO_TESTED, Event.DELIVER, Event.DEEM, Event.BEGIN_SERVICE], 2),
    "noise": (noise_and_doubles, [Event.RECEIVE, Event.ACKNOWLEDGE], 3),
    "mail": (results_go_out_by(Channel.MAIL), [*_TO_TESTED, Event.DELIVER], 2),
    "webhook": (results_go_out_by(Channel.WEBHOOK), [*_TO_TESTED, Event.DELIVER], 2),
}
SERVED = ("mail", "webhook")  # their channel is a server, not a folder


def settings_of(story: str, servers: Receivers | None) -> Settings | None:
    """By which channel the partner is written to; None = by files."""
    if story not in SERVED:
        return None
    assert servers is not None
    if story == "mail":
        return mailing(servers.mail)
    partner = Partner(Route(Channel.WEBHOOK, f"http://127.0.0.1:{servers.webhook}/hook"))
    os.environ["TURNUP_SECRET_HOOK"] = "a-k3y-of-the-table"
    return Settings("KMC", {"QWEST": partner}, None, Webhook("HOOK", timedelta(seconds=5)), Retry(timedelta(minutes=1)))


def _order(site: str = "") -> Any:
    from dataclasses import replace

    order = replace(level3().order, origin="")
    return replace(order, location=replace(order.location, site=site)) if site else order


def judged(here: Office, events: list[Event], answers: int, servers: Receivers | None) -> str:
    """What is not as it must be; "" when all is."""
    wrong = []
    if here.events() != events:
        wrong.append(f"history {[one.value for one in here.events()]}")
    with here.desk.store.reading() as connection:
        wrong += list(faults(connection))
        received, sent = all_received(connection), sendings(connection)
        open_ = tickets(connection)
    # The first answer again is the same file again.
    files = len([one for one in sent if not one.message_id.startswith("AA-")])
    if servers is not None:
        wrong += _taken(sent, servers, answers)
    elif len(sent) != answers or len(here.out()) != files:
        wrong.append(f"{len(sent)} messages and {len(here.out())} files out, not {answers}")
    wrong += [f"{one.message_id} waits" for one in received if one.handled_at is None]
    wrong += [f"{one.message_id} was not sent" for one in sent if one.sent_at is None]
    wrong += ["two tickets"] if len(open_) > 1 else []
    left = [path.name for path in here.inside.iterdir() if path.is_file() and path.name != ".lock"]
    left += [path.name for path in (here.inside / ".work").iterdir()]
    wrong += [f"left behind: {', '.join(left)}"] if left else []
    kept = [path for name in ("archive", "quarantine") for path in (here.inside / name).iterdir()]
    alone = [path for path in kept if path.suffix == ".reason" and not path.with_suffix("").exists()]
    wrong += ["a reason without its file"] if alone else []
    return "; ".join(wrong)


def _taken(sent: Sequence[Sending], servers: Receivers, answers: int) -> Iterator[str]:
    """What servers took is what was sent; twice only what nobody could know of, and what says so."""
    taken = servers.taken()
    if set(taken) != {one.message_id for one in sent} or len(taken) != answers:
        yield f"{len(taken)} messages were taken by the server, {len(sent)} sent, not {answers}"
    for one in sent:
        often = taken[one.message_id]
        if often > 2 or (often == 2 and UNCERTAIN not in one.proof):
            yield f"{one.message_id} was taken {often} times, and its proof does not say so"


def doubled(servers: Receivers | None) -> int:
    """How many messages a server has twice."""
    return sum(often > 1 for often in servers.taken().values()) if servers else 0


def run(
    story: str, at: int, after: bool, url: str, folder: Path, servers: Receivers | None = None
) -> tuple[bool, str, str]:
    """Kill at that step, start again twice. Whether it died, at which step, and what is wrong then."""
    happens, events, answers = STORIES[story]
    if servers is not None:
        servers.forget()
    store = _empty(open_store(url or f"sqlite:///{folder}/turnup.db"))
    here = office(folder, store, settings_of(story, servers))
    happens(here)
    store.close()  # no connection may be shared with the child
    where = folder / "died"
    child = os.fork()
    if child == 0:
        code = 1
        try:
            armed(Death(at, after, where=str(where)))
            one_round(here.exchange)
            code = 0
        except BaseException:  # noqa: BLE001 - the child's end: shown, never carried on into the parent's work
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    died = os.WIFSIGNALED(status)
    if not died and os.waitstatus_to_exitcode(status) != 0:
        return False, "failed", "the run itself failed"
    if not died and where.exists():  # or the rest of the story would be left out, and nobody told
        return False, where.read_text(), "it was to die there, and lived"
    for _ in range(3):
        here.at((here.clock[0].timestamp() - _START) / 3600 + 0.25)  # whoever had a message to send is dead by then
        one_round(here.exchange)
    wrong = judged(here, events, answers, servers)
    store.close()
    return died, where.read_text() if died else "the end", wrong


def _empty(store: Store) -> Store:
    """Without anything: one database serves all kills."""
    with store.writing() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(table.delete())
        connection.execute(sa.insert(HEAD).values(one=1, seq=0, digest=""))
    return store


def _start() -> float:
    from office_samples import START

    return START.timestamp()


_START = _start()


def told_of(story: str, fast: bool, url: str) -> tuple[list[str], Counter[str]]:
    """A row a kill of one story; how many there were, how many are wrong, how many sent twice."""
    if story not in SERVED:
        return table(story, None, url, 7 if fast else 1)
    with tempfile.TemporaryDirectory() as taken, receivers(Path(taken)) as servers:
        return table(story, servers, url, 7 if fast else 1)


def table(story: str, servers: Receivers | None, url: str, every: int) -> tuple[list[str], Counter[str]]:
    """The same with the servers that take what is sent; None = files."""
    totals: Counter[str] = Counter()
    rows: list[str] = []
    step, died = 1, True
    while died:
        for after in (False, True):
            with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
                died, where, wrong = run(story, step, after, url, Path(folder), servers)
            twice = doubled(servers)
            totals.update({"kills": died, "wrong": bool(wrong), "twice": bool(twice)})
            when = ("after" if after else "before") if died else "not killed"
            good = "again under one number, said so" if twice else "once, nothing lost"
            rows.append(f"{story:<11} {step:3} {when:<10} {where:<44} {wrong or good}")
            if not died:
                break
        step += every
    return rows, totals


# SIGKILL loses nothing that was written: a disk would only be slower.
MEMORY = Path("/dev/shm")


def main() -> int:
    """Print the table; how many rows are wrong decides the exit code."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("--fast", action="store_true", help="every seventh step only")
    words.add_argument("--store", default="", help="URL of an empty PostgreSQL; SQLite when left out")
    words.add_argument("--story", choices=sorted(STORIES), action="append")
    words.add_argument("--workers", type=int, default=2)
    told = words.parse_args()
    totals: Counter[str] = Counter()
    stories = told.story or list(STORIES)
    workers = 1 if told.store else min(told.workers, len(stories))  # one database serves all kills
    tell = partial(told_of, fast=told.fast, url=told.store)
    with multiprocessing.get_context("spawn").Pool(workers) if workers > 1 else nullcontext() as pool:
        for rows, found in pool.imap(tell, stories) if pool else map(tell, stories):
            print("\n".join(rows), flush=True)
            totals += found
    twice = totals["twice"]
    print(f"{twice} kills between a server's taking and our hearing so: sent again under the same number, said so")
    print(f"{totals['kills']} kills, {totals['wrong']} wrong")
    return 1 if totals["wrong"] or not totals["kills"] else 0


if __name__ == "__main__":
    sys.exit(main())
