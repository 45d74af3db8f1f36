"""DNS, ftp, tftp, syslog and the console server of the POP, live."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from running_pop import login, secret, until

from turnup.connect.console import look_at_console
from turnup.connect.dns import look_up
from turnup.errors import CouldNotRun
from turnup.virtual.pop.pop import Pop, running

LOOPBACKS = {"cr1": "10.255.0.1", "cr2": "10.255.0.2", "cr3": "10.255.0.3"}


@pytest.fixture(scope="module")
def pop() -> Iterator[Pop]:
    with running(settled=False) as started:
        yield started


def asked(pop: Pop, kind: str, name: str) -> tuple[str, str]:
    return look_up(kind, name, f"{pop.reach.dns.host}#{pop.reach.dns.port}", 3)


@pytest.mark.parametrize(("router", "loopback"), LOOPBACKS.items())
def test_names_lead_to_loopbacks_and_back(pop: Pop, router: str, loopback: str) -> None:
    assert f"NOERROR = {loopback}" in asked(pop, "A", f"{router}.example.net")[0]
    assert f"NOERROR = {router}.example.net" in asked(pop, "PTR", loopback)[0]
    assert pop.inside(router, "dig", "+short", "cr1.example.net").strip() == "10.255.0.1"


def test_a_name_that_is_not_there(pop: Pop) -> None:
    assert "NXDOMAIN" in asked(pop, "A", "cr9.example.net")[0]
    assert "NXDOMAIN" in asked(pop, "PTR", "10.255.0.99")[0]


def test_a_name_server_that_is_down_answers_nobody(pop: Pop) -> None:
    pop.service("dns", on=False)
    try:
        text, failure = asked(pop, "A", "cr1.example.net")
        assert "10.255.0.1" not in text
        assert failure or "NOERROR" not in text
    finally:
        pop.service("dns", on=True)
    assert "10.255.0.1" in asked(pop, "A", "cr1.example.net")[0]


@pytest.mark.parametrize("router", LOOPBACKS)
def test_a_router_fetches_by_ftp_and_tftp_from_its_loopback(pop: Pop, router: str) -> None:
    loopback = LOOPBACKS[router]
    got = pop.inside(router, "curl", "-sS", "--interface", loopback, "ftp://192.0.2.10/image.txt")
    assert got == "an image's place\n"
    assert f'Client "{loopback}"' in pop.inside("oob", "cat", "/var/log/vsftpd.log")
    got = pop.inside(router, "curl", "-sS", "--interface", loopback, "tftp://192.0.2.10/image.txt")
    assert got == "an image's place\n"


def test_a_router_stores_by_tftp(pop: Pop) -> None:
    pop.inside("cr1", "sh", "-c", "echo kept >/tmp/cr1-confg; cd /tmp; tftp 192.0.2.10 -c put cr1-confg")
    assert pop.inside("oob", "cat", "/srv/tftp/cr1-confg") == "kept\n"


def test_what_frr_logs_is_collected(pop: Pop) -> None:
    login(pop, "cr3", "noc", secret(pop, "TURNUP_PASSWORD"))
    until(lambda: " 10.255.0.3 " in pop.inside("oob", "cat", "/var/log/routers.log"), "a line from cr3's loopback")
    pop.settle()
    until(lambda: "ADJCHANGE" in pop.inside("oob", "cat", "/var/log/routers.log"), "a line about a neighbour")


@pytest.mark.parametrize("router", LOOPBACKS)
def test_a_console_asks_who_is_there(pop: Pop, router: str) -> None:
    address = pop.reach.console[router]
    for _ in range(2):  # who looked did not keep the line
        text, failure = look_at_console(f"{address.host}:{address.port}", 10)
        assert not failure
        assert "kind username" in text, text
        assert f"hostname {router}" in text


def test_the_console_works_while_the_router_s_network_does_not(pop: Pop) -> None:
    pop.inside("cr1", "ip", "link", "set", "eth0", "down")
    try:
        address = pop.reach.console["cr1"]
        assert "kind username" in look_at_console(f"{address.host}:{address.port}", 10)[0]
    finally:
        pop.inside("cr1", "ip", "link", "set", "eth0", "up")


def test_a_console_server_that_is_down(pop: Pop) -> None:
    pop.service("console", on=False)
    try:
        address = pop.reach.console["cr1"]
        text, failure = look_at_console(f"{address.host}:{address.port}", 5)
        assert failure or "kind silent" in text
    finally:
        pop.service("console", on=True)
    assert "kind username" in look_at_console(f"{address.host}:{address.port}", 10)[0]


@pytest.mark.parametrize("words", [["start", "no-such"], ["begun", "dns"], ["start"]])
def test_a_mistyped_service_is_an_error(pop: Pop, words: list[str]) -> None:
    with pytest.raises(CouldNotRun, match="ended with 2"):
        pop.inside("oob", "/etc/pop/bin/service", *words)
