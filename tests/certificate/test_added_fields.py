"""Causes, figures and expected values on a certificate: older documents have none, and nothing contradicts itself."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from turnup.certificate import digest, from_json, schema, to_json
from turnup.errors import InputError
from turnup.model.certificate import Cause, Certificate, Folded, Missed, Sensitivity, SensitivityOfTest, Side
from turnup.model.verdict import Verdict

SAMPLES = Path(__file__).parent / "samples"
FIGURES = Sensitivity(10, 8, 2, (SensitivityOfTest(1, "intrapop_links", 10, 8, 2),), {"history": 2})


def sample(name: str) -> Certificate:
    return from_json((SAMPLES / f"{name}.json").read_text())


def explained() -> Certificate:
    certificate = sample("not_satisfied")
    red = tuple(
        Folded(row.number, finding.subject, finding.verdict)
        for row in certificate.rows
        for finding in row.findings
        if finding.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)
    )
    cause = Cause("a cable", Side.CROSS_CONNECT, "port", "gsr1", "show interfaces", red)
    return dataclasses.replace(certificate, causes=(cause,), sensitivity=FIGURES, expected="0" * 64)


def test_an_older_document_keeps_its_digest_and_its_text() -> None:
    text = (SAMPLES / "satisfied.json").read_text()
    certificate = from_json(text)
    assert (certificate.causes, certificate.sensitivity, certificate.expected) == (None, None, None)
    assert json.loads(to_json(certificate)) == json.loads(text)
    assert digest(certificate) != digest(dataclasses.replace(certificate, causes=()))


def test_a_new_document_is_read_as_written_and_fits_the_schema() -> None:
    certificate = explained()
    assert from_json(to_json(certificate)) == certificate
    jsonschema.Draft202012Validator(schema()).validate(json.loads(to_json(certificate)))


def broken(path: str, value: Any) -> str:
    data = json.loads(to_json(explained()))
    *way, last = path.split("/")
    place: Any = data
    for word in way:
        place = place[int(word) if isinstance(place, list) else word]
    if value is None:
        del place[int(last) if isinstance(place, list) else last]
    else:
        place[last] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("causes/0/folded/0", None, "its causes are not those of its findings"),
        ("causes/0/folded/0/subject", "another", "its causes are not those of its findings"),
        ("causes/0/folded/0/verdict", "PASS", "its causes are not those of its findings"),
        ("causes/0/folded", [], "a cause explains nothing"),
        ("causes/0/side", "nobody", "cannot be 'nobody'"),
        ("causes/0/next", None, "is missing"),
        ("sensitivity/caught", 9, "not the sum of those of its tests"),
        ("sensitivity/tests/0/tried", 9, "not the sum"),
        ("sensitivity/tests/0/number", 11, "did not pass"),
        ("sensitivity/missed", [{"test": 1, "command": "c", "line": 1, "text": "t", "change": "c"}], "do not come to"),
        ("expected", "abc", "no SHA-256 digest"),
    ],
)
def test_what_contradicts_itself_is_refused(path: str, value: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        from_json(broken(path, value))


def test_a_missed_change_is_named() -> None:
    figures = Sensitivity(10, 8, 1, (SensitivityOfTest(1, "intrapop_links", 10, 8, 1),), {"history": 1})
    with pytest.raises(InputError, match="do not come to"):
        from_json(to_json(dataclasses.replace(sample("satisfied"), sensitivity=figures)))
    told = dataclasses.replace(figures, missed=(Missed(1, "show x", 3, "a line", "dropped"),))
    assert from_json(to_json(dataclasses.replace(sample("satisfied"), sensitivity=told))).sensitivity == told
