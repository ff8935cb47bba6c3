"""A card provider that keeps books and moves no money, for demo and tests.

Its books are an SQLite file of its own, as a real provider's are elsewhere: they outlive a crash
of medlem and cannot be rolled back with it. Every call is one transaction on one short connection,
so any number of threads and processes may use the same file.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _
from stdnum import luhn

from medlem.core.errors import Refused
from medlem.core.money import Money

from .provider import (
    CardProviderUnavailable,
    ChargeResult,
    Outcome,
    SameKeyOtherCharge,
    SavedCard,
    SetupDeclined,
    SetupPage,
)

BUSY_SECONDS = 10.0
BOOKS = """
CREATE TABLE IF NOT EXISTS cards (
    reference TEXT PRIMARY KEY, brand TEXT NOT NULL, last4 TEXT NOT NULL, expiry_month INTEGER NOT NULL,
    expiry_year INTEGER NOT NULL, decline_reason TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
    session TEXT PRIMARY KEY, reference TEXT NOT NULL, return_url TEXT NOT NULL, language TEXT NOT NULL,
    card_reference TEXT REFERENCES cards, declined TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS charges (
    idempotency_key TEXT PRIMARY KEY, card_reference TEXT NOT NULL, minor INTEGER NOT NULL,
    currency TEXT NOT NULL, description TEXT NOT NULL, outcome TEXT NOT NULL,
    provider_reference TEXT NOT NULL UNIQUE, decline_reason TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS confirmations (
    session TEXT PRIMARY KEY, idempotency_key TEXT NOT NULL REFERENCES charges, return_url TEXT NOT NULL,
    language TEXT NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class CardBehaviour:
    """How a test card behaves: refused when it is given, or when it is charged, or never; and whether its
    owner has to confirm (3-D Secure) that it is saved."""

    brand: str
    declined_at_setup: str = ""
    declined_at_charge: str = ""
    confirmed_at_setup: bool = False
    expiry_year: int = 2034


AUTHENTICATION = "authentication_required"
TEST_CARDS = {
    "4242424242424242": CardBehaviour("Visa"),
    "5555555555554444": CardBehaviour("Mastercard"),
    "4000000000000002": CardBehaviour("Visa", declined_at_charge="card_declined"),
    "4000000000009995": CardBehaviour("Visa", declined_at_charge="insufficient_funds"),
    "4000002500003155": CardBehaviour("Visa", declined_at_charge=AUTHENTICATION),
    "4000002760003184": CardBehaviour("Visa", declined_at_charge=AUTHENTICATION, confirmed_at_setup=True),
    "4000000000000069": CardBehaviour("Visa", declined_at_setup="expired_card", expiry_year=2020),
}


class UnknownSession(Refused):
    """The address of a card page that was never opened, or was typed by hand."""

    def __init__(self) -> None:
        super().__init__(
            _("This card page does not exist. Go back to your membership and choose card again.")
        )


class OnlyTestCards(Refused):
    """Not one of the numbers above: the simulation never takes a real card."""

    def __init__(self, typing_slip: bool) -> None:
        slip = _("The card number has a typing slip. Check its digits.")
        real = _("Only test cards are taken here, never a real one. Try 4242 4242 4242 4242.")
        super().__init__(slip if typing_slip else real, field="number")


class ConfirmFirst(Refused):
    """The bank wants the cardholder to confirm before this card is saved (3-D Secure)."""

    def __init__(self) -> None:
        super().__init__(_("Your bank wants you to confirm that the card is saved."))


@dataclass(frozen=True, slots=True)
class SetupSession:
    """What the card page needs to know: for what, where to go afterwards, in which language."""

    reference: str
    return_url: str
    language: str
    is_finished: bool


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the page on which a cardholder confirms needs to know. `is_waiting` until it was answered."""

    amount: Money
    description: str
    card: SavedCard
    return_url: str
    language: str
    is_waiting: bool


class SimulatedCards:
    """A `CardProvider` with its books at `path` and its pages at `page_url` + session + `/`."""

    def __init__(self, path: Path, *, page_url: str) -> None:
        self._path = path
        self._page_url = page_url
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._connection() as books:
            books.execute("PRAGMA journal_mode = WAL")
            books.executescript(BOOKS)

    # --- what every provider does ---

    def begin_setup(self, *, reference: str, return_url: str, language: str) -> SetupPage:
        """See CardProvider. The session cannot be guessed, and is the only key to the page."""
        session = secrets.token_urlsafe(32)
        with self._transaction() as books:
            books.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, NULL, NULL)",
                (session, reference, return_url, language),
            )
        return SetupPage(url=f"{self._page_url}{session}/", session=session)

    def setup_result(self, session: str) -> SavedCard | SetupDeclined:
        """See CardProvider. Raises UnknownSession."""
        with self._connection() as books:
            return _result(books, _session(books, session))

    def charge(
        self, *, card_reference: str, amount: Money, idempotency_key: str, description: str
    ) -> ChargeResult:
        """See CardProvider. Looks and books under the write lock, so that two at once book one."""
        if amount.minor <= 0 or not idempotency_key:
            raise ValueError(f"cannot charge {amount} under the key {idempotency_key!r}")
        with self._transaction() as books:
            booked = _charge(books, idempotency_key)
            if booked is None:
                _book(books, idempotency_key, card_reference, amount, description)
                booked = _charge(books, idempotency_key)
            assert booked is not None
        asked = (card_reference, amount.minor, amount.currency)
        if asked != (booked["card_reference"], booked["minor"], booked["currency"]):
            raise SameKeyOtherCharge(f"{idempotency_key} was {tuple(booked)[1:4]}, is now {asked}")
        return _charge_result(booked)

    def find_charge(self, idempotency_key: str) -> ChargeResult | None:
        """See CardProvider."""
        with self._connection() as books:
            booked = _charge(books, idempotency_key)
        return _charge_result(booked) if booked is not None else None

    def begin_confirmation(self, idempotency_key: str, *, return_url: str, language: str) -> str | None:
        """See CardProvider. Each page has a session of its own that cannot be guessed."""
        session = secrets.token_urlsafe(32)
        with self._transaction() as books:
            booked = _charge(books, idempotency_key)
            if booked is None or booked["outcome"] != Outcome.NEEDS_AUTHENTICATION:
                return None
            books.execute(
                "INSERT INTO confirmations VALUES (?, ?, ?, ?)",
                (session, idempotency_key, return_url, language),
            )
        return f"{self._page_url}confirm/{session}/"

    def withdraw(self, idempotency_key: str) -> ChargeResult | None:
        """See CardProvider."""
        with self._transaction() as books:
            _answer(books, idempotency_key, Outcome.WITHDRAWN, "withdrawn")
            booked = _charge(books, idempotency_key)
        return _charge_result(booked) if booked is not None else None

    # --- what the provider's own card page does ---

    def open_session(self, session: str) -> SetupSession:
        """What to show on the page. Raises UnknownSession."""
        with self._connection() as books:
            row = _session(books, session)
        return SetupSession(
            reference=row["reference"],
            return_url=row["return_url"],
            language=row["language"],
            is_finished=row["card_reference"] is not None or row["declined"] is not None,
        )

    def complete_session(
        self, session: str, number: str, *, confirmed: bool | None = None
    ) -> SavedCard | SetupDeclined:
        """The person gave a card. Keeps its brand, last four digits and expiry, never the number.

        `confirmed` is the cardholder's answer, which some cards are saved with only. A finished session stays
        as it is. Raises UnknownSession, OnlyTestCards and ConfirmFirst.
        """
        card = TEST_CARDS.get(number := "".join(number.split()))
        if card is None:
            raise OnlyTestCards(typing_slip=not luhn.is_valid(number))
        if card.confirmed_at_setup and confirmed is None:
            raise ConfirmFirst
        if card.confirmed_at_setup and not confirmed:
            return self._finish(session, None, declined="authentication_failed")
        return self._finish(session, card, last4=number[-4:], declined=card.declined_at_setup)

    def cancel_session(self, session: str) -> SetupDeclined | SavedCard:
        """The person went back without giving a card. A finished session stays as it is.

        Raises UnknownSession.
        """
        return self._finish(session, None, declined="cancelled")

    # --- what its page for confirming does ---

    def open_confirmation(self, session: str) -> Confirmation:
        """What to show on the page. Raises UnknownSession."""
        with self._connection() as books:
            row = _confirmation(books, session)
            booked = _charge(books, row["idempotency_key"])
            assert booked is not None
            card = _card(books, booked["card_reference"])
        return Confirmation(
            amount=Money(booked["minor"], booked["currency"]),
            description=booked["description"],
            card=card,
            return_url=row["return_url"],
            language=row["language"],
            is_waiting=booked["outcome"] == Outcome.NEEDS_AUTHENTICATION,
        )

    def answer_confirmation(self, session: str, *, confirmed: bool) -> ChargeResult:
        """The cardholder confirmed or refused; a charge that was answered already stays as it is.

        Raises UnknownSession.
        """
        with self._transaction() as books:
            key = _confirmation(books, session)["idempotency_key"]
            if confirmed:
                _answer(books, key, Outcome.SUCCEEDED, "")
            else:
                _answer(books, key, Outcome.DECLINED, "authentication_failed")
            booked = _charge(books, key)
        assert booked is not None
        return _charge_result(booked)

    def _finish(
        self, session: str, card: CardBehaviour | None, *, last4: str = "", declined: str
    ) -> SavedCard | SetupDeclined:
        with self._transaction() as books:
            row = _session(books, session)
            if row["card_reference"] is None and row["declined"] is None:
                if card is None or declined:
                    books.execute("UPDATE sessions SET declined = ? WHERE session = ?", (declined, session))
                else:
                    reference = _save_card(books, card, last4)
                    books.execute(
                        "UPDATE sessions SET card_reference = ? WHERE session = ?",
                        (reference, session),
                    )
            return _result(books, _session(books, session))

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)) as books:
                books.row_factory = sqlite3.Row
                yield books
        except sqlite3.OperationalError as error:
            raise CardProviderUnavailable(str(error)) from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._connection() as books:
            books.execute("BEGIN IMMEDIATE")
            try:
                yield books
            except BaseException:
                books.execute("ROLLBACK")
                raise
            books.execute("COMMIT")


def _session(books: sqlite3.Connection, session: str) -> sqlite3.Row:
    row: sqlite3.Row | None = books.execute("SELECT * FROM sessions WHERE session = ?", (session,)).fetchone()
    if row is None:
        raise UnknownSession
    return row


def _result(books: sqlite3.Connection, session: sqlite3.Row) -> SavedCard | SetupDeclined:
    if session["card_reference"] is None:
        return SetupDeclined(session["declined"] or "not_finished")
    return _card(books, session["card_reference"])


def _confirmation(books: sqlite3.Connection, session: str) -> sqlite3.Row:
    row: sqlite3.Row | None = books.execute(
        "SELECT * FROM confirmations WHERE session = ?", (session,)
    ).fetchone()
    if row is None:
        raise UnknownSession
    return row


def _card(books: sqlite3.Connection, reference: str) -> SavedCard:
    card = books.execute("SELECT * FROM cards WHERE reference = ?", (reference,)).fetchone()
    return SavedCard(
        card_reference=card["reference"],
        brand=card["brand"],
        last4=card["last4"],
        expiry_month=card["expiry_month"],
        expiry_year=card["expiry_year"],
    )


def _save_card(books: sqlite3.Connection, card: CardBehaviour, last4: str) -> str:
    reference = f"card_{secrets.token_hex(12)}"
    books.execute(
        "INSERT INTO cards VALUES (?, ?, ?, ?, ?, ?)",
        (reference, card.brand, last4, 12, card.expiry_year, card.declined_at_charge),
    )
    return reference


def _charge(books: sqlite3.Connection, key: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = books.execute(
        "SELECT * FROM charges WHERE idempotency_key = ?", (key,)
    ).fetchone()
    return row


def _book(books: sqlite3.Connection, key: str, card_reference: str, amount: Money, description: str) -> None:
    card = books.execute("SELECT decline_reason FROM cards WHERE reference = ?", (card_reference,)).fetchone()
    reason = card["decline_reason"] if card else "no_such_card"
    if not reason:
        outcome = Outcome.SUCCEEDED
    elif reason == AUTHENTICATION:
        outcome = Outcome.NEEDS_AUTHENTICATION
    else:
        outcome = Outcome.DECLINED
    reference = f"charge_{secrets.token_hex(12)}"
    books.execute(
        "INSERT INTO charges VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            key,
            card_reference,
            amount.minor,
            amount.currency,
            description,
            outcome,
            reference,
            reason,
        ),
    )


def _answer(books: sqlite3.Connection, key: str, outcome: Outcome, reason: str) -> None:
    """Ends the waiting of a charge; the first answer counts."""
    books.execute(
        "UPDATE charges SET outcome = ?, decline_reason = ? WHERE idempotency_key = ? AND outcome = ?",
        (outcome, reason, key, Outcome.NEEDS_AUTHENTICATION),
    )


def _charge_result(booked: sqlite3.Row) -> ChargeResult:
    return ChargeResult(
        outcome=Outcome(booked["outcome"]),
        provider_reference=booked["provider_reference"],
        decline_reason=booked["decline_reason"],
    )
