"""What the NOC sees for itself, without a login: name servers and consoles."""

from __future__ import annotations

from datetime import UTC, datetime

from turnup.errors import UsageError
from turnup.model.transcript import Answer, Request


def run_probe(request: Request, *, seconds: float = 5.0) -> Answer:
    """The NOC's answer to a request of platform `noc`; `failure` when nothing was learned.

    `seconds` bound each step where the request has no timeout of its own. Raises UsageError for an unknown probe or
    a missing argument.
    """
    args = dict(request.ask.args)
    within = request.timeout or seconds
    try:
        if request.probe == "dns":
            from turnup.connect.dns import look_up

            text, failure = look_up(args["type"], args["name"], args["server"], within)
        elif request.probe == "console":
            from turnup.connect.console import look_at_console

            text, failure = look_at_console(args["server"], within)
        else:
            raise UsageError(f"no probe {request.probe!r}; known: console, dns")
    except KeyError as missing:
        raise UsageError(f"probe {request.probe!r} needs the argument {missing}") from missing
    return Answer(request.command, text, datetime.now(UTC), failure=failure)
