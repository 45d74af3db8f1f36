"""Enter what happened: what the data folder proves, what people say, and what the clock decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from turnup.desk.sources import DataFolder, happenings
from turnup.errors import Refused, UsageError
from turnup.model.policy import Clocks
from turnup.noc import Noc
from turnup.order.decisions import deadline
from turnup.order.life import Happening, Life
from turnup.order.states import Actor, Event, State
from turnup.store import Connection, Store
from turnup.store.events import append, history, standing
from turnup.store.messages import waiting
from turnup.store.runs import Run, enter_run

_NOTHING: Mapping[str, str] = {}
Proofs = tuple[tuple[Happening, ...], tuple[Run, ...]]  # what the data folder proves of an order, and its runs


@dataclass(frozen=True)
class Desk:
    """Where histories are kept: the store, and what the NOC knows."""

    noc: Noc
    store: Store

    @property
    def clocks(self) -> Clocks:
        """Policy's periods."""
        return self.noc.equipment.policy.clocks

    def catch_up(self, order_id: str, folder: DataFolder | None = None) -> Life | None:
        """Enter everything the data folder proves and the history lacks; where the order stands then.

        What may not happen in the present state (a test of a port in service, say) is no part of the history; its
        certificate is kept as a run all the same. Twice is once. `folder` is the data folder as the caller has read it.
        """
        proofs = self._proofs(order_id, folder)
        with self.store.writing() as connection:
            return self._caught_up(connection, order_id, proofs)

    def _proofs(self, order_id: str, folder: DataFolder | None) -> Proofs:
        known_folder = folder or DataFolder(self.noc)
        return happenings(known_folder, order_id), tuple(one.run for one in known_folder.kept(order_id))

    def _caught_up(self, connection: Connection, order_id: str, proofs: Proofs) -> Life | None:
        proved, runs = proofs
        for run in runs:
            enter_run(connection, run)
        known = {one.happening.detail.get("source") for one in history(connection, order_id)}
        life = standing(connection, order_id)
        for happening in proved:
            if happening.detail["source"] not in known:
                life = self._try(connection, life, happening)
        return life

    def enter(
        self,
        order_id: str,
        event: Event,
        actor: Actor,
        by: str,
        at: datetime | None = None,
        detail: Mapping[str, str] = _NOTHING,
    ) -> Life:
        """Enter what somebody says has happened. Raises Refused, UsageError for an order nobody knows."""
        now = self.noc.clock()
        self.must_know(order_id)
        with self.store.writing() as connection:
            return append(connection, Happening(order_id, event, actor, at or now, by, detail), self.clocks, now)

    def clarified(self, order_id: str, points: int, at: datetime) -> Life | None:
        """The order came and could not be carried out as written (PASA 1.3(b)): points were sent to be made clear."""
        now, life = self.noc.clock(), self.catch_up(order_id)
        with self.store.writing() as connection:
            if life is None:
                received = Happening(order_id, Event.RECEIVE, Actor.CUSTOMER, at, "customer", {"revision": "1"})
                life = append(connection, received, self.clocks, now)
            if life.state is not State.RECEIVED:
                return life  # a later revision of an order under way: it stays what it is
            said = Happening(order_id, Event.CLARIFY, Actor.CARRIER, now, "turnup", {"points": str(points)})
            return append(connection, said, self.clocks, now)

    def must_know(self, order_id: str) -> Life:
        """The order, its history complete. Raises UsageError when it has none."""
        life = self.catch_up(order_id)
        if life is None:
            raise UsageError(f"no order {order_id} was received", advice="turnup order ack enters an order.")
        return life

    def deliver(self, order_id: str, proof: str, by: str, at: datetime | None = None) -> Life:
        """The results of the last test were handed to the customer: his period begins (PASA 1.4(c)). Raises Refused."""
        life = self.must_know(order_id)
        return self.enter(
            order_id, Event.DELIVER, Actor.CARRIER, by, at, {"certificate": life.certificate, "delivery": proof}
        )

    def advance(self, order_id: str, folder: DataFolder | None = None) -> Life | None:
        """Take an order as far as proofs and clocks take it: deemed acceptance, beginning of service.

        Silence is decided in one transaction with a look at the inbox: an answer of the customer that has arrived and
        was not acted on yet comes first.
        """
        proofs = self._proofs(order_id, folder)
        with self.store.writing() as connection:  # one for all of it: each commit waits for the disk
            life = self._caught_up(connection, order_id, proofs)
            if life is not None and life.state is State.DELIVERED:
                life = self._deem(connection, life)
            return self._serve(connection, life) if life is not None else None

    def settle(self, connection: Connection, order_id: str, arrived: datetime) -> None:
        """Enter what the clocks had decided of an order before a message about it arrived. Only inside `writing()`."""
        life = standing(connection, order_id)
        if life is None:
            return
        end = deadline(life, self.clocks)
        if end is not None and end < arrived <= self.noc.clock():
            life = self._silent(connection, life)
        self._serve(connection, life)

    def _deem(self, connection: Connection, life: Life) -> Life:
        end = deadline(life, self.clocks)
        if end is None or self.noc.clock() <= end or waiting(connection, life.order_id):
            return life  # or the customer has answered: his message is acted on first
        return self._silent(connection, life)

    def _silent(self, connection: Connection, life: Life) -> Life:
        now = self.noc.clock()
        return append(connection, Happening(life.order_id, Event.DEEM, Actor.CLOCK, now, "the clock"), self.clocks, now)

    def _serve(self, connection: Connection, life: Life) -> Life:
        if life.state not in (State.ACCEPTED, State.DEEMED_ACCEPTED):
            return life
        now = self.noc.clock()
        begun = Happening(life.order_id, Event.BEGIN_SERVICE, Actor.CARRIER, now, "turnup")
        return append(connection, begun, self.clocks, now)

    def _try(self, connection: Connection, life: Life | None, happening: Happening) -> Life | None:
        if happening.event is Event.RECEIVE and life is not None and life.state is State.CLARIFY:
            happening = replace(happening, event=Event.SUPPLEMENT)  # the order again, with its points made clear
        try:
            return append(connection, happening, self.clocks, self.noc.clock())
        except Refused:
            return life
