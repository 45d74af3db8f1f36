"""Flash devices: `dir`, `show file systems`, `show slot0:` and its like, `verify`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.times import file_date
from turnup.virtual.shows.view import View

_BOOTFLASH = 7864320
_BOOT_IMAGE = 2652492


@dataclass(frozen=True)
class File:
    """One file of a flash device."""

    name: str
    size: int
    at: datetime
    deleted: bool = False


@dataclass(frozen=True)
class Device:
    """A flash device: its size and its files, deleted ones among them until `squeeze`."""

    name: str
    size: int
    files: tuple[File, ...]
    reserved: int = 0

    @property
    def free(self) -> int:
        """Bytes; a deleted file still takes its place."""
        return max(0, self.size - self.reserved - sum((file.size + 131071) // 131072 * 131072 for file in self.files))


def devices(view: View) -> tuple[Device, ...]:
    """The devices that are there. A fault may take a file away, change its size, mark it deleted, fill the card."""
    known, over = view.hardware, view.overrides
    bought = view.device.booted - timedelta(days=30)
    image = File(known.image_file, known.image_size, bought)
    boot = File(known.bootldr_file, _BOOT_IMAGE, bought)
    reserved = 0
    main = (_changed(view, image), *_extra(view, bought))
    free = over.get(f"device.{known.disk.rstrip(':')}.free")
    if free is not None:
        reserved = Device(known.disk, known.disk_size, _there(main)).free - int(str(free))
    found = [Device(known.disk, known.disk_size, _there(main), reserved)]
    found.append(Device("bootflash:", _BOOTFLASH, _there((_changed(view, boot),))))
    return tuple(one for one in found if not over.flag(f"device.{one.name.rstrip(':')}.missing"))


def _there(files: tuple[File | None, ...]) -> tuple[File, ...]:
    return tuple(file for file in files if file is not None)


def _changed(view: View, file: File) -> File | None:
    over, key = view.overrides, f"file.{file.name}"
    if over.flag(f"{key}.missing"):
        return None
    return File(file.name, over.number(f"{key}.size", file.size), file.at, over.flag(f"{key}.deleted"))


def _extra(view: View, at: datetime) -> Iterator[File]:
    """`device.files` of a fault: `name size`."""
    for text in view.overrides.texts("device.files"):
        name, size = text.split()
        yield File(name, int(size), at)


@shows("dir", "dir {device}", "dir /all {device}")
def directory(view: View, args: Args) -> str:
    """Files of a device; deleted ones only with /all."""
    return _directory(view, args.get("device", view.hardware.disk), everything=False)


@shows("dir /all {all}")
def directory_all(view: View, args: Args) -> str:
    """Every file of a device; a deleted one stands in brackets."""
    return _directory(view, args["all"], everything=True)


def _directory(view: View, asked: str, everything: bool) -> str:
    name = asked.split(":")[0] + ":"
    device = next((one for one in devices(view) if one.name == name), None)
    if device is None:
        return f"%Error opening {name}/ (No such device)\n"
    lines = [f"Directory of {name}/", ""]
    shown = [(n, f) for n, f in enumerate(device.files, start=1) if everything or not f.deleted]
    for number, file in shown:
        title = f"[{file.name}]" if file.deleted else file.name
        lines.append(f"{number:>3}  -rw-  {file.size:>10}  {file_date(file.at)}  {title}")
    if not shown:
        lines.append("No files in directory")
    lines += ["", f"{device.size} bytes total ({device.free} bytes free)"]
    return "\n".join(lines) + "\n"


@shows("show file systems")
def file_systems(view: View, _args: Args) -> str:
    """Every file system; the asterisk marks the one commands work on by default."""
    known, kinds = {one.name: one for one in devices(view)}, view.hardware.flags
    disk, second = view.hardware.disk, view.hardware.disk.replace("0", "1")
    lines = ["File Systems:", "", "     Size(b)     Free(b)      Type  Flags  Prefixes"]
    lines += [_row("-", "-", "opaque", prefix) for prefix in ("null:", "system:")]
    for name in (disk, second, "bootflash:"):
        device = known.get(name)
        sizes = (str(device.size), str(device.free)) if device else ("-", "-")
        kind = "flash" if name == "bootflash:" else kinds
        lines.append(_row(*sizes, kind, f"{name} flash:" if name == disk else name, default=name == disk))
    nvram = view.hardware.nvram
    lines.append(_row(str(nvram), str(nvram - len(view.device.startup)), "nvram", "nvram:"))
    lines += [_row("-", "-", "network", prefix) for prefix in ("tftp:", "rcp:", "ftp:")]
    return "\n".join(lines) + "\n"


def _row(size: str, free: str, kind: str, prefixes: str, default: bool = False) -> str:
    return f"{'*' if default else ' '}{size:>11} {free:>11} {kind:>9}     rw   {prefixes}"


@shows("show flash", "show flash:")
def default_flash(view: View, _args: Args) -> str | None:
    """The card that the router takes for its flash memory."""
    return flash(view, {"device": view.hardware.disk})


@shows("show {device}")
def flash(view: View, args: Args) -> str | None:
    """Files of a linear flash card with their flags: E error, D deleted."""
    asked = "bootflash:" if args["device"] == "bootflash" else args["device"]
    device = next((one for one in devices(view) if one.name == asked), None)
    if device is None:
        return f"%Error opening {asked}/ (No such device)\n" if asked.endswith(":") else None
    listing = _ata(device) if asked.startswith("disk") else _linear(view, device)
    return "\n".join([*listing, "", f"{device.free} bytes available ({device.size - device.free} bytes used)"]) + "\n"


def _linear(view: View, device: Device) -> Iterator[str]:
    """A linear (class A) card of a GRP: E marks an error, D a deleted file that still takes its place."""
    yield "-#- ED --type-- --crc--- -seek-- nlen -length- -----date/time------ name"
    seek = 0
    for number, file in enumerate(device.files, start=1):
        seek += (file.size + 131071) // 131072 * 131072
        flags = f"{'E' if view.overrides.flag(f'file.{file.name}.error') else '.'}{'D' if file.deleted else '.'}"
        yield (
            f"{number:<3} {flags} image    {file.size * 2654435761 % 2**32:08X} {seek:>7X} {len(file.name):>4} "
            f"{file.size:>8} {file_date(file.at)} {file.name}"
        )


def _ata(device: Device) -> Iterator[str]:
    """An ATA disk of a PRP: deleted files are gone."""
    yield "-#- --length-- -----date/time------ path"
    for number, file in enumerate((one for one in device.files if not one.deleted), start=1):
        yield f"{number:<3} {file.size:>10} {file_date(file.at)} {file.name}"


@shows("verify {path}")
def verify(view: View, args: Args) -> str:
    """Whether a stored image is whole."""
    device, _, name = args["path"].partition(":")
    file = next((f for d in devices(view) if d.name == f"{device}:" for f in d.files if f.name == name), None)
    if file is None or file.deleted:
        return f"%Error opening {args['path']} (File not found)\n"
    if view.overrides.flag(f"file.{name}.error"):
        return f"Verify failed {args['path']}\n"
    return f"Verified {args['path']}\n"
