"""containerlab's published schema, as the tests ask it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import regex
from jsonschema import Draft7Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend, validator_for

SCHEMA = Path(__file__).parent / "containerlab/clab.schema.json"


def complaints(topology: Any) -> list[str]:
    """What the schema finds wrong with a topology file's data, each with its place; empty when it is valid."""
    schema = json.loads(SCHEMA.read_text())
    # The schema's patterns say \\p{N}, which is right in JSON Schema and which Python's `re` does not know.
    asked = extend(validator_for(schema, default=Draft7Validator), {"pattern": _pattern})(schema)  # type: ignore[no-untyped-call]
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in asked.iter_errors(topology)]


def _pattern(_: Validator, pattern: str, value: object, __: object) -> Iterator[ValidationError]:
    if isinstance(value, str) and not regex.search(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")
