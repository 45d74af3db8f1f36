"""Results of the tests to the customer: message and certificate in one sending; delivered when the channel says so."""

from __future__ import annotations

from turnup.certificate.document import digest, to_json
from turnup.desk.sources import certificates
from turnup.errors import Refused, UsageError
from turnup.exchange.fields import built, plain, shown
from turnup.exchange.office import Exchange, number
from turnup.exchange.parcel import Part
from turnup.model.certificate import Certificate
from turnup.model.messages import AcceptanceResult, Message, TestVerdict
from turnup.model.result import SCHEDULE_2
from turnup.order.decisions import deadline
from turnup.order.life import Life
from turnup.order.states import State
from turnup.store.messages import sender_of
from turnup.store.sendings import sending, try_again

_TWENTY = range(1, len(SCHEDULE_2) + 1)  # a site's own tests stand in the certificate beside them


def post_results(exchange: Exchange, order_id: str, partner: str | None = None) -> str:
    """Put the results of the last test into the outbox; their number. The same results twice are one sending.

    Nothing is delivered by this: the channel's answer is what delivers (PASA 1.4(c)). Raises Refused when there is
    nothing to deliver, or it was delivered before; UsageError when nobody knows to whom.
    """
    life = exchange.desk.must_know(order_id)
    if life.state is not State.TESTED or not life.attempts or not life.attempts[-1].satisfied:
        raise Refused(
            f"{order_id} is {life.state.value}: only satisfied results that were not delivered yet are",
            advice="turnup test runs the acceptance tests; turnup order history shows what was delivered.",
        )
    certificate = _certificate(exchange, life)
    to = partner or _partner(exchange, order_id)
    name = number("R", order_id, life.certificate, to)
    message = Message(exchange.header(name, to), _result(exchange, life, certificate))
    document = Part(f"{name}.certificate.json", "application/json", to_json(certificate).encode())
    told = f"{order_id}: {life.router} {life.port} {certificate.outcome.value}"
    text = (
        f"{told}\nAll twenty acceptance tests of Schedule 2; attempt {certificate.attempt}.\n"
        f"Certificate SHA-256 {life.certificate}\nThe message and the certificate are attached.\n"
    )
    with exchange.desk.store.writing() as connection:
        if not exchange.post(connection, message, f"Test results {told}", text, document):
            known = sending(connection, name)
            if known is not None and known.sent_at is not None:
                raise Refused(f"these results were sent {known.sent_at:%Y-%m-%d %H:%M} UTC: {known.proof}")
            try_again(connection, name, exchange.now())
    return name


def _certificate(exchange: Exchange, life: Life) -> Certificate:
    for one in reversed(certificates(exchange.noc, life.order_id)):
        if digest(one) == life.certificate:
            return one
    raise Refused(f"the certificate {life.certificate[:16]} is not in the data folder", advice="turnup db check")


def _partner(exchange: Exchange, order_id: str) -> str:
    with exchange.desk.store.reading() as connection:
        sender = sender_of(connection, order_id, "PortServiceOrder")
    partners = tuple(exchange.settings.partners)
    if sender is None and len(partners) != 1:
        raise UsageError(f"{order_id} came by no message: say to whom the results go", advice="--to PARTNER")
    return sender or partners[0]


def _result(exchange: Exchange, life: Life, certificate: Certificate) -> AcceptanceResult:
    subject, now = certificate.subject, exchange.now()
    clocks = exchange.desk.clocks
    # The period runs from the recorded delivery, which comes after this: the deadline told is never a later one.
    delivered = Life(life.order_id, State.DELIVERED, life.occasion, delivered_at=now)
    body = AcceptanceResult(
        life.order_id,
        certificate.occasion,
        certificate.attempt,
        subject.router,
        subject.port or life.port,
        certificate.ended,
        tuple(
            TestVerdict(row.number, shown(row.title), row.verdict) for row in certificate.rows if row.number in _TWENTY
        ),
        certificate.outcome,
        life.certificate,
        deadline(delivered, clocks),
    )
    return built(AcceptanceResult, plain(body), where="the results")
