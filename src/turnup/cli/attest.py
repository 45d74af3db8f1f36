"""`turnup attest`: what a person saw, for tests that wait for one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from turnup.cli.options import AsJson, opened
from turnup.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from turnup.model.certificate import Certificate
    from turnup.model.verdict import Verdict
    from turnup.noc import Noc

PANEL, RANK = "Proof", 5  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter the commands."""
    main.command(rich_help_panel=PANEL)(attest)
    main.command(rich_help_panel=PANEL)(reissue)


def attest(
    context: typer.Context,
    target: Annotated[str, typer.Argument(help="An order's id or file, or a certificate's JSON file.")],
    test: Annotated[str, typer.Option("--test", help="Number or name of the test that waits.")],
    verdict: Annotated[str | None, typer.Option(help="What was seen: pass or fail.")] = None,
    by: Annotated[str, typer.Option(help="Who saw it.")] = "",
    witness: Annotated[str, typer.Option(help="Who stood by; somebody else.")] = "",
    file: Annotated[Path | None, typer.Option(help="Photo or log; only its SHA-256 is kept.")] = None,
    expires: Annotated[str | None, typer.Option(help="Last day (UTC) it counts, YYYY-MM-DD.")] = None,
    days: Annotated[int | None, typer.Option(min=1, max=3660, help="Or: days it counts.")] = None,
    note: Annotated[str, typer.Option(help="One line for the record.")] = "",
    json: AsJson = False,
) -> None:
    """Record what a person saw, where a test is PENDING. Without --verdict: show what to do, and record nothing.

    The next test of the port takes it as PASS or FAIL, as long as it has not expired and port, order and the
    configuration lines concerned are the same.
    """
    from turnup.attestation.attest import attestation_of, file_digest, waiting
    from turnup.attestation.book import Book
    from turnup.cli.show import as_json, say

    noc = opened(context)
    certificate = _certificate(noc, target)
    if verdict is None:
        row, findings = waiting(certificate, test)
        say(f"test {row.number}, {row.title}: {row.verdict}")
        for finding in findings:
            say(f"  {finding.subject}: {finding.observed}")
        raise typer.Exit(int(ExitCode.WAITS))
    if file is None:
        raise UsageError("no photo or log is named", advice="--file FILE; only its SHA-256 is kept.")
    now = noc.clock()
    made = attestation_of(
        certificate,
        test,
        verdict=_verdict(verdict),
        by=noc.redact(by),
        witness=noc.redact(witness),
        at=now,
        expires=_until(expires, days, now),
        file_sha256=file_digest(file),
        note=noc.redact(note),
    )
    kept = Book(noc.home.part("attestations")).add(made)
    if json:
        place = {"router": kept.router, "port": kept.port, "order": kept.order}
        as_json({"attestation": kept.digest, "test": kept.test, **place, "told": str(kept)})
        return
    say(f"{kept.router} {kept.port or ''} test {test}: {kept}")
    say(f"  record {kept.digest}")
    again = f" or turnup reissue {kept.order}" if kept.order else ""
    say(f"  to bring it onto a certificate: turnup test {kept.order or f'--router {kept.router}'}{again}")


def reissue(
    context: typer.Context,
    target: Annotated[str, typer.Argument(help="An order's id or file, or a certificate's JSON file.")],
    json: AsJson = False,
) -> None:
    """Issue a port's last certificate again, with what was attested since. No router is asked.

    Only what was PENDING can become PASS by it; after anything else the port is to be tested again.
    """
    from turnup.cli.job import exit_code, show_certificate
    from turnup.reissue import reissued

    noc = opened(context)
    again = reissued(noc, _certificate(noc, target))
    show_certificate(noc, again, json=json)
    raise typer.Exit(exit_code(again))


def _certificate(noc: Noc, target: str) -> Certificate:
    """The certificate of that file, or the last one of the order's port."""
    from turnup.certificate.document import from_json
    from turnup.certify import certificates_of
    from turnup.job import accepted, read_message

    path = Path(target)
    if path.suffix == ".json" and path.is_file():
        return from_json(path.read_text(encoding="utf-8", errors="replace"), where=target)
    assignment = accepted(noc, read_message(target, noc))
    kept = certificates_of(noc, assignment.port.router, str(assignment.port.interface))
    mine = [one for _, one in kept if one.subject.order == assignment.order.order_id]
    if not mine:
        raise UsageError(
            f"{assignment.order.order_id} was not tested yet",
            advice=f"turnup test {assignment.order.order_id}: an attestation is bound to what a test saw.",
        )
    return mine[-1]


def _verdict(word: str) -> Verdict:
    from turnup.model.verdict import Verdict

    found = {"pass": Verdict.PASS, "fail": Verdict.FAIL}.get(word.casefold())
    if found is None:
        raise UsageError(f"{word!r} is neither pass nor fail")
    return found


def _until(expires: str | None, days: int | None, now: datetime) -> datetime:
    """The end of that last day, or so many days from now."""
    from datetime import UTC, date, datetime, time, timedelta

    if (expires is None) == (days is None):
        raise UsageError("say how long it counts", advice="Give --expires YYYY-MM-DD or --days N, one of them.")
    if days is not None:
        return now + timedelta(days=days)
    try:
        last = date.fromisoformat(expires or "")
    except ValueError:
        raise UsageError(f"{expires!r} is no day", advice="Write YYYY-MM-DD.") from None
    return datetime.combine(last, time(), UTC) + timedelta(days=1)
