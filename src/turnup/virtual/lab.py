"""A virtual lab: the routers of an inventory with their far ends, customers and faults; no sockets here."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path

from turnup import folder
from turnup.errors import InputError, UsageError
from turnup.load.strict import build, suggestion
from turnup.model.equipment import LineCard, Router, Site
from turnup.model.interface_name import InterfaceName
from turnup.model.policy import Policy
from turnup.platforms import platform
from turnup.virtual.access import Account
from turnup.virtual.baseline import Baseline, Foreign, LabSecrets
from turnup.virtual.config_mode import ConfigMode
from turnup.virtual.device import Device, FarEnd, StateProvider
from turnup.virtual.faults import Change, Fault, fault_named, take_back

NOC = "noc"
CLONES = IPv4Address("10.250.0.0")  # loopbacks of cloned routers follow


@dataclass(frozen=True)
class Customer:
    """A customer's router at the far end of a cross-connect (lab/customers.toml).

    `key` names the environment variable that holds its MD5 key; not set: it takes any key, as the lab has no other.
    `prefixes` are what it announces. Line settings left out: it takes what our end has.
    """

    name: str
    router: str
    link: IPv4Network
    peer_as: int
    prefixes: tuple[IPv4Network, ...]
    key: str = ""
    interface: InterfaceName | None = None
    encapsulation: str | None = None
    crc: int | None = None
    scramble: bool | None = None

    def far_end(self) -> FarEnd:
        """The same as the device sees it; the customer takes the high address of the link."""
        return FarEnd(
            self.name,
            self.router,
            list(self.link.hosts())[-1],
            self.link,
            interface=self.interface,
            peer_as=self.peer_as,
            prefixes=self.prefixes,
            md5_key=os.environ.get(self.key) if self.key else None,
            encapsulation=self.encapsulation,
            crc=self.crc,
            scramble=self.scramble,
        )


@dataclass(frozen=True)
class Management:
    """Address of a router's Ethernet0 on the management network; without one that port is shut."""

    router: str
    address: IPv4Interface


@dataclass(frozen=True)
class Customers:
    """lab/customers.toml: who was there before (`foreign`), who waits at the cross-connect (`customer`), and where
    routers stand in the management network.
    """

    foreign: tuple[Foreign, ...] = ()
    customer: tuple[Customer, ...] = ()
    management: tuple[Management, ...] = ()

    def far_ends(self, router: str) -> tuple[FarEnd, ...]:
        """Customers of one router."""
        before = (
            FarEnd(
                f"{one.code.lower()}-ce",
                one.router,
                list(one.link.hosts())[-1],
                one.link,
                interface=InterfaceName.parse(one.interface),
                peer_as=one.peer_as,
                prefixes=one.prefixes,
                md5_key=one.password,
            )
            for one in self.foreign
            if one.router == router
        )
        return (*before, *(one.far_end() for one in self.customer if one.router == router))


def read_customers(path: Path | None = None) -> Customers:
    """Read lab/customers.toml. Raises InputError."""
    path = path or folder("lab") / "customers.toml"
    try:
        return build(Customers, tomllib.loads(path.read_text(encoding="utf-8")), where=path.name)
    except (OSError, ValueError) as error:
        raise InputError(str(error), where=path.name) from error


@dataclass(frozen=True)
class Plain:
    """Secrets of a lab, plain. Defaults are for a lab that nobody else reaches."""

    password: str
    last_resort: str = "lab-last-resort"
    enable: str = "lab-enable"
    tacacs_key: str = "lab-tacacs-key"


@dataclass
class Lab:
    """Devices by name, with what they share."""

    devices: dict[str, Device]
    provider: StateProvider
    accounts: Mapping[str, Account]
    zone: str = "example.net"
    active: dict[str, Fault] = field(default_factory=dict)

    def device(self, name: str) -> Device:
        """The router of that name. Raises UsageError with a suggestion."""
        if name not in self.devices:
            raise UsageError(f"no virtual router {name!r}{suggestion(name, list(self.devices))}")
        return self.devices[name]

    def fault_on(self, fault: Fault) -> None:
        """Make the routers wrong now. Raises InputError when the fault does not fit a configuration."""
        if fault.name in self.active:
            return
        for device in self.devices.values():
            if device.backing is not None and fault.applies(device.router.name) and (real := fault.of_protocols()):
                raise InputError(f"{fault.name}: {real} is real on {device.router.name}; nothing can make it up")
        self.active[fault.name] = fault
        try:
            for device in self.devices.values():
                if fault.applies(device.router.name):
                    _spoil(device, fault)
        except InputError:
            self.fault_off(fault.name)
            raise

    def fault_off(self, name: str) -> None:
        """Repair what that fault did, and only that. Raises UsageError when it is not on."""
        if name not in self.active:
            raise UsageError(f"fault {name!r} is not on", advice=f"On: {', '.join(self.active) or 'none'}.")
        fault = self.active.pop(name)
        for device in self.devices.values():
            if name in device.spoiled:
                _repair(device, device.spoiled.pop(name))
            device.faults = tuple(one for one in device.faults if one is not fault)
            for one in fault.behaviour:
                device.misbehaved.pop(one, None)

    def configure(self, name: str, lines: Sequence[str], username: str) -> list[str]:
        """Somebody else configures that router; what IOS answered to each line."""
        device = self.device(name)
        mode = ConfigMode(device)
        answers = [mode.line(line) for line in lines]
        device.say(f"%SYS-5-CONFIG_I: Configured from console by {username} on vty4 (192.0.2.77)")
        device.last_change = (device.clock(), username)
        return answers


def _spoil(device: Device, fault: Fault) -> None:
    """Give the device a fault; one that changes the configuration is carried out now, so that it fails now."""
    if fault.config:
        saved = device.startup == device.config.text()
        device.spoiled[fault.name] = fault.change(device.config, device.router.name)
        if saved:
            device.startup = device.config.text()
    device.faults = (*device.faults, fault)
    device.settle()


def _repair(device: Device, changes: list[Change]) -> None:
    """Take those changes back, in the startup configuration too unless somebody has work there that is not saved."""
    saved = device.startup == device.config.text()
    take_back(device.config, changes)
    if saved:
        device.startup = device.config.text()
    device.settle()


def make_lab(
    routers: Sequence[Router],
    sites: Mapping[str, Site],
    policy: Policy,
    provider: StateProvider,
    plain: Plain,
    *,
    customers: Customers | None = None,
    faults: Sequence[str] = (),
    cards: Mapping[str, LineCard] | None = None,
) -> Lab:
    """Build the devices; their configurations are made when somebody looks. Raises UsageError for unknown faults."""
    customers = customers if customers is not None else read_customers()
    devices_of = {router.processor: router.flash_device or "slot0:" for router in routers}
    images = {one.processor: f"{devices_of.get(one.processor, 'slot0:')}{one.file}" for one in policy.images}
    baseline = Baseline(
        LabSecrets(plain.last_resort, plain.enable, plain.tacacs_key),
        images,
        customers.foreign,
        {one.router: one.address for one in customers.management},
    )
    devices = {}
    for router in routers:
        known = cards if cards is not None else platform(router.platform).linecards
        devices[router.name] = Device(
            router,
            sites[router.site],
            _cards(router, known),
            lambda device: baseline.text(device.router, device.cards),
            far_ends=(*_neighbors(router), *customers.far_ends(router.name)),
        )
    lab = Lab(devices, provider, {NOC: Account(plain.password), "ro": Account(plain.password, privilege=1)})
    for name in faults:
        lab.fault_on(fault_named(name))
    return lab


def _cards(router: Router, known: Mapping[str, LineCard]) -> dict[int, LineCard]:
    for part in router.slots.values():
        if part not in known:
            raise InputError(f"{router.name} has an unknown line card {part!r}{suggestion(part, list(known))}")
    return {slot: known[part] for slot, part in router.slots.items()}


def _neighbors(router: Router) -> tuple[FarEnd, ...]:
    return tuple(
        FarEnd(
            link.far_router,
            router.name,
            link.far_address,
            link.address.network,
            interface=link.interface,
            far_interface=link.far_interface,
            is_neighbor=True,
        )
        for link in router.links
    )


def clones(router: Router, count: int) -> tuple[Router, ...]:
    """Routers like that one under names of their own, for tests of scale; each keeps its links and peers."""
    return tuple(_clone(router, number) for number in range(1, count + 1))


def _clone(router: Router, number: int) -> Router:
    links = tuple(replace(link, far_router=f"far-{number:03d}") for link in router.links)
    loopback = CLONES + number
    octets = "".join(f"{int(part):03d}" for part in str(loopback).split("."))
    net = f"49.0001.{octets[:4]}.{octets[4:8]}.{octets[8:]}.00"
    return replace(router, name=f"clone-gsr{number:03d}", loopback=loopback, net=net, links=links)
