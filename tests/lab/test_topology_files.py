"""The topology files are containerlab's: its own published schema says so, and says no to what is wrong in them."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from topology_files import complaints

from turnup import folder

FILES = ("pop.clab.yml", "pop-cisco.clab.yml")


def topology(name: str) -> Any:
    return YAML(typ="safe", pure=True).load((folder("lab") / name).read_text())


def test_every_topology_file_is_looked_at() -> None:
    assert sorted(path.name for path in folder("lab").glob("*.clab.y*ml")) == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_topology_file_is_valid(name: str) -> None:
    assert complaints(topology(name)) == []


def broken_kind(told: Any) -> None:
    next(iter(told["topology"]["nodes"].values()))["kind"] = "cisco_gsr"


def unknown_key(told: Any) -> None:
    next(iter(told["topology"]["nodes"].values()))["priviledged"] = False


def no_ends(told: Any) -> None:
    told["topology"]["links"][0] = {"endpoint": told["topology"]["links"][0]["endpoints"]}


def no_address(told: Any) -> None:
    next(iter(told["topology"]["nodes"].values()))["mgmt-ipv4"] = "192.0.2.300"


def no_topology(told: Any) -> None:
    del told["topology"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", [broken_kind, unknown_key, no_ends, no_address, no_topology])
def test_a_damaged_topology_file_is_not(name: str, damage: Any) -> None:
    told = deepcopy(topology(name))
    damage(told)
    assert complaints(told)


@pytest.mark.parametrize("name", FILES)
def test_every_file_that_a_topology_names_is_there(name: str) -> None:
    told, here = topology(name)["topology"], Path(str(folder("lab")))
    levels = [*told.get("kinds", {}).values(), *told.get("groups", {}).values(), *told["nodes"].values()]
    named = [level["startup-config"] for level in levels if "startup-config" in level]
    named += [bind.split(":")[0] for level in levels for bind in level.get("binds", ())]
    made_by_up = {"pop/console"}  # a folder of sockets
    assert [path for path in named if path not in made_by_up and not (here / path).exists()] == []
    assert named
