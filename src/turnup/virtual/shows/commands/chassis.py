"""`show gsr` and `show diag`: the boards of the chassis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from turnup.model.equipment import LineCard
from turnup.model.order import Speed
from turnup.virtual.shows.hardware import card_name, card_with_optics, fabric_slots, hardware, processor_name
from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.times import short
from turnup.virtual.shows.view import View

_ENGINES = {
    0: "0 - OC12 (622 Mbps)",
    1: "1 - OC12 (622 Mbps)",
    2: "2 - Backbone OC48 (2.5 Gbps)",
    3: "3 - ISE OC48 (2.5 Gbps)",
    4: "4 - Backbone OC192/Quad OC48 (10 Gbps)",
}
_RUNNING = "IOS Running  Line Card Enabled"
_TYPES = {Speed.DS3: 54, Speed.OC3C: 33, Speed.OC12C: 34, Speed.OC48C: 41, Speed.FE: 52, Speed.GE: 55}


@dataclass(frozen=True)
class _Board:
    slot: int
    name: str
    state: str
    card: LineCard | None = None


def _boards(view: View) -> Iterator[_Board]:
    over = view.overrides
    yield _Board(0, processor_name(view.router), "IOS Running  ACTIVE" if _is_prp(view) else "IOS Running  MASTER")
    for slot, card in sorted(view.device.cards.items()):
        if not over.flag(f"slot.{slot}.empty"):
            name = over.text(f"slot.{slot}.card", card_name(card))
            yield _Board(slot, name, over.text(f"slot.{slot}.state", _RUNNING), card)
    clock, fabric = fabric_slots(view.router)
    yield _Board(clock, "Clock Scheduler Card", "Card Powered  PRIMARY CLOCK")
    for slot in range(fabric, fabric + 3):
        yield _Board(slot, "Switch Fabric Card", "Card Powered")


def _is_prp(view: View) -> bool:
    return hardware(view.router).chassis_word == "PRP"


@shows("show gsr")
def gsr(view: View, _args: Args) -> str:
    """Two lines a slot."""
    return "".join(f"Slot {b.slot:<2} type  = {b.name} \n        state = {b.state} \n" for b in _boards(view))


@shows("show diag", "show diag {slot}")
def diag(view: View, args: Args) -> str | None:
    """One block a board."""
    chosen = [b for b in _boards(view) if b.slot < 16 and args.get("slot", str(b.slot)) == str(b.slot)]
    if "slot" in args and not args["slot"].isdigit():
        return None
    if not chosen:
        return f"SLOT {args.get('slot')}  (RP/LC {args.get('slot')}): not present\n"
    return "\n".join("\n".join(_diagnosis(view, board)) + "\n" for board in chosen)


def _diagnosis(view: View, board: _Board) -> Iterator[str]:
    rp, over, key = board.card is None, view.overrides, f"slot.{board.slot}"
    serial = over.text(f"{key}.serial", f"CAB05{(int(view.router.loopback) + board.slot * 97) % 100000:05}")
    name = board.name if board.card is None else over.text(f"{key}.card", card_with_optics(board.card))
    fru = over.text(f"{key}.fru", f"{_grp_part(view) if board.card is None else board.card.part}=")
    yield f"SLOT {board.slot}  (RP/LC {board.slot} ): {name}"
    kind = 19 if board.card is None else _TYPES[board.card.speed]
    yield f"  MAIN: type {kind},  800-{4000 + kind * 10:05}-02 rev A0"
    yield "        Deviation: 0"
    yield "        HW config: 0x01    SW key: 00-00-00"
    yield f"  PCA:  73-{3000 + kind * 10:04}-02 rev A0 ver 2"
    yield f"        Design Release 1.0  S/N {serial}"
    yield "  MBUS: Embedded Agent"
    yield "        Test hist: 0x00    RMA#: 00-00-00    RMA hist: 0x00"
    yield "  DIAG: Test count: 0x00000000    Test results: 0x00000000"
    yield f"  FRU:  {'Route Processor' if rp else 'Linecard/Module'}: {fru}"
    yield "        Route Memory: MEM-GRP/LC-256=" if rp else "        Processor Memory: MEM-LC1-128="
    if board.card is not None:
        yield "        Packet Memory: MEM-LC1-PKT-256="
        yield f"  L3 Engine: {_ENGINES.get(board.card.engine, str(board.card.engine))}"
    yield "  MBUS Agent Software version 1.50 (RAM) (ROM version is 1.3)"
    yield "  ROM Monitor version 180" if rp else "  ROM Monitor version 10.0"
    yield "  Fabric Downloader version used 4.6 (ROM version is 3.6)"
    yield "  Primary clock is CSC 1"
    yield "  Board is analyzed "
    yield f"  Board State is {_verdict(view, board)}"
    yield f"  Insertion time: 00:00:{board.slot + 5:02} ({short(view.uptime)} ago)"
    yield from _sizes(view, board)
    yield f"  {over.number(f'{key}.crashes')} crashes since restart"


def _grp_part(view: View) -> str:
    return {"GRP-B": "GRP-B", "PRP": "PRP-1"}.get(view.router.processor.upper(), "GRP")


def _verdict(view: View, board: _Board) -> str:
    if board.card is None:
        return "IOS Running  ACTIVE " if _is_prp(view) else "IOS Running  MASTER "
    default = "Line Card Enabled (IOS  RUN )" if board.state == _RUNNING else board.state
    return view.overrides.text(f"slot.{board.slot}.board_state", default)


def _sizes(view: View, board: _Board) -> Iterator[str]:
    if board.card is None:
        yield f"  DRAM size: {(view.router.memory_kbyte or 262144) * 1024} bytes"
        return
    yield "  Processor Memory size: 134217728 bytes"
    for way in ("TX", "RX"):
        yield f"  {way} Packet Memory size: 134217728 bytes, Packet Memory pagesize: 16384 bytes"
