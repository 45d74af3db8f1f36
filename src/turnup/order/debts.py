"""What orders that were moved to other routers have left behind, and how that ends (PASA 1.4(b)(ii)). Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from turnup.errors import Refused, UsageError
from turnup.order.entries import Left, OrderFile


def owes(left: Left, inventory: Collection[str]) -> bool:
    """Whether lines may stand there still. A person's word holds as long as the router is not in the inventory."""
    return not left.bare and not (left.scrapped and left.router not in inventory)


def owed(files: Iterable[OrderFile], inventory: Collection[str]) -> Iterator[tuple[str, Left]]:
    """Every port that has lines of an order still which was moved away from it, with the order."""
    return ((file.order_id, one) for file in files for one in file.left if owes(one, inventory))


def bared(file: OrderFile, router: str, port: str) -> OrderFile:
    """The order with nothing left on that port."""
    left = (replace(one, bare=one.bare or (one.router, one.port) == (router, port)) for one in file.left)
    return replace(file, left=tuple(left))


def scrapped(
    files: Iterable[OrderFile], router: str, word: str, at: datetime, inventory: Collection[str]
) -> tuple[OrderFile, ...]:
    """The orders that owe on that router, without it: a person's word, `WHO: WHY`, is that it will not come back.

    Raises Refused for a router that is in the inventory, UsageError when it owes nothing.
    """
    owing = [file for file in files if any(one.router == router and owes(one, inventory) for one in file.left)]
    if not owing:
        raise UsageError(f"{router} owes nothing", advice="`turnup due` lists the ports that orders have left.")
    if router in inventory:
        raise Refused(
            f"{router} is in the inventory: what is on it is read, not taken on anybody's word",
            advice=f"`turnup recover {router}` takes it away; without its line card, put that back into the "
            "inventory first. A router that is scrapped: take it out of the inventory.",
        )
    return tuple(
        replace(
            file,
            left=tuple(
                replace(one, scrapped=word, scrapped_at=at) if one.router == router and owes(one, inventory) else one
                for one in file.left
            ),
        )
        for file in sorted(owing, key=lambda file: file.order_id)
    )
