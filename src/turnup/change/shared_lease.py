"""One writer per router over all machines that share a store: the lease in the database beside the file's lock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from turnup.change.lease import LeaseLost, Leases
from turnup.errors import Refused
from turnup.store import Store, StoreFailed
from turnup.store.leases import LeaseRow, give_back, renew, take

LENGTH = timedelta(seconds=120)  # a crashed holder keeps others out this long at most
_POLL = 0.2  # seconds


@dataclass
class StoreLease:
    """A lease of the shared store. Looked at before every send; renewed when a third of it is gone."""

    store: Store
    router: str
    token: int
    expires: datetime
    clock: Callable[[], datetime]

    def must_hold(self) -> None:
        """Raises LeaseLost when another writer took it, or the store cannot be asked before it runs out."""
        now = self.clock()
        if now < self.expires - LENGTH * 2 / 3:
            return
        try:
            with self.store.writing() as connection:
                held = renew(connection, self.router, self.token, now + LENGTH)
        except StoreFailed as error:
            if now < self.expires - LENGTH / 3:
                return
            raise LeaseLost(f"{self.router}: the store that holds our lease cannot be reached") from error
        if not held:
            raise LeaseLost(f"{self.router}: another writer took it over; the change stands where it is")
        self.expires = now + LENGTH


@dataclass(frozen=True)
class StoreLeases:
    """Leases for all machines that share the store. `local` keeps processes of this machine apart as well."""

    store: Store
    local: Leases
    clock: Callable[[], datetime]
    sleep: Callable[[float], None] = field(default=time.sleep)

    @contextmanager
    def held(self, router: str, holder: str, wait: float = 0.0) -> Iterator[StoreLease]:
        """The lease of that router while the block runs. Raises Refused, naming the holder."""
        with self.local.held(router, holder, wait):
            row = self._take(router, f"{holder} {uuid4().hex[:12]}", wait)
            lease = StoreLease(self.store, router, row.epoch, row.expires, self.clock)
            try:
                yield lease
            finally:
                with self.store.writing() as connection:
                    give_back(connection, router, row.epoch)

    def _take(self, router: str, holder: str, wait: float) -> LeaseRow:
        waited = 0.0
        while True:
            with self.store.writing() as connection:
                row = take(connection, router, holder, self.clock(), LENGTH)
            if row.holder == holder:
                return row
            if waited >= wait:
                raise Refused(
                    f"{router}: {row.holder.rpartition(' ')[0]} writes to it, until {row.expires.isoformat()} at most",
                    advice="Wait (--wait SECONDS), or run `turnup recover` when the other machine is gone for good.",
                )
            self.sleep(_POLL)
            waited += _POLL
