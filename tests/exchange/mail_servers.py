"""Mail servers on the loopback that take, refuse, put off, or cut the line; and one that takes webhooks."""

from __future__ import annotations

import threading
from asyncio import Server as Listener
from asyncio import WriteTransport
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


@dataclass
class Server:
    """What it says to the next mails: `taken`, an answer such as `451 ...`, or `cut` once it has the mail."""

    answers: list[str] = field(default_factory=list)
    mails: list[Message] = field(default_factory=list)
    refused: tuple[str, ...] = ()

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address in self.refused:
            return "550 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        said = self.answers.pop(0) if self.answers else "taken"
        if said not in ("taken", "cut"):
            return said
        self.mails.append(message_from_bytes(envelope.content, EmailMessage, policy=default))
        if said == "cut":
            assert isinstance(server.transport, WriteTransport)
            server.transport.abort()
        return f"250 queued as {len(self.mails)}"


class _AnyPort(Controller):
    """On a port that the system gives: the controller looks for its server at the port that was asked for."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Listener)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def mail_server(*answers: str, password: str = "", refused: tuple[str, ...] = ()) -> Iterator[tuple[Server, int]]:
    """A server and its port."""

    def authenticated(server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and data.password == password.encode()
        return AuthResult(success=right)

    handler = Server(list(answers), refused=refused)
    more: dict[str, Any] = {"authenticator": authenticated, "auth_required": True, "auth_require_tls": False}
    controller = _AnyPort(handler, hostname="127.0.0.1", port=0, **(more if password else {}))
    controller.start()
    try:
        yield handler, controller.port
    finally:
        controller.stop()


@dataclass
class Hooks:
    """What was posted, and the statuses it gives."""

    statuses: list[int] = field(default_factory=list)
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def webhook_server(*statuses: int) -> Iterator[tuple[Hooks, int]]:
    """A server that answers with these statuses, 200 afterwards; 0 cuts the line."""
    hooks = Hooks(list(statuses))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(length := int(self.headers["Content-Length"]))
            if len(body) < length:
                return  # its sender is gone: half of a post is none
            hooks.posts.append((dict(self.headers), body))
            status = hooks.statuses.pop(0) if hooks.statuses else 200
            if status == 0:
                self.close_connection = True
                self.connection.shutdown(2)
                return
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hooks, server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
