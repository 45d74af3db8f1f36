"""A pytest run that tests ports: collects the items, and at the end writes certificates or says why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from turnup.errors import TurnupError
from turnup.pytest_plugin.items import items_of
from turnup.pytest_plugin.ports import Asked, PortUnderTest, ports_under_test
from turnup.secrets import out_of_environment

if TYPE_CHECKING:
    from turnup.model.certificate import Certificate

_OUTPUT = "turnup"  # key under which an xdist worker tells its controller


class OrderTests:
    """pytest plugin of one run in which orders are named."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        config.addinivalue_line("markers", "turnup: an acceptance test of a router port (--turnup-order)")
        self.ports = self._ports()
        self.lines: list[str] = []  # for the end of the run: what became of each certificate
        self.bad: list[int] = []  # exit codes with which the run ends although its items may be green
        self.distributed = False

    def _ports(self) -> tuple[PortUnderTest, ...]:
        asked = _asked(self.config)
        try:
            ports = ports_under_test(asked)
        except TurnupError as error:
            told = out_of_environment(f"turnup: {error}\n  what to do: {error.advice}")  # a mistyped field may hold one
            raise pytest.UsageError(told) from error
        where = asked.certificate
        if where is not None and len(ports) > 1 and not where.is_dir():
            raise pytest.UsageError(f"--turnup-certificate {where} is one file for {len(ports)} orders; name a folder")
        if where is not None and not (where if where.is_dir() else where.parent).is_dir():
            raise pytest.UsageError(f"--turnup-certificate: there is no folder {where.parent}")
        return ports

    def pytest_report_header(self) -> list[str]:
        """Which ports, and who is asked."""
        return [f"turnup: {port.order}: {port.place} ({port.source})" for port in self.ports]

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """The ports' items behind those of files; -k, -m and --lf choose among all of them."""
        for port in self.ports:
            mine: list[pytest.Item | pytest.Collector] = list(items_of(session, port))
            report = pytest.CollectReport(port.order, "passed", None, result=mine)
            session.config.hook.pytest_collectreport(report=report)  # so that they are counted as collected
            items.extend(item for item in mine if isinstance(item, pytest.Item))

    @pytest.hookimpl(optionalhook=True, tryfirst=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """The items of one port on one worker, whatever --dist was chosen; it is asked once, and certified whole."""
        from turnup.pytest_plugin.workers import scheduler

        self.distributed = True
        return scheduler(config, log, [port.order for port in self.ports])

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:  # noqa: ARG002 - pytest-xdist's signature
        """What a worker wrote."""
        told = getattr(node, "workeroutput", {}).get(_OUTPUT, {})
        self.lines += told.get("lines", [])
        self.bad += told.get("bad", [])

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Certificates of the ports whose every test ran here."""
        output: dict[str, Any] | None = getattr(self.config, "workeroutput", None)  # of a worker of pytest-xdist
        if not self.distributed and not self.config.getoption("collectonly"):
            for port in self.ports:
                if port.ran or output is None:
                    self._conclude(port)
        if output is not None:
            output[_OUTPUT] = {"lines": self.lines, "bad": self.bad}
        elif self.bad and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = max(self.bad)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What became of each certificate."""
        if self.lines or (self.distributed and not self.config.getoption("collectonly")):
            terminalreporter.section("turnup")
            told = self.lines or [f"{port.order}: no certificate: no test of it ran to an end" for port in self.ports]
            for line in told:
                terminalreporter.write_line(line)

    def _conclude(self, port: PortUnderTest) -> None:
        if not port.whole:
            wanted = len(port.ready.checks)
            self.lines.append(f"{port.order}: no certificate: {len(port.ran)} of {wanted} tests ran, not all of them")
            return
        try:
            certificate = port.certificate()
            files = self._written(port, certificate)
        except (TurnupError, OSError) as error:
            self.lines.append(f"{port.order}: NO CERTIFICATE could be written: {error}")
            self.bad.append(int(pytest.ExitCode.INTERNAL_ERROR))
            return
        self.lines.append(f"{port.order}: {certificate.outcome}: {', '.join(files) or 'not kept: a recording'}")
        if certificate.outcome.value != "SATISFIED":  # two independent judgements must both be good
            self.bad.append(int(pytest.ExitCode.TESTS_FAILED))

    def _written(self, port: PortUnderTest, certificate: Certificate) -> Iterable[str]:
        from turnup.certificate.document import to_json
        from turnup.certify import certificate_name

        noc, name = port.ready.noc, f"{certificate_name(certificate)}.json"
        files = [] if port.recorded else [str(noc.home.part("certificates") / name)]
        if (where := _path(self.config, "certificate")) is not None:
            target = where / name if where.is_dir() else where
            target.write_text(noc.redact.assured(to_json(certificate), str(target)), encoding="utf-8")
            files.append(str(target))
        return files


def _asked(config: pytest.Config) -> Asked:
    return Asked(
        orders=tuple(config.getoption("turnup_order")),
        inventory=_path(config, "inventory"),
        config=_path(config, "config"),
        home=_path(config, "home"),
        lab=config.getoption("turnup_lab"),
        replay=_path(config, "replay"),
        occasion=config.getoption("turnup_occasion"),
        certificate=_path(config, "certificate"),
    )


def _path(config: pytest.Config, name: str) -> Path | None:
    """A path of the command line, else of the environment as for the command `turnup`."""
    import os

    said = config.getoption(f"turnup_{name}")
    if said is None and name in ("inventory", "config"):
        said = os.environ.get(f"TURNUP_{name.upper()}")
    return config.invocation_params.dir / said if said else None
