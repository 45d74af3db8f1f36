"""docs/signing.md is true: a signed certificate is verified by openssl and sed alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from signed_samples import NOW, Signed, make_key, signed_in

from turnup.signing.envelope import read_envelope
from turnup.signing.sign import countersign, give_to_customer

pytestmark = pytest.mark.checkout

DOCS = Path(__file__).parents[2] / "docs" / "signing.md"
SCRIPT = re.findall(r"^```bash verify-with-openssl\n(.*?)^```$", DOCS.read_text(), re.M | re.S)[0]


def openssl(script: str, signed: Signed, folder: Path, key: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "FILE": str(signed.sealed), "PUBLIC_KEY": str(key)}
    return subprocess.run(
        ["bash", "-ec", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_with_openssl_alone(tmp_path: Path) -> None:
    signed = signed_in(tmp_path / "home")
    key = tmp_path / "home" / "keys" / "signing.pub"
    done = openssl(SCRIPT, signed, tmp_path, key)
    assert done.returncode == 0, done.stderr
    assert "Signature Verified Successfully" in done.stdout
    assert (tmp_path / "signed.bin").read_bytes() == read_envelope(signed.sealed.read_bytes()).pae

    customer = make_key(tmp_path / "customer")
    private = tmp_path / "customer" / "keys" / "signing.key"
    signed.sealed.write_bytes(countersign(signed.sealed, str(private), signed.trust, NOW))
    assert customer.keyid in signed.sealed.read_text()
    assert openssl(SCRIPT, signed, tmp_path, key).returncode == 0
    second = SCRIPT.replace("head -1", "tail -1")
    assert openssl(second, signed, tmp_path, private.with_suffix(".pub")).returncode == 0
    assert openssl(second, signed, tmp_path, key).returncode != 0, "the customer's signature is not the carrier's"

    text = signed.sealed.read_text()
    place = text.index('"payload": "') + 400
    signed.sealed.write_text(text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :])
    assert openssl(SCRIPT, signed, tmp_path, key).returncode != 0


def test_the_evidence_is_named_by_its_digest(tmp_path: Path) -> None:
    signed = signed_in(tmp_path / "home")
    give_to_customer(signed.certificate, signed.sealed.read_bytes(), tmp_path / "customer")
    script = 'cd customer/evidence; for f in *.txt; do test "$(sha256sum < $f)" = "${f%.txt}  -"; done; ls | wc -l'
    done = openssl(script, signed, tmp_path, tmp_path)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20


def test_verify_needs_no_network_no_database_and_no_inventory(tmp_path: Path) -> None:
    signed = signed_in(tmp_path / "home")
    give_to_customer(signed.certificate, signed.sealed.read_bytes(), tmp_path / "customer")
    program = f"""
import socket, sys
def refused(*arguments, **words): raise AssertionError("no network")
socket.socket = socket.create_connection = socket.getaddrinfo = refused
sys.argv = ["turnup", "verify", {str(tmp_path / "customer" / signed.sealed.name)!r},
            "--key", {str(tmp_path / "home" / "keys" / "signing.pub")!r}]
from turnup.cli import main
try:
    main()
finally:
    loaded = {{name.split(".")[0] for name in sys.modules}}
    print(sorted(loaded & {{"netmiko", "nornir", "napalm", "sqlite3", "sqlalchemy", "ruamel", "paramiko", "textfsm"}}))
"""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    environment |= {"TURNUP_HOME": str(tmp_path / "empty"), "TURNUP_INVENTORY": str(tmp_path / "no-inventory")}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert "AUTHENTIC\n" in done.stdout
    assert done.stdout.endswith("[]\n")
    assert not (tmp_path / "empty").exists()
