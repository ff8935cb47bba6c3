"""The checks (A7), the clock (A6) and what makes an application complete: pure functions on values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from medlem.applications.facts import DocumentFacts, Facts
from medlem.applications.status import Outcome, RegisterState
from medlem.core.clock import date_in
from medlem.core.workdays import add_working_days, is_working_day


@dataclass(frozen=True, slots=True)
class Result:
    """What a check came to; `reason` names its sentence (`sentences.py`), `facts` fill it."""

    outcome: Outcome
    reason: str
    facts: dict[str, str] = field(default_factory=dict)


def passed(reason: str, **facts: str) -> Result:
    return Result(Outcome.PASSED, reason, facts)


def failed(reason: str, **facts: str) -> Result:
    return Result(Outcome.FAILED, reason, facts)


def unclear(reason: str, **facts: str) -> Result:
    return Result(Outcome.UNCLEAR, reason, facts)


def could_not_run(reason: str) -> Result:
    return Result(Outcome.COULD_NOT_RUN, reason)


# --- the checks, in the order in which the reviewer reads them ------------------------------------


def number_valid(facts: Facts) -> Result:
    """The number's check digits."""
    return passed("check_digits_right") if facts.registration_number_valid else failed("check_digits_wrong")


def register_entry(facts: Facts) -> Result:
    """The register's entry exists, and is a main entity."""
    match facts.register.state:
        case RegisterState.ANSWERED if facts.register.parent:
            return unclear("is_a_branch", parent=facts.register.parent)
        case RegisterState.ANSWERED:
            return passed("in_register", name=facts.register.name)
        case RegisterState.NOT_FOUND:
            return failed("not_in_register")
        case RegisterState.UNAVAILABLE:
            return could_not_run("register_unavailable")
        case RegisterState.NO_REGISTER:
            return could_not_run("no_register")


def register_live(facts: Facts) -> Result:
    """The business lives: neither deleted nor bankrupt nor being dissolved."""
    if facts.register.state != RegisterState.ANSWERED:
        return could_not_run("register_not_answered")
    if facts.register.deleted_on:
        return failed("deleted", on=facts.register.deleted_on)
    if facts.register.bankrupt:
        return failed("bankrupt")
    if facts.register.dissolving:
        return failed("dissolving")
    return passed("live")


def name_agrees(facts: Facts) -> Result:
    """The name that was given is the register's, folded."""
    if facts.register.state != RegisterState.ANSWERED:
        return could_not_run("register_not_answered")
    if folded_name(facts.business_name) == folded_name(facts.register.name):
        return passed("same_name", name=facts.register.name)
    return failed("other_name", given=facts.business_name, name=facts.register.name)


def vat_agrees(facts: Facts) -> Result:
    """The answer about VAT agrees with the register, and the number has the country's form.

    VIES and HMRC are asked about a number; Norway's business register tells the status itself.
    """
    if facts.vat_registered and not facts.vat_number_valid:
        return failed("vat_number_wrong")
    if facts.vat_registered:
        match facts.vat.state:
            case RegisterState.ANSWERED:
                return passed("vat_number_known")
            case RegisterState.NOT_FOUND:
                return failed("vat_number_unknown")
            case RegisterState.UNAVAILABLE:
                return could_not_run("vat_not_answered")
    if facts.register.state != RegisterState.ANSWERED or facts.register.vat_registered is None:
        return could_not_run("register_not_answered")
    if facts.vat_registered == facts.register.vat_registered:
        return passed("vat_registered" if facts.vat_registered else "not_vat_registered")
    return failed("register_says_not_vat" if facts.vat_registered else "register_says_vat")


def document_shows_business(facts: Facts) -> Result:
    """One document shows VAT number and name, or name and address where there is no VAT (A3)."""
    if not facts.documents:
        return failed("no_document")
    shown = next(
        (document for document in facts.documents if shows(document, vat_registered=facts.vat_registered)),
        None,
    )
    if shown:
        reason = "shows_vat_and_name" if facts.vat_registered else "shows_name_and_address"
        return passed(reason, document=shown.filename)
    if not all(document.readable for document in facts.documents):
        return unclear("person_has_to_look")
    return failed("vat_or_name_not_found" if facts.vat_registered else "name_or_address_not_found")


def shows(document: DocumentFacts, *, vat_registered: bool) -> bool:
    """Whether a document shows what it must: VAT number and name, or name and address without VAT (A3)."""
    if vat_registered:
        return document.vat_number and document.name
    return document.name and document.address


def document_unused(facts: Facts) -> Result:
    """No other application used one of the documents."""
    if facts.document_used_by:
        return failed("used_by_other_application", number=facts.document_used_by)
    return passed("not_used_before")


def no_account_yet(facts: Facts) -> Result:
    """The business has no account; where it has, a person decides (A10)."""
    if facts.account_number:
        return failed("has_account", number=facts.account_number)
    return passed("no_account")


def contact_not_blocked(facts: Facts) -> Result:
    """The contact's address is not on the list of those who are not let in, and signs in for nobody else."""
    if facts.contact_blocked:
        return failed("contact_blocked")
    return failed("contact_taken") if facts.contact_taken else passed("contact_free")


CHECKS: dict[str, Callable[[Facts], Result]] = {
    check.__name__: check
    for check in (
        number_valid,
        register_entry,
        register_live,
        name_agrees,
        vat_agrees,
        document_shows_business,
        document_unused,
        no_account_yet,
        contact_not_blocked,
    )
}


def run(facts: Facts, weights: Mapping[str, str]) -> dict[str, Result]:
    """Every check that the programme does not switch off, by its code (A7)."""
    return {code: check(facts) for code, check in CHECKS.items() if weights[code] != "off"}


def may_approve_itself(results: Mapping[str, Result], weights: Mapping[str, str], *, allowed: bool) -> bool:
    """Whether all required checks passed and the programme lets that be enough (A7)."""
    required = [results[code] for code in results if weights[code] == "required"]
    return allowed and bool(required) and all(result.outcome == Outcome.PASSED for result in required)


# --- names ---------------------------------------------------------------------------------------

LEGAL_FORMS = re.compile(r"\b(a s|as|asa|ans|da|enk|sa|ba|nuf|ks)\b")


def folded_name(name: str) -> str:
    """A business name for comparing: case, accents, punctuation and the legal form do not count."""
    text = name.casefold().replace("æ", "ae").replace("ø", "o").replace("å", "a").replace("aa", "a")
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = re.sub(r"[^a-z0-9]+", " ", text)
    without_form = LEGAL_FORMS.sub(" ", text)
    return " ".join((without_form if without_form.strip() else text).split())


# --- the form -------------------------------------------------------------------------------------

STEPS: dict[str, tuple[str, ...]] = {
    "business": (
        "country",
        "registration_number",
        "business_name",
        "organisation_form",
        "street",
        "postcode",
        "place",
    ),
    "evidence": ("vat_registered", "vat_number"),
    "contact": ("first_name", "last_name", "email", "phone"),
    "information": (
        "trade",
        "invoice_email",
        "e_invoice_address",
        "delivery_street",
        "delivery_postcode",
        "delivery_place",
        "former_email",
    ),
    "check": (),
}

MANDATORY: dict[str, tuple[str, ...]] = {
    "business": ("country", "registration_number", "business_name", "street", "postcode", "place"),
    "evidence": (),
    "contact": ("first_name", "last_name", "email"),
    "information": ("trade", "invoice_email"),
    "check": (),
}


def step_complete(step: str, answers: Mapping[str, object], *, documents: int) -> bool:
    """Whether a step has all that it must have; a VAT-registered business also gives its VAT number (A1, A3)."""
    if any(not answers.get(name) for name in MANDATORY[step]):
        return False
    if step != "evidence":
        return True
    vat_registered = answers.get("vat_registered")
    if vat_registered is None or (vat_registered and not answers.get("vat_number")):
        return False
    return documents > 0


def first_open_step(answers: Mapping[str, object], *, documents: int) -> str:
    """The first step that still wants something; `check` when none does."""
    for step in STEPS:
        if step == "check" or not step_complete(step, answers, documents=documents):
            return step
    raise AssertionError("the last step is check")


# --- the clock ------------------------------------------------------------------------------------


class Urgency(StrEnum):
    """How near the answer-by moment of an application in the queue is (A6, A8)."""

    PAUSED = "paused"
    IN_TIME = "in_time"
    HALF_TIME = "half_time"
    OVERDUE = "overdue"


def urgency(*, sent_at: datetime, answer_by_at: datetime, paused: bool, now: datetime) -> Urgency:
    """Half-time is marked so that nothing is found overdue first. While the applicant is asked, the clock
    stands still (A8)."""
    if paused:
        return Urgency.PAUSED
    if now > answer_by_at:
        return Urgency.OVERDUE
    return Urgency.HALF_TIME if now - sent_at > answer_by_at - now else Urgency.IN_TIME


def answer_by_after_pause(
    answer_by_at: datetime, *, asked_at: datetime, answered_at: datetime, country: str, zone: str
) -> datetime:
    """The new answer-by moment after the applicant was asked for more: the clock stood still meanwhile (A8).

    One working day is added for each on which the clock stood still, the day of the answer counting when it
    is one; the hour of the day stays, across summer time too.
    """
    stood_still = working_days_after(date_in(zone, asked_at), date_in(zone, answered_at), country=country)
    local = answer_by_at.astimezone(ZoneInfo(zone))
    due_on = add_working_days(local.date(), stood_still, country)
    return datetime.combine(due_on, local.time(), ZoneInfo(zone)).astimezone(UTC)


def working_days_after(start: date, end: date, *, country: str) -> int:
    """How many working days lie after `start`, up to and with `end`."""
    days: Iterable[date] = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day, country) for day in days)
