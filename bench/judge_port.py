"""From recorded output to a certificate: parse, twenty tests, certificate, on one core after import; under 0.25 s.

The answers are those of a healthy port in tests/recorded/ios/checks. What a router, a session or a disk takes is not in
it; redaction has its own line, for it runs once, while answers arrive.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

from turnup.certificate.build import build_certificate
from turnup.certificate.document import to_json
from turnup.certificate.software import software_versions
from turnup.certify import IDENTITY, identity
from turnup.checks import all_checks
from turnup.evidence.manifest import manifest
from turnup.evidence.redact import Redactor
from turnup.judge.cases import cases
from turnup.judge.run import asks_of, judge
from turnup.judge.transcript_facts import TranscriptFacts
from turnup.model.certificate import Certificate, Subject
from turnup.model.transcript import Transcript
from turnup.model.verdict import Verdict
from turnup.platforms import platform

RUNS, AT_MOST = 21, 0.25
CASES = Path(__file__).resolve().parents[1] / "tests" / "recorded" / "ios" / "checks"

case = next(case for case in cases(CASES) if (case.check, case.name) == ("interfaces", "healthy"))
expected, checks, ios, noc = case.expected, all_checks(), platform("ios"), platform("noc")


def certificate(transcript: Transcript) -> Certificate:
    """What `turnup test` does once the answers are there."""
    facts = TranscriptFacts(ios, noc, transcript)
    results = judge(expected, facts, checks, not_on_platform=ios.settings.not_applicable)
    return build_certificate(
        subject=Subject.of(expected.router, expected.site, expected.assignment),
        identity=identity(facts, expected.assignment),
        results=results,
        evidence=manifest(transcript),
        started=transcript.started,
        ended=transcript.ended,
        software=software_versions(ios.name),
    )


def timed(transcript: Transcript) -> tuple[float, float]:
    """One port: seconds of the core, and of the clock, which others on the machine stretch."""
    begun, core = time.perf_counter(), time.process_time()
    to_json(certificate(transcript))
    return time.process_time() - core, time.perf_counter() - begun


def main() -> int:
    """Print first and following runs."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})  # one core
    asks = tuple(dict.fromkeys((*asks_of(checks, expected), *IDENTITY)))
    transcript = case.transcript((ios, noc), asks)
    text = "".join(answer.text for answer in transcript.answers.values())
    first, clock = timed(transcript)  # compiles each template once
    again = [timed(transcript) for _ in range(RUNS)]
    redact = Redactor({"last-resort": "not-the-real-one"}, os.urandom(32))
    begun = time.perf_counter()
    for answer in transcript.answers.values():
        redact(answer.text)
    redaction = time.perf_counter() - begun
    rows = certificate(transcript).rows
    passed = sum(row.verdict is Verdict.PASS for row in rows)
    print(
        f"load average {os.getloadavg()[0]:.1f}; {len(asks)} answers, {len(text)} bytes; {passed} of {len(rows)} PASS"
    )
    good = "ok" if first < AT_MOST else "MISSED"
    core, wall = (statistics.median(side) * 1000 for side in zip(*again, strict=True))
    print(f"first port of a process {first * 1000:6.1f} ms of the core, {clock * 1000:.1f} by the clock", end=" ")
    print(f"(target < {AT_MOST * 1000:.0f} of the core)  {good}")
    print(f"each further port       {core:6.1f} ms of the core, {wall:.1f} by the clock (medians of {RUNS})")
    print(f"redacting the answers   {redaction * 1000:6.1f} ms")
    return 0 if first < AT_MOST else 1


if __name__ == "__main__":
    sys.exit(main())
