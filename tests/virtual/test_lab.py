"""The lab without a process of its own, who may log in, the wire of telnet, the names that DNS knows."""

from __future__ import annotations

import json
import socket
from itertools import pairwise

import dns.message
import dns.rcode
import dns.rdatatype
import dns.reversename
import pytest
from hypothesis import given
from hypothesis import strategies as st
from session import Recorder
from virtual_estate import CARDS, FOREIGN, GSR1, SITE, device

from turnup.errors import InputError, UsageError
from turnup.model.policy import ApprovedImage, Policy
from turnup.virtual.access import FIRST_VTY, VTYS, Account, close_session, open_session, privilege_of
from turnup.virtual.faults import Fault
from turnup.virtual.lab import Customer, Customers, Lab, Plain, clones, make_lab, read_customers
from turnup.virtual.resolver import Responder
from turnup.virtual.server import running
from turnup.virtual.telnet import Filter

ACCOUNTS = {"noc": Account("lab"), "ro": Account("lab", 1)}
ALL_DEAD = Fault("dead", state={"tacacs.*.dead": True}, name="dead")


def _lab(*faults: Fault) -> Lab:
    policy = Policy(images=(ApprovedImage("GRP-B", "12.0(17)S3", "gsr-p-mz.120-17.S3"),))
    customers = Customers((FOREIGN,), (Customer("l3", GSR1.name, FOREIGN.link, 64603, ()),))
    lab = make_lab(
        (GSR1,), {SITE.site_id: SITE}, policy, Recorder(), Plain("lab"), customers=customers, cards=CARDS
    )  # fmt: skip
    for fault in faults:
        lab.fault_on(fault)
    return lab


@pytest.mark.parametrize(
    ("username", "password", "dead", "level"),
    [
        ("noc", "lab", False, 15),
        ("ro", "lab", False, 1),
        ("noc", "LAB", False, None),
        ("nobody", "lab", False, None),
        ("lastresort", "last-resort-pw", False, None),
        ("lastresort", "last-resort-pw", True, 15),
        ("lastresort", "wrong", True, None),
        ("noc", "lab", True, None),
    ],
)
def test_who_may_log_in(username: str, password: str, dead: bool, level: int | None) -> None:
    router = device(faults=(ALL_DEAD,) if dead else ())
    assert privilege_of(router, ACCOUNTS, username, password) == level


def test_one_dead_server_of_two_changes_nothing() -> None:
    router = device(faults=(Fault("x", state={"tacacs.192.0.2.20.dead": True}),))
    router.config.put_in("", "tacacs-server host 192.0.2.21")
    assert privilege_of(router, ACCOUNTS, "noc", "lab") == 15


def test_lines_of_the_router_are_finite_and_come_back() -> None:
    router = device()
    taken = [open_session(router, "noc", 15, "vty", "127.0.0.1") for _ in range(VTYS + 1)]
    assert taken[-1] is None
    assert [one.tty for one in taken if one] == list(range(FIRST_VTY, FIRST_VTY + VTYS))
    assert taken[3] is not None
    close_session(router, taken[3])
    again = open_session(router, "noc", 15, "vty", "127.0.0.1")
    assert again is not None
    assert again.tty == taken[3].tty


def test_a_lab_runs_inside_a_test() -> None:
    with running(_lab()) as ready:
        port = ready["routers"][GSR1.name]["telnet"]  # type: ignore[index]
        with socket.create_connection(("127.0.0.1", port), 5) as line:
            line.settimeout(5)
            line.sendall(b"noc\r\nlab\r\nexit\r\n")  # typed ahead of the login
            seen = b""
            while piece := line.recv(4096):
                seen += piece
            assert seen.endswith(b"nyc-hud-gsr1#exit\r\n")
        with socket.create_connection(("127.0.0.1", int(str(ready["control"]))), 5) as line:
            line.sendall(b'{"do": "status"}\n{"do": "cut", "router": "nyc-hud-gsr1"}\n')
            answers = line.makefile()
            assert json.loads(answers.readline())["routers"][GSR1.name]["sessions"] == []
            assert json.loads(answers.readline()) == {"ok": True, "cut": 0}


def test_unknown_parts_are_errors() -> None:
    with pytest.raises(UsageError, match="did you mean 'nyc-hud-gsr1'"):
        _lab().device("nyc-hud-gsr")
    with pytest.raises(InputError, match="unknown line card '8FE-TX'"):
        make_lab((GSR1,), {SITE.site_id: SITE}, Policy(), Recorder(), Plain("x"), customers=Customers(),
                 cards={part: card for part, card in CARDS.items() if part != "8FE-TX"})  # fmt: skip


def test_customers_of_the_lab_can_be_read() -> None:
    customers = read_customers()
    assert [far.peer_as for far in customers.far_ends("nyc-hud-gsr1")] == [64601, 64603]
    assert customers.far_ends("lax-wil-gsr1") == ()


def test_clones_have_names_and_addresses_of_their_own() -> None:
    routers = clones(GSR1, 300)
    assert len({router.name for router in routers}) == 300
    assert len({router.loopback for router in routers}) == 300
    assert len({router.net for router in routers}) == 300


def _answer(lab: Lab, name: object, kind: str) -> dns.message.Message | None:
    return Responder(lab).answer(dns.message.make_query(str(name), kind))


@pytest.mark.parametrize(
    ("state", "forward", "reverse"),
    [
        ({}, "10.255.1.1", "nyc-hud-gsr1.example.net."),
        ({"dns.a": "10.255.9.9"}, "10.255.9.9", "nyc-hud-gsr1.example.net."),
        ({"dns.ptr": "old.example.net"}, "10.255.1.1", "old.example.net."),
        ({"dns.a": "none"}, None, "nyc-hud-gsr1.example.net."),
        ({"dns.ptr": "none"}, "10.255.1.1", None),
    ],
)
def test_names(state: dict[str, object], forward: str | None, reverse: str | None) -> None:
    lab = _lab(Fault("x", state=state, name="x"))
    for name, kind, expected in (
        ("nyc-hud-gsr1.example.net.", "A", forward),
        (dns.reversename.from_address("10.255.1.1"), "PTR", reverse),
    ):
        answer = _answer(lab, name, kind)
        assert answer is not None
        if expected is None:
            assert answer.rcode() == dns.rcode.NXDOMAIN
        else:
            assert str(answer.answer[0][0]) == expected


def test_a_name_without_that_kind_of_record_is_not_unknown() -> None:
    answer = _answer(_lab(), "nyc-hud-gsr1.example.net.", "AAAA")
    assert answer is not None
    assert answer.rcode() == dns.rcode.NOERROR
    assert not answer.answer


def test_a_dead_name_server_says_nothing() -> None:
    assert _answer(_lab(Fault("x", state={"dns.status": "down"}, name="x")), "nyc-hud-gsr1.example.net.", "A") is None


TELNET = b"ab\xff\xfb\x01c\xff\xfa\x18\x00VT100\xff\xf0d\xff\xff\xff\xf1e\xff\xfd\x03"


@given(st.lists(st.integers(0, len(TELNET)), max_size=8))
def test_telnet_commands_are_taken_out_wherever_packets_end(cuts: list[int]) -> None:
    reader, places = Filter(), [0, *sorted(cuts), len(TELNET)]
    text = "".join(reader.text(TELNET[a:b]) for a, b in pairwise(places))
    assert text == "abcd\xffe"
