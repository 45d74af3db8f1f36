"""Route processors and line cards as 12.0S names them."""

from __future__ import annotations

from dataclasses import dataclass

from turnup.model.equipment import LineCard, Router
from turnup.model.order import Speed


@dataclass(frozen=True)
class Hardware:
    """One kind of route processor with the image it runs when nothing is wrong. Sizes in bytes."""

    chassis_word: str  # behind the slash in `cisco 12012/GRP (R5000) processor`
    processor: str
    revision: str
    gsr_name: str  # in show gsr
    image_name: str
    version: str
    phrase: str
    image_file: str
    image_size: int
    compiled: str
    rom: str
    bootldr_name: str
    bootldr_version: str
    bootldr_file: str
    disk: str  # device that holds the image, with its colon
    disk_size: int
    disk_kind: str  # in show version
    flags: str  # in show file systems
    nvram: int


_GRP = Hardware(
    chassis_word="GRP",
    processor="R5000",
    revision="0x05",
    gsr_name="Route Processor",
    image_name="GSR-P-M",
    version="12.0(17)S3",
    phrase="EARLY DEPLOYMENT RELEASE SOFTWARE (fc1)",
    image_file="gsr-p-mz.120-17.S3",
    image_size=10244260,
    compiled="Thu 13-Sep-01 21:05 by nmasa",
    rom="System Bootstrap, Version 11.2(17)GS2, [htseng 180] EARLY DEPLOYMENT RELEASE SOFTWARE (fc1)",
    bootldr_name="GSR-BOOT-M",
    bootldr_version="12.0(17)S, EARLY DEPLOYMENT RELEASE SOFTWARE (fc1)",
    bootldr_file="gsr-boot-mz.120-17.S",
    disk="slot0:",
    disk_size=20578304,
    disk_kind="20480K bytes of Flash PCMCIA card at slot 0 (Sector size 128K).",
    flags="flash",
    nvram=520184,
)
_PRP = Hardware(
    chassis_word="PRP",
    processor="MPC7450",
    revision="0x00",
    gsr_name="Performance Route Processor",
    image_name="C12KPRP-P-M",
    version="12.0(32)SY6c",
    phrase="RELEASE SOFTWARE (fc3)",
    image_file="c12kprp-p-mz.120-32.SY6c.bin",
    image_size=31524808,
    compiled="Mon 08-Sep-08 15:31 by leccese",
    rom="System Bootstrap, Version 12.0(20021122:184521) [prp_rommon 1.5] DEVELOPMENT SOFTWARE",
    bootldr_name="C12KPRP-P-M",
    bootldr_version="12.0(32)SY6c, RELEASE SOFTWARE (fc3)",
    bootldr_file="c12kprp-boot-mz.120-32.SY6c",
    disk="disk0:",
    disk_size=127926272,
    disk_kind="125440K bytes of ATA PCMCIA card at slot 0 (Sector size 512 bytes).",
    flags="disk",
    nvram=2043904,
)

# Slots behind those of the line cards, by chassis: clock scheduler and switch fabric cards (show gsr shows them).
_FABRIC = {"12008": 16, "12012": 16, "12016": 16, "12404": 16, "12406": 16, "12410": 16, "12416": 16}


def hardware(router: Router) -> Hardware:
    """The route processor that the inventory names; GRP and GRP-B answer alike."""
    return _PRP if router.processor.upper().startswith("PRP") else _GRP


def processor_name(router: Router) -> str:
    """Its name in show gsr, where GRP and GRP-B differ."""
    if router.processor.upper() == "GRP-B":
        return "Route Processor B"
    return hardware(router).gsr_name


def fabric_slots(router: Router) -> tuple[int, int]:
    """Slot of the first clock scheduler card and of the first switch fabric card."""
    first = _FABRIC.get(router.chassis, 16)
    return first, first + 2


_OPTICS = {Speed.DS3: "SMB connector", Speed.FE: "RJ45 connector", Speed.GE: "GBIC"}


def card_name(card: LineCard) -> str:
    """What show gsr calls a line card."""
    return card.show_diag[0] if card.show_diag else card.title


def card_with_optics(card: LineCard) -> str:
    """What show diag calls it: the same with its connectors behind."""
    return f"{card_name(card)} {_OPTICS.get(card.speed, 'Single Mode/IR SC connector')}"


# Hardware line of show interfaces, by speed.
CONTROLLER = {
    Speed.DS3: "GSR DS3",
    Speed.OC3C: "Packet over SONET",
    Speed.OC12C: "Packet over SONET",
    Speed.OC48C: "Packet over SONET",
    Speed.FE: "GSR FastEthernet",
    Speed.GE: "GigMac 1 Port GigabitEthernet",
}
