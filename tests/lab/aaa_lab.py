"""Logins to the POP's routers, live: TACACS+ while it answers, the password of last resort only while it does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from running_pop import login, secret, until
from tacacs_plus.client import TACACSClient

from turnup.virtual.pop.pop import Pop, running


@pytest.fixture(scope="module")
def pop() -> Iterator[Pop]:
    with running(settled=False) as started:
        yield started


@contextmanager
def healthy(_: Pop) -> Iterator[None]:
    yield


@contextmanager
def healthy_again(pop: Pop) -> Iterator[None]:
    """After all that was done above."""
    with healthy(pop):
        yield


@contextmanager
def stopped(pop: Pop) -> Iterator[None]:
    pop.service("tacacs", on=False)
    yield
    pop.service("tacacs", on=True)


@contextmanager
def unreachable(pop: Pop) -> Iterator[None]:
    pop.inside("oob", "ip", "address", "del", "192.0.2.20/24", "dev", "eth0")
    yield
    pop.inside("oob", "ip", "address", "add", "192.0.2.20/24", "dev", "eth0")


@contextmanager
def wrong_key(pop: Pop) -> Iterator[None]:
    pop.inside("cr1", "sh", "-c", "echo another >/run/tacacs-key")
    yield
    pop.inside("cr1", "rm", "/run/tacacs-key")


@pytest.mark.parametrize(
    ("state", "noc", "last_resort"),
    [
        (healthy, True, False),
        (stopped, False, True),
        (unreachable, False, True),
        (wrong_key, False, True),
        (healthy_again, True, False),
    ],
)
def test_who_gets_in(
    pop: Pop, state: Callable[[Pop], AbstractContextManager[None]], noc: bool, last_resort: bool
) -> None:
    with state(pop):
        assert (login(pop, "cr1", "noc", secret(pop, "TURNUP_PASSWORD")) == "noc") is noc
        said = login(pop, "cr1", "lastresort", secret(pop, "TURNUP_SECRET_LAST_RESORT"))
        assert (said is not None) is last_resort
        for user in ("noc", "lastresort", "root"):
            assert login(pop, "cr1", user, "wrong-password") is None


def test_the_reader_sees_and_changes_nothing(pop: Pop) -> None:
    password = secret(pop, "TURNUP_LAB_READER")
    shown = login(pop, "cr1", "reader", password, "show ip bgp summary")
    assert shown is not None
    assert "10.255.0.1" in shown
    for command in ("configure terminal", "show running-config", "write memory"):
        said = login(pop, "cr1", "reader", password, command)
        assert said is not None
        assert "Unknown command" in said or "Command incomplete" in said, said


def test_every_login_is_in_the_server_s_log_without_a_password(pop: Pop) -> None:
    assert login(pop, "cr2", "noc", secret(pop, "TURNUP_PASSWORD"))
    log = pop.inside("oob", "cat", "/var/log/tacacs.log")
    last = json.loads(log.splitlines()[-1])
    assert (last["event"], last["user"], last["passed"], last["peer"]) == ("authentication", "noc", True, "192.0.2.12")
    for name in ("TURNUP_PASSWORD", "TURNUP_LAB_READER", "TURNUP_SECRET_LAST_RESORT"):
        assert secret(pop, name) not in log


def test_another_client_than_the_routers_is_served_through_the_door(pop: Pop) -> None:
    address = pop.reach.tacacs
    key = secret(pop, "TURNUP_LAB_TACACS_KEY")
    for version, method in ((1, 2), (0, 1)):  # PAP, ASCII
        client = TACACSClient(address.host, address.port, key, timeout=5, version_min=version)
        assert client.authenticate("noc", secret(pop, "TURNUP_PASSWORD"), authen_type=method).valid
    client = TACACSClient(address.host, address.port, key, timeout=5)
    assert client.authorize("reader", arguments=[b"service=shell", b"cmd=show"]).valid
    assert not client.authorize("reader", arguments=[b"service=shell", b"cmd=configure"]).valid


def test_from_elsewhere_than_the_management_network_nobody_gets_in(pop: Pop) -> None:
    """The list of the vty lines: from cust1's side of the wire the password is right and counts for nothing."""
    words = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=5"]
    password = secret(pop, "TURNUP_PASSWORD")
    ask = rf"printf '#!/bin/sh\necho {password}\n' >/tmp/ask; chmod +x /tmp/ask"
    pop.inside("cust1", "sh", "-c", ask)
    environment = ["env", "SSH_ASKPASS=/tmp/ask", "SSH_ASKPASS_REQUIRE=force", "HOME=/tmp"]
    until(lambda: "received" in pop.inside("cust1", "ping", "-c1", "-W1", "10.2.1.1", check=False), "the wire")
    said = pop.inside("cust1", *environment, "ssh", *words, "-b", "10.2.1.2", "noc@10.2.1.1", "id", "-un", check=False)
    assert "Permission denied" in said, said
    inside = pop.inside(
        "oob", "sh", "-c", ask + "; " + " ".join([*environment, "ssh", *words, "noc@192.0.2.12 id -un"])
    )
    assert inside.strip() == "noc"
