"""NAPALM, for reading only: its drivers push in ways that are not safe on routers without commit (provisioning 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from turnup.connect.session import Credentials
from turnup.errors import CouldNotRun, Unreachable, UsageError


def getters(
    driver: str, address: str, port: int, account: Credentials, known_hosts: Path
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """`get_facts` and `get_interfaces_ip` of a router. Host keys are strict, as everywhere.

    Raises UsageError for an unknown driver, Unreachable when no session opens, CouldNotRun when a getter fails.
    """
    from napalm import get_network_driver
    from napalm.base.exceptions import ConnectionException, ModuleImportError

    try:
        chosen = get_network_driver(driver)
    except ModuleImportError as error:
        raise UsageError(f"NAPALM has no driver {driver!r}", advice="Such as ios, iosxr, eos, junos.") from error
    options = {"port": port, "ssh_strict": True, "alt_host_keys": True, "alt_key_file": str(known_hosts)}
    device = chosen(address, account.username, account.password, optional_args=options)
    try:
        device.open()
    except (ConnectionException, OSError) as error:
        raise Unreachable(f"{address}:{port}: NAPALM opened no session: {error}") from error
    try:
        return device.get_facts(), device.get_interfaces_ip()
    except Exception as error:  # the drivers raise whatever their parsing meets; none of it is a verdict
        raise CouldNotRun(f"{address}:{port}: a getter of NAPALM's {driver} driver failed: {error}") from error
    finally:
        device.close()
