"""The configuration a router boots with: whole, in order, made of commands that the router itself takes."""

from __future__ import annotations

from virtual_estate import GSR1, device

from turnup.virtual.config_tree import UNKNOWN


def test_every_line_is_one_the_router_knows() -> None:
    tree = device().config
    unknown = [
        line.text for section in ("", *tree.sections()) for line in tree.lines(section) if line.order[0] == UNKNOWN
    ]
    assert unknown == []


def test_every_port_of_every_card_is_there_in_order() -> None:
    router = device()
    headers = router.configuration.headers("interface")
    ports = [f"interface {name}" for name, _, _ in router.interfaces()]
    assert list(headers) == ["interface Loopback0", *ports, "interface Ethernet0"]


def test_unused_ports_are_shut_and_empty() -> None:
    configuration = device().configuration
    used = {"Loopback0", "POS1/0", "POS2/0"}
    for header in configuration.headers("interface"):
        if header.split()[1] not in used:
            assert configuration.section(header) == ("no ip address", "no ip directed-broadcast", "shutdown")


def test_the_record_is_in_the_configuration() -> None:
    configuration = device().configuration
    for line in (
        "boot system flash slot0:gsr-p-mz.120-17.S3",
        "ip domain-name example.net",
        "ip name-server 192.0.2.53",
        "tacacs-server host 192.0.2.20",
        "access-list 10 permit 192.0.2.0 0.0.0.255",
        "access-list 10 deny   any",
        "logging 192.0.2.10",
    ):
        assert line in configuration.top
    assert f"net {GSR1.net}" in (configuration.section("router isis") or ())
    assert "neighbor 10.255.1.2 peer-group IBGP" in (configuration.section("router bgp 64500") or ())
    assert "access-class 10 in" in (configuration.section("line vty 0 4") or ())


def test_no_plain_secret_is_shown() -> None:
    text = device().config.text()
    for secret in ("last-resort-pw", "enable-pw", "EXAMPLE-A-KEY", "lab-tacacs-key"):
        assert secret not in text


def test_another_customer_was_there_before() -> None:
    configuration = device().configuration
    assert "ip address 10.10.1.1 255.255.255.252" in (configuration.section("interface POS2/0") or ())
    assert "neighbor 10.10.1.2 remote-as 64601" in (configuration.section("router bgp 64500") or ())
