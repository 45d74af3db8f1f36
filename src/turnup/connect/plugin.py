"""Nornir's door to a session: `task.host.get_connection("turnup", task.nornir.config)` gives a `Session`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from turnup.connect.opening import open_session
from turnup.connect.session import Address, Credentials
from turnup.errors import UsageError
from turnup.load.strict import suggestion
from turnup.platforms import platform as platform_named

if TYPE_CHECKING:
    from nornir.core.configuration import Config

    from turnup.connect.router import RouterSession

SSH_PORT, TELNET_PORT = 22, 23
EXTRAS = (
    "router",
    "known_hosts",
    "accept_new",
    "redact",
    "reveal",
    "telnet",
    "enable",
    "expect_hostname",
    "window",
    "seconds",
)


class TurnupConnection:
    """Nornir connection plugin.

    Extras: `known_hosts` (path) and `redact` (callable, str to str) are required; `accept_new`, `reveal`, `telnet`
    (true: telnet instead of SSH), `enable` (secret), `expect_hostname`, `router` (name in the inventory; otherwise
    expect_hostname or the address), `window`, `seconds`.
    """

    def __init__(self) -> None:
        self.connection: RouterSession | None = None
        self.state: dict[str, Any] = {}

    def open(
        self,
        hostname: str | None,
        username: str | None,
        password: str | None,
        port: int | None,
        platform: str | None,
        extras: dict[str, Any] | None = None,
        configuration: Config | None = None,  # noqa: ARG002  Nornir's signature
    ) -> None:
        """Open the session. Raises UsageError for missing or unknown settings, and what `open_session` raises."""
        given = dict(extras or {})
        for name in given:
            if name not in EXTRAS:
                raise UsageError(f"connection option {name!r} is not known{suggestion(name, EXTRAS)}")
        if hostname is None or username is None or password is None or platform is None:
            raise UsageError("a turnup connection needs hostname, username, password and platform")
        redact, known_hosts = self._required(given, "redact"), self._required(given, "known_hosts")
        telnet = bool(given.get("telnet"))
        address = Address(
            router=given.get("router") or given.get("expect_hostname") or hostname,
            host=hostname,
            port=port or (TELNET_PORT if telnet else SSH_PORT),
            transport="telnet" if telnet else "ssh",
        )
        reveal: Callable[[str], str] | None = given.get("reveal")
        self.connection = open_session(
            address,
            platform_named(platform),
            Credentials(username, password, given.get("enable")),
            redact,
            known_hosts=Path(known_hosts),
            accept_new=bool(given.get("accept_new")),
            reveal=reveal,
            expect_hostname=given.get("expect_hostname"),
            window=given.get("window"),
            **({"seconds": given["seconds"]} if "seconds" in given else {}),
        )

    def close(self) -> None:
        """End the session."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _required(self, given: dict[str, Any], name: str) -> Any:
        if given.get(name) is None:
            raise UsageError(f"connection option {name!r} is missing: no session without it")
        return given[name]
