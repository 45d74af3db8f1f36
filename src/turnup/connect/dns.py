"""Ask one name server one question, as a customer's resolver would: UDP, then TCP when the answer was cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnup.errors import UsageError

if TYPE_CHECKING:
    import dns.message
    import dns.name

ANSWERED = ("NOERROR", "NXDOMAIN")


def look_up(kind: str, name: str, server: str, seconds: float) -> tuple[str, str]:
    """(text, failure): the text templates/noc/parse/dns_answer.textfsm reads, or why there is none.

    `kind` is A, PTR ...; a PTR may be asked by its address. `server` is `address` or `address#port`.
    """
    import dns.exception
    import dns.message
    import dns.name
    import dns.query
    import dns.rcode
    import dns.rdatatype

    address, port = _server(server)
    try:
        wanted = dns.message.make_query(_name(kind, name), dns.rdatatype.from_text(kind))
    except (dns.exception.DNSException, ValueError) as error:
        raise UsageError(f"{name!r} {kind} is no question for a name server: {error}") from error
    try:
        answer, _ = dns.query.udp_with_fallback(wanted, address, timeout=seconds, port=port)
    except dns.exception.Timeout:
        return "", f"name server {server} did not answer within {seconds:g} s"
    except (OSError, EOFError, dns.exception.DNSException) as error:
        return "", f"name server {server} gave no answer: {error or type(error).__name__}"
    status = dns.rcode.to_text(answer.rcode())
    if status not in ANSWERED:
        return "", f"name server {server} answered {status}"
    return _text(kind, name, server, status, answer), ""


def _server(server: str) -> tuple[str, int]:
    address, _, port = server.partition("#")
    if port and not port.isdigit():
        raise UsageError(f"name server {server!r} is written address or address#port")
    return address, int(port or 53)


def _name(kind: str, name: str) -> dns.name.Name:
    import dns.name
    import dns.reversename

    if kind == "PTR" and name.replace(".", "").isdigit():
        return dns.reversename.from_address(name)
    return dns.name.from_text(name)


def _text(kind: str, name: str, server: str, status: str, answer: dns.message.Message) -> str:
    import dns.rdatatype

    lines, records = [f";; asked {server} for {name} {kind}"], []
    for found in answer.answer:
        for record in found:
            value = record.to_text().rstrip(".")
            if found.rdtype == dns.rdatatype.from_text(kind):
                records.append(f"@{server} {name} {kind} {status} = {value}")
            elif found.rdtype == dns.rdatatype.CNAME:
                lines.append(f";; alias {str(found.name).rstrip('.')} = {value}")
    count = len(records)
    lines += sorted(records) or [f"@{server} {name} {kind} {status} no record"]
    return "\n".join([*lines, f";; {count} record{'' if count == 1 else 's'}"])
