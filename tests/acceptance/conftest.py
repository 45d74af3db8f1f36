"""Every test over recorded cases gets them as arguments: `case` is one folder, `check` and `healthy` one test each."""

from __future__ import annotations

from pathlib import Path

import pytest

from turnup.checks import all_checks
from turnup.judge.cases import Case, CaseFile, cases

HOME = Path(__file__).parents[1] / "recorded" / "ios" / "checks"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize by folder and by test of Schedule 2."""
    if "case" in metafunc.fixturenames:
        found = cases(HOME)
        metafunc.parametrize("case", found, ids=[f"{case.check}-{case.name}" for case in found])
    if "check" in metafunc.fixturenames:
        metafunc.parametrize("check", all_checks(), ids=[check.name for check in all_checks()])


@pytest.fixture
def all_cases() -> tuple[Case, ...]:
    return cases(HOME)


@pytest.fixture
def healthy() -> Case:
    """The healthy router, with RPMS agreed away."""
    return Case("any", "healthy", CaseFile("a healthy router", "written", "PASS"), HOME / "any" / "healthy")
