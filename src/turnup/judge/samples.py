"""One good and one bad sample of each test, picked from the recorded cases; kept beside this file for every copy.

`samples.json` is generated (`python -m turnup.judge.reference`), because an installed wheel has no recorded cases.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from turnup.checks import Check, all_checks
from turnup.errors import TurnupError
from turnup.judge.cases import Case, cases, judge_case
from turnup.load.strict import build
from turnup.model.result import TestResult
from turnup.model.verdict import Finding, Verdict
from turnup.platforms import platform

FILE = Path(__file__).with_name("samples.json")
_LINES = 4  # of an answer, in a sample


@dataclass(frozen=True)
class Sample:
    """A recorded case and the finding that decided it. `seen` are the first lines the finding rests on."""

    case: str
    title: str
    origin: str
    verdict: str
    subject: str
    expected: str
    observed: str
    source: str = ""
    command: str = ""
    seen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Samples:
    """Of one test. `facts` are all it asks of a port such as the contract's own example."""

    facts: tuple[str, ...]
    good: Sample | None = None
    bad: Sample | None = None


@cache
def samples() -> Mapping[str, Samples]:
    """The kept samples by test name. Raises InputError when the file was edited by hand and is wrong."""
    data = json.loads(FILE.read_text(encoding="utf-8"))
    return {name: build(Samples, one, where=FILE.name) for name, one in data.items()}


def made_samples(recorded: Path) -> Mapping[str, Samples]:
    """The same from the recorded cases of one platform, `tests/recorded/<platform>/checks`."""
    found, dialect = cases(recorded), platform(recorded.parent.name)
    made = {}
    for check in all_checks():
        mine = sorted((case for case in found if case.check == check.name), key=_plainness)
        judged = [(case, judge_case(case, dialect, platform("noc"), check)) for case in mine]
        made[check.name] = Samples(
            _facts(check, mine),
            _first(judged, Verdict.PASS) or _first(judged, Verdict.NOT_APPLICABLE),
            _first(judged, Verdict.FAIL),
        )
    return made


def as_json(found: Mapping[str, Samples]) -> str:
    """The text of samples.json."""
    return json.dumps({name: asdict(one) for name, one in found.items()}, indent=1, ensure_ascii=False) + "\n"


def _facts(check: Check, mine: Sequence[Case]) -> tuple[str, ...]:
    """Over all cases: what one port does not need, another does."""
    return tuple(dict.fromkeys(ask.fact for case in mine for ask in check.asked(case.expected))) or check.needs


def _plainness(case: Case) -> tuple[int, str]:
    """What changes least is the plainest sample."""
    told = case.told
    return (len(told.edit) + len(told.refused) + len(told.missing) + 2 * len(told.expected), case.name)


def _first(judged: Sequence[tuple[Case, TestResult]], verdict: Verdict) -> Sample | None:
    """The plainest sample of that verdict, one that shows a line of a router before one that shows none."""
    found = [_sample(case, result) for case, result in judged if result.verdict is verdict]
    return next((one for one in found if one.seen), found[0] if found else None)


def _sample(case: Case, result: TestResult) -> Sample:
    deciding = [finding for finding in result.findings if finding.verdict is result.verdict]
    if not deciding:
        raise TurnupError(f"{case.check}/{case.name}: no finding stands behind its verdict")
    finding: Finding = next((f for f in deciding if f.seen and f.seen[0].line), deciding[0])
    seen = finding.seen[0] if finding.seen else None
    lines = [line.strip()[:200] for line in seen.text.splitlines() if line.strip()][:_LINES] if seen else []
    return Sample(
        f"{case.check}/{case.name}",
        case.told.title,
        case.told.origin,
        str(result.verdict),
        finding.subject,
        finding.expected,
        finding.observed,
        finding.source,
        seen.command if seen else "",
        tuple(lines),
    )
