"""The evidence store and the manifest of a run."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnup.errors import InputError
from turnup.evidence.manifest import manifest
from turnup.evidence.packing import pack, unpack
from turnup.evidence.redact import Redactor
from turnup.evidence.store import EvidenceStore, address
from turnup.model.transcript import Answer, Ask, Transcript

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SECRET = "Vault-77"
redact = Redactor({"last-resort": SECRET}, b"k" * 32)


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence", redact)


def files(store: EvidenceStore) -> list[Path]:
    return [path for path in store.folder.rglob("*") if path.is_file()]


def test_a_text_is_found_again_by_its_digest(store: EvidenceStore) -> None:
    text = "Serial5/0 is up\r\n\udcff odd byte"
    kept = store.put(text)
    data = text.encode("utf-8", "surrogateescape")
    assert (kept.sha256, kept.bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    assert store.get(kept.sha256) == text
    assert kept.sha256 in store
    assert kept == address(text)


def test_the_same_text_is_kept_once_and_no_draft_is_left(store: EvidenceStore) -> None:
    kept = store.put("same")
    assert store.put("same") == kept
    assert [path.relative_to(store.folder).as_posix() for path in files(store)] == [
        f"{kept.sha256[:2]}/{kept.sha256}.zst"
    ]


def test_a_secret_never_reaches_the_disk(store: EvidenceStore) -> None:
    kept = store.put(f"enable password {SECRET}\n")
    assert store.get(kept.sha256) == "enable password <secret:last-resort>\n"
    assert all(SECRET.encode() not in unpack(path.read_bytes()) for path in files(store))


@pytest.mark.parametrize("content", [b"", b"not compressed", pack(b"another text")])
def test_changed_evidence_is_found(store: EvidenceStore, content: bytes) -> None:
    kept = store.put("what the router said")
    files(store)[0].write_bytes(content)
    with pytest.raises(InputError, match="not what was stored") as caught:
        store.get(kept.sha256)
    assert kept.sha256 in str(caught.value)


def test_missing_evidence_and_false_addresses(store: EvidenceStore) -> None:
    with pytest.raises(InputError, match="not in the store"):
        store.get("ab" * 32)
    for digest in ("", "../../etc/passwd", "AB" * 32, "ab" * 31):
        with pytest.raises(InputError, match="is not a SHA-256"):
            store.get(digest)


@settings(deadline=None)  # other work on the machine must not fail it
@given(st.text())
def test_an_address_depends_on_the_text_alone(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    assert address(text) == address(text)
    assert address(text) != address(text + "x")


def transcript() -> Transcript:
    ping = Ask.of("ping", address="10.10.3.2")
    answers = {
        Ask("version"): Answer("show version", "Cisco Internetwork", NOW, 0.1234567),
        ping: Answer("ping 10.10.3.2", "!!!!!", NOW),
        Ask("clns_neighbor"): Answer("show clns neighbors", "", NOW, 2.0, failure="timed out"),
        Ask("log_message"): Answer("show logging", "half an ans", NOW, 2.0, failure="cut off"),
        Ask("isis_neighbor"): Answer("show isis neighbors", "", NOW),
    }
    return Transcript("nyc-hud-gsr1", NOW, NOW, answers)


def test_a_manifest_lists_every_command(store: EvidenceStore) -> None:
    items = {item.command: item for item in manifest(transcript(), store)}
    assert list(items) == [
        "show version",
        "ping 10.10.3.2",
        "show clns neighbors",
        "show logging",
        "show isis neighbors",
    ]
    version = items["show version"]
    assert (version.fact, version.seconds, version.bytes, version.failure) == ("version", 0.123, 18, "")
    assert version.sha256 is not None
    assert store.get(version.sha256) == "Cisco Internetwork"
    assert items["ping 10.10.3.2"].arguments == {"address": "10.10.3.2"}
    assert (items["show clns neighbors"].sha256, items["show clns neighbors"].failure) == (None, "timed out")
    assert items["show logging"].sha256 == address("half an ans").sha256
    assert items["show isis neighbors"].sha256 == address("").sha256  # an empty answer is an answer


def test_without_a_store_the_addresses_are_the_same(store: EvidenceStore) -> None:
    assert manifest(transcript()) == manifest(transcript(), store)
