"""A port whose console only a person can see: pending, attested, green, signed, handed over, countersigned."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pop import ORDER, Command
from ruamel.yaml import YAML

from turnup.laboratory import Lab

ID = "PSO-2001-000051"
WHO = ("--by", "A. Operator", "--witness", "B. Witness")


def without_console_server(pop: Lab) -> None:
    """As at a site with no out-of-band access yet."""
    yaml, path = YAML(), pop.inventory / "hosts.yaml"
    hosts = yaml.load(path)
    del hosts["nyc-hud-gsr1"]["data"]["console_server"]
    yaml.dump(hosts, path)


def certificate_of(out: str) -> Path:
    return Path(json.loads(out)["certificate_file"])


def test_pending_attested_green(turnup: Command, pop: Lab, tmp_path: Path) -> None:
    without_console_server(pop)
    photo = tmp_path / "console.jpg"
    photo.write_bytes(b"a photo")
    attest = ("--lab", "attest", ID, "--test", 12)
    ran = turnup("--lab", "run", ORDER, "--confirm")
    assert ran.code == 8, ran.out
    flat = " ".join(ran.out.split())
    for words in ("Look: it must ask for Username or Password", f"turnup attest {ID} --test 12"):
        assert words in flat, ran.out
    guided = turnup(*attest)
    assert guided.code == 8
    assert "(1) Reach the console" in guided.out
    for wrong, code in (
        (("--verdict", "pass", *WHO, "--days", 30), 2),  # no file
        (("--verdict", "pass", *WHO, "--file", photo), 2),  # no end
        (("--verdict", "pass", *WHO, "--file", photo, "--days", 3, "--expires", "2099-01-01"), 2),
        (("--verdict", "pass", *WHO, "--file", photo, "--expires", "2020-01-01"), 2),
        (("--verdict", "perhaps", *WHO, "--file", photo, "--days", 3), 2),
        (("--verdict", "pass", *WHO[:3], "a operator", "--file", photo, "--days", 3), 2),
        (("--verdict", "pass", *WHO, "--file", tmp_path / "none", "--days", 3), 2),
    ):
        assert turnup(*attest, *wrong).code == code, wrong
    assert not (pop.home.path / "attestations" / "book.jsonl").exists()
    assert turnup("--lab", "attest", ID, "--test", 1).code == 6
    assert turnup("--lab", "test", ID).code == 8

    done = turnup(*attest, "--verdict", "fail", *WHO, "--file", photo, "--days", 30)
    assert done.code == 0, done.err
    assert turnup("--lab", "test", ID).code == 4
    done = turnup(*attest, "--verdict", "pass", *WHO, "--file", photo, "--days", 30, "--note", "after repair", "--json")
    assert done.code == 0, done.err
    green = turnup("--lab", "test", ID, "--json")
    assert green.code == 0, green.out
    row = json.loads(green.out)["certificate"]["rows"][11]
    (finding,) = [one for one in row["findings"] if one["expected"] == "attestation by a person"]
    assert finding["verdict"] == "PASS"
    for words in ("A. Operator", "B. Witness", "after repair", "valid until"):
        assert words in finding["observed"]
    assert json.loads(done.out)["attestation"].startswith(finding["source"].split()[1])

    book = pop.home.path / "attestations" / "book.jsonl"
    book.write_text(book.read_text().replace("after repair", "after Repair"))
    red = turnup("--lab", "test", ID, "--json")
    assert red.code == 8
    assert "is not whole: record 2 was altered" in json.loads(red.out)["certificate"]["rows"][11]["reason"]
    assert turnup(*attest, "--verdict", "pass", *WHO, "--file", photo, "--days", 30).code == 6


def test_an_attestation_is_of_one_order_and_port(turnup: Command, pop: Lab, tmp_path: Path) -> None:
    without_console_server(pop)
    (tmp_path / "log").write_text("Username:")
    first = certificate_of(turnup("--lab", "run", ORDER, "--confirm", "--json").out)
    how = ("--test", "console_login", "--verdict", "pass", *WHO, "--file", tmp_path / "log", "--expires", "2099-12-31")
    assert turnup("--lab", "attest", first, *how).code == 0
    router = turnup("--lab", "test", "--router", "nyc-hud-gsr1", "--json")
    row = json.loads(router.out)["certificate"]["rows"][11]
    assert row["verdict"] == "PENDING"
    assert f"was made for Serial5/0 ({ID})" in row["reason"]
    unknown = turnup("--lab", "attest", "PSO-1", *how)
    assert unknown.code == 2


def test_signed_handed_over_and_countersigned(
    turnup: Command, pop: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed, public = at_the_noc(turnup, pop, tmp_path)
    # At the customer: nothing but the folder and the public key.
    monkeypatch.setenv("TURNUP_HOME", str(tmp_path / "customer-home"))
    monkeypatch.setenv("TURNUP_INVENTORY", str(tmp_path / "no-inventory"))
    theirs = tmp_path / sealed.stem / sealed.name
    assert turnup("verify", theirs).code == 2, "whose key?"
    ran = turnup("verify", theirs, "--key", public, "--json")
    assert ran.code == 0, ran.out
    assert json.loads(ran.out)["outcome"] == "SATISFIED"
    assert turnup("keys", "new", "--owner", "Level 3").code == 0
    own = tmp_path / "customer-home" / "keys"
    assert turnup("countersign", theirs, "--key", own / "signing.key", "--carrier-key", public).code == 0
    both = ("--key", public, "--customer-key", own / "signing.pub")
    ran = turnup("verify", theirs, *both)
    assert ran.code == 0, ran.out
    assert "signed by carrier: Carrier NOC" in ran.out
    assert "signed by customer: Level 3" in ran.out
    assert turnup("verify", theirs, "--key", public).code == 3
    assert turnup("verify", theirs, "--key", public, "--carrier-only").code == 0
    altered_on_its_way(turnup, theirs, both)


def at_the_noc(turnup: Command, pop: Lab, tmp_path: Path) -> tuple[Path, Path]:
    """Two certificates tested, signed and handed over; the first one's signed file, and the carrier's public key."""
    made = [certificate_of(turnup("--lab", "run", ORDER, "--confirm", "--json").out)]
    made.append(certificate_of(turnup("--lab", "test", ID, "--json").out))
    assert turnup("--lab", "report", made[0], "--sign").code == 2, "there is no key yet"
    assert turnup("--lab", "keys", "show").code == 2
    assert turnup("--lab", "keys", "new", "--owner", "Carrier NOC", "--days", 30).code == 0
    assert turnup("--lab", "keys", "new", "--owner", "Carrier NOC").code == 6
    assert turnup("report", made[0], "--customer", tmp_path / "c").code == 2
    for certificate in made:
        ran = turnup("--lab", "report", certificate, "--sign", "--customer", tmp_path / certificate.stem)
        assert ran.code == 0, ran.err
    assert turnup("--lab", "report", made[0], "--sign").code == 6, "it bears a signature already"
    sealed = made[0].with_suffix(".dsse")
    assert turnup("--lab", "verify", sealed).code == 0, "the data folder's own key"
    assert turnup("--lab", "test", ID).code == 0, "signed certificates are not taken for certificates"
    public = tmp_path / "carrier.pub"
    public.write_text(turnup("--lab", "keys", "show").out)
    chain = turnup("--lab", "verify", made[0].parent, "--chain", "--json")
    assert chain.code == 3, "the newest is not signed yet: whoever could write there could have made it"
    assert [link["signed"] for link in json.loads(chain.out)["chains"][0]["certificates"]] == [True, True, False]
    newest = json.loads(chain.out)["chains"][0]["certificates"][-1]["name"]
    assert turnup("--lab", "report", made[0].parent / f"{newest}.json", "--sign").code == 0
    assert turnup("--lab", "verify", made[0].parent, "--chain").code == 0
    private = (pop.home.path / "keys" / "signing.key").read_text().splitlines()[1]
    for file in (*pop.home.path.rglob("*"), *(tmp_path / sealed.stem).rglob("*")):
        assert not file.is_file() or file.name == "signing.key" or private.encode() not in file.read_bytes()
    return sealed, public


def altered_on_its_way(turnup: Command, theirs: Path, keys: tuple[object, ...]) -> None:
    piece = next((theirs.parent / "evidence").iterdir())
    piece.write_bytes(piece.read_bytes() + b" ")
    ran = turnup("verify", theirs, *keys)
    assert ran.code == 6
    assert "altered: evidence `" in ran.out
    assert turnup("verify", theirs, *keys, "--without-evidence").code == 0
    piece.unlink()
    assert turnup("verify", theirs, *keys).code == 3
    own = theirs.with_suffix(".json")
    own.write_text(own.read_text().replace('"attempt": 1', '"attempt": 2'))
    ran = turnup("verify", theirs, *keys)
    assert ran.code == 6
    assert "attempt: signed 1, here 2" in ran.out
    assert turnup("verify", theirs.with_name("nothing.dsse"), *keys).code == 2
