"""What runs on the route processor (`show version`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Version:
    """The running image: never the boot loader's or the ROM monitor's. Memory in kbyte, registers as `0x2102`."""

    image_name: str  # GSR-P-M
    version: str  # 12.0(17)S3
    hostname: str  # "" where the image does not say it (IOS-XR of 64 bits)
    uptime: str
    image_file: str  # slot0:gsr-p-mz.120-17.S3; "" where the image does not say it (IOS-XR of 64 bits)
    booted_via: str | None
    chassis: str  # 12012/GRP
    processor_revision: str | None
    memory_kbyte: int | None  # None: IOS-XR of 64 bits says gigabytes or nothing
    io_memory_kbyte: int | None
    config_register: str | None  # None: some Catalysts do not say it
    next_config_register: str | None
    returned_to_rom_by: str | None
    rom_version: str | None
    bootldr_version: str | None
    board_id: str | None
    memory_gbyte: int | None = None
