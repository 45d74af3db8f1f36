"""The outcome of one acceptance test, and the list of tests the contract asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from turnup.model.verdict import Finding, Verdict

# PASA Schedule 2, "ACCEPTANCE TESTS", in its own words and order.
SCHEDULE_2 = (
    "Test IntraPOP Links",
    "Verify RPMS configurations",
    "Test RPMS",
    "Verify IP connectivity",
    "Verify ISIS configuration",
    "Verify BGP configuration",
    "Verify ISIS neighbors",
    "Verify BGP neighbors",
    "Verify all interfaces",
    "Verify DNS (loopback)",
    "Verify source interface loopback for ftp and tftp",
    "Verify console login",
    "Verify password of last resort",
    "Verify TACACS",
    "Verify access-list for vty",
    "Verify IOS version",
    "Verify Flash",
    "Verify RP memory",
    "Examine Logs",
    "Updated interface description",
)


@dataclass(frozen=True)
class TestResult:
    """One test of Schedule 2 on one port: its verdict, the reason in one line, and everything it looked at."""

    __test__: ClassVar[bool] = False  # not a test class of pytest, whatever its name begins with

    number: int
    title: str
    name: str
    verdict: Verdict
    reason: str
    findings: tuple[Finding, ...] = ()
    commands: tuple[str, ...] = ()
    rule: str = ""
