"""The sample order on a virtual nyc-hud-gsr1, tested without a socket: what each fault really turns red."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import dns.message
import dns.name
import dns.rcode

from turnup import folder
from turnup.checks import Expected, all_checks
from turnup.equipment.estate import Equipment, load_equipment
from turnup.evidence.redact import Redactor
from turnup.judge import TranscriptFacts, asks_of, judge
from turnup.load.order import read_order
from turnup.model.equipment import Assignment, Port
from turnup.model.interface_name import InterfaceName
from turnup.model.result import TestResult
from turnup.model.transcript import Answer, Ask, Request, Transcript
from turnup.platforms import platform
from turnup.render import render_order
from turnup.render.intent import Intent, typed
from turnup.virtual.config_mode import ConfigMode
from turnup.virtual.device import Device, SessionInfo
from turnup.virtual.lab import Lab, Plain, make_lab
from turnup.virtual.resolver import Responder
from turnup.virtual.shows import SimulatedState
from turnup.virtual.syntax import Match, grammar

SECRETS = {"LVL3-MD5": "lab-key-of-level3", "last-resort": "lab-last-resort"}


@dataclass(frozen=True)
class Sample:
    """A sample order and the port it is given."""

    file: str
    router: str
    port: str
    part: str

    @property
    def assignment(self) -> Assignment:
        port = InterfaceName.parse(self.port)
        card, site = platform("ios").linecards[self.part], estate().routers[self.router].site
        order = read_order(folder("orders") / self.file).order
        return Assignment(order, Port(self.router, site, port, card, port.slot))

    @property
    def intent(self) -> Intent:
        return _intent(self)


DS3 = Sample("60-hudson-ds3-level3.xml", "nyc-hud-gsr1", "Serial5/0", "6DS3-SMB")
OTHERS = (
    Sample("1-wilshire-oc3c-pos-ppp.yaml", "lax-wil-gsr1", "POS2/0", "4OC3/POS"),
    Sample("350-cermak-fe.yaml", "chi-cer-gsr1", "FastEthernet5/0", "8FE-TX"),
    Sample("60-hudson-ge-dot1q.yaml", "nyc-hud-gsr2", "GigabitEthernet4/0", "GE-GBIC"),
)
ROUTER = DS3.router


@cache
def estate() -> Equipment:
    return load_equipment(cards={"ios": platform("ios").linecards})


@cache
def _intent(sample: Sample) -> Intent:
    return render_order(platform("ios"), sample.assignment, estate().routers[sample.router], estate().policy)


def lab(processor: str = "") -> Lab:
    """The whole estate, nothing pushed yet; `processor` narrows it to its routers."""
    routers = [one for one in estate().routers.values() if processor in ("", one.processor)]
    plain = Plain("noc-password", last_resort=SECRETS["last-resort"])
    return make_lab(routers, estate().sites, estate().policy, SimulatedState(), plain)


def session(device: Device) -> SessionInfo:
    now = device.clock()
    mine = SessionInfo("noc", "vty", 0, 2, "192.0.2.5", now, now, 15)
    device.sessions[2] = mine
    return mine


def push(device: Device, sample: Sample = DS3) -> None:
    """Both phases of the order, as they are typed; raises when the router says anything."""
    mode = ConfigMode(device)
    for line in typed((*sample.intent.phase1, *sample.intent.phase2)):
        text = line.text
        for name, value in SECRETS.items():
            text = text.replace(f"<secret:{name}>", value)
        if not line.child and mode.section:
            mode.leave()
        said = mode.line(text)
        assert not said.strip(), f"{text}: {said}"
    device.startup = device.config.text()


def results(lab: Lab, since: datetime, sample: Sample = DS3) -> tuple[TestResult, ...]:
    """The twenty tests of Schedule 2 on the pushed port."""
    wanted = expected(since, sample)
    return judge(wanted, TranscriptFacts(platform("ios"), platform("noc"), transcript(lab, wanted)))


def expected(since: datetime, sample: Sample) -> Expected:
    known = estate()
    router = known.routers[sample.router]
    header = next(section for section, _ in sample.intent.lines if section.startswith("interface "))
    return Expected(
        router,
        known.sites[router.site],
        known.policy,
        sample.assignment,
        sample.intent.lines,
        sample.intent.description,
        customer_ports=(header.split()[1], "POS2/0") if sample is DS3 else (header.split()[1],),
        since=since.isoformat(),
        username="noc",
        known_secrets=frozenset(SECRETS),
    )


def transcript(lab: Lab, wanted: Expected) -> Transcript:
    device, redact = lab.devices[wanted.router.name], Redactor(SECRETS, b"a key of sixteen bytes")
    mine, started = session(device), datetime.now(UTC)
    answers = {}
    for ask in asks_of(all_checks(), wanted):
        request = platform("ios").request(ask) or platform("noc").request(ask)
        assert request is not None, f"nobody tells {ask.fact}"
        text = redact(answered(lab, device, mine, request))
        answers[ask] = Answer(request.command, text, datetime.now(UTC))
    return Transcript(wanted.router.name, started, datetime.now(UTC), answers, username="noc")


def answered(lab: Lab, device: Device, mine: SessionInfo, request: Request) -> str:
    """What the router, or the NOC's probe, answers to a request."""
    if request.probe == "dns":
        return looked_up(lab, request.ask)
    if request.probe == "console":
        return console(device, request.ask)
    if request.command == "show running-config":
        return f"Building configuration...\n\nCurrent configuration:\n{device.config.text()}\n"
    args = dict(request.ask.args)
    if request.ask.fact == "ping":
        line = f"ping {args['address']} size {args['size']} repeat {args['count']} source {args['source']} df"
        words = tuple(line.split())
    else:
        words = expanded(request.command.split(" | ")[0])
    text = lab.provider.show(device, words, mine)
    assert text is not None, f"{request.command} is not known"
    return text


def expanded(command: str) -> tuple[str, ...]:
    found = grammar("exec", "privileged").read(command)
    assert isinstance(found, Match), f"the front refuses {command!r}: {found}"
    return found.words


def looked_up(lab: Lab, ask: Ask) -> str:
    args = dict(ask.args)
    kind, name, server = args["type"], args["name"], args["server"]
    asked = dns.name.from_text(name)
    answer = Responder(lab).answer(dns.message.make_query(asked, kind))
    assert answer is not None
    values = [item.to_text().rstrip(".") for found in answer.answer for item in found]
    status = dns.rcode.to_text(answer.rcode())
    records = [f"@{server} {name} {kind} {status} = {value}" for value in values]
    lines = records or [f"@{server} {name} {kind} {status} no record"]
    return "\n".join([f";; asked {server} for {name} {kind}", *lines, f";; {len(records)} records"])


def console(device: Device, ask: Ask) -> str:
    """What the console probe reports; the real console is served by `serving`."""
    kind = {"open": "exec", "dead": "silent"}.get(str(device.state.get("console.status")), "username")
    shown = {"exec": f"{device.hostname}#", "silent": "", "username": "Username:"}[kind]
    head = f";; console {dict(ask.args)['server']} said\n| {shown}\n;; which means\n"
    return f"{head}server {dict(ask.args)['server']}\nkind {kind}\nhostname {device.hostname}\nshown {shown}".rstrip()


def pushed_lab(sample: Sample = DS3) -> tuple[Lab, datetime]:
    """A lab with that order on its router, and when the push began."""
    made = lab(estate().routers[sample.router].processor)
    since = datetime.now(UTC) - timedelta(seconds=1)
    push(made.devices[sample.router], sample)
    return made, since
