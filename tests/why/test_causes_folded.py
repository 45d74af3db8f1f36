"""Red findings fold into causes: what is proved is never folded under what is not, and nothing red is left out."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnup.checks import all_checks
from turnup.model.certificate import Side
from turnup.model.result import TestResult
from turnup.model.verdict import Finding, Verdict, conclude
from turnup.why import Port, causes, ladder

PORT = Port("gsr1", "ios", "Serial5/0", "10.10.3.2", ("POS1/0",), {"gsr2": "10.255.1.2"})
NUMBERS = {check.name: check.number for check in all_checks()}


def row(name: str, *told: tuple[str, Verdict, str]) -> TestResult:
    findings = tuple(Finding(subject, verdict, "something else", observed) for subject, verdict, observed in told)
    return TestResult(NUMBERS[name], name, name, conclude(findings), "reason", findings)


def fail(subject: str, observed: str = "down") -> tuple[str, Verdict, str]:
    return subject, Verdict.FAIL, observed


def unproved(subject: str, observed: str) -> tuple[str, Verdict, str]:
    return subject, Verdict.INCONCLUSIVE, observed


CARD = row("interfaces", fail("board in slot 5", "WAIT RUN"), fail("Serial5/0 status"), fail("Serial5/0 line protocol"))
PING = row("ip_connectivity", fail("customer end of the link", "0 of 100 answered"), fail("route to the link", "none"))
BGP = row("bgp_neighbors", fail("customer state", "Active"))
ROUTES = row("ip_connectivity", unproved("networks of the customer", "none is routed, and the order asks for none"))


def test_a_card_takes_down_everything_on_it() -> None:
    (cause,) = causes((PING, BGP, CARD), PORT)
    assert cause.name == "line card in slot 5 does not run: WAIT RUN"
    assert (cause.side, cause.next, cause.router) == (Side.CARRIER, "show diag 5", "gsr1")
    assert [one.test for one in cause.folded] == [4, 4, 8, 9, 9, 9]


def test_another_port_is_another_cause() -> None:
    other = row("intrapop_links", fail("POS1/0 alarms", "SLOS"), fail("ping over POS1/0", "0 of 100 answered"))
    found = causes((other, BGP), PORT)
    assert [(cause.name, len(cause.folded)) for cause in found] == [
        ("POS1/0 loses signal or frame: SLOS", 2),
        ("the customer's BGP session does not open: Active", 1),
    ]
    assert found[0].side is Side.CARRIER, "both ends of an IntraPOP link are ours"


def test_the_same_words_on_the_customers_port_are_the_cross_connects() -> None:
    (cause,) = causes((row("interfaces", fail("Serial5/0 alarms", "Receiver has loss of signal")),), PORT)
    assert cause.side is Side.CROSS_CONNECT


def test_a_subinterface_stands_on_its_port() -> None:
    rows = (row("interfaces", fail("Serial5/0.100 line protocol"), fail("Serial5/0 status")),)
    assert len(causes(rows, PORT)) == 1


def test_what_is_proved_does_not_fold_under_what_is_not() -> None:
    unknown = row("interfaces", unproved("Serial5/0 errors", "21 input errors, no growth seen"))
    found = causes((BGP, unknown), PORT)
    assert [cause.layer for cause in found] == ["BGP", "port: signal, loops, errors"], "proved causes come first"


def test_what_is_not_proved_folds_under_what_is() -> None:
    (cause,) = causes((ROUTES, BGP), PORT)
    assert cause.layer == "BGP"
    assert {one.verdict for one in cause.folded} == {Verdict.FAIL, Verdict.INCONCLUSIVE}


def test_an_unreachable_router_is_one_cause() -> None:
    told = "gsr1 was not reached: timed out"
    rows = tuple(row(name, unproved(f"subject of {name}", told)) for name in NUMBERS)
    (cause,) = causes(rows, PORT)
    assert len(cause.folded) == len(NUMBERS)
    assert cause.layer == "management path"


def test_a_red_that_nobody_knows_is_its_own_cause() -> None:
    rows = (row("isis_neighbors", fail("something new", "odd"), fail("something else new", "odd")),)
    found = causes(rows, PORT)
    assert [cause.side for cause in found] == [Side.UNKNOWN, Side.UNKNOWN]
    assert found[0].name == "something new: odd, not something else"


def test_another_platform_gets_the_command_that_was_asked() -> None:
    other = Port("xr1", "iosxr", "Serial5/0", "10.10.3.2")
    assert causes((BGP,), other)[0].next == ""


SUBJECTS = st.sampled_from(
    [
        *("Serial5/0 status", "POS1/0 alarms", "customer state", "iBGP gsr2 state", "IS-IS on POS1/0"),
        *("log message A-1-B", "slot 5 state", "messages", "anything", "ping over POS1/0", "server 192.0.2.20"),
    ]
)
SAID = st.sampled_from(
    ("down", "(looped)", "`show x` was not answered: late", "no expected value for y", "gsr1 was not reached: z")
)


@given(st.lists(st.tuples(st.sampled_from(sorted(NUMBERS)), SUBJECTS, st.sampled_from(Verdict), SAID)))
def test_every_red_finding_is_explained_once(told: list[tuple[str, str, Verdict, str]]) -> None:
    rows = tuple(row(name, (subject, verdict, observed)) for name, subject, verdict, observed in told)
    red = Counter(
        (r.number, f.subject, f.verdict)
        for r in rows
        for f in r.findings
        if f.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)
    )
    found = causes(rows, PORT)
    assert Counter((one.test, one.subject, one.verdict) for cause in found for one in cause.folded) == red
    assert all(cause.name for cause in found)


def test_the_ladder_has_one_foot_and_no_unknown_test() -> None:
    layers = ladder()
    assert {layer.name for layer in layers.values() if not layer.rests_on} == {"reach", "expected"}
    for layer in layers.values():
        for sign in layer.sign:
            assert set(sign.checks) <= set(NUMBERS), (layer.name, sign.checks)
            assert re.match(r"show |ping |\{(command|asked)\}$|$", sign.next), "a next step only looks"


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        *(("routes", "card"), ("bgp", "line"), ("isis", "port"), ("tacacs", "isis"), ("dns", "address")),
        *(("logs", "clock"), ("transfer", "address"), ("flash", "image"), ("bgp", "isis")),
    ],
)
def test_what_rests_on_what(upper: str, lower: str) -> None:
    assert lower in ladder()[upper].rests_on
