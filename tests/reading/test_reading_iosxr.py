"""The table of IOS XR: each rule changes what is read, and nothing of a configuration gets lost."""

from __future__ import annotations

import ast
import os
import pkgutil
import re
from dataclasses import replace
from pathlib import Path

import pytest

from turnup import facts, folder, rules
from turnup.checks import all_checks
from turnup.configuration import Configuration
from turnup.platforms import all_platforms, platform
from turnup.reading import Reading

TOP = Path(__file__).parents[2]
HEALTHY = Path(__file__).parents[1] / "recorded" / "iosxr" / "checks" / "healthy" / "running_config.txt"
# Forms that the healthy router does not have.
MORE = """!! IOS XR Configuration 6.1.2
hostname nyc-hud-xr1
domain lookup disable
ftp client vrf default source-interface Loopback0
line template OPEN
 access-class egress OUT
!
interface preconfigure GigabitEthernet0/9/0/0
 shutdown
!
interface GigabitEthernet0/5/0/0.100
 vrf BLUE
 ipv4 address 10.10.3.1/30
 encapsulation dot1q 100
!
interface POS0/4/0/0
 pos
  crc 16
 !
!
router isis POP
 address-family ipv4 unicast
  metric-style wide
 !
 interface POS0/4/0/0
  circuit-type level-2-only
  point-to-point
  shutdown
  hello-padding disable
  address-family ipv4 unicast
   metric 10
  !
 !
 interface POS0/4/0/1
  suppressed
 !
 interface POS0/4/0/2
  address-family ipv6 unicast
  !
 !
 interface Loopback6
  passive
  address-family ipv6 unicast
  !
 !
!
end
"""


def _table() -> Reading:
    table = platform("iosxr").reading
    assert table is not None
    return table


@pytest.mark.parametrize("number", range(len(_table().rules)))
def test_each_rule_changes_what_is_read(number: int) -> None:
    """A rule that nothing needs is a rule that nobody has seen work."""
    table = _table()
    without = replace(table, rules=(*table.rules[:number], *table.rules[number + 1 :]))
    texts = (HEALTHY.read_text(), MORE)
    assert any((table.lines(t), table.left_out(t)) != (without.lines(t), without.left_out(t)) for t in texts)


@pytest.mark.parametrize("number", range(len(_table().implied)))
def test_each_implied_line_holds_where_it_is_not_shown(number: int) -> None:
    rule = _table().implied[number]
    text = (
        HEALTHY.read_text() if rule.section else MORE.replace("line template OPEN\n access-class egress OUT\n!\n", "")
    )
    sections = Configuration.read(text, _table()).sections
    assert any(rule.says in body for header, body in sections.items() if re.fullmatch(rule.section, header))


def test_no_line_of_the_healthy_router_gets_lost() -> None:
    text, table = HEALTHY.read_text(), _table()
    told = {line.number for line in table.lines(text)} | {out.number for out in table.left_out(text)}
    structure = {"", "!", "end-set", "end-policy"}
    for number, raw in enumerate(text.split("\n"), start=1):
        if raw.strip() not in structure and not raw.startswith(("!!", "Sun Nov 22", "Building")):
            assert number in told, raw


def test_pos_settings_and_masks() -> None:
    config = Configuration.read(MORE, _table())
    assert config.section("interface POS0/4/0/0") == (
        "crc 16",
        "clns router isis POP",
        "isis circuit-type level-2-only",
        "isis network point-to-point",
        "isis protocol shutdown",
        "isis hello-padding disable",
        "ip router isis POP",
        "isis metric 10",
    )
    assert "ip address 10.10.3.1 255.255.255.252" in (config.section("interface GigabitEthernet0/5/0/0.100") or ())
    assert config.section("interface GigabitEthernet0/9/0/0") is None, "preconfigured: the card is not there"


def test_real_configurations_are_read_to_the_end() -> None:
    """Parts of real configurations, put into a whole one: every line is told or named."""
    home = Path(os.environ.get("TURNUP_RECORDINGS", TOP.parent / "shared" / "recordings")) / "iosxr"
    files = sorted(home.glob("show_running-config*/*.txt"))
    for file in files:
        body = "\n".join(line for line in file.read_text().splitlines() if not line.startswith("RP/0"))
        text = f"!! IOS XR Configuration 6.1.2\n{body}\nend\n"
        told = {line.number for line in _table().lines(text)} | {out.number for out in _table().left_out(text)}
        shown = [
            number
            for number, line in enumerate(text.split("\n"), start=1)
            if line.strip() and not line.strip().startswith("!") and not line.startswith(("Thu Nov", "Wed Apr"))
        ]
        assert told >= set(shown), file


def _features(source: Path) -> set[str]:
    """Names that a test or rule asks the platform's table for."""
    found = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.args[-1] if node.args else None, ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("lacks", "taken_away"):
                found.add(str(node.args[-1].value))  # type: ignore[attr-defined]
    return found


def test_table_of_what_a_platform_has_not_names_what_there_is() -> None:
    """A mistyped name would take nothing away, and nobody would know why a test stays inconclusive."""
    asked = {name for file in (*folder("acceptance").glob("*.py"), *Path(rules.__file__).parent.glob("*.py"))
             for name in _features(file)}  # fmt: skip
    known = asked | {check.name for check in all_checks()} | {m.name for m in pkgutil.iter_modules(facts.__path__)}
    for name, dialect in all_platforms().items():
        unknown = set(dialect.settings.not_applicable) - known
        assert not unknown, f"{name}/platform.toml: {sorted(unknown)}"
        assert all(reason.strip() for reason in dialect.settings.not_applicable.values())
