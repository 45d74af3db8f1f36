"""The certificate as a table on the terminal, 80 columns wide unless told otherwise."""

from __future__ import annotations

from io import StringIO
from textwrap import wrap

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from turnup.certificate.document import digest
from turnup.model.certificate import Certificate, Outcome
from turnup.model.result import TestResult
from turnup.model.verdict import Verdict
from turnup.report.escape import visible
from turnup.report.words import (
    counts,
    deciding,
    excerpt,
    explains,
    headline,
    next_step,
    open_rows,
    place,
    sensitivity,
    side,
    symbol,
    utc,
    why,
)

_WIDE = 110  # from here on the reasons have room beside the verdicts
_STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.INCONCLUSIVE: "bold yellow",
    Verdict.NOT_APPLICABLE: "dim",
    Verdict.PENDING: "bold cyan",
    Outcome.SATISFIED: "bold green",
    Outcome.NOT_SATISFIED: "bold red",
    Outcome.INCONCLUSIVE: "bold yellow",
    Outcome.PENDING: "bold cyan",
}


def render_terminal(certificate: Certificate, *, width: int = 80, colour: bool = False) -> str:
    """Twenty rows, then what keeps the port out of service, then the outcome. No colour unless asked for."""
    text = StringIO()
    console = Console(
        file=text,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(_title(certificate))
    console.print(_table(certificate, with_reason=width >= _WIDE))
    for row in certificate.rows:
        if row.verdict is Verdict.NOT_APPLICABLE and width < _WIDE:
            console.print(Text(f"{symbol(row.verdict)} {row.number}  {visible(row.reason)}"), style="dim")
    _causes(console, certificate)
    for row in open_rows(certificate):
        _explain(console, row)
    console.print()
    console.print(_styled(certificate.outcome, f"{symbol(certificate.outcome)} {certificate.outcome}"))
    console.print(Text(headline(certificate)))
    if said := sensitivity(certificate):
        console.print(Text(said))
    console.print(Text(f"{counts(certificate)}. Certificate sha256 {digest(certificate)[:16]}"))
    return "\n".join(line.rstrip() for line in text.getvalue().split("\n"))


def _title(certificate: Certificate) -> Text:
    subject = certificate.subject
    order = f"{subject.order} · circuit {subject.circuit or 'none'}" if subject.order else "no order"
    where = f"{subject.site} {subject.router} {subject.port or 'no port'}"
    when = f"{utc(certificate.started)}, attempt {certificate.attempt}, {certificate.occasion}"
    return Text(visible(order) + "\n" + visible(where) + "\n" + when)


def _table(certificate: Certificate, *, with_reason: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, expand=with_reason)
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("Acceptance test")
    table.add_column("Verdict", no_wrap=True)
    if with_reason:
        table.add_column("Reason", ratio=1, overflow="fold")
    for row in certificate.rows:
        verdict = _styled(row.verdict, f"{symbol(row.verdict)} {row.verdict}")
        reason = [Text(visible(row.reason))] if with_reason else []
        table.add_row(str(row.number), Text(visible(row.title)), verdict, *reason)
    return table


def _causes(console: Console, certificate: Certificate) -> None:
    """What is behind the red tests, and what to type next: most of the time this is all that is read."""
    found = why(certificate)
    if not found:
        return
    console.print()
    console.print(Text(f"{len(found)} cause{'s' if len(found) > 1 else ''}", style="bold"))
    for number, cause in enumerate(found, start=1):
        name = wrap(f"{number:3}  {visible(cause.name)}", console.width, subsequent_indent=" " * 5)
        console.print(Text("\n".join(name), style="bold"))
        lines = (
            f"side      {side(cause)}; {visible(cause.layer)}",
            f"explains  {explains(cause)}",
            f"next      {visible(next_step(cause))}",
        )
        console.print(Padding(Text("\n".join(lines), overflow="fold"), (0, 0, 0, 5)))


def _explain(console: Console, row: TestResult) -> None:
    console.print()
    console.print(_styled(row.verdict, f"{symbol(row.verdict)} {row.number}  {visible(row.title)}: {row.verdict}"))
    for finding in deciding(row):
        lines = [
            visible(finding.subject),
            f"  expected  {visible(finding.expected)}",
            *([f"  as says   {visible(finding.source)}"] if finding.source else []),
            f"  observed  {visible(finding.observed)}",
            *(f"  seen in   {visible(place(seen))}\n  {visible(excerpt(seen))}" for seen in finding.seen),
        ]
        console.print(Padding(Text("\n".join(lines), overflow="fold"), (0, 0, 0, 4)))


def _styled(verdict: Verdict | Outcome, text: str) -> Text:
    return Text(text, style=_STYLES[verdict])
