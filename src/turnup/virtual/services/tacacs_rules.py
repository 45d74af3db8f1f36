"""Who may log in and do what: accounts, and the answers of a TACACS+ server to each packet. No input or output here."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from turnup.virtual.services.tacacs import (
    Accounted,
    Action,
    Authenticated,
    Authorized,
    Continue,
    Header,
    Kind,
    Method,
    NotTacacs,
    Request,
    Start,
    accounting_reply,
    authentication_reply,
    authorization_response,
)


@dataclass(frozen=True)
class Account:
    """One user: password, privilege level, and beginnings of commands that are denied."""

    password: str
    privilege: int = 1
    denied: tuple[str, ...] = ()


@dataclass(frozen=True)
class Accounts:
    """The server's key and its users."""

    key: bytes
    users: Mapping[str, Account]

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Accounts:
        """From `{"key": ..., "users": {name: {"password": ..., "privilege": 15, "denied": [...]}}}`.

        An unknown field raises TypeError: a mistyped `denied` must not permit.
        """
        if extra := set(told) - {"key", "users"}:
            raise TypeError(f"unknown fields {sorted(extra)}")
        users = {
            name: Account(**{**account, "denied": tuple(account.get("denied", ()))})
            for name, account in told["users"].items()
        }
        return cls(told["key"].encode(), users)

    def right(self, user: str, password: str) -> bool:
        """Whether that is the user's password."""
        account = self.users.get(user)
        return account is not None and hmac.compare_digest(account.password.encode(), password.encode())

    def permits(self, user: str, command: str) -> bool:
        """Whether the user may run the command; "" is the shell itself."""
        account = self.users.get(user)
        return account is not None and not (command and command.startswith(account.denied))


@dataclass(frozen=True)
class Answer:
    """A reply's body and what the log says of it; `done` ends the session."""

    body: bytes
    log: Mapping[str, Any]
    done: bool = True


@dataclass
class Session:
    """One session (RFC 8907, 3.4): an authentication may take several packets, all else takes one."""

    accounts: Accounts
    _user: str = ""
    _asked: str = ""  # what the next Continue answers: "user" or "password"
    _seen: dict[str, Any] = field(default_factory=dict)

    def answer(self, header: Header, body: bytes) -> Answer:
        """The reply to a packet whose body is clear. Raises NotTacacs."""
        if header.kind is Kind.AUTHORIZATION:
            return self._authorization(Request.read(body, accounting=False))
        if header.kind is Kind.ACCOUNTING:
            return self._accounting(Request.read(body, accounting=True))
        if self._asked:
            return self._answered(Continue.read(body))
        if header.sequence != 1:
            raise NotTacacs(f"an authentication that begins with number {header.sequence}")
        return self._begun(Start.read(body))

    def _begun(self, start: Start) -> Answer:
        self._user = start.user
        self._seen = {"event": "authentication", "port": start.port, "remote": start.remote}
        if start.action != Action.LOGIN:
            return self._error("only logins are answered")
        if start.method == Method.PAP:
            try:
                password = start.data.decode()
            except UnicodeDecodeError as error:
                raise NotTacacs("a password that is no text; is the key the same?") from error
            return self._judged(password)
        if start.method == Method.ASCII:
            return self._ask()
        return self._error(f"authentication type {start.method} is not answered")

    def _ask(self) -> Answer:
        self._asked = "password" if self._user else "user"
        if self._user:
            body = authentication_reply(Authenticated.GET_PASSWORD, "Password: ", hide=True)
        else:
            body = authentication_reply(Authenticated.GET_USER, "Username: ")
        return Answer(body, {}, done=False)

    def _answered(self, said: Continue) -> Answer:
        asked, self._asked = self._asked, ""
        if said.aborted:
            return self._judged(None)
        if asked == "user":
            self._user = said.message
            return self._ask() if self._user else self._judged(None)
        return self._judged(said.message)

    def _judged(self, password: str | None) -> Answer:
        passed = password is not None and self.accounts.right(self._user, password)
        status = Authenticated.PASS if passed else Authenticated.FAIL
        return Answer(authentication_reply(status), {**self._seen, "user": self._user, "passed": passed})

    def _error(self, reason: str) -> Answer:
        log = {**self._seen, "user": self._user, "error": reason}
        return Answer(authentication_reply(Authenticated.ERROR, reason), log)

    def _authorization(self, asked: Request) -> Answer:
        command = asked.command
        permitted = self.accounts.permits(asked.user, command)
        log = {"event": "authorization", "user": asked.user, "command": command, "passed": permitted}
        if not permitted:
            return Answer(authorization_response(Authorized.FAIL), log)
        given = () if command else (f"priv-lvl={self.accounts.users[asked.user].privilege}",)
        return Answer(authorization_response(Authorized.PASS_ADD, given), log)

    def _accounting(self, told: Request) -> Answer:
        log = {"event": "accounting", "user": told.user, "flags": told.flags, "told": list(told.arguments)}
        return Answer(accounting_reply(Accounted.SUCCESS), log)
