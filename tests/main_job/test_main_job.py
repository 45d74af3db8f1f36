"""Order to certificate with one command; red for the right reason; the exit codes of DESIGN rule 9."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pop import ORDER, Command

from turnup import folder
from turnup.evidence.packing import SUFFIX, unpack
from turnup.laboratory import Lab, control

PORT = "Serial5/0"
ROUTER = "nyc-hud-gsr1"


def running(pop: Lab, router: str = ROUTER) -> tuple[str, str]:
    answer = control(pop, {"do": "running", "router": router})
    return answer["running"], answer["startup"]


def broken(pop: Lab, name: str, *, on: bool = True) -> None:
    control(pop, {"do": "fault", "name": name, "on": on})


def test_one_command_from_order_to_certificate(turnup: Command, pop: Lab) -> None:
    before = running(pop)
    assert turnup("--lab", "run", ORDER).code == 0
    assert running(pop) == before, "a dry run changed the router"
    ran = turnup("--lab", "run", ORDER, "--confirm", "--json")
    assert ran.code == 0, ran.err
    document = json.loads(ran.out)
    assert (document["router"], document["port"]) == (ROUTER, PORT)
    assert document["push"]["state"] == "saved"
    certificate = document["certificate"]
    assert certificate["outcome"] == "SATISFIED"
    assert [row["number"] for row in certificate["rows"]] == list(range(1, 21))
    assert certificate["identity"]["chassis"] == "12012"
    assert "CUST|LVL3|DS3|CKT:T3Z/NYC/0007|PSO:PSO-2001-000051|" in running(pop)[0]
    assert running(pop)[0] == running(pop)[1], "startup does not hold what runs"
    assert Path(document["certificate_file"]).is_file()


def test_the_same_order_twice_sends_nothing(turnup: Command, pop: Lab) -> None:
    assert turnup("--lab", "push", ORDER, "--confirm").code == 0
    after = running(pop)
    again = turnup("--lab", "push", ORDER, "--confirm", "--json")
    assert json.loads(again.out)["push"] == json.loads(again.out)["push"] | {"state": "unchanged", "sent": 0}
    assert running(pop) == after


def test_no_secret_in_any_artefact(turnup: Command, pop: Lab) -> None:
    ran = turnup("--lab", "run", ORDER, "--confirm")
    planted = [value for name, value in pop.environment.items() if name not in ("TURNUP_USERNAME",)]
    assert len(planted) >= 3
    texts = [ran.out, ran.err]
    for file in pop.home.path.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            if file.suffix == SUFFIX:
                data = unpack(data)
            texts.append(data.decode("latin-1"))
    assert len(texts) > 20
    for secret in planted:
        assert not [text[:80] for text in texts if secret in text]


@pytest.mark.proof
@pytest.mark.parametrize(
    ("fault", "number", "words"),
    [
        ("tftp-source-missing", 11, ("ip tftp source-interface", "Loopback0", "none")),
        ("intrapop-link-down", 1, ("POS1/0",)),
        ("dns-reverse-missing", 10, ("10.255.1.1",)),
        ("last-resort-type7", 13, ("one of 5, 8, 9",)),
        ("wrong-image", 16, ("12.0(17)S3",)),
    ],
)
def test_a_fault_is_red_with_the_right_reason(
    turnup: Command, pop: Lab, fault: str, number: int, words: tuple[str, ...]
) -> None:
    assert turnup("--lab", "run", ORDER, "--confirm").code == 0
    broken(pop, fault)
    red = turnup("--lab", "test", "PSO-2001-000051", "--occasion", "repair", "--json")
    assert red.code == 4
    certificate = json.loads(red.out)["certificate"]
    row = certificate["rows"][number - 1]
    assert row["verdict"] == "FAIL"
    findings = [f for f in row["findings"] if f["verdict"] == "FAIL"]
    for word in words:
        assert word in json.dumps(findings), findings
    broken(pop, fault, on=False)
    green = turnup("--lab", "test", ORDER, "--occasion", "REPAIR")
    assert green.code == 0, green.out


def test_reports_of_a_certificate(turnup: Command, pop: Lab, tmp_path: Path) -> None:
    file = json.loads(turnup("--lab", "run", ORDER, "--confirm", "--json").out)["certificate_file"]
    for form, needle in (
        ("html", "<!DOCTYPE html>"),
        ("junit", "<testsuite"),
        ("note", "PSO-2001-000051"),
        ("md", "#"),
    ):
        ran = turnup("report", file, "--format", form, "-o", tmp_path / "out")
        assert ran.code == 0, ran.err
        assert needle.lower() in (tmp_path / "out").read_text().lower()
    tampered = Path(file).read_text().replace('"FAIL"', '"PASS"').replace('"SATISFIED"', '"PENDING"')
    (tmp_path / "t.json").write_text(tampered)
    assert turnup("report", tmp_path / "t.json").code == 2


def test_what_the_order_knows(turnup: Command, pop: Lab) -> None:
    assert turnup("--lab", "run", ORDER, "--confirm").code == 0
    shown = turnup("--lab", "order", "show", "PSO-2001-000051")
    assert shown.code == 0
    for word in (PORT, "T3Z/NYC/0007", "saved", "SATISFIED"):
        assert word in shown.out
    ports = turnup("--lab", "ports", "60 Hudson", "--speed", "DS-3", "--json")
    (mine,) = [p for p in json.loads(ports.out) if (p["router"], p["port"]) == (ROUTER, PORT)]
    assert mine["state"] == "assigned"


def test_an_acknowledgement_as_xml_is_valid(turnup: Command, pop: Lab) -> None:
    from turnup.load.xml import parse_xml, schema_faults

    ran = turnup("--lab", "order", "ack", ORDER, "--xml")
    assert ran.code == 0
    assert not list(schema_faults(parse_xml(ran.out.strip().encode(), where="ack")))
    assert "<Port>Serial5/0</Port>" in ran.out


def test_every_sample_order_new_is_carried_out(turnup: Command, pop: Lab) -> None:
    for order in sorted(folder("orders").glob("*.yaml")):
        if "action: NEW" in order.read_text():
            ran = turnup("--lab", "run", order, "--confirm")
            assert ran.code == 0, (order.name, ran.out, ran.err)


def test_an_action_not_carried_out_says_so(turnup: Command, pop: Lab) -> None:
    before = running(pop)
    ran = turnup("--lab", "run", folder("orders") / "60-hudson-ds3-level3-disconnect.xml", "--confirm")
    assert ran.code == 2
    assert "DISCONNECT" in ran.err
    assert running(pop) == before


def test_lab_is_told_when_down(turnup: Command) -> None:
    ran = turnup("--lab", "sites")
    assert ran.code == 2
    assert "turnup lab up" in ran.err


def test_lab_commands(turnup: Command, pop: Lab) -> None:
    assert turnup("lab", "up").code == 2, "a second lab was started"
    assert ROUTER in turnup("lab", "status").out
    assert turnup("lab", "fault", "tftp-source-missing").code == 0
    assert "tftp-source-missing" in turnup("lab", "status").out
    assert turnup("lab", "fault", "no-such-fault").code == 3
    assert "tftp-source-missing" in turnup("lab", "faults").out
    assert turnup("lab", "down").code == 0
    assert turnup("lab", "down").out == "no lab was up\n"
    assert not list(pop.home.path.parent.glob("*"))


def test_a_changed_order_is_not_tested_as_the_accepted_one(turnup: Command, pop: Lab, tmp_path: Path) -> None:
    """An edited file must not come out green on what was accepted before the edit."""
    assert turnup("--lab", "run", ORDER, "--confirm").code == 0
    edited = tmp_path / "edited.xml"
    edited.write_text(ORDER.read_text().replace("<Crc>32</Crc>", "<Crc>16</Crc>"))
    assert edited.read_text() != ORDER.read_text()
    ran = turnup("--lab", "test", edited)
    assert ran.code == 2
    assert "as it was accepted" in ran.err
    assert turnup("--lab", "test", ORDER, "--router", ROUTER).code == 2
    assert turnup("--lab", "test", "PSO-2001-000051").code == 0
