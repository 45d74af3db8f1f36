"""pytest-xdist: the tests of one port stay on one worker, so that its router is asked once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from xdist.scheduler import LoadGroupScheduling, LoadScopeScheduling

_TOGETHER = ("loadscope", "loadfile")  # they go by the node id up to the first or last `::`, which is the order


class PortScheduling(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist ships no types
    """As `--dist load`, but for the items of an order, which are one piece of work."""

    orders: frozenset[str]

    def _split_scope(self, nodeid: str) -> str:
        return _order(nodeid, self.orders) or nodeid


class GroupScheduling(LoadGroupScheduling):  # type: ignore[misc]  # pytest-xdist ships no types
    """As `--dist loadgroup`, and the items of an order are a group."""

    orders: frozenset[str]

    def _split_scope(self, nodeid: str) -> str:
        return _order(nodeid, self.orders) or str(super()._split_scope(nodeid))


def scheduler(config: pytest.Config, log: Any, orders: Collection[str]) -> Any:
    """The scheduler for a run with these orders; None = pytest-xdist's own does it right. Raises pytest.UsageError."""
    dist = config.getoption("dist")
    if dist == "each":
        raise pytest.UsageError("--dist each would ask every router once for each worker; use --dist load")
    if dist in _TOGETHER:
        return None
    made = (GroupScheduling if dist == "loadgroup" else PortScheduling)(config, log)
    made.orders = frozenset(orders)
    return made


def _order(nodeid: str, orders: frozenset[str]) -> str:
    """The order whose item that is; "" for any other test."""
    first = nodeid.split("::", 1)[0]
    return first if first in orders else ""
