"""A TACACS+ server: `tacacs_server --accounts FILE --log FILE`. One JSON line of the log for each thing asked."""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from turnup.virtual.services.tacacs import HEADER, SINGLE_CONNECT, UNENCRYPTED, Header, NotTacacs, obfuscated
from turnup.virtual.services.tacacs_rules import Accounts, Session

IDLE_SECONDS = 60.0


class Server:
    """Answers connections; each line of `log` is a JSON object with its time."""

    def __init__(self, accounts: Accounts, log: Path) -> None:
        self.accounts = accounts
        self.log = log

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, until it goes, is silent for a minute, or says what is no TACACS+."""
        peer = writer.get_extra_info("peername")[0]
        sessions: dict[int, Session] = {}
        try:
            while await self._packet(reader, writer, peer, sessions):
                pass
        except NotTacacs as error:
            self._write({"event": "refused", "peer": peer, "error": str(error)})
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            pass  # clients come and go
        finally:
            writer.close()

    async def _packet(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str, sessions: dict[int, Session]
    ) -> bool:
        """Answer one packet; whether another may come."""
        async with asyncio.timeout(IDLE_SECONDS):
            header = Header.read(await reader.readexactly(HEADER.size))
            body = await reader.readexactly(header.length)
        if header.flags & UNENCRYPTED:
            raise NotTacacs("a body in clear")  # RFC 8907, 10.5.1: not accepted
        session = sessions.setdefault(header.session, Session(self.accounts))
        answer = session.answer(header, obfuscated(header, body, self.accounts.key))
        if answer.log:
            self._write({**answer.log, "peer": peer})
        if answer.done:
            del sessions[header.session]
        single = header.flags & SINGLE_CONNECT
        writer.write(header.reply(single).packet(answer.body, self.accounts.key))
        await writer.drain()
        return bool(single) or not answer.done

    def _write(self, told: dict[str, Any]) -> None:
        with self.log.open("a") as file:
            file.write(json.dumps({"time": round(time.time(), 3), **told}) + "\n")


async def serve(server: Server, address: str, port: int) -> None:
    """Listen until cancelled."""
    listening = await asyncio.start_server(server.connection, address, port)
    async with listening:
        await listening.serve_forever()


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=Path, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--address", default="0.0.0.0")  # noqa: S104 - a node of the POP, which has no other network
    parser.add_argument("--port", type=int, default=49)
    told = parser.parse_args(arguments)
    accounts = Accounts.read(json.loads(told.accounts.read_text()))
    asyncio.run(serve(Server(accounts, told.log), told.address, told.port))


if __name__ == "__main__":
    main()
