"""The whole job on GSR fronts with real FRR behind them. `make poplab`, as root.

Order -> plan -> push by SSH (TACACS+ login) -> BGP session with the customer's FRR established, its prefix at the
upstream -> the twenty tests on platform ios -> certificate satisfied; a limit that is hit is felt and cleared at the
front; disconnect, and the route is gone. What it proves and what not: docs/virtual-routers.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest
from served_port import PEER, PREFIX, ROUTER, ServedPort, in_service, waited

from turnup import folder, job
from turnup.laboratory import control
from turnup.load.order import read_order
from turnup.model.certificate import Certificate


@pytest.fixture(scope="module")
def fronts() -> Iterator[ServedPort]:
    """The lab with the order pushed."""
    with in_service("ios") as served:
        yield served


@pytest.fixture(autouse=True)
def _healthy(fronts: ServedPort) -> None:
    """Each test begins on a port in service, with nothing on its way that an earlier one began."""
    waited(fronts.healthy, "the port is in service, and the front quiet", 120)


def typed(fronts: ServedPort, *lines: str) -> None:
    """Somebody configures the front, in IOS's words; no line is refused, by the front or by FRR."""
    answers = control(fronts.lab, {"do": "configure", "router": ROUTER, "lines": list(lines)})["answers"]
    assert not any(answers), answers
    assert refused(fronts) == []


def refused(fronts: ServedPort) -> list[str]:
    told = control(fronts.lab, {"do": "status"})["routers"]
    return [line for one in told.values() for line in one["live"]["refused"]]


def running(fronts: ServedPort) -> str:
    return str(control(fronts.lab, {"do": "running", "router": ROUTER})["running"])


def turnup(fronts: ServedPort, *words: str) -> None:
    """A command of the product, on this lab."""
    environment = {**os.environ, **fronts.lab.environment, "TURNUP_HOME": str(fronts.lab.home.path)}
    environment["TURNUP_INVENTORY"] = str(fronts.lab.inventory)
    done = subprocess.run([sys.executable, "-m", "turnup", *words], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


GREEN = ("PASS", "NOT APPLICABLE")


def red(certificate: Certificate) -> dict[int, str]:
    return {row.number: str(row.verdict) for row in certificate.rows if str(row.verdict) not in GREEN}


def reasons(certificate: Certificate) -> str:
    found = [
        f"{row.number} {row.verdict}: {finding.expected} / {finding.observed}"
        for row in certificate.rows
        if row.number in red(certificate)
        for finding in row.findings
        if str(finding.verdict) not in GREEN
    ]
    return "\n".join(found)


def test_the_port_is_in_service_and_proved(fronts: ServedPort) -> None:
    certificate = fronts.test()
    assert red(certificate) == {}, reasons(certificate)
    assert str(certificate.outcome) == "SATISFIED"
    assert refused(fronts) == []


# --- faults


ONE = ("router bgp 65102", "address-family ipv4 unicast")
MANY = tuple(f"172.20.{number}.0/24" for number in range(12))


def _in_node(fronts: ServedPort, node: str, *lines: str) -> None:
    said = fronts.pop.configure(node, *lines)
    assert "%" not in said, said


def test_a_session_over_its_limit_stays_down_until_it_is_cleared_at_the_front(fronts: ServedPort) -> None:
    """As on IOS. The other faults are those of lab/pop/faults/, made by fault_matrix.py on both platforms."""
    before = running(fronts)
    try:
        _in_node(fronts, "cust2", *(f"ip route {prefix} Null0" for prefix in MANY))
        _in_node(fronts, "cust2", *ONE, *(f"network {prefix}" for prefix in MANY))
        typed(fronts, "no ip prefix-list CUST-65102-IN")  # only without it can the customer send more
        waited(lambda: not fronts.established(), "the session goes down")
        assert frozenset(red(fronts.test())) == {4, 6, 8, 19}
    finally:
        typed(fronts, f"ip prefix-list CUST-65102-IN seq 5 permit {PREFIX}")
        _in_node(fronts, "cust2", *ONE, *(f"no network {prefix}" for prefix in MANY))
        _in_node(fronts, "cust2", *(f"no ip route {prefix} Null0" for prefix in MANY))
        assert not fronts.established()
        _commanded(fronts, f"clear ip bgp {PEER}")
        waited(fronts.healthy, "the repair's effect", 90)
        fronts.forget_log(0)
    assert running(fronts) == before, "the fault left something in the configuration"


# --- AAA: the front's own client against the POP's TACACS+ server


def test_a_login_goes_to_tacacs_and_only_without_it_to_the_router(fronts: ServedPort) -> None:
    words = fronts.lab.environment
    noc, last = ("noc", words["TURNUP_PASSWORD"]), ("lastresort", words["TURNUP_SECRET_LAST_RESORT"])
    assert _logged_in(fronts, *noc) == f"{ROUTER}#"
    assert _logged_in(fronts, "noc", "wrong") == ""
    assert _logged_in(fronts, "reader", words["TURNUP_LAB_READER"]) == f"{ROUTER}>"
    assert _logged_in(fronts, *last) == "", "the password of last resort is taken while TACACS+ answers"
    fronts.pop.service("tacacs", on=False)
    try:
        assert _logged_in(fronts, *last) == f"{ROUTER}#"
        assert _logged_in(fronts, *noc) == ""
    finally:
        fronts.pop.service("tacacs", on=True)
    waited(lambda: _logged_in(fronts, *noc) == f"{ROUTER}#", "TACACS+ answers again")


def test_a_server_that_is_not_reachable_is_no_answer(fronts: ServedPort) -> None:
    words = fronts.lab.environment
    fronts.pop.inside("oob", "ip", "address", "del", "192.0.2.20/24", "dev", "eth0")
    try:
        assert _logged_in(fronts, "lastresort", words["TURNUP_SECRET_LAST_RESORT"]) == f"{ROUTER}#"
        assert _logged_in(fronts, "noc", words["TURNUP_PASSWORD"]) == ""
    finally:
        fronts.pop.inside("oob", "ip", "address", "add", "192.0.2.20/24", "dev", "eth0")
    waited(lambda: _logged_in(fronts, "noc", words["TURNUP_PASSWORD"]) == f"{ROUTER}#", "TACACS+ answers again")


def test_nothing_passes_when_nobody_gets_in(fronts: ServedPort) -> None:
    fronts.pop.service("tacacs", on=False)
    try:
        certificate = fronts.test()
    finally:
        fronts.pop.service("tacacs", on=True)
    passed = {row.number for row in certificate.rows if str(row.verdict) == "PASS"}
    assert passed <= {10}, "only the name server was asked without a login"
    assert str(certificate.outcome) != "SATISFIED"


def test_a_wrong_key_is_no_answer(fronts: ServedPort) -> None:
    words = fronts.lab.environment
    key = next(line for line in running(fronts).splitlines() if line.startswith("tacacs-server key "))
    typed(fronts, "tacacs-server key not-the-one")
    try:
        assert _logged_in(fronts, "noc", words["TURNUP_PASSWORD"]) == ""
        assert _logged_in(fronts, "lastresort", words["TURNUP_SECRET_LAST_RESORT"]) == f"{ROUTER}#"
    finally:
        typed(fronts, key)
    assert _logged_in(fronts, "noc", words["TURNUP_PASSWORD"]) == f"{ROUTER}#"


def _logged_in(fronts: ServedPort, user: str, password: str, command: str = "") -> str:
    """The prompt after a login by SSH, and after a command; "" when the login is refused."""
    address = fronts.lab.ready["routers"][ROUTER]["ssh"]
    client = paramiko.SSHClient()
    client.load_host_keys(str(fronts.lab.home.known_hosts))
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    try:
        client.connect(
            address["host"], address["port"], user, password, allow_agent=False, look_for_keys=False, timeout=20
        )  # fmt: skip
        channel = client.invoke_shell()
        channel.settimeout(20)
        prompt = _prompt(channel)
        if command:
            channel.send(f"{command}\r".encode())
            prompt = _prompt(channel)
        return prompt
    except paramiko.AuthenticationException:
        return ""
    finally:
        client.close()


def _prompt(channel: paramiko.Channel) -> str:
    seen = ""
    while not seen.endswith(("#", ">")):
        seen += channel.recv(1000).decode()
    return seen.split()[-1]


def _commanded(fronts: ServedPort, command: str) -> None:
    """An exec command at the front, by SSH."""
    assert _logged_in(fronts, "noc", fronts.lab.environment["TURNUP_PASSWORD"], command) == f"{ROUTER}#"


# --- the end of a service

_MESSAGE = """\
order_id: {new}
action: DISCONNECT
supersedes: {old}
location: {{ site: NYC-60HUDSON, router: cr3, port: Serial3/0 }}
speed: DS3
customer: {{ code: LVL3, name: Level 3 }}
requested_by: J. Smith, Qwest order desk
"""


def test_after_a_disconnect_the_route_is_gone(fronts: ServedPort, tmp_path: Path) -> None:
    order = fronts.assignment.order.order_id
    message = tmp_path / "disconnect.yaml"
    message.write_text(_MESSAGE.format(new=f"{order}-D", old=order))
    turnup(fronts, "disconnect", str(message), "--confirm", "--emergency", "a lab has no customer")
    waited(lambda: not fronts.at_upstream(), "the route leaves the upstream")
    assert PEER not in fronts.pop.peers(ROUTER)
    assert (
        "shutdown" in fronts.pop.vtysh(ROUTER, "show running-config").split("interface Serial3-0")[1].split("exit")[0]
    )
    fronts.forget_log(0)  # the next order's window begins a little before it: the end of this service is not its fault
    text = (folder("lab") / "front" / "order.yaml").read_text().replace("PSO-2001-000061", f"{order}-N")
    again = tmp_path / "order.yaml"
    again.write_text(text)
    fronts.assignment = job.assigned(fronts.noc, read_order(again), enter=True)
    _, outcome = job.pushed(fronts.noc, fronts.assignment)
    assert str(outcome.state) == "saved"
    waited(fronts.healthy, "the port is in service again")
