"""`turnup selftest` and `turnup rejudge` over the stored evidence of a real run."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pop import ORDER, Command

from turnup import folder, job
from turnup.certificate.document import from_json, to_json
from turnup.checks import Check, Expected, Facts, all_checks, holds
from turnup.evidence.store import EvidenceStore
from turnup.facts.version import Version
from turnup.home import Home
from turnup.laboratory import Lab, down, up
from turnup.load.order import read_order
from turnup.model.certificate import Certificate, Occasion, Outcome, Sensitivity
from turnup.model.verdict import Finding, Verdict
from turnup.noc import Noc, open_noc
from turnup.rejudge import FILES, SOFTWARE, rejudge

# Every kind of harmless change is known; what a test of ours cites of a healthy router costs it its PASS.
LEAST = 2000


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, Path, Certificate]]:
    """A POP with a delivered port, its certificate's file and the certificate."""
    home = Home(tmp_path_factory.mktemp("proof") / "home")
    pop = up(home, folder("inventory"), with_parent=True)
    noc = opened(pop)
    assignment = job.assigned(noc, read_order(ORDER), enter=True)
    job.pushed(noc, assignment)
    certificate = job.tested(noc, assignment.port.router, assignment, Occasion.INITIAL)
    (file,) = noc.home.part("certificates").glob("*.json")
    yield pop, file, certificate
    down(home)


@pytest.fixture
def command(turnup: Command, kept: tuple[Lab, Path, Certificate]) -> Command:
    """`turnup` in the data folder of that lab."""
    home = kept[0].inventory.parent.parent
    return lambda *words: turnup("--home", home, *words)


def opened(pop: Lab, inventory: Path | None = None) -> Noc:
    return open_noc(inventory=inventory or pop.inventory, home=pop.home, environment=pop.environment)


def changed_inventory(pop: Lab, place: Path, before: str, after: str) -> Path:
    """The lab's inventory with another policy."""
    place.mkdir()
    for file in pop.inventory.iterdir():
        text = file.read_text()
        if file.name == "policy.yaml":
            assert before in text
            text = text.replace(before, after)
        (place / file.name).write_text(text)
    return place


def test_the_certificate_has_the_figure_of_its_own_evidence(kept: tuple[Lab, Path, Certificate]) -> None:
    _, _, certificate = kept
    figures = certificate.sensitivity
    assert figures is not None
    assert figures.tried > LEAST
    assert figures.missed == ()
    assert figures.tried == figures.caught + figures.harmless
    assert {test.number for test in figures.tests} == set(range(1, 21)) - {2, 3}
    assert certificate.causes == ()


def test_the_figure_can_be_worked_out_again(kept: tuple[Lab, Path, Certificate], command: Command) -> None:
    _, file, certificate = kept
    ran = command("--lab", "selftest", file, "--format", "json")
    assert ran.code == 0, ran.err
    again = json.loads(ran.out)
    assert certificate.sensitivity is not None
    assert again["tried"] == certificate.sensitivity.tried
    assert again["caught"] == certificate.sensitivity.caught
    assert again["missed"] == []


def test_nothing_changes_and_nothing_is_written(kept: tuple[Lab, Path, Certificate], command: Command) -> None:
    pop, file, _ = kept
    before = {path: path.read_bytes() for path in pop.home.path.rglob("*") if path.is_file() and path.suffix == ".json"}
    ran = command("--lab", "rejudge", file)
    assert ran.code == 0, ran.err
    assert "no verdict would change" in ran.out
    told = json.loads(command("--lab", "rejudge", file, "--format", "json").out)
    assert told["tests"] == told["expected"] == told["software"] == []
    after = {path: path.read_bytes() for path in pop.home.path.rglob("*") if path.is_file() and path.suffix == ".json"}
    assert after == before


def test_another_policy_is_told_from_another_program(kept: tuple[Lab, Path, Certificate], tmp_path: Path) -> None:
    pop, _, certificate = kept
    inventory = changed_inventory(pop, tmp_path / "inventory", "free_bytes: 20971520", "free_bytes: 999999999")
    found = rejudge(opened(pop, inventory), certificate)
    assert found.exit_code == 4
    (test,) = found.tests
    assert (test.number, test.because) == (18, FILES)
    assert [change.subject for change in test.findings] == ["free memory"]
    assert ("policy.memory.free_bytes", "20971520", "999999999") in found.expected


def strict_now(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """A test that has become stricter."""
    row = facts.one(Version)
    yield holds("hostname", True, expected="", observed=row.hostname, seen=facts.seen(row))
    yield holds("age of the image", False, expected="new", observed=expected.site.name, seen=facts.seen(row))


def other_tests() -> tuple[Check, ...]:
    return tuple(
        dataclasses.replace(check, run=strict_now) if check.name == "ios_version" else check for check in all_checks()
    )


def test_another_program_is_told_from_another_policy(
    kept: tuple[Lab, Path, Certificate], monkeypatch: pytest.MonkeyPatch
) -> None:
    pop, _, certificate = kept
    checks = other_tests()
    monkeypatch.setattr("turnup.judge.run.all_checks", lambda: checks)
    found = rejudge(opened(pop), certificate)
    (test,) = found.tests
    assert (test.number, test.because, found.exit_code) == (16, SOFTWARE, 4)
    told = {change.subject: (change.before, change.after) for change in test.findings}
    assert told["age of the image"][0] is None
    assert told["chassis"][1] is None
    assert "hostname" not in told
    assert found.expected == ()


def refuse(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """A template that reads its answer no more."""
    raise ValueError(f"{expected.router.name} {facts}")
    yield


def test_a_test_that_reads_nothing_any_more_is_inconclusive(
    kept: tuple[Lab, Path, Certificate], monkeypatch: pytest.MonkeyPatch
) -> None:
    pop, _, certificate = kept
    checks = tuple(dataclasses.replace(c, run=refuse) if c.name == "flash" else c for c in all_checks())
    monkeypatch.setattr("turnup.judge.run.all_checks", lambda: checks)
    found = rejudge(opened(pop), certificate)
    assert [(test.number, test.after) for test in found.tests] == [(17, "INCONCLUSIVE")]
    assert found.exit_code == 3


def test_an_older_certificate_is_judged_over_the_files_of_today(kept: tuple[Lab, Path, Certificate]) -> None:
    pop, _, certificate = kept
    older = dataclasses.replace(certificate, expected=None, causes=None, sensitivity=None)
    found = rejudge(opened(pop), older)
    assert found.tests == ()
    assert "not told apart" in found.notes[0]


def test_an_order_that_is_gone_is_judged_over_what_was_expected(
    kept: tuple[Lab, Path, Certificate], monkeypatch: pytest.MonkeyPatch
) -> None:
    pop, _, certificate = kept
    monkeypatch.setattr("turnup.order.ledger.Ledger.assignment", lambda *_: None)
    found = rejudge(opened(pop), certificate)
    assert found.tests == ()
    assert "has no port any more" in found.notes[0]


@pytest.mark.parametrize("harm", ["missing", "altered"])
def test_evidence_that_is_not_whole_is_named_and_refused(
    kept: tuple[Lab, Path, Certificate], command: Command, harm: str
) -> None:
    pop, file, certificate = kept
    item = next(item for item in certificate.evidence if item.fact == "version")
    assert item.sha256 is not None
    store = EvidenceStore(pop.home.part("evidence"), str)
    path = store.folder / item.sha256[:2] / f"{item.sha256}.zst"
    whole = path.read_bytes()
    try:
        path.unlink() if harm == "missing" else path.write_bytes(whole[:-4] + b"0000")
        for name in ("rejudge", "selftest"):
            ran = command("--lab", name, file)
            assert ran.code == 2
            assert "`show version`" in ran.err
            assert "1 of " in ran.err
    finally:
        path.write_bytes(whole)


def test_a_certificate_that_was_altered_is_refused(
    kept: tuple[Lab, Path, Certificate], command: Command, tmp_path: Path
) -> None:
    _, file, _ = kept
    data: dict[str, Any] = json.loads(file.read_text())
    data["rows"][3]["findings"][0]["verdict"] = "FAIL"
    other = tmp_path / "altered.json"
    other.write_text(json.dumps(data))
    assert command("--lab", "rejudge", other).code == 2


def test_a_change_that_is_missed_ends_with_4(
    kept: tuple[Lab, Path, Certificate], command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("turnup.sensitivity.trial.all_harmless", lambda _: {})
    ran = command("--lab", "selftest", kept[1])
    assert ran.code == 4
    assert "MISSED  test 1 " in ran.out


def test_nothing_to_change_is_not_good(kept: tuple[Lab, Path, Certificate], command: Command, tmp_path: Path) -> None:
    pop, _, certificate = kept
    noc = opened(pop)
    host = dataclasses.replace(
        certificate,
        evidence=(),
        rows=tuple(
            dataclasses.replace(row, findings=(), verdict=Verdict.INCONCLUSIVE, reason="nothing", commands=())
            for row in certificate.rows
        ),
        sensitivity=Sensitivity(0, 0, 0),
        outcome=Outcome.INCONCLUSIVE,
    )
    file = tmp_path / "empty.json"
    file.write_text(to_json(host))
    assert from_json(file.read_text()).evidence == ()
    assert noc.home == pop.home
    assert command("--lab", "selftest", file).code == 5
