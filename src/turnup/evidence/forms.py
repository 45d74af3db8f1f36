"""The forms in which a configuration, a log or an echo shows a secret. One line of the table a form.

Each form ends in a value: WORD is one word, LINE runs to the end of the line (IOS takes blanks in it) unless a type
in front says that it is coded. Groups: `type` is kept as it is, `secret` (and `secret2`) become tokens.
"""

from __future__ import annotations

import re

# What may stand before a command: a prompt, the head of a logged command, indentation, a diff's sign, `no`.
LEAD = re.compile(
    r"(?:.*?logged command:|[\w.()/:@-]{1,80}[#>])?[\s+!-]*(?:(?:no|default)\s+)?", re.IGNORECASE | re.DOTALL
)

_TYPE = r"(?:(?P<type>\d|10|encrypted|clear|text|md5|hmac-md5)\s+(?=\S))*"
_CODED = r"(?:(?:encrypted|clear)\s+)?"  # IOS-XR
_WORD = _TYPE + r"(?P<secret>\S+)"
_LINE = _WORD + r"(?P<rest>.*)"


def _kw(word: str, least: int) -> str:
    """A keyword and its abbreviations down to `least` letters: a logged command stands as it was typed."""
    tail = ""
    for letter in reversed(word[least:]):
        tail = f"(?:{letter}{tail})?"
    return f"{word[:least]}{tail}"


_PASSWORD = _kw("password", 3)
_SECRET = _kw("secret", 3)
_USERNAME = _kw("username", 4)
_NEIGHBOR = _kw("neighbor", 3)
_COMMUNITY = _kw("community", 3)
_SNMP = _kw("snmp-server", 4)
_AAA_SERVER = rf"(?:{_kw('tacacs-server', 3)}|{_kw('radius-server', 3)})"

_COMMANDS = (
    rf"{_kw('enable', 2)}\s+(?:{_SECRET}|{_PASSWORD})(?:\s+level\s+\d+)?\s+{_LINE}",
    rf"{_USERNAME}\s+\S+(?:\s+(?!(?:{_PASSWORD}|{_SECRET})\s)\S+)*?\s+(?:{_PASSWORD}|{_SECRET})\s+{_LINE}",
    rf"(?:mpls\s+ldp\s+)?{_NEIGHBOR}(?:\s+vrf\s+\S+)?\s+\S+\s+{_PASSWORD}\s+{_LINE}",
    rf"{_AAA_SERVER}\s+key\s+{_LINE}",
    rf"(?:{_AAA_SERVER}\s+host|server-private)\s.*?\skey\s+{_LINE}",
    rf"(?:client\s+\S+\s+)?server-key\s+{_LINE}",
    rf"{_SNMP}\s+{_COMMUNITY}\s+(?:(?P<type>encrypted|clear)\s+)?(?P<secret>\S+)",
    rf"{_SNMP}\s+user\s.*?\sauth\s+(?:md5|sha)\s+{_CODED}(?P<secret>\S+)"
    rf"(?:\s+priv\s+(?:(?!(?:encrypted|clear)\s)\D\S*\s+)?(?:\d+\s+)?{_CODED}(?P<secret2>\S+))?",
    rf"{_SNMP}\s+host\s+\S+\s+(?:vrf\s+\S+\s+)?(?:traps?\s+|informs?\s+)?"
    rf"(?:version\s+(?:1|2c|3\s+(?:auth|noauth|priv))\s+)?(?P<secret>\S+)",
    r"rmon\s+event\s+\d+\s.*?\btrap\s+(?P<secret>\S+)",
    rf"isis\s+{_PASSWORD}\s+{_WORD}",
    rf"(?:area|domain|lsp|hello)-password\s+(?!keychain\s)(?:accept\s+)?{_WORD}",
    r"key-string\s+(?P<type>password)\s+(?P<secret>\S+)",  # IOS-XR: coded as type 7
    rf"key-string\s+{_LINE}",
    rf"ip\s+(?:ftp|http\s+client)\s+{_PASSWORD}\s+{_LINE}",
    rf"(?:ftp|http)\s+client\s+(?:vrf\s+\S+\s+)?{_PASSWORD}\s+{_LINE}",  # IOS-XR
    rf"ppp\s.*?\b{_PASSWORD}\s+{_WORD}",
    r"ntp\s+authentication-key\s+\d+\s+md5\s+(?P<secret>\S+)(?:\s+(?P<type>\d))?",
    rf"crypto\s+isakmp\s+key\s+{_WORD}",
    rf"pre-shared-key\s+(?:.*?\bkey\s+)?{_WORD}",
    rf"(?:.*\s)?(?:authentication-key|message-digest-key\s+\d+\s+md5)\s+{_WORD}",
    rf"(?:standby|vrrp|glbp)\s+(?:\d+\s+)?authentication\s+(?!md5\s+key-chain)(?:md5\s+key-string\s+)?{_WORD}",
    rf"(?:l2tp\s+)?tunnel\s+{_PASSWORD}\s+{_LINE}",
    # Bare words of sub-modes, in lower case only: `Password required, but none set` is no configuration.
    rf"(?-i:password|secret)\s+{_LINE}",
    r"(?-i:key)\s+(?P<type>\d{1,2})\s+(?P<secret>(?!md5\s)[^\s-]\S*)\s*$",
    r"(?-i:key)\s+(?!\d+\s*$|chain\b)(?P<secret>\S*[^\s:])\s*$",
    r"key\s+\d+\s+--\s+text\s+\"(?P<secret>[^\"]+)\"",
    r"community\s+(?:name|securityname|index):\s+(?P<secret>\S+)",
)

COMMANDS = tuple(re.compile(form, re.IGNORECASE) for form in _COMMANDS)

# What no command above knows, but is coded as only a secret is.
CODED = re.compile(
    r"(?:password|passphrase|secret|key-string|key)\s+"
    r"(?:(?P<type>7)\s+(?P<secret>[0-9]{2}(?:[0-9A-F]{2})+)(?!\S)|(?P<type2>[45689])\s+(?P<secret2>\S{16,}))",
    re.IGNORECASE,
)

# A line without one of these (in lower case) is no concern of the table; most lines of a router's answer are not.
SUSPECT = ("pas", "sec", "key", "community", "snmp", "rmon", "md5", "authentication")

HASH = r"\$[0-9]\$[./A-Za-z0-9]*\$[./A-Za-z0-9]{16,}"
URL_PASSWORD = r"(?<=://)[^\s:/@]+:[^\s@/]+(?=@)"  # noqa: S105 - a form, user:password of ftp://user:password@host
