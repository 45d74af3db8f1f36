"""Commands that ask back: the extended ping and confirmations."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address

from turnup.virtual.terminal import LINE, Terminal


async def confirm(terminal: Terminal, question: str) -> bool:
    """`[confirm]`: Return or `y` means yes, any other key no."""
    terminal.write(question)
    key = await terminal.key()
    terminal.write("\n")
    return key in ("\r", "\n", "y", "Y")


async def extended_ping(terminal: Terminal) -> tuple[str, ...] | str:
    """Ask the questions of 12.0S; the words for the state provider, or the text of a refusal."""

    async def ask(question: str, default: str = "") -> str:
        kind, text = await terminal.read(question)
        return (text.strip() or default) if kind == LINE else "\x03"

    if await ask("Protocol [ip]: ", "ip") != "ip":
        return "% Unknown protocol\n"
    target = await ask("Target IP address: ")
    try:
        IPv4Address(target)
    except AddressValueError:
        return "% Bad IP address\n"
    words = ["ping", target]
    repeat = await ask("Repeat count [5]: ", "5")
    size = await ask("Datagram size [100]: ", "100")
    timeout = await ask("Timeout in seconds [2]: ", "2")
    if not (repeat.isdigit() and size.isdigit() and timeout.isdigit() and 36 <= int(size) <= 18024):
        return "% A decimal number between 36 and 18024.\n"
    words += ["size", size, "repeat", repeat]
    if _yes(await ask("Extended commands [n]: ", "n")):
        if source := await ask("Source address or interface: "):
            words += ["source", source]
        await ask("Type of service [0]: ", "0")
        if _yes(await ask("Set DF bit in IP header? [no]: ", "no")):
            words.append("df")
        await ask("Validate reply data? [no]: ", "no")
        await ask("Data pattern [0xABCD]: ", "0xABCD")
        await ask("Loose, Strict, Record, Timestamp, Verbose[none]: ", "none")
    await ask("Sweep range of sizes [n]: ", "n")
    return tuple(words)


def _yes(text: str) -> bool:
    return text.lower() in ("y", "ye", "yes")
