"""Sample playbook: retest the ports of accepted orders after a repair, all routers in parallel.

    . "$TURNUP_HOME/env"            # or your own TURNUP_USERNAME, TURNUP_PASSWORD, TURNUP_INVENTORY ...
    python playbook_accept.py PSO-2001-000051 PSO-2001-000052

Ends with 0 only when every port is satisfied. A router that Nornir did not run counts as not tested, never as good.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from turnup.certify import Run
from turnup.model.certificate import Occasion
from turnup.noc import open_noc
from turnup.runner import run_on
from turnup.tasks.accept import accept


def main(orders: list[str]) -> int:
    """Test each order's port; the worst outcome."""
    noc = open_noc(inventory=Path(os.environ["TURNUP_INVENTORY"]))
    satisfied = 0
    for order in orders:
        assignment = noc.ledger.assignment(order)
        if assignment is None:
            print(f"{order}: has no port: NOT TESTED")
            continue
        router = assignment.port.router
        run = Run(Occasion.REPAIR)
        outcome = run_on(noc.nornir, [router], accept, noc=noc, assignment=assignment, run=run)[router]
        told = outcome.error or outcome.value.outcome
        print(f"{order}: {router} {assignment.port.interface}: {told}")
        satisfied += not outcome.failed
    print(f"{satisfied} of {len(orders)} satisfied")
    return 0 if orders and satisfied == len(orders) else 4


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
