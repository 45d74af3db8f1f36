"""Pings from the router: what is asked, and what a result proves (checklist 4)."""

from __future__ import annotations

from ipaddress import IPv4Address

from turnup.checks import Facts, holds, inconclusive
from turnup.errors import CouldNotRun
from turnup.facts.ping import Ping
from turnup.model.policy import PingLimits
from turnup.model.transcript import Ask
from turnup.model.verdict import Finding


def ping_args(address: IPv4Address, source: IPv4Address, limits: PingLimits) -> dict[str, str]:
    """Arguments of the ping: always with its source, because the exit interface's address hides a missing way back."""
    return {
        "address": str(address),
        "count": str(limits.count),
        "size": str(limits.size),
        "source": str(source),
    }


def ping_ask(address: IPv4Address, source: IPv4Address, limits: PingLimits) -> Ask:
    """The ping as an ask; two tests that need the same ping share it."""
    return Ask.of("ping", **ping_args(address, source, limits))


def ping_finding(
    facts: Facts,
    subject: str,
    address: IPv4Address,
    source: IPv4Address,
    limits: PingLimits,
    *,
    said_by: str,
    filtered: bool = False,
) -> Finding:
    """PASS when all packets were sent as asked and the loss is within the limit.

    `filtered`: the far end has declared that it does not answer pings, so silence proves nothing.
    """
    try:
        row = facts.one(Ping, **ping_args(address, source, limits))
    except CouldNotRun as error:
        return inconclusive(subject, str(error), expected=f"loss <= {limits.loss_percent} %", source=said_by)
    seen = facts.seen(row)
    expected = f"loss <= {limits.loss_percent} % of {limits.count} packets of {limits.size} bytes from {source}"
    # Where the answer does not repeat them, the command itself must name source and DF bit: it is refused or obeyed.
    asked = " ".join(facts.commands(ping_ask(address, source, limits))).split()
    silent = bool(facts.lacks("ping_echo")) and str(source) in asked and "donotfrag" in asked
    if doubt := _doubt(row, address, source, limits, silent=silent):
        return inconclusive(subject, doubt, expected=expected, source=said_by, seen=seen)
    good = row.received * 100 >= row.sent * (100 - limits.loss_percent) and not _errors(row)
    shown = f"{row.received} of {row.sent} answered, {_said(row)}"
    if filtered and not good:
        why = f"{shown}; the customer declared that pings are filtered"
        return inconclusive(subject, why, expected=expected, source=said_by, seen=seen)
    return holds(subject, good, expected=expected, observed=shown, source=said_by, seen=seen)


def _doubt(row: Ping, address: IPv4Address, source: IPv4Address, limits: PingLimits, *, silent: bool) -> str:
    """Why this answer is not the ping that was asked for; "" when it is."""
    told = row.source
    if row.address != str(address) or row.size != limits.size or (told and told != str(source)):
        return f"the router pinged {row.address} with {row.size} bytes from {told or 'an address of its choice'}"
    if not silent and (told is None or not row.df):
        return "the router does not say that it used the source address and the DF bit"
    if "I" in (row.replies or "") or row.sent != limits.count:
        return f"interrupted after {row.sent} of {limits.count} packets"
    if row.received > row.sent:
        return f"{row.received} answers to {row.sent} packets"
    if row.percent is not None and row.percent != row.received * 100 // row.sent:
        return f"{row.percent} percent is not {row.received} of {row.sent}"
    return "" if row.replies is None else _odd_symbols(row, row.replies, limits)


def _odd_symbols(row: Ping, replies: str, limits: PingLimits) -> str:
    if len(replies) != row.sent or replies.count("!") != row.received:
        return f"the symbols ({_symbols(replies)}) do not fit {row.received} of {row.sent}"
    if replies.startswith(".") and row.received == row.sent - 1 and limits.loss_percent == 0:
        return "only the first packet was lost, as while an address is resolved: run the test again"
    return ""


def _errors(row: Ping) -> bool:
    """Whether somebody answered that the far end cannot be reached: no loss that a limit could excuse."""
    return bool(row.errors or set("UM") & set(row.replies or ""))


def _said(row: Ping) -> str:
    if row.replies is None:
        return f"{row.errors or 'no'} errors came back"
    return f"symbols {_symbols(row.replies)}"


def _symbols(replies: str) -> str:
    return ", ".join(f"{replies.count(symbol)} x {symbol}" for symbol in dict.fromkeys(replies)) or "none"
