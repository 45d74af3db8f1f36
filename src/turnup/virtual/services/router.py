"""What a router of the POP runs beside FRR: its messages go to the collector, its console line is served.

`router LOOPBACK COLLECTOR CONSOLE`: one process for both, because each Python costs a router's start its time.
"""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Thread

from turnup.virtual.services import console, syslog


def main() -> None:
    """Run until killed."""
    loopback, collector, line = sys.argv[1:]
    Thread(target=syslog.forward, args=(Path("/dev/log"), loopback, (collector, syslog.PORT)), daemon=True).start()
    console.serve(Path(line))


if __name__ == "__main__":
    main()
