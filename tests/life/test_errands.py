"""What is due beside the orders: cards (PASA 5(c)), emergencies not told (2.3(a)). Unset periods never end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from lives import HOUR, SET, START, TO_SERVICE, lived

from turnup.model.period import Period
from turnup.model.policy import Clocks
from turnup.order.errands import Errand, Estate, cards, in_order, untold
from turnup.order.life import Life
from turnup.order.records import CardDeed, CardEvent, Emergency

ROUTER = "nyc-hud-gsr1"
LIVES = (
    lived(*TO_SERVICE),
    replace(lived(*TO_SERVICE), order_id="PSO-2", port="Serial6/1"),
    replace(lived(*TO_SERVICE[:5]), order_id="PSO-3", port="Serial5/1"),
    replace(lived(*TO_SERVICE), order_id="PSO-4", router="lax-gsr1"),
)
FIVE_DAYS = Clocks(card_replacement=Period.parse("5d"))


def card(what: CardDeed, hours: float, slot: int = 5) -> CardEvent:
    at = START + hours * HOUR
    return CardEvent(ROUTER, slot, what, at, "field staff", at)


def errands(
    *events: CardEvent, clocks: Clocks = FIVE_DAYS, lives: tuple[Life, ...] = LIVES, **tested: datetime
) -> list[Errand]:
    named = {name.replace("_", "-"): at for name, at in tested.items()}
    return list(cards(events, Estate(lives, named, {ROUTER: (0,)}), clocks))


def test_a_card_that_came_is_replaced_in_its_period() -> None:
    (one,) = errands(card(CardDeed.SUPPLIED, 0))
    assert (one.about, one.clause, one.since) == (f"{ROUTER} slot 5", "5(c)", START)
    assert one.due == START + 120 * HOUR
    assert one.left(START + 121 * HOUR) == -HOUR
    assert "turnup logbook card replaced" in one.action


@pytest.mark.parametrize("clocks", [Clocks(), SET])
def test_without_a_period_it_is_never_late(clocks: Clocks) -> None:
    (one,) = errands(card(CardDeed.SUPPLIED, 0), clocks=clocks)
    assert (one.due, one.left(START + 9999 * HOUR)) == (None, None)


def test_business_days_and_a_clock_change_count_as_for_every_period() -> None:
    november = datetime.fromisoformat("2001-10-26T20:00:00+00:00")  # a Friday before clocks go back
    came = CardEvent(ROUTER, 5, CardDeed.SUPPLIED, november, "x", november)
    (one,) = errands(came, clocks=Clocks(card_replacement=Period.parse("2d")))
    assert one.due == datetime.fromisoformat("2001-10-28T21:00:00+00:00"), "the same time of day, an hour later in UTC"
    (one,) = errands(came, clocks=Clocks(card_replacement=Period.parse("1bd")))
    assert one.due == datetime.fromisoformat("2001-10-30T07:00:00+00:00"), "all of Monday in Denver"


def test_a_replaced_card_has_every_port_in_service_tested_again() -> None:
    events = (card(CardDeed.SUPPLIED, 0), card(CardDeed.REPLACED, 30))
    (one,) = errands(*events, PSO_1=START + 5 * HOUR)
    assert (one.clause, one.due) == ("5(c), 1.4(a)", None)
    assert one.action == f"test every port of the replaced card (`turnup retest {ROUTER} --card 5`): PSO-1"
    assert errands(*events, PSO_1=START + 31 * HOUR) == [], "tested since"
    assert errands(*events, lives=LIVES[1:]) == [], "no port of it is in service"


def test_behind_a_processor_is_every_port_of_the_router() -> None:
    (one,) = errands(card(CardDeed.REPLACED, 30, slot=0))
    assert one.action.endswith(f"(`turnup retest {ROUTER}`): PSO-1, PSO-2")


def test_the_last_that_happened_counts_and_each_slot_is_its_own() -> None:
    again = errands(card(CardDeed.REPLACED, 30), card(CardDeed.SUPPLIED, 40), card(CardDeed.SUPPLIED, 1, slot=6))
    assert {(one.about, one.since) for one in again} == {
        (f"{ROUTER} slot 5", START + 40 * HOUR),
        (f"{ROUTER} slot 6", START + HOUR),
    }


def test_an_emergency_is_due_to_be_told_until_its_notice_was_sent() -> None:
    done = Emergency(ROUTER, "PSO-1", "fire", "noc", START)
    for told in ({}, {"lax-gsr1": START + HOUR}, {ROUTER: START - 24 * HOUR}):
        (one,) = untold([done], told)
        assert (one.clause, one.due) == ("2.3(a)", None)
        assert "PSO-1" in one.action
    for told in ({ROUTER: START + HOUR}, {ROUTER: START - HOUR}):
        assert list(untold([done], told)) == []


def test_the_most_urgent_comes_first() -> None:
    never, late, soon = (
        Errand("a", "x", START, None, "do"),
        Errand("b", "x", START, START - HOUR, "do"),
        Errand("c", "x", START, START + HOUR, "do"),
    )
    assert in_order([never, soon, late], START) == (late, soon, never)
