"""The platforms that have recorded cases of the tests: each folder of tests/recorded with `checks/expected.toml`."""

from __future__ import annotations

from pathlib import Path

from turnup.checks import Check, all_checks
from turnup.judge.cases import Case, CaseFile, cases
from turnup.platforms import platform

RECORDED = Path(__file__).parents[1] / "recorded"
PLATFORMS = sorted(path.parents[1].name for path in RECORDED.glob("*/checks/expected.toml"))
BY_NAME = {check.name: check for check in all_checks()}


def home(name: str) -> Path:
    """Where a platform's cases are."""
    return RECORDED / name / "checks"


def healthy(name: str) -> Case:
    """That platform's healthy router, with RPMS agreed away."""
    return Case("any", "healthy", CaseFile("a healthy router", "written", "PASS"), home(name) / "any" / "healthy")


def platform_cases() -> list[tuple[str, Case]]:
    """(platform, case) of every recorded case."""
    return [(name, case) for name in PLATFORMS for case in cases(home(name))]


def judged_pairs() -> list[tuple[str, Check]]:
    """(platform, test) of every test that a platform's table does not take away as a whole."""
    return [
        (name, check)
        for name in PLATFORMS
        for check in all_checks()
        if not platform(name).settings.not_applicable.get(check.name)
    ]


def label(value: object) -> str:
    """Name of a parameter: a platform, a test or a case."""
    if isinstance(value, Case):
        return f"{value.check}-{value.name}"
    return value.name if isinstance(value, Check) else str(value)
