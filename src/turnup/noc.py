"""The network operations centre: inventory, secrets, account and data folder of one run, and its sessions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from turnup.change.hierarchy import must_agree
from turnup.change.journal import Journals
from turnup.change.lease import FileLeases, Leases
from turnup.change.methods import management_in_reach
from turnup.change.plan import Plan
from turnup.change.undertaking import Ground, Kind, Undertaking, plan_of
from turnup.configuration import Configuration
from turnup.connect.session import Address, Credentials, Session
from turnup.equipment.capacity import ports
from turnup.equipment.estate import Equipment, load_equipment
from turnup.errors import InputError, Unreachable, UsageError
from turnup.evidence.inputs import refuse_secrets
from turnup.evidence.key import fingerprint_key
from turnup.evidence.redact import Redactor
from turnup.home import Home
from turnup.model.equipment import Assignment, LineCard, Port
from turnup.model.interface_name import InterfaceName
from turnup.model.transcript import Answer, Ask, Request, Transcript
from turnup.order.ledger import Ledger
from turnup.order.records import Records
from turnup.platforms import Platform, all_platforms, platform
from turnup.render.grammar import grammar_of
from turnup.render.intent import Intent
from turnup.render.order import render_order
from turnup.secrets import Secrets

if TYPE_CHECKING:
    from turnup.connect.router import RouterSession
    from turnup.store import Store


class Host(Protocol):
    """What is needed of a Nornir host."""

    @property
    def name(self) -> str:
        """Name in the inventory."""

    @property
    def platform(self) -> str | None:
        """Folder of templates/."""

    def get_connection_parameters(self, connection: str | None = None) -> Any:
        """Where and how it is reached."""


@dataclass(frozen=True)
class Noc:
    """Everything a step needs that is not the router's. `environment` holds account and secrets; it is never shown."""

    equipment: Equipment
    home: Home
    secrets: Secrets
    redact: Redactor
    environment: Mapping[str, str] = field(repr=False)
    accept_new: bool = False
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def nornir(self) -> Any:
        """Nornir over this inventory."""
        return self.equipment.nornir

    @property
    def cards(self) -> Mapping[str, Mapping[str, LineCard]]:
        """Line cards of each platform."""
        return {name: found.linecards for name, found in all_platforms().items()}

    @property
    def ledger(self) -> Ledger:
        """Which order has which port."""
        return Ledger(self.home.part("orders"), self.equipment, self.cards)

    @property
    def records(self) -> Records:
        """What people did and reported: notices, cross-connects, bad ports."""
        return Records(self.home.part("records"))

    @property
    def journals(self) -> Journals:
        """What pushes did."""
        return Journals(self.home.part("journal"))

    def ports_of(self, router: str) -> tuple[Port, ...]:
        """Ports of that router that customers can be offered."""
        return tuple(port for port in ports(self.equipment, self.cards) if port.router == router)

    def port_named(self, router: str, interface: str) -> Port:
        """That port. Raises InputError when the inventory has it not."""
        name = InterfaceName.parse(interface)
        for port in self.ports_of(router):
            if port.interface == name:
                return port
        raise InputError(f"the inventory has no port {name} of {router}")

    def store(self) -> Store:
        """What happened to every order: TURNUP_STORE, or the file in the data folder. The caller closes it."""
        from turnup.store import open_store

        return open_store(self.environment.get("TURNUP_STORE", ""), self.home.path)

    @contextmanager
    def leases(self) -> Iterator[Leases]:
        """Where the right to write to a router is had: of this machine, or of all that share TURNUP_STORE."""
        local = FileLeases(self.home.part("locks"))
        if not self.environment.get("TURNUP_STORE"):
            yield local
            return
        from turnup.change.shared_lease import StoreLeases

        store = self.store()
        try:
            yield StoreLeases(store, local, self.clock)
        finally:
            store.close()

    def platform_of(self, router: str) -> Platform:
        """The CLI dialect of that router."""
        return platform(self.equipment.router(router).platform)

    @contextmanager
    def session(self, host: Host) -> Iterator[RouterSession]:
        """A session with that router, closed at the end. Raises Unreachable and its children, UsageError."""
        opened = self.open_session(host)
        try:
            yield opened
        finally:
            opened.close()

    def collect(self, host: Host, asks: Iterable[Ask]) -> Transcript:
        """Everything asked, in one session; a router that is not reached gives a transcript that says so.

        An ask that neither the router's platform nor the NOC can answer is left out: the test that needs it then
        finds that it was never asked.
        """
        from turnup.connect.collection import collect, unreachable

        speakers = (_dialect(host), platform("noc"))
        found = (next((r for speaker in speakers if (r := speaker.request(ask))), None) for ask in asks)
        requests = [request for request in found if request is not None]
        try:
            with self.session(host) as session:
                return collect(session, requests, probe=self._probed)
        except Unreachable as error:
            return unreachable(host.name, requests, error, self.clock())

    def _probed(self, request: Request) -> Answer:
        """What the NOC sees for itself; a console shows banners, and those show what they should not."""
        from turnup.connect.probes import run_probe

        answer = run_probe(request)
        return replace(answer, text=self.redact(answer.text), failure=self.redact(answer.failure))

    def configuration(self, session: Session) -> Configuration:
        """The complete running configuration, redacted. Raises AnswerIncomplete and Unreachable."""
        settings = session.platform.settings
        text = session.command(settings.running_config, timeout=settings.config_timeout).text
        reading = session.platform.reading
        return Configuration.read(text, reading.plain if reading else None)

    def intent(self, assignment: Assignment) -> Intent:
        """The order rendered for its router. Raises Clarification when the card cannot do what is ordered."""
        router = self.equipment.router(assignment.port.router)
        return render_order(self.platform_of(router.name), assignment, router, self.equipment.policy)

    def plan(self, assignment: Assignment, configuration: Configuration) -> Plan:
        """What the order would change on that configuration. Raises Refused when the port is not free."""
        return self.plan_of(Undertaking(Kind.NEW, assignment), configuration)

    def plan_of(self, work: Undertaking, configuration: Configuration) -> Plan:
        """What any undertaking would change on that configuration. Raises Refused, Clarification, InputError."""
        router = self.equipment.router(work.router)
        ground = Ground(
            self.platform_of(router.name), router, self.equipment.policy, self.journals, self._siblings(work)
        )
        plan = plan_of(work, ground, configuration)
        change = plan.change
        must_agree(change.platform, change.before, change.after, change.footprint, grammar_of(ground.platform))
        # Text for people cuts nobody off, wherever it stands.
        reach = () if plan.blast.text_only else management_in_reach(change.footprint, configuration.sections, router)
        return replace(plan, blast=replace(plan.blast, management=reach))

    def _siblings(self, work: Undertaking) -> tuple[Assignment, ...]:
        """The other orders of the same customer on that router."""
        mine = {work.order.order_id, work.standing.order.order_id if work.standing else ""}
        return tuple(
            one
            for one in self.ledger.assignments()
            if (one.port.router, one.order.customer.code) == (work.router, work.order.customer.code)
            and one.order.order_id not in mine
        )

    def open_session(self, host: Host) -> RouterSession:
        """A session with that router; the caller closes it."""
        from turnup.connect.opening import open_session

        settings = host.get_connection_parameters("turnup")
        extras = dict(settings.extras or {})
        telnet = bool(extras.get("telnet"))
        address = Address(
            host.name,
            settings.hostname or host.name,
            settings.port or (23 if telnet else 22),
            "telnet" if telnet else "ssh",
        )
        return open_session(
            address,
            _dialect(host),
            self.account(settings.username, settings.password),
            self.redact,
            known_hosts=self.home.known_hosts,
            accept_new=self.accept_new,
            reveal=self.secrets.reveal_line,
            expect_hostname=host.name,
        )

    def account(self, username: str | None = None, password: str | None = None) -> Credentials:
        """The environment's account, else the one given: a user's own inventory plugin may have one."""
        name = self.environment.get("TURNUP_USERNAME") or username
        word = self.environment.get("TURNUP_PASSWORD") or password
        if not name or not word:
            raise UsageError("no account for the routers", advice="Set TURNUP_USERNAME and TURNUP_PASSWORD.")
        return Credentials(name, word, self.environment.get("TURNUP_ENABLE"))

    @property
    def username(self) -> str:
        """Name of our account, "" when the environment has none."""
        return self.environment.get("TURNUP_USERNAME", "")

    def knowing(self, names: Iterable[str]) -> Noc:
        """The same, with these secrets recognised in everything the routers say."""
        return replace(self, redact=_redactor(self.secrets, names, self.home, self.environment))

    def known_secrets(self, names: Iterable[str]) -> frozenset[str]:
        """Those of these names whose value is here."""
        wanted = set(names)
        return frozenset(self.secrets.known(wanted)) & (wanted | set(self.equipment.policy.secrets))


def open_noc(
    *,
    inventory: Path | None = None,
    config_file: Path | None = None,
    home: Home | None = None,
    accept_new: bool = False,
    environment: Mapping[str, str] | None = None,
) -> Noc:
    """Read the inventory (a folder, or a Nornir config file) and the environment. Raises InputError.

    `environment` goes before the process's own: a lab brings its throw-away secrets in it.
    """
    both = {**os.environ, **(environment or {})}
    equipment = load_equipment(inventory, config_file)
    folder = home or Home.of()
    equipment = with_bad_ports(equipment, Records(folder.part("records")).bad_ports())
    secrets = Secrets(equipment.policy.secrets, both)
    redact = _redactor(secrets, (), folder, both)
    refuse_secrets((equipment.sites, equipment.routers, equipment.policy), redact, str(inventory or config_file or ""))
    return Noc(equipment, folder, secrets, redact, both, accept_new)


def with_bad_ports(equipment: Equipment, bad: Iterable[tuple[str, str]]) -> Equipment:
    """The estate with the ports that our records mark bad, beside those of the inventory: never offered."""
    routers = dict(equipment.routers)
    for name, port in bad:
        if name in routers:
            marked = (*routers[name].bad_ports, InterfaceName.parse(port))
            routers[name] = replace(routers[name], bad_ports=tuple(dict.fromkeys(marked)))
    return replace(equipment, routers=routers)


def _dialect(host: Host) -> Platform:
    if not host.platform:
        raise UsageError(f"{host.name} has no platform in the inventory", advice="One of the folders of templates/.")
    return platform(host.platform)


def _redactor(secrets: Secrets, names: Iterable[str], home: Home, environment: Mapping[str, str]) -> Redactor:
    known = dict(secrets.known(names))
    for variable in ("TURNUP_PASSWORD", "TURNUP_ENABLE"):  # our own account must not stay in a log message either
        if value := environment.get(variable):
            known.setdefault(variable.removeprefix("TURNUP_").lower(), value)
    return Redactor(known, fingerprint_key(home.path, environment))
