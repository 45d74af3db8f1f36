"""Kill the exchange at every point of its loops, start it again, and show what became of it.

`python tests/exchange/crash_table.py [--fast] [--store URL]`: one row a kill. A point is every lasting step: a commit,
a rename, a sync, a removal, a hand-over to a channel; the process gets SIGKILL right before it, and right after it.
Then it is started again, and everything must have happened once: nothing lost, nothing done twice. Exit code 1 when a
row says otherwise.
"""

# ruff: noqa: E402 - it runs by itself too, and finds the tests' samples first
from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
for _folder in (HERE, HERE.parent / "orders", HERE.parent / "store"):
    if str(_folder) not in sys.path:
        sys.path.insert(0, str(_folder))

import sqlalchemy as sa
from office_samples import PSO, Office, accepted, office
from sample_messages import level3

from turnup.exchange.channels.file import FileChannel
from turnup.exchange.delivering import post_results
from turnup.exchange.parcel import Parcel
from turnup.exchange.rounds import one_round
from turnup.model.messages import TicketEntry, TicketStatus, TroubleTicket
from turnup.order.states import Event
from turnup.store import Store, open_store
from turnup.store.checking import faults
from turnup.store.messages import all_received, tickets
from turnup.store.sendings import Sending, sendings
from turnup.store.tables import HEAD, METADATA


@dataclass
class Death:
    """Counts lasting steps and dies at one of them; 0 = never."""

    at: int
    after: bool
    seen: int = 0
    where: str = ""

    def step(self, name: str, do: Callable[[], Any]) -> Any:
        self.seen += 1
        mine = self.seen == self.at
        if mine:
            self._say(name)
            if not self.after:
                os.kill(os.getpid(), signal.SIGKILL)
        result = do()  # which may hold steps of its own
        if mine:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    def _say(self, name: str) -> None:
        if self.where:
            Path(self.where).write_text(name)


def armed(death: Death) -> None:
    """Make every lasting step of this process one that it may die at."""
    writing, send = Store.writing, FileChannel.send

    @contextmanager
    def written(self: Store) -> Iterator[Any]:
        # The commit is at the end of the block: die before it, with everything said, and after it.
        entered = writing(self)
        connection = entered.__enter__()
        try:
            yield connection
        except BaseException:  # as `with` does: the block is left, whatever ended it
            entered.__exit__(*sys.exc_info())
            raise
        death.step(f"commit in {_caller()}", lambda: entered.__exit__(None, None, None))

    Store.writing = written  # type: ignore[method-assign]

    def handed_over(self: FileChannel, sending: Sending, parcel: Parcel) -> str:
        return str(death.step(f"send {sending.kind}", lambda: send(self, sending, parcel)))

    FileChannel.send = handed_over  # type: ignore[method-assign]
    for module, name in ((os, "fsync"), (os, "unlink"), (Path, "replace"), (Path, "unlink")):
        _wrap(death, module, name)


def _wrap(death: Death, module: Any, name: str) -> None:
    original = getattr(module, name)

    def stepped(*args: Any, **more: Any) -> Any:
        return death.step(f"{name} in {_caller()}", lambda: original(*args, **more))

    setattr(module, name, stepped)


def _caller() -> str:
    for frame in reversed(traceback.extract_stack()):
        if "/turnup/" in frame.filename and "opening.py" not in frame.filename:
            return f"{Path(frame.filename).stem}.{frame.name}"
    return "?"


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


def silence(here: Office) -> None:
    here.tested()
    post_results(here.exchange, PSO)
    here.round()
    here.at(60)


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
    "silence": (silence, [*_TO_TESTED, Event.DELIVER, Event.DEEM, Event.BEGIN_SERVICE], 2),
    "noise": (noise_and_doubles, [Event.RECEIVE, Event.ACKNOWLEDGE], 3),
}


def _order(site: str = "") -> Any:
    from dataclasses import replace

    order = replace(level3().order, origin="")
    return replace(order, location=replace(order.location, site=site)) if site else order


def judged(here: Office, events: list[Event], answers: int) -> str:
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
    if len(sent) != answers or len(here.out()) != files:
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


def run(story: str, at: int, after: bool, url: str, folder: Path) -> tuple[bool, str, str]:
    """Kill at that step, start again twice. Whether it died, at which step, and what is wrong then."""
    happens, events, answers = STORIES[story]
    store = _empty(open_store(url or f"sqlite:///{folder}/turnup.db"))
    here = office(folder, store)
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
    for _ in range(3):
        here.at((here.clock[0].timestamp() - _START) / 3600 + 0.25)  # whoever had a message to send is dead by then
        one_round(here.exchange)
    wrong = judged(here, events, answers)
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


def told_of(story: str, fast: bool, url: str) -> tuple[list[str], int, int]:
    """Every kill of one story: its rows, how many kills, how many wrong."""
    rows: list[str] = []
    bad = kills = 0
    step, died = 1, True
    while died:
        for after in (False, True):
            with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
                died, where, wrong = run(story, step, after, url, Path(folder))
            kills += died
            bad += bool(wrong)
            when = ("after" if after else "before") if died else "not killed"
            rows.append(f"{story:<11} {step:3} {when:<10} {where:<44} {wrong or 'once, nothing lost'}")
            if not died:
                break
        step += 7 if fast else 1
    return rows, kills, bad


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
    bad = kills = 0
    stories = told.story or list(STORIES)
    workers = 1 if told.store else min(told.workers, len(stories))  # one database serves all kills
    tell = partial(told_of, fast=told.fast, url=told.store)
    with multiprocessing.get_context("spawn").Pool(workers) if workers > 1 else nullcontext() as pool:
        for rows, killed, wrong in pool.imap(tell, stories) if pool else map(tell, stories):
            print("\n".join(rows), flush=True)
            kills, bad = kills + killed, bad + wrong
    print(f"{kills} kills, {bad} wrong")
    return 1 if bad or not kills else 0


if __name__ == "__main__":
    sys.exit(main())
