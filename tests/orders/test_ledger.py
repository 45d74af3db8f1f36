"""The ledger: nothing is promised twice, whatever is sent again, at once, or cut off."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from sample_estate import sample_cards, sample_estate
from sample_messages import LEVEL3, NOW, changed, level3, sample

from turnup.equipment.capacity import ports
from turnup.errors import InputError, Refused, UsageError
from turnup.load.order import read_order
from turnup.model.acknowledgement import Acknowledgement
from turnup.model.equipment import Assignment, Port
from turnup.model.order import OrderMessage
from turnup.order.acknowledge import acknowledge
from turnup.order.answers import digest_of
from turnup.order.entries import OrderFile, read_entries, write_entries
from turnup.order.ledger import Ledger

ESTATE, CARDS = sample_estate(), sample_cards()
ORDER = "PSO-2001-000051"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "assignments", ESTATE, CARDS)


def settle(ledger: Ledger, message: OrderMessage, later: int = 0) -> Acknowledgement:
    now = NOW + timedelta(minutes=later)
    return ledger.settle(message, lambda taken, links: acknowledge(message, ESTATE, CARDS, {}, taken, now, links), now)


def other(number: int, **changes: Any) -> OrderMessage:
    """Another order with a link of its own."""
    link = f"10.10.{4 + number}.0/30"
    message = changed(order_id=f"PSO-2001-1{number:05}", layer3__link_prefix=link, **changes)
    assert message.header is not None
    return replace(message, header=replace(message.header, message_id=f"MSG-1{number:05}"))


def held(ledger: Ledger) -> Assignment:
    assignment = ledger.assignment(ORDER)
    assert assignment is not None
    return assignment


def port(answer: Acknowledgement) -> str:
    assert answer.port is not None, answer.points
    return f"{answer.port.router} {answer.port.interface}"


def test_an_accepted_order_holds_its_port_and_link(ledger: Ledger) -> None:
    answer = settle(ledger, level3())
    assert port(answer) == "nyc-hud-gsr1 Serial5/0"
    assert ledger.taken() == (("nyc-hud-gsr1", "Serial5/0"),)
    assert ledger.links() == {IPv4Network("10.10.3.0/30"): f"order {ORDER}"}
    assignment = ledger.assignment(ORDER)
    assert assignment is not None
    assert replace(assignment.order, origin="") == replace(level3().order, origin="")
    assert assignment.port == answer.port
    assert ledger.assignments() == (assignment,)
    assert ledger.assignment("PSO-0") is None


def test_the_same_order_again_gets_the_first_answer(ledger: Ledger) -> None:
    first = settle(ledger, level3())
    assert settle(ledger, level3(), later=30) == first
    # As YAML it has no message id, and is the same order and revision all the same.
    assert settle(ledger, read_order(sample(f"{LEVEL3}.yaml")), later=60) == first
    assert len(ledger.taken()) == 1


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (changed(bgp__maximum_prefix=200), "revision"),  # same order, same revision
        (changed(order_id="PSO-2001-000099"), "header.message_id"),  # same message, another order
    ],
)
def test_the_same_number_with_other_content_is_a_point(message: OrderMessage, field: str, ledger: Ledger) -> None:
    first = settle(ledger, level3())
    answer = settle(ledger, message)
    assert not answer.accepted
    assert answer.points[0][0] == field
    assert settle(ledger, level3()) == first


def test_a_refused_order_leaves_nothing(ledger: Ledger) -> None:
    assert not settle(ledger, changed(bgp__peer_as=64500)).accepted
    assert list(read_entries(ledger.folder)) == []
    assert settle(ledger, level3()).accepted  # corrected, under the same number


def test_the_next_order_gets_the_next_port(ledger: Ledger) -> None:
    assert [port(settle(ledger, other(n))) for n in range(3)] == [f"nyc-hud-gsr1 Serial5/{n}" for n in range(3)]
    taken = settle(ledger, replace(other(5), order=replace(other(5).order, layer3=other(1).order.layer3)))
    assert "in use: order PSO-2001-100001" in taken.points[0][1]


def test_a_later_revision_takes_the_place_of_the_first(ledger: Ledger) -> None:
    first = settle(ledger, level3())
    second = changed(revision=2, bgp__maximum_prefix=200)
    assert second.header is not None
    second = replace(second, header=replace(second.header, message_id="MSG-2"))
    assert port(settle(ledger, second)) == port(first)
    assignment = ledger.assignment(ORDER)
    assert assignment is not None
    assert assignment.order.bgp is not None
    assert assignment.order.bgp.maximum_prefix == 200
    again = settle(ledger, level3())
    assert again.points == (("revision", f"revision 2 of {ORDER} was accepted since"),)


def test_work_that_has_begun_is_not_revised_nor_cancelled(ledger: Ledger) -> None:
    settle(ledger, level3())
    ledger.start(held(ledger))
    second = replace(changed(revision=2, bgp__maximum_prefix=200), header=None)
    assert settle(ledger, second).points[0][0] == "action"
    cancel = read_order(sample("60-hudson-ds3-level3-cancel.yaml"))
    assert "send a DISCONNECT" in settle(ledger, cancel).points[0][1]
    assert ledger.assignment(ORDER) is not None


def test_work_that_was_backed_out_may_be_revised(ledger: Ledger) -> None:
    settle(ledger, level3())
    ledger.start(held(ledger))
    ledger.back_out(ORDER)
    assert settle(ledger, replace(changed(revision=2, bgp__maximum_prefix=200), header=None)).accepted


def test_a_look_promises_nothing(ledger: Ledger) -> None:
    message = level3()
    now = NOW

    def look() -> Acknowledgement:
        return ledger.settle(
            message, lambda taken, links: acknowledge(message, ESTATE, CARDS, {}, taken, now, links), now, enter=False
        )

    assert look().accepted
    assert ledger.taken() == ()
    first = settle(ledger, level3(), later=5)
    assert look() == first  # once there is an answer, it is that one


def test_a_cancelled_order_gives_its_port_back(ledger: Ledger) -> None:
    settle(ledger, level3())
    cancel = read_order(sample("60-hudson-ds3-level3-cancel.yaml"))
    assert settle(ledger, cancel).accepted
    assert ledger.taken() == ()
    assert ledger.assignment(ORDER) is None
    assert port(settle(ledger, other(1))) == "nyc-hud-gsr1 Serial5/0"
    assert not settle(ledger, level3()).accepted  # sent again by mistake: its port is another's now
    assert ledger.taken() == (("nyc-hud-gsr1", "Serial5/0"),)


def test_cancel_by_another_order(ledger: Ledger) -> None:
    settle(ledger, level3())
    cancel = replace(changed(order_id="PSO-2", action="CANCEL", supersedes=ORDER), header=None)
    assert settle(ledger, cancel).accepted
    assert ledger.taken() == ()


def test_a_disconnect_is_about_a_known_port(ledger: Ledger) -> None:
    message = read_order(sample("60-hudson-ds3-level3-disconnect.xml"))
    assert settle(ledger, message).points[0][0] == "supersedes"
    settle(ledger, level3())
    unnamed = replace(message, order=replace(message.order, location=level3().order.location))
    assert port(settle(ledger, unnamed)) == "nyc-hud-gsr1 Serial5/0"
    assert len(ledger.taken()) == 1  # still in service until it is carried out
    ledger.release(ORDER)
    assert ledger.taken() == ()


def test_two_orders_at_once_never_get_one_port(ledger: Ledger) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: settle(ledger, other(n)), range(8)))
    assert len({port(answer) for answer in answers}) == 8


def test_a_write_that_is_cut_off_leaves_the_old_file(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    first = settle(ledger, level3())

    def no_power(_: int) -> None:
        raise OSError("no power")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", no_power)
        with pytest.raises(OSError, match="no power"):
            ledger.start(held(ledger))
    assert settle(ledger, level3()) == first
    assert not next(read_entries(ledger.folder)).started


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"version": 1', '"version": 2'),
        lambda text: text.replace('"released"', '"relesed"'),
        lambda text: text.replace(f'"order_id": "{ORDER}",\n  "entries"', '"order_id": "PSO-9",\n  "entries"'),
        lambda text: "[]",
        lambda text: json.dumps({"order_id": ORDER, "entries": [1]}),
    ],
)
def test_a_file_that_cannot_be_relied_on_stops_everything(spoil: Any, ledger: Ledger) -> None:
    settle(ledger, level3())
    path = ledger.folder / f"{ORDER}.json"
    path.write_text(spoil(path.read_text()))
    with pytest.raises(InputError, match="is not a file of the ledger") as caught:
        settle(ledger, other(1))
    assert "backup" in caught.value.advice


def test_a_port_that_left_the_inventory_is_not_forgotten(ledger: Ledger) -> None:
    settle(ledger, level3())
    gone = replace(ESTATE, routers={**ESTATE.routers, "nyc-hud-gsr1": replace(ESTATE.router("nyc-hud-gsr1"), slots={})})
    with pytest.raises(InputError, match="no longer has Serial5/0 of nyc-hud-gsr1"):
        Ledger(ledger.folder, gone, CARDS).assignment(ORDER)
    with pytest.raises(InputError, match="no order PSO-0"):
        ledger.back_out("PSO-0")


def test_work_begins_only_on_what_is_still_ordered(ledger: Ledger) -> None:
    settle(ledger, level3())
    first = held(ledger)
    assert settle(ledger, replace(changed(revision=2, bgp__maximum_prefix=200), header=None)).accepted
    with pytest.raises(Refused, match="revision 1 was cancelled or revised"):
        ledger.start(first)
    second = held(ledger)
    with pytest.raises(Refused, match="cancelled"):
        ledger.start(replace(second, port=replace(second.port, router="lax-wil-gsr1")))
    ledger.release(ORDER)
    with pytest.raises(Refused, match="cancelled"):
        ledger.start(second)
    assert not ledger.begun(ORDER)


def test_the_ledger_s_own_answer_asks_nobody(ledger: Ledger) -> None:
    assert ledger.answered(level3(), NOW) is None
    first = settle(ledger, level3())
    assert ledger.answered(level3(), NOW) == first
    cancel = read_order(sample("60-hudson-ds3-level3-cancel.yaml"))
    ledger.start(held(ledger))
    own = ledger.answered(cancel, NOW)
    assert own is not None
    assert not own.accepted


def test_the_digest_is_the_order_s_alone() -> None:
    order = level3().order
    assert digest_of(order) == digest_of(replace(order, origin="elsewhere"))
    assert digest_of(order) != digest_of(replace(order, requested_by="somebody else"))


def test_another_action_needs_a_number_of_its_own(ledger: Ledger) -> None:
    settle(ledger, level3())
    ledger.start(held(ledger))
    named = {"location__router": "nyc-hud-gsr1", "location__port": "Serial5/0"}
    same = replace(changed(revision=2, action="CHANGE", **named), header=None)
    assert settle(ledger, same).points[0][0] == "order_id"


def test_a_change_that_was_carried_out_is_part_of_the_order(ledger: Ledger) -> None:
    settle(ledger, level3())
    ledger.start(held(ledger))
    change = replace(changed(order_id="PSO-2", action="CHANGE", supersedes=ORDER, bgp__maximum_prefix=200), header=None)
    assert settle(ledger, change).accepted
    assert held(ledger).order == replace(
        read_order(sample("60-hudson-ds3-level3.xml")).order, origin=held(ledger).order.origin
    )
    ledger.start(Assignment(change.order, held(ledger).port))
    ledger.change(ORDER, by="PSO-2")
    ledger.change(ORDER, by="PSO-2")
    after = held(ledger).order
    assert after.order_id == ORDER
    assert after.bgp is not None
    assert after.bgp.maximum_prefix == 200
    later = replace(changed(order_id="PSO-2", revision=2, action="CHANGE", supersedes=ORDER), header=None)
    assert settle(ledger, later).points == (("action", "work on PSO-2 has begun; send another order"),)


def test_the_link_of_a_waiting_change_is_nobody_else_s(ledger: Ledger) -> None:
    settle(ledger, level3())
    ledger.start(held(ledger))
    link = IPv4Network("10.10.12.0/30")
    change = changed(order_id="PSO-2", action="CHANGE", supersedes=ORDER, layer3__link_prefix=str(link))
    settle(ledger, replace(change, header=None))
    assert ledger.links() == {IPv4Network("10.10.3.0/30"): f"order {ORDER}", link: "order PSO-2"}


def test_a_move_and_a_succession(ledger: Ledger) -> None:
    settle(ledger, level3())
    ledger.start(held(ledger))
    other_port = next(
        one for one in ports(ESTATE, CARDS) if (one.router, str(one.interface)) == ("nyc-hud-gsr1", "Serial5/1")
    )
    ledger.move(ORDER, other_port, NOW)
    assert held(ledger).port == other_port
    assert ledger.holder("nyc-hud-gsr1", "Serial5/0") is None
    assert settle(ledger, level3()).port == other_port, "the same order again gets the port it has now"
    new = replace(changed(order_id="PSO-3", action="REDESIGNATE", supersedes=ORDER), header=None)
    assert settle(ledger, new).accepted
    taken_over = ledger.assignment("PSO-3")
    assert taken_over is not None
    assert taken_over.port == other_port
    ledger.start(taken_over)
    holder = ledger.holder("nyc-hud-gsr1", "Serial5/1", but="PSO-3")
    assert holder is not None
    assert holder.order.order_id == ORDER
    ledger.succeed(ORDER, "PSO-3")
    assert ledger.assignment(ORDER) is None
    assert ledger.followed("PSO-3") == ORDER
    assert ledger.taken() == (("nyc-hud-gsr1", "Serial5/1"),)


def test_a_list_that_another_port_has_changed_is_the_order_s_own(ledger: Ledger) -> None:
    """Of a CHANGE of the customer's other port only the prefixes concern this order."""
    settle(ledger, level3())
    ledger.start(held(ledger))
    settle(ledger, other(1))
    prefixes = ["198.51.100.0/24"]
    change = changed(
        order_id="PSO-2", action="CHANGE", supersedes="PSO-2001-100001", bgp__maximum_prefix=7,
        bgp__allowed_prefixes=prefixes, layer3__link_prefix="10.10.12.0/30",
    )  # fmt: skip
    assert settle(ledger, replace(change, header=None)).accepted
    before = held(ledger).order
    for _ in range(2):
        ledger.share(ORDER, by="PSO-2")
    after = held(ledger).order
    assert before.bgp
    assert after == replace(before, bgp=replace(before.bgp, allowed_prefixes=(IPv4Network(prefixes[0]),)))


def test_one_order_is_read_from_its_own_file(ledger: Ledger) -> None:
    """However many others there are; and what another process writes meanwhile is seen."""
    ledger.folder.mkdir()
    write_entries(ledger.folder, OrderFile("PSO-9"))
    aged = ledger.folder / "PSO-9.json"
    os.utime(aged, (1, 1))
    (ledger.folder / "PSO-8.json").write_text("no ledger")
    assert ledger.knows("PSO-9")
    assert not ledger.begun("PSO-9")
    write_entries(ledger.folder, OrderFile("PSO-9", started=True))
    assert ledger.begun("PSO-9")
    assert not ledger.knows("../PSO-9")
    assert not ledger.knows("PSO-7")
    with pytest.raises(InputError, match="PSO-8"):
        ledger.knows("PSO-8")
    with pytest.raises(InputError, match="PSO-8"):
        ledger.taken()


def test_what_a_move_to_another_router_has_left_is_kept_as_it_stood(ledger: Ledger) -> None:
    """Later changes of the order are not on the port it has left; nobody else gets that port until it is bare."""
    settle(ledger, level3())
    ledger.start(held(ledger))
    old, as_it_stood = held(ledger).port, held(ledger)
    new = next(one for one in ports(ESTATE, CARDS) if one.router == "nyc-hud-gsr2" and one.card == old.card)
    ledger.move(ORDER, new, NOW)
    change = changed(order_id="PSO-2", action="CHANGE", supersedes=ORDER, layer3__link_prefix="10.10.12.0/30")
    settle(ledger, replace(change, header=None))
    ledger.change(ORDER, by="PSO-2")
    assert (held(ledger).port, held(ledger).order.layer3) == (new, change.order.layer3)
    assert as_it_stood.order.layer3 != change.order.layer3
    assert ledger.left_on(old.router) == (as_it_stood,)
    assert ledger.left_on(new.router) == ()
    assert (old.router, str(old.interface)) in ledger.taken()
    ledger.release(ORDER)
    assert ledger.left_on(old.router) == (as_it_stood,), "the order's end clears no port of another router"
    assert [(order, one.router, one.port) for order, one in ledger.owed()] == [(ORDER, old.router, str(old.interface))]
    ledger.bare(ORDER, old.router, str(old.interface))
    assert (ledger.left_on(old.router), ledger.owed(), ledger.taken()) == ((), (), ())


def test_a_router_that_left_the_inventory_owes_without_being_in_the_way(ledger: Ledger) -> None:
    settle(ledger, level3())
    ledger.start(held(ledger))
    old = held(ledger).port
    new = next(one for one in ports(ESTATE, CARDS) if one.router == "nyc-hud-gsr2" and one.card == old.card)
    ledger.move(ORDER, new, NOW)
    gone = replace(ESTATE, routers={**ESTATE.routers, old.router: replace(ESTATE.router(old.router), slots={})})
    without = Ledger(ledger.folder, gone, CARDS)
    assert held(without).port == new
    assert without.left_on(new.router) == ()
    assert len(without.owed()) == 1
    with pytest.raises(InputError, match="no longer has Serial5/0"):
        without.left_on(old.router)


def moved_away(ledger: Ledger) -> tuple[Port, Ledger]:
    """The port that an order was moved away from, and the ledger once that router was taken out of the inventory."""
    settle(ledger, level3())
    ledger.start(held(ledger))
    old = held(ledger).port
    new = next(one for one in ports(ESTATE, CARDS) if one.router == "nyc-hud-gsr2" and one.card == old.card)
    ledger.move(ORDER, new, NOW)
    routers = {name: router for name, router in ESTATE.routers.items() if name != old.router}
    return old, Ledger(ledger.folder, replace(ESTATE, routers=routers), CARDS)


def test_a_person_s_word_ends_what_a_scrapped_router_owes(ledger: Ledger) -> None:
    old, without = moved_away(ledger)
    ((order, one),) = without.scrap(old.router, "J. Smith: to the breakers, asset 4711", NOW)
    assert (order, one.port, one.scrapped, one.scrapped_at) == (
        ORDER,
        str(old.interface),
        "J. Smith: to the breakers, asset 4711",
        NOW,
    )
    assert without.owed() == ()
    with pytest.raises(UsageError, match="owes nothing"):
        without.scrap(old.router, "J. Smith: again", NOW)
    again = Ledger(ledger.folder, without.equipment, CARDS)
    assert again.owed() == (), "it is kept"


def test_a_router_that_comes_back_owes_again(ledger: Ledger) -> None:
    """The word was that it never would; nobody looked at what is on the port, and nobody else gets it."""
    old, without = moved_away(ledger)
    without.scrap(old.router, "J. Smith: to the breakers", NOW)
    assert [(order, one.port) for order, one in ledger.owed()] == [(ORDER, str(old.interface))]
    assert (old.router, str(old.interface)) in ledger.taken()
    assert [one.port for one in ledger.left_on(old.router)] == [old]
    ledger.bare(ORDER, old.router, str(old.interface))
    assert ledger.owed() == ()


def test_a_router_that_is_there_is_read_and_not_talked_about(ledger: Ledger) -> None:
    old, _ = moved_away(ledger)
    with pytest.raises(Refused, match="is in the inventory") as caught:
        ledger.scrap(old.router, "J. Smith: I took it off by hand", NOW)
    assert f"turnup recover {old.router}" in caught.value.advice
    assert len(ledger.owed()) == 1


def test_a_router_that_lost_only_the_card_is_read_too(ledger: Ledger) -> None:
    """The neighbor and its lists stand on the router, whatever became of the card."""
    old, _ = moved_away(ledger)
    bare = replace(ESTATE.router(old.router), slots={})
    without = Ledger(ledger.folder, replace(ESTATE, routers={**ESTATE.routers, old.router: bare}), CARDS)
    with pytest.raises(Refused, match="is in the inventory"):
        without.scrap(old.router, "J. Smith: card returned to stores", NOW)
    assert len(without.owed()) == 1


def test_another_router_s_debt_is_not_ended_with_it(ledger: Ledger) -> None:
    old, without = moved_away(ledger)
    with pytest.raises(UsageError, match="nyc-hud-gsr9 owes nothing"):
        without.scrap("nyc-hud-gsr9", "J. Smith: gone", NOW)
    assert [one.router for _, one in without.owed()] == [old.router]
