"""What happens to a change, at every command that the router hears of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

PORT = "interface Serial5/0"
ELSEWHERE = ("interface POS1/0", "bandwidth 2000000")  # another port of the same router: PASA 2.2
OURS = (PORT, "description SOMEBODY ELSE WAS HERE")
UNKNOWN = (PORT, "bandwidth 2000")  # a line that no template of ours knows
REFUSED = ("                ^", "% Invalid input detected at '^' marker.", "")
MESSAGES = (
    "Nov 22 14:00:07.123 UTC: %LINK-3-UPDOWN: Interface POS3/0, changed state to up",
    "Nov 22 14:00:08.124 UTC: %LINEPROTO-5-UPDOWN: Line protocol on Interface POS3/0, changed state to up",
    "SLOT 3:Nov 22 14:00:08.300 UTC: %LCPOS-3-SDHPATHALARM: POS3/0: B3 BER exceeds threshold, TC alarm declared",
)

BEGUN = ("half way", "complete")  # what a recovery finds that is killed in its turn

Mishaps = list[dict[str, object]]


@dataclass(frozen=True)
class Fault:
    """One kind of mishap. `edit` are somebody else's lines; `inside` says that they touch the order's own.

    `at_entries`: it happens not at a command but when our own process has made an entry (ENTRIES).
    `human`: it may end with a person called. `saves`: somebody else saves meanwhile. `patience` in seconds.
    `turn`: two that are near of kind take turns, one at every odd, one at every even command.
    `begun`: the change was killed before, and it is `recover` that this happens to; then it is run again.
    `rejected`: the command that is refused, where what happens is at the entries of the way back.
    """

    name: str
    mishaps: Callable[[int, int], Mishaps]
    edit: tuple[str, ...] = ()
    inside: bool = False
    human: bool = False
    saves: bool = False
    patience: float = 0.0
    refuses: bool = False
    killed: bool = False
    at_entries: bool = False
    turn: int | None = None
    begun: str = ""
    rejected: int = 0

    @property
    def entries(self) -> tuple[str, ...]:
        """The entries it may happen at."""
        if not self.at_entries:
            return ()
        return BACK if self.rejected else ENTRIES[self.begun]


def _one(kind: str, *, lines: tuple[str, ...] = (), stays: bool = False) -> Callable[[int, int], Mishaps]:
    def made(at: int, pid: int) -> Mishaps:
        mishap: dict[str, object] = {"at": at, "kind": kind, "lines": list(lines), "stays": stays}
        return [{**mishap, "pid": pid} if kind.startswith("kill") else mishap]

    return made


def _both(*parts: Callable[[int, int], Mishaps]) -> Callable[[int, int], Mishaps]:
    return lambda at, pid: [mishap for part in parts for mishap in part(at, pid)]


# Entries of the journal, and `books`: the ledger has it, the journal not yet.
BACK = ("backing-out", "backed-out")
ENTRIES = {
    "": ("planned", "pushing", "phase1", "phase2", "verified", "books", "saved"),
    "half way": BACK,
    "complete": ("verified", "books", "saved"),
}
_SILENT = 1.5  # seconds
_LINE = 13  # a configuration line of every action

FAULTS = (
    Fault("dropped before the line", _one("drop-before")),
    Fault("dropped before its answer", _one("drop-after")),
    Fault("dropped before it, for good", _one("drop-before", stays=True), turn=0),
    Fault("dropped after it, for good", _one("drop-after", stays=True), turn=1),
    Fault("killed before the line", _one("kill-before"), killed=True),
    Fault("killed after the line", _one("kill-after"), killed=True),
    Fault("killed at a journal entry", lambda at, pid: [], killed=True, at_entries=True),
    Fault(
        "killed on the way back",
        lambda at, pid: _one("reject", lines=REFUSED)(_LINE, pid),
        killed=True,
        at_entries=True,
        refuses=True,
        rejected=_LINE,
    ),
    Fault("session hangs", _one("hang"), patience=_SILENT, turn=0),
    Fault("router hangs for good", _one("hang", stays=True), patience=_SILENT, turn=1),
    Fault("line rejected", _one("reject", lines=REFUSED), refuses=True),
    Fault("syslog burst", _one("burst", lines=MESSAGES * 5)),
    Fault("foreign edit outside", _one("edit", lines=ELSEWHERE), edit=ELSEWHERE),
    Fault("foreign edit inside", _one("edit", lines=OURS), edit=OURS, inside=True),
    Fault("foreign edit inside, unknown", _one("edit", lines=UNKNOWN), edit=UNKNOWN, inside=True, human=True),
    Fault(
        "others save, line rejected",
        _both(_one("save"), _one("reject", lines=REFUSED)),
        saves=True,
        refuses=True,
        turn=0,
    ),
    Fault("others save, killed", _both(_one("save"), _one("kill-after")), saves=True, killed=True, turn=1),
    *(
        fault
        for begun in BEGUN
        for fault in (
            Fault(f"recovery killed before ({begun})", _one("kill-before"), killed=True, begun=begun),
            Fault(f"recovery killed after ({begun})", _one("kill-after"), killed=True, begun=begun),
            Fault(f"recovery at an entry ({begun})", lambda at, pid: [], killed=True, at_entries=True, begun=begun),
        )
    ),
)


def fault_of(name: str) -> Fault:
    """The fault of that name."""
    return next(fault for fault in FAULTS if fault.name == name)
