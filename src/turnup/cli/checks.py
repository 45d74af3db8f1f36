"""`turnup checks`: the twenty tests of Schedule 2, what they ask and how they judge."""

from __future__ import annotations

from typing import Annotated

import typer

from turnup.cli.options import AsJson

app = typer.Typer(help="The twenty acceptance tests of Schedule 2.", no_args_is_help=True)

PANEL, RANK = "Proof", 5  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter `turnup checks`."""
    main.add_typer(app, name="checks", rich_help_panel=PANEL)


@app.command("list")
def list_checks(json: AsJson = False) -> None:
    """List the tests: number, what Schedule 2 calls it, what it asks of a router."""
    from rich.table import Table

    from turnup.checks import all_checks
    from turnup.cli.show import as_json, console

    checks = all_checks()
    if json:
        as_json([{"number": c.number, "title": c.title, "name": c.name, "needs": c.needs} for c in checks])
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("n", justify="right")
    table.add_column("Schedule 2 says")
    table.add_column("file")
    for check in checks:
        table.add_row(str(check.number), check.title, f"acceptance/{check.name}.py")
    console().print(table)


@app.command()
def explain(
    test: Annotated[str, typer.Argument(help="Number or name of a test.", show_default=False)],
    platform: Annotated[
        str | None, typer.Option(help="Whose commands to show; by default those of every platform.", show_default=False)
    ] = None,
) -> None:
    """Explain one test: the contract's line, the commands, the rule, a good and a bad sample."""
    from turnup.checks import all_checks
    from turnup.cli.show import say
    from turnup.errors import UsageError
    from turnup.judge.explain import explain as explained
    from turnup.load.strict import suggestion
    from turnup.platforms import all_platforms
    from turnup.platforms import platform as platform_of

    for check in all_checks():
        if test in (str(check.number), check.name):
            named = (platform_of(platform), platform_of("noc")) if platform else tuple(all_platforms().values())
            say(explained(check, named))
            return
    raise UsageError(f"no test {test!r}{suggestion(test, [c.name for c in all_checks()])}", advice="turnup checks list")
