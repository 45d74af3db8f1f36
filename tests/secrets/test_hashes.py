"""Passwords as IOS stores them, against hashes that others published."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnup.secrets.hashes import decode_type7, encode_type7, md5crypt, verify

# The sample hashes of hashcat's list of modes, and the ones that Cisco's and passlib's documents use for `cisco`.
PUBLISHED = [
    (0, "cisco", "cisco"),
    (4, "2btjjy78REtmYkkW0csHUbJZOstRXoWdX1mGrmmfeHI", "hashcat"),
    (5, "$1$28772684$iEwNOgGugqO9.bIz5sk8k/", "hashcat"),
    (5, "$1$mERr$hx5rVt7rPNoS4wqbXKX7m0", "cisco"),
    (7, "0822455D0A16", "cisco"),
    (7, "045802150C2E", "cisco"),
    (8, "$8$TnGX/fE4KGHOVU$pEhnEvxrvaynpi8j4f.EMHr6M.FzU8xnZnBr/tJdFWk", "hashcat"),
    (9, "$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6", "hashcat"),
]


@pytest.mark.parametrize(("kind", "stored", "password"), PUBLISHED)
def test_published_samples(kind: int, stored: str, password: str) -> None:
    assert verify(kind, stored, password)
    assert not verify(kind, stored, password + "x")
    assert not verify(kind, stored, "")


@pytest.mark.parametrize(("kind", "stored", "password"), [sample for sample in PUBLISHED if sample[0] in (4, 5, 8, 9)])
def test_one_changed_letter_of_the_hash_is_another_password(kind: int, stored: str, password: str) -> None:
    changed = stored[:-2] + ("a" if stored[-2] != "a" else "b") + stored[-1]
    assert not verify(kind, changed, password)


@pytest.mark.parametrize("kind", [5, 7, 8, 9])
@pytest.mark.parametrize("stored", ["", "x", "$1$", "$1$abcd", "cisco", "99FF", "08zz", "$5$salt"])
def test_a_malformed_hash_is_never_equal(kind: int, stored: str) -> None:
    assert not verify(kind, stored, "cisco")
    assert not verify(kind, stored, "")


def test_type_6_needs_the_router() -> None:
    with pytest.raises(ValueError, match="type 6"):
        verify(6, "JDYkqyIFWeBvzpljSfWmRZrmRSRE8", "cisco")


@pytest.mark.parametrize("text", ["", "08", "0", "53ABCD", "0822455D0A1", "0822 455D", "08GG"])
def test_what_is_no_type_7(text: str) -> None:
    with pytest.raises(ValueError, match="not a type 7"):
        decode_type7(text)


@settings(deadline=None)  # other work on the machine must not fail it
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60), st.integers(0, 52))
def test_type_7_comes_back(plain: str, seed: int) -> None:
    assert decode_type7(encode_type7(plain, seed)) == plain


# Made with `openssl passwd -1 -salt SALT PASSWORD`.
@pytest.mark.parametrize(
    ("password", "stored"),
    [
        ("a" * 40, "$1$saltsalt$xbcEYb2v/vQerF.rDxN620"),
        ("Vault-77", "$1$x$BJVaAPHfKV3m3z6W.Qqjc0"),
        ("0123456789abcdef", "$1$abcd$eoH0nHVMa5STp.IoRjCTf0"),
    ],
)
def test_md5crypt_agrees_with_openssl(password: str, stored: str) -> None:
    assert md5crypt(password, stored.split("$")[2]) == stored
