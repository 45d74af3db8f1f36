"""pytest-xdist: the tests of one port stay on one worker, so that its router is asked once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

_TOGETHER = ("loadscope", "loadfile", "loadgroup")  # by node id or by the group mark, the items of a port stay together


class PortScheduling(LoadScopeScheduling):
    """As `--dist load`, but for the items of an order, which are one piece of work."""

    def __init__(self, config: pytest.Config, log: Any, orders: Collection[str]) -> None:
        super().__init__(config, log)
        self.orders = frozenset(orders)

    def _split_scope(self, nodeid: str) -> str:
        order = nodeid.split("::", 1)[0]
        return order if order in self.orders else nodeid


def scheduler(config: pytest.Config, log: Any, orders: Collection[str]) -> Any:
    """The scheduler for a run with these orders; None = pytest-xdist's own does it right. Raises pytest.UsageError."""
    dist = config.getoption("dist")
    if dist == "each":
        raise pytest.UsageError("--dist each would ask every router once for each worker; use --dist load")
    return None if dist in _TOGETHER else PortScheduling(config, log, orders)
