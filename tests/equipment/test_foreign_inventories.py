"""Other people's inventories: any Nornir plugin, through an ordinary Nornir configuration file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from nornir.core.inventory import Defaults, Group, Groups, Host, Hosts, Inventory, ParentGroups
from nornir.core.plugins.inventory import InventoryPluginRegister
from ruamel.yaml import YAML
from sample_estate import sample_cards, sample_estate, scratch_inventory, spoilt

from turnup.equipment import load_equipment
from turnup.errors import InputError, UsageError


class Foreign:
    """An inventory plugin as another project would have it: no files, data of its own beside ours."""

    def __init__(self, key: str = "turnup", holder: str = "", **wrong: Any) -> None:
        self.key, self.holder, self.wrong = key, holder, wrong

    def load(self) -> Inventory:
        defaults = Defaults()
        group = Group(name="pop", platform="ios", defaults=defaults, groups=ParentGroups())
        hosts = Hosts()
        for name, data in _plain_hosts().items():
            record = {**data, **self.wrong}
            ours = {self.key: record} if self.key else record
            held = {self.holder: ours} if self.holder else ours
            hosts[name] = Host(
                name=name,
                hostname="192.0.2.1",
                groups=ParentGroups([group]),
                defaults=defaults,
                data={"rack": 7, **held} if self.key else held,
            )
        switch = Host(name="sw1", platform="eos", groups=ParentGroups(), defaults=defaults, data={"rack": 8})
        if self.key:
            hosts["sw1"] = switch
        return Inventory(hosts=hosts, groups=Groups({"pop": group}), defaults=defaults)


def _plain_hosts() -> dict[str, dict[str, Any]]:
    """Every host's whole data as plain text and numbers; slots by text, as JSON has them."""
    from turnup import folder

    yaml = YAML(typ="safe")
    hosts, groups, defaults = (yaml.load(folder("inventory") / f"{n}.yaml") for n in ("hosts", "groups", "defaults"))
    found = {}
    for name, host in hosts.items():
        data = dict(defaults["data"])
        for group in reversed(host["groups"]):
            data |= groups[group]["data"]
        data |= host["data"]
        found[name] = {**data, "slots": {str(slot): card for slot, card in data["slots"].items()}}
    return found


@pytest.fixture
def config(tmp_path: Path) -> Any:
    def write(options: dict[str, Any], plugin: str = "Foreign", **rest: Any) -> Path:
        from turnup import folder

        user = {
            "turnup_sites": str(folder("inventory") / "sites.yaml"),
            "turnup_policy": str(folder("inventory") / "policy.yaml"),
        }
        content = {"inventory": {"plugin": plugin, "options": options}, "user_defined": user, **rest}
        with (tmp_path / "config.yaml").open("w") as file:
            YAML(typ="safe").dump(content, file)
        return tmp_path / "config.yaml"

    InventoryPluginRegister.register("Foreign", Foreign)
    yield write
    InventoryPluginRegister.available.pop("Foreign", None)


@pytest.mark.parametrize("options", [{}, {"holder": "custom_fields"}, {"holder": "config_context"}], ids=str)
def test_any_plugin_gives_the_same_routers(options: dict[str, Any], config: Any) -> None:
    estate = load_equipment(config_file=config(options), cards=sample_cards())
    assert estate.others == ("sw1",)
    for name, router in estate.routers.items():
        mine = sample_estate().routers[name]
        places = {"origin": "", "sources": {}}
        assert {**vars(router), **places} == {**vars(mine), **places}


def test_a_plugin_s_mistake_names_host_and_field(config: Any) -> None:
    with pytest.raises(
        InputError, match=r"host nyc-hud-gsr1: nyc-hud-gsr1.loopbak: unknown field; did you mean 'loopback'"
    ):
        load_equipment(config_file=config({"loopbak": "10.0.0.1"}), cards=sample_cards())


def test_fields_of_others_are_ignored_only_below_a_key_of_ours(config: Any) -> None:
    with pytest.raises(InputError, match="rack: unknown field"):
        load_equipment(config_file=config({"key": "", "rack": 7}), cards=sample_cards())


def test_a_mistyped_key_of_ours_is_no_foreign_host(config: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    load = Foreign.load

    def mistyped(self: Foreign) -> Inventory:
        inventory = load(self)
        inventory.hosts["sw1"].data["turnupp"] = {}
        return inventory

    monkeypatch.setattr(Foreign, "load", mistyped)
    with pytest.raises(InputError, match=r"sw1.turnupp: unknown key; did you mean 'turnup'"):
        load_equipment(config_file=config({}), cards=sample_cards())


def test_simple_inventory_through_a_configuration_file(config: Any, tmp_path: Path) -> None:
    folder = scratch_inventory(tmp_path)
    options = {
        f"{kind}_file": str(folder / f"{name}.yaml")
        for kind, name in (("host", "hosts"), ("group", "groups"), ("defaults", "defaults"))
    }
    file = config(options, plugin="SimpleInventory")
    assert load_equipment(config_file=file, cards=sample_cards()).routers.keys() == sample_estate().routers.keys()
    assert not Path("nornir.log").exists()
    line = spoilt(folder, "hosts.yaml", "    loopback: 10.255.1.1", "    loopbak: 10.255.1.1")
    with pytest.raises(InputError, match=rf"hosts.yaml:{line}: nyc-hud-gsr1.loopbak: unknown field"):
        load_equipment(config_file=file, cards=sample_cards())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"plugin": "Nowhere"}, "inventory plugin 'Nowhere' failed"),
        ({"runer": {}}, "runer: unknown key; did you mean 'runner'?"),
        ({"user_defined": {"turnup_site": "x"}}, "turnup_site: unknown key; did you mean 'turnup_sites'?"),
    ],
    ids=str,
)
def test_a_bad_configuration_file(change: dict[str, Any], said: str, config: Any) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        load_equipment(config_file=config({}, **change), cards=sample_cards())


def test_folder_and_configuration_file_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not both"):
        load_equipment(tmp_path, tmp_path / "x.yaml")
