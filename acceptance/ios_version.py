"""Verify IOS version: the approved image runs on the right router, and the router will boot it again."""

from __future__ import annotations

from collections.abc import Iterator

from turnup.checks import Expected, Facts, check, compare, holds, inconclusive, part
from turnup.facts.boot import Boot
from turnup.facts.version import Version
from turnup.model.policy import ApprovedImage
from turnup.model.verdict import Finding, Seen


@check(16, "Verify IOS version", needs=("version", "boot"))
def ios_version(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """Running version and file are an approved pair for the route processor; boot variable and register agree.

    Compared exactly, never as "greater". Also: this is the router that was meant (hostname, chassis).
    FAIL: any difference, booted over the network, boot variable empty or first naming another file, another
    configuration at boot, register not the policy's or about to change. INCONCLUSIVE: no approved image for this
    processor, standby processor not readable.
    """
    row = facts.one(Version)
    yield from _identity(expected, facts, row)
    yield from part("image", _image(expected, facts, row))
    yield from part("boot", _boot(expected, facts, row))


def _identity(expected: Expected, facts: Facts, row: Version) -> Iterator[Finding]:
    router, seen = expected.router, facts.seen(row)
    yield compare("hostname", router.name, row.hostname, source=expected.inventory("name"), seen=seen)
    chassis, _, processor = row.chassis.partition("/")
    yield compare("chassis", router.chassis, chassis, source=expected.inventory("chassis"), seen=seen)
    if not processor and (row.processor_revision or "").startswith("RP"):
        processor = row.processor_revision or ""  # IOS-XE names the route processor as its revision
    # `show version` says GRP for a GRP-B and PRP for a PRP-2: the board's variant is not shown there.
    good = router.processor == processor or (bool(processor) and router.processor.startswith(f"{processor}-"))
    source = expected.inventory("processor")
    yield holds("route processor", good, expected=router.processor, observed=processor, source=source, seen=seen)


def _image(expected: Expected, facts: Facts, row: Version) -> Iterator[Finding]:
    processor = expected.router.processor
    images = tuple(image for image in expected.policy.images if image.processor == processor)
    expected.need(images, f"approved images of {processor}")
    source, seen = expected.agreed("images"), facts.seen(row)
    device, _, file = row.image_file.rpartition(":")
    shown = f"{row.version}, {file}"
    good = any((image.version, image.file) == (row.version, file) for image in images)
    yield holds("running image", good, expected=_said(images), observed=shown, source=source, seen=seen)
    if not row.image_file:
        yield inconclusive("booted from flash", "the router does not say what it booted", seen=seen)
        return
    over_network = bool(row.booted_via) or device.lower() in ("tftp", "ftp", "rcp") or "//" in file
    told = f"{row.image_file}{f', booted via {row.booted_via}' if row.booted_via else ''}"
    yield holds("booted from flash", not over_network, expected="a flash device", observed=told, seen=seen)


def _said(images: tuple[ApprovedImage, ...]) -> str:
    return " or ".join(f"{image.version}, {image.file}" for image in images)


def _boot(expected: Expected, facts: Facts, version: Version) -> Iterator[Finding]:
    row = facts.one(Boot)
    seen = facts.seen(row, version)
    first = row.images[0] if row.images else "empty: the first file in flash boots"
    yield compare("first in the boot variable", version.image_file, first, source="the running image", seen=seen)
    config = row.config_file or "none"
    good = config in ("none", "nvram:startup-config")
    wanted = "the startup configuration"
    yield holds("configuration file at boot", good, expected=wanted, observed=config, seen=facts.seen(row))
    register = expected.need(expected.policy.config_register, "the configuration register")
    source = expected.agreed("config_register")
    yield compare("configuration register", register, version.config_register, source=source, seen=facts.seen(version))
    yield compare("register in show bootvar", register, row.config_register, source=source, seen=facts.seen(row))
    for shown in (version.next_config_register, row.next_config_register):
        if shown is not None:
            yield compare("register at next reload", register, shown, source=source, seen=seen)
    yield from _standby(expected, row, version, facts.seen(row))


def _standby(expected: Expected, row: Boot, version: Version, seen: tuple[Seen, ...]) -> Iterator[Finding]:
    """A second processor must boot the same image; one that inventory knows and nobody shows is not proved."""
    if row.standby is None and len(expected.router.processor_slots) < 2:
        return
    said = (row.standby or "").splitlines()
    booted = [line.split("=", 1)[1].strip() for line in said if line.startswith("Standby BOOT variable =")]
    first = tuple(text.split(";")[0].split(",")[0] for text in booted)
    if not first:
        why = row.standby or "not shown"
        yield inconclusive("standby processor", why, expected=f"boots {version.image_file}", seen=seen)
        return
    yield compare("standby processor boots", (version.image_file,), first, source="the running image", seen=seen)
