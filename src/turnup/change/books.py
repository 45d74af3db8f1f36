"""Who keeps the books of what a change means: told while its journal is open, so that a crash can lose neither."""

from __future__ import annotations

from typing import Protocol

from turnup.change.plan import Change
from turnup.errors import InputError, Refused


class Books(Protocol):
    """Ledgers that follow the router. Both may be called twice for one change, after a crash."""

    def begin(self) -> None:
        """Work begins: the journal is open, nothing is sent. Raises Refused when it must not begin any more."""

    def stands(self, change: Change) -> None:
        """The change stands on the router, verified. Raises InputError, Refused when that cannot be entered."""


class NoBooks:
    """Nobody keeps any."""

    def begin(self) -> None:
        """Nothing to note."""

    def stands(self, change: Change) -> None:
        """Nothing to note."""


NO_BOOKS = NoBooks()


def entered(books: Books, change: Change) -> tuple[str, ...]:
    """Enter a change that stands; what to tell when that fails: the router has it all the same."""
    try:
        books.stands(change)
    except (InputError, Refused) as error:
        return (f"the ledger of orders could not be brought up to date: {error}",)
    return ()
