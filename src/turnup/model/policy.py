"""Site policy: what the carrier approves and the limits of the tests. Contract periods have no default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from ipaddress import IPv4Network

from turnup.errors import InputError
from turnup.model.period import Period


@dataclass(frozen=True)
class ApprovedImage:
    """An image that may run on a route processor; size in bytes."""

    processor: str
    version: str
    file: str
    size: int | None = None


@dataclass(frozen=True)
class PingLimits:
    """How a link is pinged and what loss is allowed (percent)."""

    count: int = 100
    size: int = 1500
    loss_percent: int = 0


@dataclass(frozen=True)
class MemoryLimits:
    """Least free memory of the route processor, bytes."""

    free_bytes: int
    largest_percent: int = 50


@dataclass(frozen=True)
class LogRules:
    """Which log messages are looked over and which are never allowed, as `FACILITY-SEVERITY-MNEMONIC` patterns."""

    ignore: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clocks:
    """Periods and counts of the contract ("[text deleted]" in the filing). None = not configured: never expires.

    Periods are hours, calendar days or business days: `48h`, `10d`, `5bd`.
    """

    acknowledgement: Period | None = None  # PASA 1.3(b)
    completion: Period | None = None  # PASA 1.3(b)
    disconnect: Period | None = None  # PASA 1.3(c)
    acceptance_new: Period | None = None  # PASA 1.4(c)
    acceptance_repaired: Period | None = None  # PASA 1.4(c)
    opportunities: int | None = None  # PASA 1.4(b)
    count_initial: bool = True  # whether the failed first test uses up an opportunity (PASA 1.4(b) leaves it open)
    restart_on_move: bool = False  # whether an alternate port has its own opportunities (PASA 1.4(b): "or alternate")
    repair: Period | None = None  # Schedule 2 (iii)
    repair_critical: Period | None = None  # Schedule 2 (iii): more than four customers
    card_replacement: Period | None = None  # PASA 5(c)
    delay: Period | None = None  # PASA 8.4(ii)
    inoperable: Period | None = None  # PASA 8.4(iii)
    availability_percent: float | None = None  # Schedule 2 (v), PASA 8.4(i)
    availability_months: int | None = None  # PASA 8.4(i): months in a row
    closed_days: tuple[str, ...] = ()  # beside the holidays of Colorado and New Jersey (PASA 10.5(b)), 2001-12-24


class Per(StrEnum):
    """What an amount is counted by. How a part of a day counts is said, never guessed."""

    MONTH = "month"
    OCCURRENCE = "occurrence"
    FULL_DAY = "full day"
    BEGUN_DAY = "begun day"
    FULL_HOUR = "full hour"
    BEGUN_HOUR = "begun hour"


@dataclass(frozen=True)
class Fee:
    """By how much the Port Access Service Fees are reduced, for each affected port (Appendix B to Schedule 1)."""

    amount: Decimal
    per: Per

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise InputError(f"a reduction of fees cannot be negative: {self.amount}")


@dataclass(frozen=True)
class Fees:
    """Amounts of Appendix B to Schedule 1 ("[text deleted]" in the filing). None = not configured: never an amount."""

    currency: str | None = None  # such as USD
    discontinued: Fee | None = None  # PASA 1.4(b)(iii)
    delay: Fee | None = None  # PASA 4.1(a)
    interruption: Fee | None = None  # PASA 4.2
    changes: Fee | None = None  # PASA 5(a) and (b)
    partial_termination: Fee | None = None  # PASA 8.4


@dataclass(frozen=True)
class MgsPeriods:
    """Periods and levels of the Media Gateway Services Agreements that their filings leave out. None: never asserted.

    What the texts do say (90 days of lead, 4 hours, 99.99 % of MGS II) is no setting.
    """

    installed_after_trunks: Period | None = None  # MGS II 3.a(a)(ii): after the ILEC order
    installed_after_acceptance: Period | None = None  # MGS II 3.a(b), MGS IV 3.b(b)
    lead: Period | None = None  # MGS IV 6: least time from order to requested installation
    repair: Period | None = None  # MGS IV Schedule 2, 1.3
    uptime_percent: Decimal | None = None  # MGS IV Schedule 2, 2
    closed_days: tuple[str, ...] = ()  # beside federal holidays, 2001-12-24


class BackOut(StrEnum):
    """Whether a change is taken back when the port then fails an acceptance test."""

    ALWAYS = "always"
    NEVER = "never"
    ASK = "ask"


@dataclass(frozen=True)
class Policy:
    """policy.yaml. `checks` holds the settings of single tests by the test's name, typed by the test itself."""

    images: tuple[ApprovedImage, ...] = ()
    config_register: str | None = None
    ping: PingLimits = PingLimits()
    memory: MemoryLimits | None = None
    flash_free_bytes: int | None = None
    logs: LogRules = LogRules()
    bgp_soak_seconds: int | None = None
    last_resort_types: tuple[int, ...] = (5, 8, 9)
    sensitivity: bool = True  # every certificate tries its own evidence by changes; about 2 s of a processor a port
    customer_route_map_in: str | None = None
    customer_route_map_out: str | None = None
    longest_prefix: int = 24  # of a customer's route
    bogons_allowed: bool = False
    bogon_exceptions: tuple[IPv4Network, ...] = ()  # taken as good although a list of bogons names them
    own_networks: tuple[IPv4Network, ...] = ()  # ours beside loopbacks, links and link pools
    clocks: Clocks = Clocks()
    fees: Fees = Fees()
    schedule3_dates: Mapping[str, str] = field(
        default_factory=dict
    )  # site -> 2001-10-01, by when it is in (PASA 4.1(b))
    mgs: MgsPeriods = MgsPeriods()
    available_description: str | None = None  # what a port is left with that nobody has
    first_provisioning_any_time: bool = True  # PASA 2.3(a) speaks of what may affect the service: a shut port does not
    back_out: BackOut = BackOut.NEVER  # when an acceptance test fails right after a push
    unproven_methods: bool = False  # write to platforms whose method never ran on a real router (IOS XR)
    secrets: Mapping[str, str] = field(default_factory=dict)  # name -> reference, e.g. env:TURNUP_SECRET_X
    checks: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    origin: str = ""
