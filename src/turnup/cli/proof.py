"""`turnup selftest`, `turnup rejudge`: what a certificate's evidence proves, tried again without any router."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from turnup.cli.options import AsJson, opened

if TYPE_CHECKING:
    from turnup.model.certificate import Certificate, Sensitivity
    from turnup.rejudge import FindingChange, Rejudged

Format = Annotated[str, typer.Option("--format", "-f", help="terminal or json.")]
_SHOWN = 10

PANEL, RANK = "Proof", 5  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter the commands."""
    main.command(rich_help_panel=PANEL)(selftest)
    main.command(rich_help_panel=PANEL)(rejudge)


def selftest(
    context: typer.Context,
    certificate: Annotated[
        Path | None, typer.Argument(help="A certificate's JSON file; without one, the virtual POP.", show_default=False)
    ] = None,
    format: Format = "terminal",  # noqa: A002 - the option's name
    json: AsJson = False,
) -> None:
    """Change the evidence of every PASS in a thousand ways, and see whether each change costs the PASS.

    The evidence is that of the certificate; without one, that of a port delivered on a virtual POP just now.
    """
    from turnup.errors import ExitCode

    wanted = _wanted(format, json)
    found = _of_lab() if certificate is None else _of_certificate(context, certificate)
    if wanted:
        _as_json(found)
    else:
        _show_figures(found)
    if found.tried - found.caught - found.harmless:
        raise typer.Exit(int(ExitCode.FAILED))
    if not found.tried:
        raise typer.Exit(int(ExitCode.NOTHING_TESTED))


def rejudge(
    context: typer.Context,
    certificate: Annotated[Path, typer.Argument(help="A certificate's JSON file.", show_default=False)],
    format: Format = "terminal",  # noqa: A002 - the option's name
    json: AsJson = False,
) -> None:
    """Judge a certificate's evidence with today's tests: which verdicts would change, and why. Writes nothing."""
    from turnup.rejudge import rejudge as judged_again

    wanted = _wanted(format, json)
    found = judged_again(opened(context), _read(certificate))
    if wanted:
        _as_json(found, exit_code=int(found.exit_code))
    else:
        _show_rejudged(found)
    raise typer.Exit(int(found.exit_code))


def _wanted(format: str, json: bool) -> bool:  # noqa: A002 - the option's name
    from turnup.errors import UsageError

    if format not in ("terminal", "json"):
        raise UsageError(f"there is no format {format!r} here; known: terminal, json")
    return json or format == "json"


def _read(file: Path) -> Certificate:
    from turnup.certificate.document import from_json
    from turnup.errors import InputError

    try:
        return from_json(file.read_text(encoding="utf-8"), where=str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", where=str(file)) from error


def _of_certificate(context: typer.Context, file: Path) -> Sensitivity:
    from turnup.platforms import platform
    from turnup.rejudge import expected_today, remembered
    from turnup.sensitivity import summary, tried

    noc, certificate = opened(context), _read(file)
    run = remembered(noc, certificate)
    expected = run.expected or expected_today(noc, certificate, None)
    missing = platform(expected.router.platform).settings.not_applicable
    return summary(tried(expected, run.facts, not_on_platform=missing))


def _of_lab() -> Sensitivity:
    """The contract's own order on a virtual POP: pushed, tested, certified, and its figure."""
    import tempfile

    from turnup import folder, laboratory
    from turnup.cli.show import step
    from turnup.errors import CouldNotRun
    from turnup.home import Home
    from turnup.job import assigned, pushed, tested
    from turnup.load.order import read_order
    from turnup.model.certificate import Occasion
    from turnup.noc import open_noc

    with tempfile.TemporaryDirectory(prefix="turnup-selftest-") as name, step("a port on a virtual POP"):
        home = Home(Path(name))
        try:
            running = laboratory.up(home, folder("inventory"))
            noc = open_noc(inventory=running.inventory, home=running.home, environment=running.environment)
            assignment = assigned(noc, read_order(folder("orders") / "60-hudson-ds3-level3.xml"), enter=True)
            pushed(noc, assignment)
            figures = tested(noc, assignment.port.router, assignment, Occasion.INITIAL).sensitivity
        finally:
            laboratory.down(home)
    if figures is None:
        raise CouldNotRun("the certificate has no figure")
    return figures


def _as_json(value: object, **more: Any) -> None:
    from turnup.cli.show import as_json
    from turnup.load.plain import plain

    as_json({**plain(value), **more})


def _show_figures(found: Sensitivity) -> None:
    from rich.table import Table

    from turnup.checks import all_checks
    from turnup.cli.show import console, say
    from turnup.report.escape import visible

    titles = {check.name: check.title for check in all_checks()}
    table = Table(box=None, pad_edge=False)
    for name in ("#", "Acceptance test", "tried", "caught", "harmless", "missed"):
        table.add_column(name, justify="left" if name == "Acceptance test" else "right")
    for test in found.tests:
        missed = test.tried - test.caught - test.harmless
        told = (test.tried, test.caught, test.harmless, missed)
        table.add_row(str(test.number), titles.get(test.name, test.name), *(f"{count:,}" for count in told))
    console().print(table)
    missed = found.tried - found.caught - found.harmless
    say(
        f"\n{found.tried:,} changes tried: {found.caught:,} cost the PASS, "
        f"{found.harmless:,} harmless, {missed:,} missed"
    )
    if found.reasons:
        say("\nWhy harmless:")
    for why, count in found.reasons.items():
        say(f"{count:6,}  {why}")
    for one in found.missed:
        where = f"line {one.line}: {visible(one.text)}" if one.line else "the whole answer"
        say(f"\nMISSED  test {one.test}  {visible(one.command)}, {where}\n        {visible(one.change)}")


def _show_rejudged(found: Rejudged) -> None:
    from turnup.cli.show import say
    from turnup.report.escape import visible

    say(f"certificate sha256 {found.certificate[:16]}, its evidence as it was stored")
    for note in found.notes:
        say(f"note: {visible(note)}")
    for name, before, after in found.software:
        say(f"software: {name} {before[:16]} -> {after[:16]}")
    for field, before, after in found.expected[:_SHOWN]:
        say(f"expected: {visible(field)}: {visible(before)} -> {visible(after)}")
    if len(found.expected) > _SHOWN:
        say(f"expected: {len(found.expected) - _SHOWN} more fields differ (--format json)")
    for test in found.tests:
        say(f"\n{test.number} {test.title}: {test.before} -> {test.after}, because of {test.because}")
        say(f"  {visible(test.reason)}")
        for change in test.findings[:_SHOWN]:
            say(f"  - {visible(change.subject)}: {_told(change)}")
    count = len(found.tests)
    say(f"\n{count} of its verdicts would change" if count else "\nno verdict would change")


def _told(change: FindingChange) -> str:
    from turnup.report.escape import visible

    if change.before is None and change.after is not None:
        return (
            f"new, {change.after.verdict}: {visible(change.after.observed)}, expected {visible(change.after.expected)}"
        )
    if change.after is None:
        return "not looked at any more"
    was, now = change.before, change.after
    assert was is not None  # noqa: S101 - for the type checker: both cannot be missing
    return (
        f"{was.verdict} ({visible(was.observed)}) -> {now.verdict} "
        f"({visible(now.observed)}, expected {visible(now.expected)})"
    )
