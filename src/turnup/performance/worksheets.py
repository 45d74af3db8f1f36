"""The worksheet of credits as a document: lines, their sum, and the rights to terminate that have arisen. Pure."""

from __future__ import annotations

from turnup.performance.book import Book
from turnup.performance.credits import Credit, worksheet
from turnup.performance.months import Month
from turnup.performance.report import started
from turnup.performance.rights import Right, rights
from turnup.performance.tables import Document, Table

CREDITS = ("clause", "order", "site", "port", "what", "rate", "quantity", "amount")
RIGHTS = ("clause", "order", "port", "figures", "threshold", "right")
NOT_CONFIGURED = "not configured"


def credits_document(book: Book, month: Month, site: str = "") -> Document:
    """Lines with their evidence. Raises UsageError for a month that is to come."""
    started(book, month)
    sheet = worksheet(book, month, site)
    money = f" {sheet.currency}" if sheet.currency else ""
    told = f"{sheet.total}{money}" if sheet.total is not None else "no amount"
    notes = [f"reduction of the fees of {month}: {told}"]
    if sheet.open:
        notes.append(f"{sheet.open} lines have no amount: theirs is not configured (fees in policy.yaml)")
    if not book.policy.schedule3_dates:
        notes.append("the dates of Schedule 3 are not configured: no Delay is told (PASA 4.1(b))")
    found = rights(book, month, site)
    return Document(
        f"Worksheet of credits {month}" + (f", {site}" if site else ""),
        (*notes, "a worksheet, no invoice: acceptance of a credit is the customer's sole remedy (PASA 4.1(a), 4.2)"),
        (
            Table(
                "Credits (Schedule 1, Appendix B)",
                CREDITS,
                tuple(_credit(one, money) for one in sheet.credits),
                tuple(tuple(map(str, one.evidence)) for one in sheet.credits),
            ),
            Table(
                "Rights to terminate (PASA 8.4)",
                RIGHTS,
                tuple(_right(one) for one in found),
                tuple(tuple(map(str, one.evidence)) for one in found),
            ),
        ),
    )


def _credit(one: Credit, money: str) -> tuple[str, ...]:
    rate = f"{one.fee.amount}{money} per {one.fee.per}" if one.fee else NOT_CONFIGURED
    quantity = "" if one.quantity is None else str(one.quantity)
    amount = NOT_CONFIGURED if one.amount is None else f"{one.amount}{money}"
    return one.clause, one.order_id, one.site, f"{one.router} {one.port}".strip(), one.what, rate, quantity, amount


def _right(one: Right) -> tuple[str, ...]:
    return one.clause, one.order_id, f"{one.router} {one.port}".strip(), one.figures, one.threshold, one.told
