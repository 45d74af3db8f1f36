"""The sample estate loads; every mistake in an inventory is named with file, line, field and the nearest word."""

from __future__ import annotations

import re
import sys
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_estate import sample_cards, sample_estate, scratch_inventory, spoilt

from turnup.equipment import load_equipment
from turnup.errors import ExitCode, InputError, UsageError


def refusal(folder: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        load_equipment(folder, cards=sample_cards())
    assert caught.value.exit_code == ExitCode.INPUT
    return caught.value


def test_the_sample_estate() -> None:
    estate = sample_estate()
    assert list(estate.routers) == ["nyc-hud-gsr1", "nyc-hud-gsr2", "lax-wil-gsr1", "chi-cer-gsr1"]
    assert estate.sites["NYC-60HUDSON"].routers == ("nyc-hud-gsr1", "nyc-hud-gsr2")
    router = estate.router("nyc-hud-gsr1")
    assert (router.platform, router.chassis, router.processor) == ("ios", "12012", "GRP-B")
    assert router.local_as == 64500  # from defaults.yaml
    assert router.flash_device == "slot0:"  # from a group
    assert router.slots[5] == "6DS3-SMB"
    assert estate.site_of(router).timezone == "America/New_York"
    assert estate.policy.clocks.completion is None


def test_every_router_peers_with_all_others_of_its_as() -> None:
    peers = {peer.name: peer.address for peer in sample_estate().router("chi-cer-gsr1").ibgp_peers}
    assert peers == {
        "lax-wil-gsr1": IPv4Address("10.255.2.1"),
        "nyc-hud-gsr1": IPv4Address("10.255.1.1"),
        "nyc-hud-gsr2": IPv4Address("10.255.1.2"),
    }


def test_a_mesh_that_is_given_is_kept(tmp_path: Path) -> None:
    folder = scratch_inventory(tmp_path)
    given_peers = "    ibgp_peers: [{ name: nyc-hud-gsr2, address: 10.255.1.2 }]\n"
    spoilt(folder, "hosts.yaml", '    chassis: "12008"\n', f'    chassis: "12008"\n{given_peers}')
    peers = load_equipment(folder, cards=sample_cards()).router("chi-cer-gsr1").ibgp_peers
    assert [peer.name for peer in peers] == ["nyc-hud-gsr2"]


def test_an_unknown_router_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'nyc-hud-gsr1'"):
        sample_estate().router("nyc-hud-grs1")


def test_reading_an_inventory_loads_no_session_library() -> None:
    import subprocess

    program = (
        "import sys; from turnup.equipment import load_equipment; from sample_estate import sample_cards; "
        "load_equipment(cards=sample_cards()); "
        "print([m for m in ('netmiko', 'napalm', 'paramiko', 'asyncssh', 'lxml') if m in sys.modules])"
    )
    paths = [str(Path(__file__).parent), *filter(None, sys.path)]
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ":".join(paths)},
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stderr


# file, what stands there, what it becomes, what the message must say (at that line, unless told otherwise)
SPOILT = [
    (
        "hosts.yaml",
        "    loopback: 10.255.1.1",
        "    loopbak: 10.255.1.1",
        "loopbak: unknown field; did you mean 'loopback'?",
    ),
    ("hosts.yaml", "    loopback: 10.255.1.1", "    loopback: 10.255.1.300", "loopback: must be an IPv4 address"),
    ("hosts.yaml", '    chassis: "12012"', "    chassis: 12012", "nyc-hud-gsr1.chassis: must be text, not a number"),
    (
        "hosts.yaml",
        "      1: OC48/POS # to nyc-hud-gsr2",
        "      1: OC48/PSO",
        "slot 1: no line card 'OC48/PSO' on this platform",
    ),
    ("hosts.yaml", "      7: 8FE-TX", "      12: 8FE-TX", "slot 12: a 12012 has the slots 0 to 11"),
    ("hosts.yaml", "      7: 8FE-TX", "      0: 8FE-TX", "slot 0 holds a route processor"),
    (
        "hosts.yaml",
        "  groups: [nyc-60hudson, grp-b]",
        "  groups: [nyc-60hudsen, grp-b]",
        "no group 'nyc-60hudsen'; did you mean",
    ),
    ("hosts.yaml", "  hostname: 10.255.1.1", "  hostnam: 10.255.1.1", "unknown key; did you mean 'hostname'?"),
    ("hosts.yaml", "  hostname: 10.255.1.1", "  password: hunter2", "a credential has no place"),
    (
        "hosts.yaml",
        "        address: 10.254.1.1/30",
        "        address: 10.254.1.1/29",
        "must be an address of a /30 or /31",
    ),
    (
        "hosts.yaml",
        "        far_address: 10.254.1.2\n",
        "        far_address: 10.254.1.3\n",
        "two hosts of 10.254.1.0/30",
    ),
    (
        "hosts.yaml",
        "        far_address: 10.254.1.6",
        "        far_address: 10.254.1.9",
        "both ends of a link lie in one network",
    ),
    (
        "hosts.yaml",
        "        far_interface: POS1/0",
        "        far_interface: POS1/1",
        "nyc-hud-gsr2 has no link on POS1/1",
    ),
    ("hosts.yaml", "        far_router: nyc-hud-gsr1", "        far_router: chi-cer-gsr1", "says it leads to"),
    (
        "hosts.yaml",
        "      - interface: POS1/0",
        "      - interface: POS1/1",
        "the OC48/POS in slot 1 has POS1/0 to POS1/0",
    ),
    (
        "hosts.yaml",
        "reserved_ports: [FastEthernet7/7]",
        "reserved_ports: [FastEthernet7/8]",
        "has FastEthernet7/0 to FastEthernet7/7",
    ),
    ("hosts.yaml", "bad_ports: [Serial6/11]", "bad_ports: [6/11]", "must be the name of an interface"),
    ("hosts.yaml", "    net: 49.0001.0102.5500.1001.00", "    net: 49.0001.0102.5500.1001", "is no NET"),
    (
        "hosts.yaml",
        "    net: 49.0001.0102.5500.1002.00",
        "    net: 49.0001.0102.5500.1001.00",
        "also that of nyc-hud-gsr1",
    ),
    ("hosts.yaml", "    loopback: 10.255.1.2", "    loopback: 10.255.1.1", "is also the loopback of nyc-hud-gsr1"),
    (
        "hosts.yaml",
        "port: 2001 } # out",
        "prot: 2001 } # out",
        "console_server.prot: unknown field; did you mean 'port'?",
    ),
    (
        "groups.yaml",
        "    site: NYC-60HUDSON",
        "    site: NYC-60HUDSEN",
        "no site 'NYC-60HUDSEN' in sites.yaml; did you mean",
    ),
    ("groups.yaml", "  platform: ios", "  platform: iso", "no folder templates/iso; did you mean 'ios'?"),
    ("groups.yaml", '    flash_device: "slot0:"', "    flash_device: slot0", "write it as slot0:"),
    ("defaults.yaml", "  local_as: 64500", "  local_as: 0", "local_as: must be 1 to 65535, not 0"),
    ("defaults.yaml", "  is_type: level-2-only", "  is_type: level-2", "is_type: cannot be 'level-2'"),
    ("defaults.yaml", "  dns_zone: example.net", "  dns_zon: example.net", "unknown field; did you mean 'dns_zone'?"),
    (
        "defaults.yaml",
        "last_resort_secret: last-resort",
        "last_resort_secret: last-resrt",
        "no secret 'last-resrt'; did you mean",
    ),
    ("defaults.yaml", "    agreed_by: customer\n", "", "needs a reason and who agreed"),
    ("sites.yaml", "  timezone: America/New_York", "  timezone: America/New_Yrok", "no time zone 'America/New_Yrok'"),
    ("sites.yaml", "  equipment: [GSR 12012]", "  equipment: [GSR 12016]", "NYC-60HUDSON has no 12012 in sites.yaml"),
    ("sites.yaml", "  aliases: [60 Hudson, NYC]", "  aliases: [LAX]", "also names"),
    (
        "sites.yaml",
        "  timezone: America/New_York",
        "  time_zone: America/New_York",
        "unknown field; did you mean 'timezone'?",
    ),
    ("policy.yaml", "ping:", "pings:", "unknown field; did you mean 'ping'?"),
    ("policy.yaml", "  loss_percent: 0", "  loss_percent: none", "ping.loss_percent: must be a whole number"),
    ("policy.yaml", "env:TURNUP_SECRET_LVL3_MD5", "s3cret", "a secret itself has no place here"),
    ("policy.yaml", "checks: {}", "checks: { no_such_test: {} }", "no such test"),
    (
        "policy.yaml",
        "clocks: {}",
        "clocks: { completion: 48 hours }",
        "clocks.completion: must be a period such as 48h",
    ),
]
# Mistakes that show in another field than the one that was changed: their line is that field's.
ELSEWHERE = {"groups.yaml", "defaults.yaml", "sites.yaml", "policy.yaml"}


@pytest.mark.parametrize(("file", "old", "new", "said"), SPOILT, ids=[said[:50] for *_, said in SPOILT])
def test_a_mistake_is_named(file: str, old: str, new: str, said: str, tmp_path: Path) -> None:
    folder = scratch_inventory(tmp_path)
    line = spoilt(folder, file, old, new)
    error = refusal(folder)
    assert said in str(error)
    if file not in ELSEWHERE:
        places = [int(found) for found in re.findall(r"\.yaml:(\d+)", str(error))]
        assert any(abs(place - line) <= 12 for place in places), error


def test_a_name_that_is_a_number(tmp_path: Path) -> None:
    folder = scratch_inventory(tmp_path)
    spoilt(folder, "hosts.yaml", "chi-cer-gsr1:", "12008:")
    assert "a name must be text" in str(refusal(folder))


def test_the_sample_estate_with_the_platforms_own_cards() -> None:
    assert load_equipment().routers == sample_estate().routers


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    folder = scratch_inventory(tmp_path)
    spoilt(folder, "policy.yaml", "env:TURNUP_SECRET_LVL3_MD5", "s3cret")
    assert "s3cret" not in str(refusal(folder))
    spoilt(folder, "defaults.yaml", "data:", "connection_options: { x: { password: hunter2 } }\ndata:")
    error = refusal(folder)
    assert "hunter2" not in str(error)
    assert "TURNUP_PASSWORD" in error.advice


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    folder = scratch_inventory(tmp_path)
    spoilt(folder, "hosts.yaml", "    loopback: 10.255.1.1", "    loopbak: 10.255.1.1")
    spoilt(folder, "policy.yaml", "ping:", "pings:")
    message = str(refusal(folder))
    assert message.startswith("3 mistakes:")  # the unknown field, the missing one, the policy's
    assert "hosts.yaml:7" in message or "nyc-hud-gsr1.loopback: is missing" in message


def test_names_that_a_prompt_cannot_tell_apart(tmp_path: Path) -> None:
    folder = scratch_inventory(tmp_path)
    text = (folder / "hosts.yaml").read_text()
    text = text.replace("nyc-hud-gsr1", "nyc-hudson-street-gsr1").replace("nyc-hud-gsr2", "nyc-hudson-street-gsr2")
    (folder / "hosts.yaml").write_text(text)
    assert "in its first 16 characters" in str(refusal(folder))


@pytest.mark.parametrize("file", ["hosts.yaml", "sites.yaml", "policy.yaml"])
def test_a_missing_file(file: str, tmp_path: Path) -> None:
    folder = scratch_inventory(tmp_path)
    (folder / file).unlink()
    assert "cannot be read" in str(refusal(folder))


# --- a mistyped field anywhere -----------------------------------------------------------------------------------

FILES = ("hosts.yaml", "groups.yaml", "defaults.yaml", "sites.yaml", "policy.yaml")
# Keys below these are names that the user chooses, or are the tests' own.
FREE = {("policy.yaml", "secrets"), ("policy.yaml", "checks"), ("hosts.yaml", "slots")}


def field_lines(text: str, file: str) -> list[int]:
    """Lines that begin with a field of ours."""
    found, free = [], False
    for number, line in enumerate(text.split("\n")):
        match = re.match(r"( +|)(?:- )?([a-z_0-9]+):", line)
        if match and not free and (file not in ("hosts.yaml", "groups.yaml", "sites.yaml") or match[1]):
            found.append(number)
        if match:
            free = (file, match[2]) in FREE if (file, match[2]) in FREE else free and line.startswith("  ")
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_unknown_field_anywhere_is_an_error_with_its_line(data: st.DataObject, tmp_path_factory: Any) -> None:
    folder = scratch_inventory(tmp_path_factory.mktemp("estate"))
    file = data.draw(st.sampled_from(FILES))
    lines = (folder / file).read_text().split("\n")
    number = data.draw(st.sampled_from(field_lines("\n".join(lines), file)))
    lines[number] = re.sub(r"([a-z_0-9]+):", r"\1_x:", lines[number], count=1)
    (folder / file).write_text("\n".join(lines))
    error = refusal(folder)
    assert re.search(rf"{file}:{number + 1}: [^\n]*unknown (field|key)", str(error)), (lines[number], str(error))
