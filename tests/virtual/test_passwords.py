"""Passwords against published pairs."""

from __future__ import annotations

import pytest

from turnup.virtual.passwords import decode7, encode7, hash5, matches5


@pytest.mark.parametrize(
    ("plain", "salt", "text"),
    [  # made with `openssl passwd -1`
        ("b", "92eb", "$1$92eb$KRrBui2QTUNzIO45FQMxX0"),
        ("cisco", "mERr", "$1$mERr$hx5rVt7rPNoS4wqbXKX7m0"),
    ],
)
def test_md5crypt(plain: str, salt: str, text: str) -> None:
    assert hash5(plain, salt) == text
    assert matches5(plain, text)
    assert not matches5(f"{plain}x", text)


@pytest.mark.parametrize(("text", "plain"), [("0822455D0A16", "cisco"), ("13061E010803", "cisco"), ("xx", None)])
def test_type_7(text: str, plain: str | None) -> None:
    assert decode7(text) == plain


def test_type_7_of_every_length() -> None:
    for length in range(1, 40):
        assert decode7(encode7("p" * length)) == "p" * length
