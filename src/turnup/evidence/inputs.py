"""Refuse what a person wrote when a secret stands in it: an order, an inventory, a policy hold names, never values."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum

from turnup.errors import InputError
from turnup.evidence.redact import Redactor


def refuse_secrets(value: object, redact: Redactor, where: str) -> None:
    """Raise InputError for the first text below `value` (dataclasses, mappings, lists) that holds a secret.

    A secret is the value of a known one, or what only a secret looks like (`password 7 ...`, `user:word@`, a hash).
    The message names the field and never shows its text.
    """
    whole = "\n".join(text for _, text in _texts(value))
    if redact(whole) == whole:
        return
    for path, text in _texts(value):
        if redact(text) != text:
            names = redact.survivors(text)
            told = f"the value of the secret {', '.join(names)}" if names else "what looks like a secret"
            raise InputError(
                f"field {path!r} holds {told}; it is not shown, and nothing of it was kept",
                where=where,
                advice="Take it out; where a secret is needed write its name. It was in a file: have it changed.",
            )


def _texts(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, text) of every text, keys of mappings among them."""
    if isinstance(value, Enum):
        return
    if isinstance(value, str):
        yield path, value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _texts(getattr(value, field.name), f"{path}.{field.name}".lstrip("."))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(key, path) if isinstance(key, str) else ()
            yield from _texts(item, f"{path}.{key}".lstrip("."))
    elif isinstance(value, Sequence):
        for number, item in enumerate(value):
            yield from _texts(item, f"{path}[{number}]")
