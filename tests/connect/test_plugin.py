"""The Nornir door: a playbook's own inventory, connections by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import ConnectionOptions, Host, Inventory
from nornir.core.plugins.connections import ConnectionPluginRegister
from nornir.core.task import Result, Task
from nornir.plugins.runners import ThreadedRunner

from turnup.connect.plugin import TurnupConnection
from turnup.errors import TurnupError, UsageError


def nornir(ports: dict[str, dict[str, int]], names: list[str], extras: dict[str, Any]) -> Nornir:
    hosts = {}
    for name in names:
        options = ConnectionOptions(
            hostname="127.0.0.1",
            port=ports[name]["telnet" if extras.get("telnet") else "ssh"],
            username="noc",
            password="pass-word-1",
            platform="ios",
            extras=extras,
        )
        hosts[name] = Host(name, connection_options={"turnup": options})
    return Nornir(inventory=Inventory(hosts=hosts), config=Config(), runner=ThreadedRunner(num_workers=5))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def registered() -> None:
    ConnectionPluginRegister.deregister_all()
    ConnectionPluginRegister.register("turnup", TurnupConnection)


def clock(task: Task) -> Result:
    session = task.host.get_connection("turnup", task.nornir.config)
    return Result(host=task.host, result=session.command("show clock").text)


@pytest.mark.parametrize("telnet", [False, True])
def test_a_playbook_s_task(targets: Any, tmp_path: Path, telnet: bool) -> None:
    extras = {"known_hosts": str(tmp_path / "k"), "accept_new": True, "redact": str, "telnet": telnet}
    nr = nornir(targets, ["plain", "dribble", "buffer-160"], extras)
    results = nr.run(task=clock)
    assert not results.failed
    assert ["UTC" in result[0].result for result in results.values()] == [True] * 3
    nr.close_connections(on_good=True, on_failed=True)


def test_strict_host_keys_are_the_default(targets: Any, tmp_path: Path) -> None:
    nr = nornir(targets, ["plain"], {"known_hosts": tmp_path / "k", "redact": str})
    (result,) = nr.run(task=clock).values()
    assert type(result[0].exception).__name__ == "HostKeyChanged"


@pytest.mark.parametrize(
    ("extras", "told"),
    [
        ({"redact": str}, "'known_hosts' is missing"),
        ({"known_hosts": "k"}, "'redact' is missing"),
        ({"known_hosts": "k", "redact": str, "acept_new": True}, "did you mean 'accept_new'"),
    ],
)
def test_options_are_strict(extras: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        TurnupConnection().open("127.0.0.1", "a", "b", 1, "ios", extras)


def test_what_nornir_must_give() -> None:
    with pytest.raises(TurnupError, match="platform"):
        TurnupConnection().open("127.0.0.1", "a", "b", 1, None, {"known_hosts": "k", "redact": str})


def test_closing_what_never_opened() -> None:
    TurnupConnection().close()
