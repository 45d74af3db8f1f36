"""Open a session: connect, prove who answers, prepare the terminal, go to privileged mode."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from turnup.connect.conversation import Conversation
from turnup.connect.logs import log_pattern
from turnup.connect.prompt import Prompt, prompt_of
from turnup.connect.screen import decoded
from turnup.connect.session import Address, Credentials
from turnup.connect.splitter import Dialect, Splitter
from turnup.connect.wire import Wire
from turnup.errors import AnswerIncomplete, CouldNotRun, LoginRefused, Unreachable, UsageError
from turnup.platforms import Platform

if TYPE_CHECKING:
    from turnup.connect.router import RouterSession

CONNECT_SECONDS = 15.0


def _as_it_is(line: str) -> str:
    """Without a vault no line may hold a token: what looks like one would be typed as it stands."""
    if "<secret:" in line:
        raise UsageError(f"line {line!r} holds a secret's token, and this session was opened without `reveal`")
    return line


def open_session(
    address: Address,
    platform: Platform,
    credentials: Credentials,
    redact: Callable[[str], str],
    *,
    known_hosts: Path,
    accept_new: bool = False,
    reveal: Callable[[str], str] | None = None,
    expect_hostname: str | None = None,
    window: int | None = None,
    seconds: float = CONNECT_SECONDS,
) -> RouterSession:
    """A session that is logged in, privileged where the account allows it, and proved to be with that router.

    Every text that leaves it went through `redact`; `reveal` replaces `<secret:NAME>` in configuration lines at the
    wire. `window` fixes the bytes in flight instead of the platform's (0 = all at once, for routers tested so).
    `seconds` bound each step of the login.

    Raises Unreachable, LoginRefused, HostKeyChanged; CouldNotRun when the prompt's name is not `expect_hostname`;
    UsageError for a transport or platform that cannot be connected to.
    """
    from turnup.connect.router import RouterSession

    wire, rest, connection = _connect(address, platform, credentials, known_hosts, accept_new, seconds)
    settings = platform.settings
    dialect = Dialect(prompt_of(settings), log_pattern(settings.syslog), settings.comment)
    size, limit = (settings.window, settings.window_limit) if window is None else (window, window)
    conversation = Conversation(wire, dialect, size, limit, ahead=settings.type_ahead, rest=rest)
    try:
        prompt = _prepare(conversation, platform, address, expect_hostname, seconds)
        if not prompt.privileged and credentials.enable:
            prompt = _enable(conversation, address, credentials.enable, seconds)
    except BaseException:  # no session stays open, whatever stopped us
        wire.close()
        raise
    connection.base_prompt = conversation.host[:16]  # what netmiko's own methods look for
    return RouterSession(
        address,
        platform,
        credentials.username,
        conversation,
        redact=redact,
        reveal=reveal or _as_it_is,
        privileged=prompt.privileged,
        connection=connection,
    )


def _connect(
    address: Address, platform: Platform, credentials: Credentials, known_hosts: Path, accept_new: bool, seconds: float
) -> tuple[Wire, bytes, Any]:
    from turnup.connect import driver
    from turnup.connect.host_keys import KnownHosts

    settings = platform.settings
    if address.transport == "ssh" and settings.driver:
        known = KnownHosts(known_hosts)
        ssh = driver.connect_ssh(settings.driver, address, credentials, known, accept_new, seconds)
        return driver.SshWire(ssh), b"", ssh
    if address.transport == "telnet" and settings.telnet_driver:
        telnet = driver.connect_telnet(settings.telnet_driver, address, credentials, prompt_of(settings), seconds)
        return driver.TelnetWire(telnet), telnet.login_rest, telnet
    raise UsageError(f"{address}: platform {platform.name} has no driver for transport {address.transport!r}")


def _prepare(
    conversation: Conversation, platform: Platform, address: Address, expect_hostname: str | None, seconds: float
) -> Prompt:
    """The first pipeline: find the prompt, set the terminal."""
    try:
        banner, *setup = conversation.open(platform.settings.setup, seconds)
    except AnswerIncomplete as silence:
        raise Unreachable(f"{address}: logged in, but no prompt: {silence}") from silence
    except Unreachable as lost:
        raise type(lost)(f"{address}: {lost}", advice=lost.advice) from lost
    if expect_hostname is not None and conversation.host != expect_hostname:
        raise CouldNotRun(
            f"{address}: the prompt says {conversation.host!r} where {expect_hostname!r} was expected",
            advice="Check the address in the inventory and the router's hostname; nothing was asked of it.",
        )
    # A router that does not take its terminal settings pages: then nothing may be typed ahead of it.
    conversation.paged = any(cut.text.strip() or cut.problem for cut in setup)
    return setup[-1].prompt if setup else banner.prompt


def _enable(conversation: Conversation, address: Address, secret: str, seconds: float) -> Prompt:
    """Go to privileged mode. Raises LoginRefused; the secret is typed at the password question only."""
    heard = Splitter(["enable"], "----", conversation.dialect, conversation.host, conversation.rest)
    conversation.rest = b""
    conversation.wire.write(("enable" + conversation.wire.newline).encode())
    until = time.monotonic() + seconds
    asked = False
    while time.monotonic() < until:
        heard.feed(conversation.wire.read(until - time.monotonic()))
        if heard.tail().rstrip().lower().endswith("password:"):
            if asked:
                break
            asked = True
            heard = Splitter([""], "----", conversation.dialect, conversation.host)
            conversation.wire.write((secret + conversation.wire.newline).encode())
        elif heard.looks_answered():
            cut = conversation.finish("" if asked else "enable", heard.rest, seconds)
            if cut.prompt.privileged:
                return cut.prompt
            break
    said = decoded(heard.rest).strip().splitlines()
    raise LoginRefused(
        f"{address}: the router refused `enable`" + (f": {said[0].strip()}" if said and asked else ""),
        advice="Check TURNUP_ENABLE, and whether TACACS+ answers.",
    )
