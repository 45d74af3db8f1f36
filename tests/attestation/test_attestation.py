"""Attestations: what is needed to make one, when one counts, and that the book shows every change."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnup.attestation.attest import attestation_of, file_digest, standing, waiting
from turnup.attestation.book import Book
from turnup.certificate import from_json
from turnup.errors import InputError, Refused, UsageError
from turnup.model.attestation import Attestation, fingerprint
from turnup.model.certificate import Certificate
from turnup.model.verdict import BY_A_PERSON, Finding, Seen, Verdict

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PLACE: dict[str, Any] = {"router": "nyc-hud-gsr1", "port": "Serial5/0", "order": "PSO-2001-000051"}
SAMPLES = Path(__file__).parents[1] / "certificate" / "samples"
SEEN = (Seen("show running-config", 7, "line con 0"), Seen("show running-config", 8, "exec-timeout 10 0"))
WAITS = Finding("console prompt", Verdict.PENDING, BY_A_PERSON, "look", "rule", SEEN)


def one(**changes: Any) -> Attestation:
    made: dict[str, Any] = {
        **PLACE,
        "test": "console_login",
        "verdict": Verdict.PASS,
        "by": "A. Operator",
        "witness": "B. Witness",
        "at": AT,
        "expires": AT + timedelta(days=30),
        "file_sha256": "5a" * 32,
        "covers": {"console prompt": "0" * 64},
    }
    return Attestation(**{**made, **changes})


def certificate(finding: Finding = WAITS) -> Certificate:
    """The satisfied sample, with test 12 as that finding leaves it."""
    read = from_json((SAMPLES / "satisfied.json").read_text())
    rows = tuple(
        replace(row, verdict=finding.verdict, reason="look", findings=(finding,)) if row.number == 12 else row
        for row in read.rows
    )
    return replace(read, rows=rows)


def made(**changes: Any) -> Attestation:
    said: dict[str, Any] = {
        "verdict": Verdict.PASS,
        "by": "A. Operator",
        "witness": "B. Witness",
        "at": AT,
        "expires": AT + timedelta(days=1),
        "file_sha256": "5a" * 32,
    }
    return attestation_of(certificate(), changes.pop("test", "12"), **{**said, **changes})


# --- making one ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("test", ["12", "console_login"])
def test_it_is_bound_to_port_order_test_and_what_was_seen(test: str) -> None:
    found = made(test=test, by="  A.  Operator ")
    assert (found.test, found.router, found.port, found.order) == ("console_login", *PLACE.values())
    assert found.covers == {"console prompt": fingerprint(SEEN)}
    assert found.by == "A. Operator"


def test_the_fingerprint_is_of_the_lines_not_of_their_place() -> None:
    moved = tuple(replace(seen, line=seen.line + 100) for seen in SEEN)
    assert fingerprint(moved) == fingerprint(SEEN)
    assert len({fingerprint(SEEN), fingerprint(SEEN[:1]), fingerprint(SEEN[::-1]), fingerprint(())}) == 4


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"by": ""}, "who saw it"),
        ({"witness": " "}, "the witness"),
        ({"by": "x" * 81}, "who saw it"),
        ({"by": "A\x1b[1m"}, "who saw it"),
        ({"witness": "A. Operator"}, "own witness"),
        ({"witness": "a operator"}, "own witness"),
        ({"by": "Jos\u00e9", "witness": "Jose\u0301"}, "own witness"),
        ({"witness": "-"}, "the witness"),
        ({"expires": AT}, "expired before"),
        ({"file_sha256": "x"}, "SHA-256"),
        ({"verdict": Verdict.INCONCLUSIVE}, "neither PASS nor FAIL"),
        ({"note": "a\x00b"}, "more than one line"),
    ],
)
def test_what_is_no_attestation(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        made(**changes)


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS, Verdict.NOT_APPLICABLE])
def test_what_a_machine_found_waits_for_nobody(verdict: Verdict) -> None:
    found = replace(WAITS, verdict=verdict, expected="a login prompt")
    with pytest.raises(Refused, match="waits for nobody"):
        waiting(certificate(found), "12")
    with pytest.raises(UsageError, match="no test '21'"):
        waiting(certificate(), "21")


def test_what_was_attested_can_be_attested_again() -> None:
    """A person who later sees it wrong says so; the last one counts."""
    attested = replace(WAITS, verdict=Verdict.PASS)
    assert waiting(certificate(attested), "12")[1] == (attested,)


def test_the_file_is_kept_as_its_digest(tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(b"photo")
    assert file_digest(tmp_path / "photo") == hashlib.sha256(b"photo").hexdigest()
    (tmp_path / "empty").touch()
    with pytest.raises(InputError, match="is empty"):
        file_digest(tmp_path / "empty")
    with pytest.raises(InputError, match="cannot be read"):
        file_digest(tmp_path)


# --- which one counts ------------------------------------------------------------------------------------------


def void(*records: Attestation, now: datetime = AT + timedelta(days=1), **place: Any) -> str:
    (found,) = standing(records, **{**PLACE, **place}, now=now)
    return found.void


def test_it_counts_until_it_expires() -> None:
    assert void(one()) == ""
    assert void(one(), now=AT + timedelta(days=30) - timedelta(seconds=1)) == ""
    assert void(one(), now=AT + timedelta(days=30)) == "expired on 2026-12-22 09:00 UTC"
    assert "in the future" in void(one(), now=AT - timedelta(hours=1))


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"port": "Serial5/1"}, "was made for Serial5/0 (PSO-2001-000051)"),
        ({"order": "PSO-2001-000052"}, "was made for Serial5/0 (PSO-2001-000051)"),
        ({"port": None, "order": None}, "was made for Serial5/0 (PSO-2001-000051)"),
    ],
)
def test_it_counts_for_its_port_and_order_only(place: dict[str, Any], words: str) -> None:
    assert void(one(), **place) == words


def test_another_router_s_says_nothing() -> None:
    assert standing([one()], **{**PLACE, "router": "lax-wil-gsr1"}, now=AT) == ()


def test_the_last_one_counts_even_when_it_is_no_longer_good() -> None:
    late = one(verdict=Verdict.FAIL, expires=AT + timedelta(hours=1))
    assert void(one(), late).startswith("expired")
    (found,) = standing([late, one()], **PLACE, now=AT + timedelta(days=1))
    assert found.verdict is Verdict.PASS
    elsewhere = one(port="Serial5/1")
    assert void(one(), elsewhere) == "", "what is said of another port takes nothing back"


@pytest.mark.parametrize("flaw", [{"witness": "a. operator"}, {"verdict": Verdict.PENDING}, {"covers": {}}, {"by": ""}])
def test_a_record_that_nobody_could_have_made_here_does_not_count(flaw: dict[str, Any]) -> None:
    assert void(one(**flaw))


# --- the book --------------------------------------------------------------------------------------------------


def filled(folder: Path, number: int = 3) -> Book:
    book = Book(folder)
    for count in range(number):
        book.add(one(note=f"n{count}"))
    return book


def test_what_is_written_is_read(tmp_path: Path) -> None:
    book = Book(tmp_path / "attestations")
    assert book.read() == ()
    kept = book.add(one(note="né", port=None, order=None))
    assert book.read() == (kept,)
    assert kept == one(note="né", port=None, order=None, digest=kept.digest)
    assert (tmp_path / "attestations").stat().st_mode & 0o077 == 0
    lines = (tmp_path / "attestations" / "book.jsonl").read_text().splitlines()
    assert json.loads(lines[0])["previous"] is None
    again = book.add(one())
    assert json.loads((tmp_path / "attestations" / "book.jsonl").read_text().splitlines()[1])["previous"] == kept.digest
    assert again.digest != kept.digest


@given(place=st.integers(min_value=0), bits=st.integers(1, 255))
@settings(max_examples=200)
def test_any_changed_byte_is_seen(tmp_path_factory: pytest.TempPathFactory, place: int, bits: int) -> None:
    folder = tmp_path_factory.mktemp("book")
    book = filled(folder, 2)
    for name in ("book.jsonl", "head.json"):
        path = folder / name
        data = path.read_bytes()
        where = place % len(data)
        path.write_bytes(data[:where] + bytes([data[where] ^ bits]) + data[where + 1 :])
        assert all("is not whole" in found.void for found in book.read()), (name, where)
        with pytest.raises(Refused, match="nothing in it counts"):
            book.add(one())
        path.write_bytes(data)
    assert [found.void for found in book.read()] == ["", ""]


def rewritten(folder: Path, lines: list[str]) -> None:
    (folder / "book.jsonl").write_text("".join(f"{line}\n" for line in lines))


def test_a_record_taken_out_added_or_moved(tmp_path: Path) -> None:
    book = filled(tmp_path)
    lines = (tmp_path / "book.jsonl").read_text().splitlines()
    for order in ((0, 1), (1, 2), (2, 1, 0), (0, 2, 1), (0, 0, 2), ()):
        changed = [lines[number] for number in order]
        rewritten(tmp_path, changed)
        assert all("is not whole" in found.void for found in book.read())
        with pytest.raises(Refused):
            book.add(one())
    (tmp_path / "book.jsonl").unlink()
    assert book.read() == ()
    with pytest.raises(Refused):
        book.add(one())
    rewritten(tmp_path, lines)
    assert len(book.read()) == 3
    (tmp_path / "head.json").unlink()
    assert all("head.json is gone" in found.void for found in book.read())


def test_a_torn_end_is_not_counted_and_is_written_over(tmp_path: Path) -> None:
    """A crash between the record and the head: the person was told nothing, so nothing counts."""
    book = filled(tmp_path, 1)
    with (tmp_path / "book.jsonl").open("ab") as file:
        file.write(b'{"at":"2026')
    assert [found.note for found in book.read()] == ["n0"]
    book.add(one(note="after"))
    assert [(found.note, found.void) for found in book.read()] == [("n0", ""), ("after", "")]


def _write(folder: Path, name: str) -> None:
    for count in range(10):
        Book(folder).add(one(by=name, note=str(count)))


@pytest.mark.checkout  # the two processes import this file, which stands beside no wheel
def test_two_who_attest_at_once(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]); import test_attestation as this"
    code += "; this._write(Path(sys.argv[2]), sys.argv[3])"
    words = [sys.executable, "-c", code, str(Path(__file__).parent), str(tmp_path)]
    writers = [subprocess.Popen([*words, name]) for name in ("A", "C")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    found = Book(tmp_path).read()
    assert len(found) == 20
    assert not any(record.void for record in found)


def test_a_record_that_reads_the_same_but_is_written_otherwise(tmp_path: Path) -> None:
    book = Book(tmp_path)
    book.add(one(note="né"))
    path = tmp_path / "book.jsonl"
    path.write_text(path.read_text().replace("\\u00e9", "\\u00E9"))
    assert "not written as it was" in book.read()[0].void


def test_a_head_of_another_book(tmp_path: Path) -> None:
    book = filled(tmp_path, 2)
    head = json.loads((tmp_path / "head.json").read_text())
    for change in ({"digest": "0" * 64}, {"records": 1}):
        (tmp_path / "head.json").write_text(json.dumps({**head, **change}))
        assert "does not end with the record" in book.read()[0].void
