"""A DNS responder (UDP) that knows the routers of a lab: address and name of each loopback, nothing else.

Fault states of a router: `dns.a` and `dns.ptr` = another answer, or "none"; `dns.status` = "down": no answer at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.reversename
import dns.rrset

from turnup.virtual.device import Device
from turnup.virtual.lab import Lab

TTL = 300


class Responder(asyncio.DatagramProtocol):
    """Answers one lab's names."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one query; what is no query is dropped."""
        try:
            query = dns.message.from_wire(data)
        except dns.exception.DNSException:
            return
        if query.question and (answer := self.answer(query)):
            self._transport.sendto(answer.to_wire(), addr)

    def answer(self, query: dns.message.Message) -> dns.message.Message | None:
        """The answer to a query; None when a fault keeps the responder silent."""
        asked = query.question[0]
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.AA
        known = False
        for name, kind, value, device in self._records():
            if name != asked.name:
                continue
            if device.override("dns.status") == "down":
                return None
            known = True
            if asked.rdtype == kind:
                reply.answer.append(dns.rrset.from_text(name, TTL, dns.rdataclass.IN, kind, value))
        if not known:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply

    def _records(self) -> Iterator[tuple[dns.name.Name, dns.rdatatype.RdataType, str, Device]]:
        for device in self._lab.devices.values():
            router = device.router
            own = f"{router.name}.{router.dns_zone or self._lab.zone}"
            address = str(device.override("dns.a") or router.loopback)
            pointer = str(device.override("dns.ptr") or own)
            if address != "none":
                yield dns.name.from_text(own), dns.rdatatype.A, address, device
            if pointer != "none":
                reverse = dns.reversename.from_address(str(router.loopback))
                yield reverse, dns.rdatatype.PTR, f"{pointer.rstrip('.')}.", device


async def listen(lab: Lab, host: str) -> asyncio.DatagramTransport:
    """The responder on a free UDP port."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: Responder(lab), local_addr=(host, 0))
    return transport
