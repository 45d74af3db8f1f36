"""The table of FRR: each rule changes what is read, and what an order renders is found where FRR shows it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from turnup.checks import Expected
from turnup.configuration import Configuration
from turnup.errors import AnswerIncomplete
from turnup.load.strict import build
from turnup.platforms import platform
from turnup.render import render_order

CHECKS = Path(__file__).parents[1] / "recorded" / "frr" / "checks"
HEALTHY = (CHECKS / "healthy" / "running_config.txt").read_text()
# Forms that the healthy router does not have.
MORE = "router bgp 64500\n address-family ipv4 unicast\n  no neighbor 10.10.3.2 activate\n exit-address-family\nexit\n"
MORE += "interface eth6\n isis metric level-1 20\nexit\n"
FRR = platform("frr")
EXPECTED = build(Expected, tomllib.loads((CHECKS / "expected.toml").read_text()), where="expected.toml")


def test_lines_come_in_the_tests_words() -> None:
    config = Configuration.read(HEALTHY, FRR.reading)
    assert config.section("interface eth5") == (
        "bandwidth 1000",
        "description CUST|LVL3|GE|CKT:GE/NYC/0007|PSO:PSO-2001-000051|",
        "ip address 10.10.3.1 255.255.255.252",
    )
    assert "neighbor 10.10.3.2 prefix-list CUST-64603-IN in" in (config.section("router bgp 64500") or ())
    assert set(config.section("router isis CORE") or ()) >= {"passive-interface lo", "metric-style wide"}
    assert "exit" not in config.top
    assert "version 8.4.4" in config.top


def test_every_rule_is_needed() -> None:
    table = FRR.reading
    assert table is not None
    shown = HEALTHY + MORE
    whole = table.lines(shown)
    for number in range(len(table.rules)):
        without = replace(table, rules=table.rules[:number] + table.rules[number + 1 :])
        assert without.lines(shown) != whole, table.rules[number].line
    for number in range(len(table.implied)):
        without = replace(table, implied=table.implied[:number] + table.implied[number + 1 :])
        assert without.lines(shown) != whole, table.implied[number].says


def test_what_an_order_renders_stands_in_a_healthy_configuration() -> None:
    assert EXPECTED.assignment is not None
    port = replace(EXPECTED.assignment.port, card=FRR.linecards["LINUX-ETH"])
    policy = replace(EXPECTED.policy, secrets={"LVL3-MD5": "env:LVL3_MD5"})
    intent = render_order(FRR, replace(EXPECTED.assignment, port=port), EXPECTED.router, policy)
    assert set(intent.lines) == set(EXPECTED.lines)
    config = Configuration.read(HEALTHY, FRR.reading)
    for section, text in FRR.in_test_words(intent.lines):
        assert text in (config.section(section) or () if section else config.top)
    assert [str(item) for item in intent.phase1][:2] == ["interface eth5 / ", "interface eth5 / shutdown"]
    assert [str(item) for item in intent.phase2 if item.text] == [
        "router bgp 64500 / no neighbor 10.10.3.2 shutdown",
        "interface eth5 / no shutdown",
    ]


@pytest.mark.parametrize("line", ["frr version 8.4.4", "end"])
def test_a_configuration_without_its_ends_is_refused(line: str) -> None:
    with pytest.raises(AnswerIncomplete):
        Configuration.read(HEALTHY.replace(f"\n{line}\n", "\n"), FRR.reading)


def test_a_passive_interface_without_isis_is_none_of_the_process() -> None:
    config = Configuration.read(
        HEALTHY.replace(" ip router isis CORE\n isis circuit-type level-2-only\n isis passive", " isis passive"),
        FRR.reading,
    )
    assert "passive-interface lo" not in (config.section("router isis CORE") or ())
