"""Verify Flash: the running image is stored whole where it should be, with room for the next."""

from __future__ import annotations

from collections.abc import Iterator

from turnup.checks import Expected, Facts, check, compare, holds, inconclusive, part
from turnup.errors import CouldNotRun
from turnup.facts.boot import Boot
from turnup.facts.directory import Directory
from turnup.facts.version import Version
from turnup.model.transcript import Ask
from turnup.model.verdict import Finding
from turnup.rules.evidence import own_version, taken_away


def asks(expected: Expected) -> tuple[Ask, ...]:
    """The directory of the device that inventory names, never of the current one."""
    device = expected.router.flash_device
    return (Ask.of("directory", device=device),) if device else ()


@check(17, "Verify Flash", needs=("version", "boot"), asks=asks)
def flash(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """The file of the running image, and of the first boot entry, lies on inventory's flash device, with its size.

    The size is the approved image's, the file is not deleted, and the device has the free room policy asks for. The
    checksum is not computed (it reads the whole file at the processor's cost). A platform that installs packages has
    a directory instead of the file, and no size (NOT APPLICABLE, as a part). FAIL: file or device missing, other
    size, deleted, too little room, running from another device. INCONCLUSIVE: no approved size, listing not readable.
    """
    device = expected.need(expected.router.flash_device, "the flash device")
    version = own_version(expected, facts)
    if not version.image_file:
        yield inconclusive("running image", "the router does not say what it runs", seen=facts.seen(version))
        return
    where, _, file = version.image_file.rpartition(":")
    source = expected.inventory("flash_device")
    yield compare("device of the running image", device, f"{where}:", source=source, seen=facts.seen(version))
    rows = facts.rows(Directory, device=device)
    if others := sorted({row.device for row in rows} - {device}):
        raise CouldNotRun(f"the listing is that of {', '.join(others)}, {device} was asked for")
    yield from part("running image", _file(expected, facts, rows, file, version))
    yield from part("next image", _next(facts, rows, device))
    yield from part("free room", _room(expected, facts, rows, device))


def _file(
    expected: Expected, facts: Facts, rows: tuple[Directory, ...], name: str, version: Version
) -> Iterator[Finding]:
    device = expected.router.flash_device or ""
    found = _stored(facts, rows, name)
    deleted = [row for row in rows if row.name == name and row.deleted]
    seen = facts.seen(*found, *deleted) or facts.whole(Directory, device=device)
    told = "present" if len(found) == 1 else "deleted" if deleted else f"{len(found)} files of that name"
    yield compare(f"{device}{name}", "present", told, source="the running image", seen=(*seen, *facts.seen(version)))
    sizes = tuple(taken_away(expected, facts, f"size of {name}", "image_size"))
    yield from sizes
    if sizes:
        return
    processor = expected.router.processor
    approved = [i.size for i in expected.policy.images if i.processor == processor and i.file == name and i.size]
    size = expected.need(approved[0] if approved else None, f"the approved size of {name}")
    for row in found:
        yield compare(f"size of {name}", size, row.size, source=expected.agreed("images"), seen=facts.seen(row))


def _stored(facts: Facts, rows: tuple[Directory, ...], name: str) -> list[Directory]:
    """Where the image lies: its file, or, on a platform that installs packages, the directory of its package."""
    package, _, rest = name.partition("/")
    if rest and facts.lacks("image_size"):
        rows, name = tuple(row for row in rows if (row.permissions or "").startswith("d")), package
    return [row for row in rows if row.name == name and not row.deleted]


def _next(facts: Facts, rows: tuple[Directory, ...], device: str) -> Iterator[Finding]:
    boot = facts.one(Boot)
    if not boot.images:
        yield inconclusive("next image", "the boot variable is empty", seen=facts.seen(boot))
        return
    where, _, name = boot.images[0].rpartition(":")
    found = _stored(facts, rows, name) if f"{where}:" == device else []
    seen = (*facts.seen(boot), *(facts.seen(*found) or facts.whole(Directory, device=device)))
    told = "present" if found else f"not on {device}"
    yield compare(f"next image {boot.images[0]}", "present", told, source="the boot variable", seen=seen)


def _room(expected: Expected, facts: Facts, rows: tuple[Directory, ...], device: str) -> Iterator[Finding]:
    least = expected.need(expected.policy.flash_free_bytes, "the free room on flash")
    if not rows:
        yield inconclusive("free room", "the listing has no totals", expected=f"at least {least} bytes")
        return
    source, seen = expected.agreed("flash_free_bytes"), facts.whole(Directory, device=device)
    free = _free(rows[0])
    if free is None:
        yield inconclusive("free room", "the listing has no totals", expected=f"at least {least} bytes", seen=seen)
        return
    yield holds(
        f"free on {device}",
        free >= least,
        expected=f"at least {least} bytes",
        observed=f"{free} bytes",
        source=source,
        seen=seen,
    )


def _free(row: Directory) -> int | None:
    """Free bytes of the device, whichever unit the router tells."""
    return row.free if row.free_kbyte is None else row.free_kbyte * 1024
