"""Record an order's port: all that the twenty tests ask, and a case of each test with the verdict it got.

The folder is what `turnup.judge.cases` reads (`cases(folder)`) and what `pytest --turnup-replay` judges again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from turnup.certify import Judged
from turnup.errors import CouldNotRun, Unreachable
from turnup.judge.cases import cases, judge_case
from turnup.judge.recording import ANSWERS, FILE, RecordingFile, answer_names
from turnup.model.result import TestResult
from turnup.model.transcript import Ask, Transcript
from turnup.platforms import platform
from turnup.record.scrub import Scrub
from turnup.record.toml import document, plain

# Not needed to judge, and nobody else's business: local paths, pools, references to secrets, periods of the contract.
_LEFT_OUT = frozenset(
    {
        *(f"router.{name}" for name in ("slots", "sources", "origin", "link_pool", "reserved_ports", "bad_ports")),
        *(f"policy.{name}" for name in ("secrets", "clocks", "origin", "own_networks")),
        *(f"site.{name}" for name in ("origin", "routers", "aliases", "address")),
        *(f"assignment.order.{name}" for name in ("origin", "requested_by", "requested_due")),
    }
)


def port_recording(done: Judged, software: str, scrub: Scrub) -> Mapping[str, str]:
    """The files of the recording, scrubbed: path below its folder -> text.

    Raises Unreachable when the router was not reached, CouldNotRun when the scrubbed recording is judged otherwise than
    the router was: such a recording would prove something that nobody saw.
    """
    transcript = done.transcript
    if transcript.failure:
        raise Unreachable(transcript.failure)
    files = _files(done, software, scrub)
    for result, again in zip(done.results, _judged_again(files, done), strict=True):
        if result.verdict is not again.verdict:
            raise CouldNotRun(
                f"test {result.number} is {result.verdict} on the router and {again.verdict} on the recording "
                f"({again.reason}); nothing was written",
                advice="Record with less scrubbing (--keep-names, no --scrub-addresses), and report this.",
            )
    return files


def _files(done: Judged, software: str, scrub: Scrub) -> dict[str, str]:
    """Every text goes through `scrub` once: an address scrubbed twice would be a third one."""
    transcript, expected = done.transcript, done.prepared.expected
    told = RecordingFile(
        origin="recorded",
        router=scrub(transcript.router),
        platform=expected.router.platform,
        recorded=transcript.ended.astimezone(UTC).replace(microsecond=0),
        username=transcript.username,
        software=software,
        port=str(expected.assignment.port.interface) if expected.assignment else "",
        since=expected.since,
        known_secrets=tuple(scrub(name) for name in sorted(expected.known_secrets)),
        at=_times(transcript, scrub),
    )
    data = _as_mapping(plain(expected, _LEFT_OUT))
    if expected.assignment is not None:
        data["assignment"]["order"]["requested_by"] = "not recorded"
    files = {FILE: document(_as_mapping(plain(told))), "expected.toml": scrub(document(data))}
    for ask, answer in transcript.answers.items():
        if not answer.failure:
            files[f"{ANSWERS}/{_file(ask, scrub)}.txt"] = scrub(answer.text.rstrip("\n") + "\n")
    unanswered = {_file(ask, scrub) for ask, answer in transcript.answers.items() if answer.failure}
    for result in done.results:
        files[f"{result.name}/recorded/case.toml"] = document(_case(result, software, transcript.ended, unanswered))
    return files


def _case(result: TestResult, software: str, at: datetime, unanswered: set[str]) -> dict[str, object]:
    case: dict[str, object] = {
        "title": f"{result.title}, as recorded {at.astimezone(UTC):%Y-%m-%d} from {software or 'a router'}",
        "origin": "recorded",
        "verdict": str(result.verdict),
    }
    return {**case, "silent": sorted(unanswered)} if unanswered else case


def _file(ask: Ask, scrub: Scrub) -> str:
    """The answer's file name, without suffix, under which the scrubbed order will look for it."""
    return answer_names(Ask.of(ask.fact, **{name: scrub(value) for name, value in ask.args}))[0]


def _times(transcript: Transcript, scrub: Scrub) -> dict[str, datetime]:
    return {
        _file(ask, scrub): answer.at.astimezone(UTC).replace(microsecond=0)
        for ask, answer in transcript.answers.items()
        if not answer.failure
    }


def _judged_again(files: Mapping[str, str], done: Judged) -> list[TestResult]:
    """What the case loader makes of these files; by test number."""
    dialect = platform(done.prepared.expected.router.platform)
    checks = {check.name: check for check in done.prepared.checks}
    with tempfile.TemporaryDirectory(prefix="turnup-record-") as name:
        folder = Path(name)
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        found = [judge_case(case, dialect, platform("noc"), checks[case.check]) for case in cases(folder)]
    return sorted(found, key=lambda result: result.number)


def _as_mapping(value: object) -> dict[str, Any]:
    assert isinstance(value, dict)  # noqa: S101 - a dataclass becomes a mapping
    return value
