"""Time service of the POP (SNTP, RFC 4330): the services host tells the time, a router asks whether its clock agrees.

All nodes share the clock of one machine, so what can differ is whether anybody tells the time at all: without this
service a router's clock is one without a source, as test 19 must see it.
"""

from __future__ import annotations

import socket
import struct
import sys
import time

EPOCH = 2_208_988_800  # seconds from 1900, where NTP counts from, to 1970
CLIENT, SERVER = 3, 4
AGREES = 1.0  # seconds between two clocks that agree
_PACKET = struct.Struct(">BBbb11I")


def answer(asked: bytes, now: float) -> bytes | None:
    """The answer to a client's packet at that time; None when it is none."""
    if len(asked) < _PACKET.size or asked[0] & 7 != CLIENT:
        return None
    version, sent = asked[0] >> 3 & 7, struct.unpack(">II", asked[40:48])
    stamp = _stamp(now)
    return _PACKET.pack(version << 3 | SERVER, 1, asked[2], -20, 0, 0, 0x4C4F434C, *stamp, *sent, *stamp, *stamp)


def offset(told: bytes, now: float) -> float | None:
    """Seconds by which the server's clock is ahead; None when the answer is none of a synchronised server."""
    if len(told) < _PACKET.size or told[0] & 7 != SERVER or not 0 < told[1] < 16:
        return None
    seconds, fraction = struct.unpack(">II", told[40:48])
    return float(seconds - EPOCH + fraction / 2**32 - now)


def serve(port: int = 123, address: str = "") -> None:
    """Tell the time until killed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
        heard.bind((address, port))
        while True:
            asked, who = heard.recvfrom(512)
            if told := answer(asked, time.time()):
                heard.sendto(told, who)


def synchronised(server: str, port: int = 123, patience: float = 1.0) -> bool:
    """Whether that server tells the same time as this machine's clock."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(patience)
        try:
            asking.connect((server, port))
            asking.send(_PACKET.pack(4 << 3 | CLIENT, 0, 0, 0, *[0] * 9, *_stamp(time.time())))
            found = offset(asking.recv(512), time.time())
        except OSError:
            return False
    return found is not None and abs(found) <= AGREES


def _stamp(now: float) -> tuple[int, int]:
    return int(now) + EPOCH & 0xFFFFFFFF, int(now % 1 * 2**32)


def main() -> None:
    """`time_of_day serve`, or `time_of_day ask SERVER`: what timedatectl says of the clock."""
    if sys.argv[1] == "serve":
        serve()
    else:
        print(f"NTPSynchronized={'yes' if synchronised(sys.argv[2]) else 'no'}")


if __name__ == "__main__":
    main()
