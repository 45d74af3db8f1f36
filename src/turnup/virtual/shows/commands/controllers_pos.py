"""`show controllers pos`: the SONET section, line and path of every POS port."""

from __future__ import annotations

from collections.abc import Iterator

from turnup.virtual.shows.links import far_end, link
from turnup.virtual.shows.ports import Port
from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.view import View

_DOWN_DEFECTS = ("SLOS", "B1-TCA")


@shows("show controllers pos", "show controllers pos {name}", "show controllers {name}")
def controllers_pos(view: View, args: Args) -> str | None:
    """One block a port; the name may come without its type, as in `show controllers pos 1/0`."""
    wanted = args.get("name", "")
    wanted = f"POS{wanted}" if wanted[:1].isdigit() else wanted
    ports = [p for p in view.ports if p.is_sonet and (not wanted or p == view.port(wanted))]
    return "\n".join("\n".join(_block(view, port)) + "\n" for port in ports) or None


def _block(view: View, port: Port) -> Iterator[str]:
    over, key = view.overrides, f"controller.{port.name}"
    dark = link(view, port).why == "no cable" or port.shut
    los, lof = over.number(f"{key}.los", 1 if dark else 0), over.number(f"{key}.lof")
    bits = [over.number(f"{key}.{name}") + _grown(view, port, name) for name in ("b1", "b2", "b3")]
    yield f"{port.name}"
    yield "SECTION"
    yield f"  LOF = {lof:<10} LOS    = {los:<29} BIP(B1) = {bits[0]}"
    yield "LINE"
    yield f"  AIS = {0:<10} RDI    = {0:<10} FEBE = {0:<11} BIP(B2) = {bits[1]}"
    yield "PATH"
    yield f"  AIS = {0:<10} RDI    = {0:<10} FEBE = {0:<11} BIP(B3) = {bits[2]}"
    yield f"  LOP = {0:<10} NEWPTR = {0:<10} PSE  = {0:<11} NSE     = 0"
    yield ""
    down = dark and not port.shut
    yield f"Active Defects: {' '.join(over.texts(f'{key}.defects', _DOWN_DEFECTS if down else ())) or 'None'}"
    yield f"Active Alarms:  {' '.join(over.texts(f'{key}.alarms', ('SLOS',) if down else ())) or 'None'}"
    yield "Alarm reporting enabled for: SF SLOS SLOF B1-TCA B2-TCA PLOP B3-TCA "
    yield ""
    yield f"Framing: {(port.word('pos', 'framing') or 'sonet').upper()}"
    yield "APS"
    yield "  COAPS = 0          PSBF = 0"
    yield "  State: PSBF_state = False"
    yield "  Rx(K1/K2): 00/00  Tx(K1/K2): 00/00"
    yield f"  S1S0 = 00, C2 = {_c2(port):02X}"
    yield "CLOCK RECOVERY"
    yield "  RDOOL = 0"
    yield "  State: RDOOL_state = False"
    yield from _trace(view, port, dark)
    yield "BER thresholds:  SF = 10e-3  SD = 10e-6"
    yield "TCA thresholds:  B1 = 10e-6  B2 = 10e-6  B3 = 10e-6"


def _grown(view: View, port: Port, name: str) -> int:
    step = view.overrides.number(f"controller.{port.name}.growth")
    counted, key = view.device.counters, f"bip.{port.name}.{name}"
    counted[key] = counted.get(key, 0) + step
    return counted[key]


def _c2(port: Port) -> int:
    """The path signal label: as configured; else 0xCF, with PPP and scrambling 0x16 (reference: provisioning 1.2)."""
    if configured := port.word("pos", "flag", "c2"):
        return int(configured, 0)
    return 0x16 if port.encapsulation == "PPP" and port.scrambled else 0xCF


def _trace(view: View, port: Port, dark: bool) -> Iterator[str]:
    far, over, key = far_end(view, port), view.overrides, f"controller.{port.name}"
    known = far if far and far.far_interface and not dark else None
    yield f"PATH TRACE BUFFER: {'STABLE' if known else 'UNSTABLE'}"
    yield f"  Remote hostname : {over.text(f'{key}.remote_hostname', known.name if known else '')}".rstrip(" ")
    yield f"  Remote interface: {over.text(f'{key}.remote_interface', known.far_interface if known else '')}".rstrip(
        " "
    )
    yield f"  Remote IP addr  : {known.address if known else ''}".rstrip(" ")
    k1k2 = "00/00  Tx(K1/K2): 00/00" if known else "../..  Tx(K1/K2): ../.."
    yield f"  Remote Rx(K1/K2): {k1k2}"
