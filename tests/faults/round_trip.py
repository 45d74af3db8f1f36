"""Apply, then back out, over realistic configurations: the running configuration comes back byte for byte.

Every orderable card with every encapsulation it carries, with and without BGP, by every action, at two sizes, and one
of each kind of port at 9,000 lines. The router is the fake one of the tests of change (in memory, written apart from
turnup's own model): 12.0S as it takes and shows lines. Part of `make faults`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "change"))
sys.path.insert(0, str(Path(__file__).parents[1] / "render"))

from in_service import Site
from sample_orders import Case, card, every_card, kinds

from turnup.change.undertaking import Kind, Undertaking
from turnup.errors import BackedOut
from turnup.home import Home

SIZES = (150, 1500, 9000)
ACTIONS = tuple(Kind)


def others(lines: int) -> str:
    """Other customers' ports, their neighbours and lists: about that many lines, the same every time."""
    ports, peers, lists = [], [], []
    for number in range(max(0, lines - 110) // 19):
        slot, port = 20 + number // 48, number % 48
        link = f"10.{100 + number // 4096}.{number // 16 % 256}.{number % 16 * 16}".rsplit(".", 1)
        asn, name = 64700 + number % 800, f"CUST-{64700 + number % 800}-{number}-IN"
        peer = f"{link[0]}.{int(link[1]) + 2}"
        ports += [
            f"interface Serial{slot}/{port}",
            f" description CUST|OTHER-{number}|DS3|CKT:T3Z/NYC/{number:04}|PSO:PSO-2001-9{number:05}|",
            f" ip address {link[0]}.{int(link[1]) + 1} 255.255.255.252",
            " no ip redirects", " no ip directed-broadcast", " no ip proxy-arp", " crc 32", " no cdp enable",
        ]  # fmt: skip
        peers += [
            f" neighbor {peer} remote-as {asn}", f" neighbor {peer} description CUST|OTHER-{number}|",
            f" neighbor {peer} password 7 <secret:#{number:08x}>", f" neighbor {peer} version 4",
            f" neighbor {peer} prefix-list {name} in", f" neighbor {peer} route-map CUST-IN in",
            f" neighbor {peer} route-map CUST-OUT out", f" neighbor {peer} maximum-prefix 100 80",
        ]  # fmt: skip
        lists += [f"ip prefix-list {name} seq {at} permit 198.51.100.0/24" for at in (5, 10, 15)]
    return "\n".join((*ports, "router bgp 64500", *peers, *lists, "")) if ports else ""


def sites(case: Case, size: int, folder: Path) -> Iterator[tuple[Kind, Site, Undertaking]]:
    """A site for each action; with the order in service where one is needed."""
    for kind in ACTIONS:
        if kind is Kind.MOVE and card(case.card).ports < 2:
            continue  # the fake router has the free ports of one card
        site = Site(case, Home(folder / f"{case}-{size}-{kind}".replace("/", "_")), others=others(size))
        if kind is Kind.NEW:
            site.do(site.disconnect)
            yield kind, site, Undertaking(Kind.NEW, site.standing)
        else:
            yield kind, site, site.work(kind)


def there_and_back(number: int) -> list[tuple[str, str, int, str]]:
    """(action, case, lines of the configuration, what is wrong) for one case and size."""
    os.fsync = lambda fd: None  # the disk is not what is proved here
    case, size = CASES[number]
    found = []
    with tempfile.TemporaryDirectory(prefix="turnup-round-") as folder:
        for kind, site, work in sites(case, size, Path(folder)):
            before, startup = site.router.show(), site.router.startup
            wrong = ""
            try:
                site.do(work, accept=lambda: "test 9")
                wrong = "was not taken back"
            except BackedOut:
                pass
            if (site.router.show(), site.router.startup) != (before, startup):
                wrong = wrong or "the running configuration is not what it was"
            applied = site.do(work)  # there, this time
            if applied != "saved" or site.router.show() == before:
                wrong = wrong or f"could not be applied afterwards: {applied}"
            found.append((str(kind), str(case), before.count("\n"), wrong))
    return found


# Every card at the smaller sizes; every kind of port and encapsulation at the largest.
CASES = (*((case, size) for size in SIZES[:2] for case in every_card()), *((case, SIZES[2]) for case in kinds()))


def main() -> int:
    """0 when every one came back byte for byte."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every Nth case")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    began = time.monotonic()
    numbers = range(len(CASES) - 1, -1, -options.every)  # the longest first
    with multiprocessing.get_context("spawn").Pool(options.workers) as pool:
        found = [one for some in pool.imap_unordered(there_and_back, numbers) for one in some]
    wrong = [one for one in found if one[3]]
    sizes = {size: min(SIZES, key=lambda near: abs(near - size)) for _, _, size, _ in found}
    counts = Counter((action, sizes[size]) for action, _, size, _ in found)
    print(f"{'action':<13}" + "".join(f"{size:>7} lines" for size in SIZES))
    for kind in ACTIONS:
        print(f"{kind:<13}" + "".join(f"{counts[str(kind), size]:>13}" for size in SIZES))
    for one in wrong[:20]:
        print(f"NOT BYTE FOR BYTE: {one}")
    spread = f"{min(sizes, default=0)} to {max(sizes, default=0)} lines"
    print(
        f"\n{len(found)} round trips (in memory) over configurations of {spread}, {len(wrong)} not byte for byte, "
        f"{time.monotonic() - began:.0f} s"
    )
    return 1 if wrong or not found else 0


if __name__ == "__main__":
    sys.exit(main())
