"""Whatever is typed, the router stays a router: it answers, prompts again, and its configuration reads back."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from session import type_in
from virtual_estate import device

from turnup.virtual.config_mode import ConfigMode
from turnup.virtual.config_tree import ConfigTree

LINES = (
    "interface Serial5/0", "interface POS2/1", "interface POS2/0", "interface Loopback7", "no interface Loopback7",
    "interface GigabitEthernet4/0.7", "router isis", "router bgp 64500", "no router isis", "description A",
    "no description", "ip address 10.10.3.1 255.255.255.252", "no ip address", "crc 32", "no crc", "encapsulation ppp",
    "shutdown", "no shutdown", "no cdp enable", "cdp enable", "passive-interface Serial5/0",
    "no passive-interface Serial5/0",
    "neighbor 10.10.3.2 remote-as 64603", "no neighbor 10.10.3.2 remote-as 64603", "neighbor 10.10.3.2 shutdown",
    "neighbor 10.10.3.2 password k", "ip prefix-list X permit 192.0.2.0/24", "no ip prefix-list X",
    "ip prefix-list X seq 7 deny 0.0.0.0/0 le 32", "no ip prefix-list X seq 7", "access-list 20 deny any",
    "no access-list 20", "ip access-list extended V", "permit tcp any any", "no permit tcp any any", "hostname r",
    "no hostname", "banner motd #x#", "no banner motd", "line vty 0 4", "exec-timeout 0 0", "route-map M", "exit",
)  # fmt: skip


@given(st.lists(st.sampled_from(LINES), max_size=25))
@settings(max_examples=60, deadline=None)
def test_any_order_of_commands_leaves_a_configuration_that_reads_back(lines: list[str]) -> None:
    router = device()
    mode = ConfigMode(router)
    for line in lines:
        mode.leave() if line == "exit" else mode.line(line)
    text = router.config.text()
    again = ConfigTree.read(text, router.cards)
    assert again.text() == text
    assert router.configuration.lines[-1].text == "end"


@given(st.text(alphabet=st.characters(codec="latin-1"), max_size=80))
@settings(max_examples=60, deadline=None)
def test_any_characters_leave_a_session_that_still_answers(typed: str) -> None:
    seen = type_in(f"{typed}\x15\r\x03\x1a\rq\r\r\rend\rend\r\r#\rend\rshow clock\r")
    assert seen.screen.endswith(("#", ">", "\n", " ", ":", "?", "]"))


@given(
    st.lists(st.sampled_from(["show version\r", "!m\r", "sh clock\r", "conf t\rend\r", "\r", "ping 10.1.1.1\r"])),
    st.integers(1, 40),
)
@settings(max_examples=40, deadline=None)
def test_pieces_do_not_matter(commands: list[str], pieces: int) -> None:
    text = "".join(commands)
    assert type_in(text, pieces=pieces).screen == type_in(text).screen
