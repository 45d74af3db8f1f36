"""`show version` and `show bootvar`: what runs, and what the router boots next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from turnup.model.order import Speed
from turnup.virtual.shows.hardware import Hardware
from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.times import long, restarted
from turnup.virtual.shows.view import View

_NUMBERS = ("no", "1", "2", "3", "4", "5", "6", "7", "8")
_CONTROLLERS = {
    Speed.DS3: ("{ports}-port DS3 controller", "T3"),
    Speed.OC3C: ("{ports}-port OC3 POS controller", "POS"),
    Speed.OC12C: ("{ports}-port OC12 POS controller", "POS"),
    Speed.OC48C: ("{ports}-port OC48 POS controller", "POS"),
    Speed.FE: ("{ports}-port FastEthernet/IEEE 802.3u controller", "FastEthernet"),
    Speed.GE: ("{ports}-port Gigabit Ethernet/IEEE 802.3z controller", "GigabitEthernet"),
}
_INTERFACES = (
    ("Ethernet", "Ethernet/IEEE 802.3 interface(s)"),
    ("FastEthernet", "FastEthernet/IEEE 802.3 interface(s)"),
    ("GigabitEthernet", "GigabitEthernet/IEEE 802.3 interface(s)"),
    ("Serial", "Serial network interface(s)"),
    ("POS", "Packet over SONET network interface(s)"),
)


def image(view: View) -> str:
    """Image file that runs, with its device: `slot0:gsr-p-mz.120-17.S3`."""
    known = view.hardware
    return view.overrides.text("version.image_file", f"{known.disk}{known.image_file}")


def memory_kbyte(view: View) -> int:
    """Memory of the route processor in kbyte."""
    return view.overrides.number("version.memory_kbyte", view.router.memory_kbyte or 262144)


def register(view: View) -> str:
    """Configuration register with what the next reload makes of it."""
    now = view.overrides.text("version.config_register", "0x2102")
    following = view.overrides.text("version.next_config_register")
    return f"{now} (will be {following} at next reload)" if following else now


@shows("show version")
def version(view: View, _args: Args) -> str:
    """The running image first, then ROM and boot loader, the chassis and what is in it."""
    return "\n".join([*_software(view, view.hardware), "", *_system(view), "", *_inventory(view)]) + "\n"


def _software(view: View, known: Hardware) -> Iterator[str]:
    number = view.overrides.text("version.version", known.version)
    yield "Cisco Internetwork Operating System Software "
    name = view.overrides.text("version.image_name", known.image_name)
    yield f"IOS (tm) GS Software ({name}), Version {number}, {known.phrase}"
    yield "TAC Support: http://www.cisco.com/tac"
    yield f"Copyright (c) 1986-{'2008' if known.chassis_word == 'PRP' else '2001'} by cisco Systems, Inc."
    yield f"Compiled {known.compiled}"
    yield "Image text-base: 0x60010968, data-base: 0x612C6000"
    yield ""
    yield f"ROM: {known.rom}"
    yield f"BOOTLDR: GS Software ({known.bootldr_name}), Version {known.bootldr_version}"


def _system(view: View) -> Iterator[str]:
    yield f" {view.hostname} uptime is {long(view.uptime)}"
    if view.hardware.chassis_word == "PRP":
        yield f"Uptime for this control processor is {long(view.uptime)}"
    reason = view.overrides.text("version.returned_to_rom_by", "reload")
    at = restarted(view.device.booted, view.zone)
    yield f"System returned to ROM by {reason} at {at}"
    yield f"System restarted at {at}"
    via = view.overrides.text("version.booted_via")
    yield f'System image file is "{image(view)}"{f", booted via {via}" if via else ""}'


def _inventory(view: View) -> Iterator[str]:
    known = view.hardware
    chassis = view.overrides.text("version.chassis", view.router.chassis)
    yield (
        f"cisco {chassis}/{known.chassis_word} ({known.processor}) processor (revision {known.revision}) "
        f"with {memory_kbyte(view)}K bytes of memory."
    )
    if known.chassis_word == "PRP":
        yield "MPC7450 CPU at 665Mhz, Rev 2.1, 256KB L2, 2048KB L3 Cache"
    else:
        yield f"Processor board ID {int(view.router.loopback) & 0xFFFFFF:08}"
        yield "R5000 CPU at 200Mhz, Implementation 35, Rev 2.1, 512KB L2 Cache"
    yield "Last reset from power-on"
    yield ""
    yield "1 Route Processor Card"
    yield "1 Clock Scheduler Card"
    yield "3 Switch Fabric Cards"
    yield from _controllers(view)
    for kind, text in _INTERFACES:
        if count := sum(1 for port in view.ports if port.name.type == kind and not port.name.sub):
            yield f"{count} {text}"
    yield f"{known.nvram // 1024 - 1}K bytes of non-volatile configuration memory."
    yield ""
    yield known.disk_kind
    yield "8192K bytes of Flash internal SIMM (Sector size 256K)."
    yield f"Configuration register is {register(view)}"


def _controllers(view: View) -> Iterator[str]:
    counted = Counter((card.speed, card.ports) for card in view.device.cards.values())
    for (speed, ports), count in sorted(counted.items()):
        text, unit = _CONTROLLERS[speed]
        yield f"{count} {text.format(ports=ports)}{'' if count == 1 else 's'} ({count * ports} {unit})."


@shows("show bootvar", "show boot")
def bootvar(view: View, _args: Args) -> str:
    """Boot variables, as `boot system` and `boot bootldr` lines make them."""
    configured = [w for w in view.global_lines("boot", "system") if len(w) > 2]
    files = [f"{_file(words)},1" for words in configured] or [f"{image(view)},1"]
    files = list(view.overrides.texts("boot.images", tuple(files)))
    known = view.hardware
    bootldr = view.global_word("boot", "bootldr") or f"bootflash:{known.bootldr_file}"
    lines = [f"BOOT variable = {';'.join(files)};"] if any(files) else ["BOOT variable does not exist"]
    lines += ["CONFIG_FILE variable = ", f"BOOTLDR variable = {bootldr}"]
    lines += [f"Configuration register is {register(view)}"]
    return "\n".join(lines) + "\n"


def _file(words: tuple[str, ...]) -> str:
    """`boot system flash slot0:image`, `boot system slot0:image`, `boot system tftp image 192.0.2.1`."""
    rest = words[2:]
    if rest[0] == "flash":
        return rest[-1]
    return f"tftp://{rest[2]}/{rest[1]}" if rest[0] == "tftp" and len(rest) > 2 else rest[-1]
