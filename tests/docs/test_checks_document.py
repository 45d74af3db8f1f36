"""docs/checks.md and the samples that `turnup checks explain` shows are what the code says today."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from turnup.checks import all_checks
from turnup.judge.reference import COMMAND, DOCUMENT, TOP, generated
from turnup.judge.samples import FILE, Samples, samples
from turnup.platforms import all_platforms

pytestmark = pytest.mark.checkout


@pytest.fixture(scope="module")
def made() -> Mapping[Path, str]:
    return generated()


@pytest.mark.parametrize("path", [FILE, DOCUMENT], ids=lambda path: path.name)
def test_a_generated_file_is_up_to_date(made: Mapping[Path, str], path: Path) -> None:
    told = f"{path.relative_to(TOP)} is out of date: run `make docs` ({COMMAND})"
    assert path.read_text(encoding="utf-8") == made[path], told


def test_it_has_every_test_platform_and_setting() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for check in all_checks():
        assert f"## {check.number}. {check.title}\n" in text
    for platform in all_platforms().values():
        assert f"| {platform.settings.title} |" in text
    assert text.count("Good sample (") == text.count("Bad sample (") == len(all_checks())


@pytest.mark.parametrize("name", [check.name for check in all_checks()])
def test_every_test_has_a_good_and_a_bad_sample(name: str) -> None:
    one: Samples = samples()[name]
    assert one.good is not None
    assert one.bad is not None
    assert (one.bad.verdict, one.good.verdict in ("PASS", "NOT APPLICABLE")) == ("FAIL", True)
    assert one.bad.seen, "the bad sample shows no line of a router"
