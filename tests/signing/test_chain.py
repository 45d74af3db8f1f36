"""The chain of a port's certificates: unbroken, or the gap is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from signed_samples import ENDED, NOW, digest_at, judged, make_key, write_certificate

from turnup.signing.chain import Chains, walk
from turnup.signing.evidence import EvidenceFolder
from turnup.signing.sign import sign
from turnup.signing.verify import Trust


def chain(home: Path, number: int = 3) -> list[Path]:
    """Certificates of one port, each after the one before."""
    made: list[Path] = []
    for count in range(number):
        previous = digest_at(made[-1]) if made else None
        made.append(write_certificate(home, f"c{count}", ended=ENDED + timedelta(minutes=count), previous=previous))
    return made


def told(found: Chains) -> str:
    assert found.all_faults
    return "\n".join(map(str, found.all_faults))


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    return chain(tmp_path)


def test_an_unbroken_chain(three: list[Path]) -> None:
    found = walk(three[0].parent, None, NOW)
    assert not found.all_faults
    assert [link.name for link in found.chains[0].links] == ["c0", "c1", "c2"]
    assert found.chains[0].place == "nyc-hud-gsr1 Serial5/0"


def test_a_certificate_that_was_removed(three: list[Path]) -> None:
    digest = digest_at(three[1])
    three[1].unlink()
    found = walk(three[0].parent, None, NOW)
    assert told(found) == f"c2: follows certificate {digest}, which is not here: it was removed or altered"
    assert not found.all_faults[0].altered


def test_a_certificate_that_was_edited(three: list[Path]) -> None:
    three[1].write_text(three[1].read_text().replace('"attempt": 1', '"attempt": 2'))
    assert told(walk(three[0].parent, None, NOW)).startswith("c2: follows certificate")
    three[1].write_text(three[1].read_text().replace('"verdict": "PASS"', '"verdict": "FAIL"', 1))
    assert "contradicts itself" in told(walk(three[0].parent, None, NOW))
    three[1].write_text("{")
    assert "not a whole JSON document" in told(walk(three[0].parent, None, NOW))


def test_two_beginnings_and_two_ends(tmp_path: Path, three: list[Path]) -> None:
    write_certificate(tmp_path, "d0", ended=ENDED + timedelta(minutes=9))
    assert "c0, d0: each says to be the first" in told(walk(three[0].parent, None, NOW))
    write_certificate(tmp_path, "d0", ended=ENDED + timedelta(minutes=9), previous=digest_at(three[0]))
    assert "c1, d0: both follow certificate" in told(walk(three[0].parent, None, NOW))


def test_another_port_s_certificate_and_one_from_the_future(tmp_path: Path, three: list[Path]) -> None:
    subject = replace(judged()[0].subject, port="Serial5/1")
    write_certificate(tmp_path, "e0", subject=subject, previous=digest_at(three[0]))
    assert "e0: follows c0, which is a certificate of nyc-hud-gsr1 Serial5/0" in told(
        walk(tmp_path / "certificates", None, NOW)
    )
    write_certificate(tmp_path, "e0", subject=subject)
    assert not walk(tmp_path / "certificates", None, NOW).all_faults
    write_certificate(tmp_path, "c3", ended=ENDED - timedelta(seconds=5), previous=digest_at(three[2]))
    assert "c3: follows c2, which is younger" in told(walk(tmp_path / "certificates", None, NOW))


def test_signed_ones_are_verified_and_stand_for_themselves(tmp_path: Path, three: list[Path]) -> None:
    key = make_key(tmp_path)
    for path in three:
        path.with_suffix(".dsse").write_bytes(sign(path, str(tmp_path / "keys" / "signing.key"), NOW))
    three[1].unlink()
    folder, trust = three[0].parent, Trust((key,))
    evidence = EvidenceFolder(tmp_path / "evidence")
    found = walk(folder, trust, NOW, evidence)
    assert not found.all_faults, "the signed one holds the certificate"
    assert all(link.signed for link in found.chains[0].links)
    sealed = folder / "c2.dsse"
    data = sealed.read_bytes()
    place = data.index(b'"sig": "') + 12
    sealed.write_bytes(data[:place] + (b"B" if data[place : place + 1] == b"A" else b"A") + data[place + 1 :])
    assert "c2: signature 1" in told(walk(folder, trust, NOW, evidence))
    sealed.write_bytes(data)
    next((tmp_path / "evidence").rglob("*.zst")).unlink()
    assert "is missing" in told(walk(folder, trust, NOW, evidence))


def test_a_certificate_that_nobody_signed_is_not_proved_by_those_before_it(tmp_path: Path, three: list[Path]) -> None:
    """Whoever can write there can forge the newest of a chain: it needs a signature, or a signed successor."""
    key = make_key(tmp_path)
    folder, trust = three[0].parent, Trust((key,))
    three[1].with_suffix(".dsse").write_bytes(sign(three[1], str(tmp_path / "keys" / "signing.key"), NOW))
    found = walk(folder, trust, NOW)
    assert told(found).startswith("c2: nobody signed it")
    assert not found.all_faults[0].altered
    assert not walk(folder, None, NOW).all_faults, "without a key no signature is looked at, and that is said"
    three[2].with_suffix(".dsse").write_bytes(sign(three[2], str(tmp_path / "keys" / "signing.key"), NOW))
    assert not walk(folder, trust, NOW).all_faults, "c0 is named by c1, c1 by c2"


def test_what_is_no_file_among_them(three: list[Path]) -> None:
    folder = three[0].parent
    (folder / "d0.json").mkdir()
    (folder / "d1.json").symlink_to(folder / "nowhere")
    (folder / "d2.dsse").mkdir()
    assert [fault.where for fault in walk(folder, None, NOW).all_faults] == ["d0", "d1", "d2"]
