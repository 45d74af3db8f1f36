"""The whole job on FRR: order to certificate on a session that is really established, then disconnect. `make poplab`.

Order -> plan -> push by SSH (strict host keys, TACACS+ login) -> the customer's BGP session, its prefix at the upstream
-> the twenty tests on platform frr -> certificate; after the disconnect the route is gone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from served_port import PEER, PREFIX, ROUTER, ServedPort, in_service, waited

DISCONNECT = """\
order_id: {order}-D
action: DISCONNECT
supersedes: {order}
location: {{ site: NYC-60HUDSON, router: cr3, port: Serial3-0 }}
speed: DS3
customer: {{ code: LVL3, name: Level 3 }}
requested_by: J. Smith, Qwest order desk
"""


@pytest.fixture(scope="module")
def port() -> Iterator[ServedPort]:
    with in_service("frr") as served:
        yield served


def turnup(port: ServedPort, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of the product, on this lab."""
    environment = {**os.environ, **port.lab.environment, "TURNUP_HOME": str(port.lab.home.path)}
    environment["TURNUP_INVENTORY"] = str(port.lab.inventory)
    return subprocess.run(
        [sys.executable, "-m", "turnup", *words], env=environment, capture_output=True, text=True, check=False
    )


def bare(port: ServedPort) -> bool:
    """Whether the router has nothing of the order any more, and the port is shut."""
    told = port.pop.vtysh(ROUTER, "show running-config")
    stanza = told.split("interface Serial3-0\n")[1].split("exit")[0]
    return stanza.split() == ["shutdown"] and PEER not in told and "CUST-65102-IN" not in told


def test_the_job_in_its_order(port: ServedPort, tmp_path: Path) -> None:
    """One after the other on one port: what is proved first is what the next step starts from."""
    route = json.loads(port.pop.vtysh("dnac", f"show ip bgp {PREFIX} json"))
    assert route["paths"][0]["aspath"]["string"] == "64500 65102"
    assert "timed out" not in port.pop.inside("dnac", "ping", "-c3", "-i0.2", "-I", "10.255.1.1", "203.0.113.1")

    order = port.assignment.order.order_id
    tested = turnup(port, "test", order)
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "SATISFIED" in tested.stdout
    accounted = port.pop.inside("oob", "cat", "/var/log/tacacs.log")
    assert '"noc"' in accounted, "the NOC logged in by TACACS+"

    message = tmp_path / "disconnect.yaml"
    message.write_text(DISCONNECT.format(order=order))
    gone = turnup(port, "disconnect", str(message), "--confirm", "--emergency", "a lab has no customer")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    waited(lambda: not port.at_upstream(), "the route leaves the upstream")
    assert bare(port)
    startup = port.pop.inside(ROUTER, "cat", "/etc/frr/frr.conf")
    assert PEER not in startup


def test_a_changed_host_key_is_refused(port: ServedPort, tmp_path: Path) -> None:
    known = port.lab.home.known_hosts
    before = known.read_text()
    names = {line.split()[0]: line.split()[1:] for line in before.splitlines()}
    (first, own), (_, other) = list(names.items())[:2]
    assert own != other
    known.write_text(before.replace(" ".join(own), " ".join(other)))
    try:
        told = turnup(port, "record", "cr1", "--to", str(tmp_path), "--facts", "version")
    finally:
        known.write_text(before)
    assert told.returncode != 0
    assert "host key" in (told.stdout + told.stderr).lower(), first
