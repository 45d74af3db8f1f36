"""Make every fault of lab/pop/faults/ on real protocols, test the port meanwhile, undo it; write docs/fault-matrix.md.

Run by `make poplab`, as root; both platforms at once, each on a POP of its own. Exit code 1 when a fault turned other
tests red than its file says, or left something.

    fault_matrix.py [--platform frr|ios] [--only NAME...] [--write]
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from pop_faults import PLATFORMS, Fault, Steps, all_faults
from served_port import ServedPort, in_service, waited

from turnup.model.certificate import Certificate
from turnup.virtual.pop.pop import kind_told
from turnup.virtual.pop.runner import Kind

PAGE = Path(__file__).parents[2] / "docs" / "fault-matrix.md"
HEAD = """\
# Fault matrix

Written by `tests/lab/fault_matrix.py --write` from a run, which `make poplab` makes again and checks. Each fault of
`lab/pop/faults/` was made on a virtual POP with real IS-IS, BGP, TACACS+ and DNS (lab/pop.clab.yml) and felt; the
twenty tests ran on the port in service; it was undone, the configuration was what it had been, and the port healthy.

`.` PASS, `F` FAIL, `?` INCONCLUSIVE, `n/a` NOT APPLICABLE; **bold** where the fault's file expects no green. What was
seen is what was expected: otherwise the run ends with exit code 1 and this page is not written. Where chance decides
whether one test more is red, the fault's file names it (`may`) and its note says why.
"""
NAMES = {"frr": "Platform frr: FRR's own command line", "ios": "Platform ios: GSR fronts over FRR"}
SIGNS = {"PASS": ".", "FAIL": "F", "INCONCLUSIVE": "?", "NOT APPLICABLE": "n/a", "PENDING": "P"}


@dataclass(frozen=True)
class Seen:
    """What a run showed: the verdicts by test, and what is wrong with them."""

    platform: str
    fault: str
    expected: frozenset[int]
    verdicts: dict[int, str]
    wrong: str
    seconds: float
    unmade: str = ""  # why the fault could not be made on this machine: then nothing is shown


def verdicts(certificate: Certificate) -> dict[int, str]:
    """Verdict by number of the test."""
    return {row.number: str(row.verdict) for row in certificate.rows}


def red(shown: dict[int, str]) -> frozenset[int]:
    """Tests that are not green."""
    return frozenset(number for number, verdict in shown.items() if verdict not in ("PASS", "NOT APPLICABLE"))


def reasons(certificate: Certificate, numbers: frozenset[int]) -> str:
    """What was expected and observed in those tests."""
    return "; ".join(
        f"{row.number} {finding.subject}: expected {finding.expected}, observed {finding.observed}"
        for row in certificate.rows
        if row.number in numbers
        for finding in row.findings
        if str(finding.verdict) not in ("PASS", "NOT APPLICABLE")
    )


def healthy(port: ServedPort) -> Seen:
    """No fault at all: nothing may be red."""
    began = time.monotonic()
    certificate = port.test()
    shown = verdicts(certificate)
    wrong = reasons(certificate, red(shown))
    return Seen(port.platform, "", frozenset(), shown, wrong, time.monotonic() - began)


def tried(port: ServedPort, fault: Fault, steps: Steps) -> Seen:
    """Make it, test, undo it, and see that nothing is left."""
    before, log, began = port.configured(), port.log_length(), time.monotonic()
    try:
        port.do(steps.make)
        waited(lambda: port.felt(fault.until), f"{fault.name}: its effect")
        certificate = port.test()
    finally:
        port.do(steps.undo)
        waited(port.healthy, f"{fault.name}: the repair's effect", 120)
        port.forget_log(log)
    shown = verdicts(certificate)
    applicable = frozenset(number for number, told in shown.items() if told != "NOT APPLICABLE")
    expected = fault.expected(port.platform, applicable)
    other = (red(shown) ^ expected) - (fault.chance(port.platform) - expected)
    wrong = f"tests {sorted(other)}: {reasons(certificate, other) or 'green'}" if other else ""
    if port.configured() != before:
        wrong += " the configuration is not what it was"
    return Seen(port.platform, fault.name, expected, shown, wrong, time.monotonic() - began)


def run(platform: str, faults: Sequence[Fault]) -> Iterator[Seen]:
    """Every fault on one platform, one after the other on one POP."""
    with in_service(platform) as port:
        yield healthy(port)
        for fault in faults:
            steps = fault.steps(platform)
            if steps and (lacking := port.lacking(fault.needs)):
                yield Seen(platform, fault.name, frozenset(), {}, "", 0.0, lacking)
            elif steps:
                yield tried(port, fault, steps)


def chosen(names: Sequence[str]) -> list[Fault]:
    """The faults of those names; all without any."""
    return [fault for fault in all_faults() if not names or fault.name in names]


def shown(platform: str, names: Sequence[str]) -> list[Seen]:
    """Every chosen fault on that platform, told while it runs."""
    seen = []
    for one in run(platform, chosen(names)):
        seen.append(one)
        state = one.wrong or f"red {sorted(red(one.verdicts)) or 'none'}, as expected"
        state = f"NOT MADE HERE, nothing is shown: {one.unmade}" if one.unmade else state
        print(f"{platform} {one.fault or 'no fault'} ({one.seconds:.1f} s): {state}", flush=True)
    return seen


def page(seen: Sequence[Seen], faults: Sequence[Fault]) -> str:
    """docs/fault-matrix.md."""
    titles = {fault.name: fault for fault in faults}
    lines = [HEAD]
    for platform, name in NAMES.items():
        mine = [one for one in seen if one.platform == platform]
        if not mine:
            continue
        numbers = range(1, 21)
        lines += [f"## {name}", "", "| fault |" + "".join(f" {n} |" for n in numbers), "|---|" + "---|" * 20]
        for one in mine:
            signs = [SIGNS[one.verdicts[number]] for number in numbers]
            told = "".join(
                f" **{sign}** |" if n in one.expected else f" {sign} |" for n, sign in zip(numbers, signs, strict=True)
            )
            lines.append(f"| {titles[one.fault].title if one.fault else 'none'} |{told}")
        lines.append("")
    notes = [f"- {fault.title}: {fault.why}." for fault in faults if fault.why]
    return "\n".join([*lines, "## Notes", "", *notes, ""])


def main() -> int:
    """Run, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--platform", choices=PLATFORMS, action="append")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--write", action="store_true")
    told = parser.parse_args()
    platforms = told.platform or PLATFORMS
    side_by_side = len(platforms) if kind_told() is Kind.NAMESPACES else 1  # of containers there can be one POP only
    with ProcessPoolExecutor(side_by_side, multiprocessing.get_context("spawn")) as pool:
        seen = [one for mine in pool.map(shown, platforms, [told.only] * len(platforms)) for one in mine]
    wrong = [one for one in seen if one.wrong]
    unmade = [one for one in seen if one.unmade]
    lacks = f", {len(unmade)} NOT MADE" if unmade else ""
    print(f"{len(seen) - len(unmade)} runs, {len(wrong)} not as expected{lacks}")
    if told.write and not wrong and not unmade:
        PAGE.write_text(page(seen, chosen(told.only)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
