"""`pytest --turnup-order order.xml`: the twenty acceptance tests of an order's port as test items.

pytest loads this module in every run of every project where turnup is installed (entry point `pytest11`), so it holds
the options alone. What does the work is imported when an order is named.
"""

from __future__ import annotations

import pytest

_STRAY = ("inventory", "config", "home", "replay", "certificate")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Enter the options."""
    group = parser.getgroup("turnup", "acceptance tests of router ports (turnup)")
    add = group.addoption
    add(
        "--turnup-order",
        action="append",
        default=[],
        metavar="ORDER",
        help="Port Service Order (file, or id of an accepted order) whose port is tested; may be given again.",
    )
    add("--turnup-inventory", metavar="DIR", help="Folder with hosts.yaml, sites.yaml, policy.yaml.")
    add("--turnup-config", metavar="FILE", help="Nornir config file, for your own inventory plugin.")
    add("--turnup-home", metavar="DIR", help="turnup's data folder, which knows the port of each order.")
    add("--turnup-lab", action="store_true", help="Test the virtual routers of `turnup lab up`.")
    add("--turnup-replay", metavar="DIR", help="Judge a recording (turnup record --order) instead of asking a router.")
    add(
        "--turnup-occasion",
        default="INITIAL",
        metavar="WHY",
        help="Why it is tested: INITIAL, REPAIR or RESTORATION (PASA 1.4(a)).",
    )
    add(
        "--turnup-certificate",
        metavar="FILE",
        help="Where a copy of the certificate is written; a folder when several orders are tested.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start only where an order is named. Raises pytest.UsageError."""
    if config.getoption("turnup_order"):
        from turnup.pytest_plugin.session import OrderTests

        config.pluginmanager.register(OrderTests(config), "turnup-order-tests")
        return
    given = [name for name in _STRAY if config.getoption(f"turnup_{name}") is not None]
    if given or config.getoption("turnup_lab"):
        told = f"--turnup-{given[0]}" if given else "--turnup-lab"
        raise pytest.UsageError(f"{told} without --turnup-order: no order, nothing would be tested")
