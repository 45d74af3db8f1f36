"""The twenty tests of one order's port as pytest items, `PSO-2001-000051::08-bgp_neighbors`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pytest

from turnup.errors import TurnupError
from turnup.model.verdict import Verdict
from turnup.report.escape import visible
from turnup.report.words import deciding, evidence, lines, place, rule, said

if TYPE_CHECKING:
    from turnup.checks import Check
    from turnup.model.result import TestResult
    from turnup.pytest_plugin.ports import PortUnderTest

N = TypeVar("N", bound=pytest.Item | pytest.Collector)


class NotProved(Exception):
    """A test of Schedule 2 that is neither PASS nor agreed not to apply. `str()` is what a person reads."""


class OrderNode(pytest.Collector):
    """The port of one order. Its node id is the order's."""

    port: PortUnderTest

    def collect(self) -> Iterable[TestItem]:
        """All tests of acceptance/, in the order of Schedule 2."""
        for check in self.port.ready.checks:
            item = _made(TestItem, self, f"{check.number:02d}-{check.name}")
            item.check = check
            item.port = self.port
            yield item


class TestItem(pytest.Item):
    """One test. The verdict's error is raised where pytest tells an error (setup) from a failure (call)."""

    check: Check
    port: PortUnderTest

    def setup(self) -> None:
        """Ask the router, at the first item of a port; what could not be proved is pytest's error, not a failure."""
        if self.config.getoption("setuponly", False):
            return  # --setup-plan runs nothing, so it asks nothing
        result = self._result()
        self._tell(result)
        if result.verdict is Verdict.INCONCLUSIVE:
            raise NotProved(told(result))

    def runtest(self) -> None:
        """PASS and agreed NOT APPLICABLE pass; FAIL and PENDING do not."""
        result = self.port.result(self.check.number)
        if result.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE):
            raise NotProved(told(result))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Named as the test is, in headings."""
        return self.path, None, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What a person can act on; no traceback of ours stands between him and the reason."""
        if isinstance(excinfo.value, NotProved):
            return str(excinfo.value)
        if isinstance(excinfo.value, TurnupError):
            return f"{excinfo.value}\n  what to do: {excinfo.value.advice}"
        return super().repr_failure(excinfo, style)

    def _result(self) -> TestResult:
        result = self.port.result(self.check.number)
        self.port.ran.add(self.check.number)
        return result

    def _tell(self, result: TestResult) -> None:
        """Verdict, reason and evidence into properties (JUnit) and a section (terminal); redacted by who collected."""
        port, assignment = self.port, self.port.ready.assignment
        seen = shown(result)
        properties: dict[str, object] = {
            "order": port.order,
            "circuit": getattr(assignment.order.cross_connect, "circuit_id", "") if assignment else "",
            "site": port.ready.expected.site.site_id,
            "router": port.ready.router,
            "port": str(assignment.port.interface) if assignment else "",
            "source": port.source,
            "schedule2": f"{result.number}. {result.title}",
            "verdict": str(result.verdict),
            "reason": result.reason,
            "commands": "; ".join(result.commands),
            "evidence": seen,
        }
        self.user_properties[:] = [(name, visible_lines(str(value))) for name, value in properties.items()]
        self._report_sections[:] = [("setup", "turnup evidence (redacted)", seen)] if seen else []


def told(result: TestResult) -> str:
    """Why the port may not go into service: each finding that decided it, where it was seen, and the rule."""
    heading = {
        Verdict.FAIL: "FAIL",
        Verdict.INCONCLUSIVE: "INCONCLUSIVE: it could not be proved, which is not green",
        Verdict.PENDING: "PENDING: a person has to do this, then attest it",
    }.get(result.verdict, str(result.verdict))
    rows = [f"{result.number}. {result.title}: {heading}", f"  {result.reason}"]
    for finding in deciding(result):
        rows += [
            f"- {finding.subject}",
            f"    expected  {finding.expected}",
            f"    observed  {finding.observed}",
            *([f"    as says   {finding.source}"] if finding.source else []),
            *(f"    seen in   {place(seen)}" for seen in finding.seen),
        ]
    return visible_lines("\n".join([*rows, f"Rule: {rule(result)}"]))


def shown(result: TestResult) -> str:
    """Every finding, and each text it was seen in, once."""
    rows = [f"{finding.verdict}  {said(finding)}" for finding in result.findings]
    for seen in evidence(result):
        rows += ["", place(seen), *(f"    {line}" for line in lines(seen.text))]
    return visible_lines("\n".join(rows))


def visible_lines(text: str) -> str:
    """No control character of a router reaches a terminal or an XML document."""
    return "\n".join(visible(line) for line in text.split("\n"))


def items_of(session: pytest.Session, port: PortUnderTest) -> Iterator[TestItem]:
    """The items of that port."""
    node = _made(OrderNode, session, port.order, nodeid=port.order)
    node.port = port
    for item in node.collect():
        item.add_marker(pytest.mark.turnup)
        yield item


def _made(kind: type[N], parent: pytest.Collector | pytest.Session, name: str, **more: str) -> N:
    return cast("N", kind.from_parent(parent, name=name, **more))
