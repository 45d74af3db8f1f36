"""Filters asked about a stranger's route: what lets it in filters nothing, what was not read is never taken for one."""

from __future__ import annotations

import pytest

from turnup.configuration import Configuration
from turnup.errors import CouldNotRun
from turnup.platforms import platform
from turnup.rules.bgp import bgp_section
from turnup.rules.bgp_filters import passes_all
from turnup.rules.prefixes import lets_anybody_in, prefix_entry, sources_let_anybody_in
from turnup.rules.route_policy import passes_anybody

_POLICIES = """\
!! IOS XR Configuration 4.3.2
prefix-set OURS
  # what the customer holds
  198.51.100.0/24,
  203.0.113.0/24 ge 24 le 28
end-set
!
prefix-set MASKED
  10.0.0.0 255.0.0.0
end-set
!
as-path-set ANY
  ios-regex '.*'
end-set
!
route-policy MARK
  set local-preference 120
end-policy
!
route-policy GIVEN($set)
  if destination in $set then
    pass
  endif
end-policy
!
route-policy TRIED
BODY
end-policy
!
end
"""

# Body of a policy -> whether a stranger's route passes it.
_BODIES = [
    ("pass", True),
    ("drop", False),
    ("", False),
    ("if destination in OURS then\npass\nendif", False),
    ("if destination in OURS then\npass\nelse\npass\nendif", True),
    ("if destination in OURS then\ndone\nendif\nset med 5", True),
    ("if not destination in OURS then\ndrop\nendif\npass", False),
    ("if not destination in OURS then\ndrop\nendif\napply MARK", False),
    ("if destination in OURS then\napply MARK\nelse\nif as-path length le 9 then\npass\nendif\nendif", True),
    ("if destination in OURS or as-path length le 9 then\npass\nendif", True),
    ("if destination in OURS and as-path length le 9 then\npass\nendif", False),
    ("if (destination in OURS and not tag eq 5) or destination in (0.0.0.0/0) then\npass\nendif", False),
    ("if destination in (0.0.0.0/0 ge 8, 10.0.0.0/8) then\npass\nendif", True),
    ("if validation-state is valid then\npass\nendif", True),
    ("if as-path in ANY then\npass\nendif", True),
    ("if as-path in (ios-regex '^64601_') then\npass\nendif", False),
    ("if rd in (1:1) then\npass\nelseif destination in OURS then\ndone\nelse\ndrop\nendif\npass", False),
    ("apply GIVEN(OURS)", False),
    ("if apply GIVEN(OURS) then\npass\nelse\nset med 1\nendif", True),
    ("apply MARK\nif not destination in OURS then\ndrop\nendif", False),
]  # fmt: skip


def _config(body: str) -> Configuration:
    return Configuration.read(_POLICIES.replace("BODY", body), platform("iosxr").reading)


@pytest.mark.parametrize(("body", "open_"), _BODIES)
def test_policy_is_run_for_a_stranger(body: str, open_: bool) -> None:
    assert passes_anybody(_config(body), "TRIED") is open_


@pytest.mark.parametrize(
    "body",
    [
        "apply TRIED",
        "apply NOWHERE",
        "if destination in NOWHERE then\npass\nendif",
        "if destination in MASKED then\npass\nendif",
        "if destination in (10.0.0.0 255.0.0.0) then\npass\nendif",
        "if as-path in NOWHERE then\npass\nendif",
        "if destination in OURS then\npass",
        "if (destination in OURS then\npass\nendif",
        "if and then\npass\nendif",
    ],
)
def test_policy_that_is_not_read_is_no_filter(body: str) -> None:
    with pytest.raises(CouldNotRun):
        passes_anybody(_config(body), "TRIED")


@pytest.mark.parametrize(
    ("entries", "open_"),
    [
        (["permit 0.0.0.0/0"], False),
        (["permit 0.0.0.0/0 le 7"], False),
        (["permit 0.0.0.0/0 le 8"], True),
        (["permit 0.0.0.0/0 ge 1"], True),
        (["permit 0.0.0.0/0 eq 24"], True),
        (["seq 5 permit any"], True),
        (["5 permit 128.0.0.0/2 le 24"], True),
        (["permit 10.0.0.0/8 le 32"], False),
        (["deny 0.0.0.0/0 le 32", "permit 0.0.0.0/0 le 32"], False),
        (["deny 0.0.0.0/0 ge 25", "permit 0.0.0.0/0 le 24"], True),
        (["deny 10.0.0.0/8 le 32", "permit 0.0.0.0/0 le 24"], True),
        (["permit ::/0"], False),
        (["permit ::/0 le 128"], True),
        (["permit 2000::/3 le 48"], True),
        (["permit 2001:db8::/32 le 48"], False),
        (["deny 0.0.0.0/0 le 32", "permit ::/0 le 48"], True),
    ],
)
def test_prefixes_are_asked_for_a_strangers(entries: list[str], open_: bool) -> None:
    assert lets_anybody_in(map(prefix_entry, entries)) is open_


@pytest.mark.parametrize(
    "text", ["permit", "permit 10.0.0.0 255.0.0.0", "permit 10.0.0.0/8 le", "allow 10.0.0.0/8", "x"]
)
def test_unread_entry_is_refused(text: str) -> None:
    with pytest.raises(CouldNotRun):
        prefix_entry(text)


@pytest.mark.parametrize(
    ("lines", "open_"),
    [
        (["permit any"], True),
        (["10 permit ip any any"], True),
        (["permit 0.0.0.0 255.255.255.255"], True),
        (["sequence 10 permit tcp any any eq 22"], True),
        (["10 permit ipv6 2001:db8:a::/48 any", "20 deny ipv6 any any"], False),
        (["permit tcp host 198.51.100.1 any eq bgp"], False),
        (["permit 0.0.0.0 127.255.255.255"], True),
        (["seq 5 permit 0.0.0.0/0"], True),
        (["seq 5 permit 0.0.0.0/0 exact-match"], False),
        (["permit 198.51.100.0 0.0.0.255"], False),
        (["permit host 198.51.100.0", "deny any", "permit any"], False),
        (["deny 10.0.0.0 0.255.255.255", "permit any"], True),
        (["remark nothing yet"], True),
        ([], True),
    ],
)
def test_sources_are_asked_for_a_strangers(lines: list[str], open_: bool) -> None:
    assert sources_let_anybody_in(lines) is open_


def test_called_route_map_is_not_guessed() -> None:
    section = "router bgp 1\n neighbor 10.0.0.2 remote-as 2\n neighbor 10.0.0.2 route-map A in\n"
    config = Configuration.read(f"version 8\n{section}route-map A permit 10\n call B\nend\n")
    found = bgp_section(config)
    assert found is not None
    with pytest.raises(CouldNotRun, match="call B"):
        passes_all(config, found.neighbors["10.0.0.2"])
