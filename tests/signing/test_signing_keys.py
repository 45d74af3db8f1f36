"""Signing keys: who may read them, what their files say, where else they may be kept."""

from __future__ import annotations

import base64
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from signed_samples import ENDED, NOW, make_key

from turnup.errors import InputError, UsageError
from turnup.signing.keys import new_key, public_part, read_public_key, read_signer


def test_the_private_part_is_its_owner_s_alone(tmp_path: Path) -> None:
    key = make_key(tmp_path, valid=timedelta(days=2))
    private = tmp_path / "keys" / "signing.key"
    assert private.stat().st_mode & 0o777 == 0o600
    assert private.parent.stat().st_mode & 0o077 == 0
    assert read_signer(str(private)).public_key.keyid == key.keyid
    assert key.owner == "Carrier NOC"
    assert key.not_before == ENDED
    assert key.not_after == ENDED + timedelta(days=2)
    assert "PRIVATE" not in private.with_suffix(".pub").read_text()
    private.chmod(0o640)
    with pytest.raises(InputError, match="others may read"):
        read_signer(str(private))


def test_a_key_in_the_environment(tmp_path: Path) -> None:
    key = make_key(tmp_path)
    private = tmp_path / "keys" / "signing.key"
    der = subprocess.run(["openssl", "pkey", "-in", private, "-outform", "DER"], capture_output=True, check=True).stdout
    place = {"NOC_KEY": base64.b64encode(der).decode()}
    assert read_signer("env:NOC_KEY", place).public_key.keyid == key.keyid
    assert public_part("env:NOC_KEY") is None
    for value, words in (("%%%", "no key in base64"), ("QUJD", "no private key"), ("", "not set")):
        with pytest.raises(InputError, match=words) as refused:
            read_signer("env:NOC_KEY", {"NOC_KEY": value})
        assert not value or value not in str(refused.value)


def test_what_is_no_private_key(tmp_path: Path) -> None:
    for name, arguments in (("rsa", ["-algorithm", "RSA"]), ("x25519", ["-algorithm", "X25519"])):
        path = tmp_path / name
        subprocess.run(["openssl", "genpkey", *arguments, "-out", path], check=True, capture_output=True)
        path.chmod(0o600)
        with pytest.raises(InputError, match="no Ed25519 key"):
            read_signer(str(path))
    (tmp_path / "x").write_text("no key")
    (tmp_path / "x").chmod(0o600)
    with pytest.raises(InputError, match="no private key"):
        read_signer(str(tmp_path / "x"))
    with pytest.raises(InputError, match="cannot be read"):
        read_signer(str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Owner:", "Ownr:", "none of Owner"),
        ("Owner: Carrier NOC", "Owner: A\nOwner: B", "stands twice"),
        ("Key-Id: ", "Key-Id: 0", "Key-Id is not that of the key"),
        ("Not-Before: ", "Not-Before: soon ", "is no time"),
        ("00Z", "00", "names no time zone"),
        ("BEGIN PUBLIC", "BEGIN", "is no public key"),
        ("-----END PUBLIC KEY-----", "-----END PUBLIC KEY-----\nmore", "is no public key"),
        ("BEGIN PUBLIC KEY", "BEGIN PRIVATE KEY", "is a private key"),
        ("MCow", "AAAA", "is no public key"),
    ],
)
def test_a_public_file_is_read_strictly(tmp_path: Path, old: str, new: str, words: str) -> None:
    make_key(tmp_path)
    path = tmp_path / "keys" / "signing.pub"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(InputError, match=words):
        read_public_key(path)


def test_a_public_file_of_openssl_s_own(tmp_path: Path) -> None:
    key = make_key(tmp_path)
    plain = tmp_path / "plain.pub"
    private = tmp_path / "keys" / "signing.key"
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", plain], check=True)
    assert read_public_key(plain).keyid == key.keyid
    assert read_public_key(plain).unfit(NOW) == ""
    with pytest.raises(InputError, match="cannot be read"):
        read_public_key(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "owner"), [("../x", "NOC"), ("", "NOC"), ("x", " "), ("x", "a\nb"), ("x", "-----BEGIN")]
)
def test_names_and_owners_are_one_line(tmp_path: Path, name: str, owner: str) -> None:
    with pytest.raises(UsageError):
        new_key(tmp_path, name, owner, NOW)
    assert not list(tmp_path.iterdir())
