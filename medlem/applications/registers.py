"""Asking the registers about a business, and their answers as facts for the checks (A2, A7).

Which register is asked for which country stands in the programme file. Everything here may talk to the outside:
call it before a transaction, never inside one.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache

from medlem.applications import bulk, register_answers
from medlem.applications.facts import RegisterFacts, VatFacts
from medlem.applications.models import RegisterAnswer
from medlem.applications.register_answers import Subject
from medlem.applications.status import RegisterName, RegisterState
from medlem.gateways.register import (
    BrregRegister,
    NotInRegister,
    RegisterEntity,
    RegisterHit,
    RegisterUnavailable,
    entity_of,
)
from medlem.gateways.vat import Hmrc, VatAnswer, VatUnavailable, Vies, answer_of_hmrc, answer_of_vies
from medlem.programme import current

log = structlog.get_logger(__name__)

OFF = "off"
"""Stands for an address in the settings of those who make no outside calls."""

SHORTEST_NAME = 3
"""Characters of a name that are worth a search."""

HITS_KEPT_SECONDS = 600
"""How long the hits of a search by name are shown again without asking."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking: the entity where there is one, always the facts, and the row that proves them."""

    entity: RegisterEntity | None
    facts: RegisterFacts
    proof: RegisterAnswer | None = None

    @property
    def asked_at(self) -> datetime | None:
        """The moment of the answer, which may be earlier than the question; None where nobody was asked."""
        return self.proof.asked_at if self.proof else None


@dataclass(frozen=True, slots=True)
class AnswerAboutVat:
    """What came of asking about a VAT number."""

    facts: VatFacts
    proof: RegisterAnswer | None = None


# --- the business register ------------------------------------------------------------------------


def ask(*, country: str, number: str, fresh: timedelta | None = None, now: datetime) -> Answer:
    """Asks the country's business register for a number. Never raises: an outage is an answer of its own (A2).

    An answer that was given within `fresh` is used again; without `fresh`, any that still stands. Where the
    register is not asked over the network, its bulk download answers, while that is young enough.
    """
    at = current().country(country)
    valid = at.registration_number(number)
    if at.register_lookup == "none":
        return _nobody()
    if valid is None:
        return Answer(None, RegisterFacts(state=RegisterState.NOT_FOUND))
    subject = Subject(RegisterName.BRREG, country, valid)
    if settings.MEDLEM_REGISTER_URL == OFF:
        return _from_bulk(subject, now)
    row = register_answers.answered(subject, ask=partial(_ask_brreg, subject), fresh=fresh, now=now)
    return _answer(row)


def heard(*, country: str, number: str, now: datetime) -> RegisterEntity | None:
    """The entity that the business register told of lately, without asking it; None where it told of none."""
    valid = current().country(country).registration_number(number)
    if settings.MEDLEM_REGISTER_URL == OFF:
        entry = bulk.entry(valid) if valid else None
        return kept(entry.raw) if entry else None
    row = register_answers.still_stands(Subject(RegisterName.BRREG, country, valid), now) if valid else None
    return kept(row.raw) if row else None


def kept(raw: Mapping[str, Any] | None) -> RegisterEntity | None:
    """The entity of an answer that was kept; None where there is none, or it was erased."""
    if not raw:
        return None
    try:
        return entity_of(dict(raw))
    except RegisterUnavailable:
        return None


def search(*, country: str, name: str, now: datetime) -> list[RegisterHit] | None:
    """Businesses of that name, for choosing from, or None where the register does not answer (A2).

    The register itself looks for the words anywhere in a name; `bulk.search` says what the download finds.
    """
    name = " ".join(name.split())
    if current().country(country).register_lookup == "none" or len(name) < SHORTEST_NAME:
        return []
    if settings.MEDLEM_REGISTER_URL == OFF:
        return bulk.search(name) if bulk.loaded_at() else None
    key = f"register-hits-{hashlib.sha256(name.casefold().encode()).hexdigest()}"
    hits: list[RegisterHit] | None = cache.get(key)
    if hits is None:
        hits = _search_brreg(country, name, now)
        if hits is not None:
            cache.set(key, hits, HITS_KEPT_SECONDS)
    return hits


def _nobody() -> Answer:
    return Answer(None, RegisterFacts(state=RegisterState.NO_REGISTER))


def _ask_brreg(subject: Subject) -> tuple[RegisterState, Any]:
    try:
        return RegisterState.ANSWERED, brreg().entity(subject.number).raw
    except NotInRegister:
        return RegisterState.NOT_FOUND, None
    except RegisterUnavailable as error:
        return _unavailable(subject, error.reason)


def _search_brreg(country: str, name: str, now: datetime) -> list[RegisterHit] | None:
    """The hits, or None where the register did not answer."""
    subject = Subject(RegisterName.BRREG, country, "")
    if register_answers.left_alone(subject, now):
        return None
    try:
        return brreg().search(name)
    except RegisterUnavailable as error:
        _unavailable(subject, error.reason)
        register_answers.failed(subject, reason=error.reason, now=now)
        return None


def _from_bulk(subject: Subject, now: datetime) -> Answer:
    """What the download says. One that is too old is no answer: a business may have gone since (A7)."""
    entry = bulk.entry(subject.number)
    loaded_at = entry.loaded_at if entry else bulk.loaded_at()
    if loaded_at is None:
        return _nobody()
    state = RegisterState.ANSWERED if entry else RegisterState.NOT_FOUND
    raw = entry.raw if entry else None
    if now - loaded_at > current().registers.bulk_stands:
        state, raw = RegisterState.UNAVAILABLE, {"reason": "the download of the register is too old"}
    return _answer(register_answers.from_bulk(subject, state=state, raw=raw, loaded_at=loaded_at))


def _answer(row: RegisterAnswer) -> Answer:
    entity = kept(row.raw) if row.state == RegisterState.ANSWERED else None
    if entity is None:
        # An answer that can no longer be read is none.
        answered = row.state == RegisterState.ANSWERED
        state = RegisterState.UNAVAILABLE if answered else RegisterState(row.state)
        return Answer(None, RegisterFacts(state=state), row)
    facts = RegisterFacts(
        state=RegisterState.ANSWERED,
        name=entity.name,
        bankrupt=entity.bankrupt,
        dissolving=entity.dissolving,
        deleted_on=entity.deleted_on.isoformat() if entity.deleted_on else "",
        vat_registered=entity.vat_registered,
        parent=entity.is_subentity_of or "",
    )
    return Answer(entity, facts, row)


# --- the registers of VAT numbers -----------------------------------------------------------------


def ask_vat(*, country: str, number: str, fresh: timedelta | None = None, now: datetime) -> AnswerAboutVat:
    """Asks VIES or HMRC, whichever the programme names for the country, about a VAT number. Never raises.

    `fresh` as in `ask`. *Not found* is a number that is not valid, *could not be asked* is no answer (A7).
    """
    at = current().country(country)
    valid = at.vat_number(number)
    question = {"vies": _ask_vies, "hmrc": _ask_hmrc, "none": None}[at.vat_lookup]
    if question is None or not is_asked(RegisterName(at.vat_lookup)):
        return AnswerAboutVat(VatFacts(state=RegisterState.NO_REGISTER))
    if valid is None:
        return AnswerAboutVat(VatFacts(state=RegisterState.NOT_FOUND))
    subject = Subject(RegisterName(at.vat_lookup), country, valid)
    row = register_answers.answered(subject, ask=partial(question, subject, now), fresh=fresh, now=now)
    return _answer_about_vat(row)


def kept_about_vat(row: RegisterAnswer) -> VatAnswer | None:
    """What a register of VAT numbers said, as a row kept it; None where nothing that can be read."""
    read = {RegisterName.VIES: answer_of_vies, RegisterName.HMRC: answer_of_hmrc}.get(
        RegisterName(row.register)
    )
    if read is None or not row.raw or row.state not in (RegisterState.ANSWERED, RegisterState.NOT_FOUND):
        return None
    try:
        return read(row.raw, asked_at=row.asked_at)
    except VatUnavailable:
        return None


def is_asked(register: RegisterName) -> bool:
    """Whether this installation asks a register over the network at all."""
    match register:
        case RegisterName.BRREG:
            return bool(settings.MEDLEM_REGISTER_URL != OFF)
        case RegisterName.VIES:
            return bool(settings.MEDLEM_VIES_URL != OFF)
        case RegisterName.HMRC:
            return bool(settings.MEDLEM_HMRC_URL != OFF and settings.MEDLEM_HMRC_CLIENT_ID)


def _ask_vies(subject: Subject, now: datetime) -> tuple[RegisterState, Any]:
    # Telling who asks gives a reference that proves it; VIES knows traders of the Union only.
    seller = current().brand.seller
    at_home = current().country(seller.address.country)
    requester = (at_home.code, seller.vat_number) if at_home.vat_lookup == "vies" else None
    try:
        return _said(vies().check(subject.country, subject.number, requester=requester, now=now))
    except VatUnavailable as error:
        return _unavailable(subject, error.reason)


def _ask_hmrc(subject: Subject, now: datetime) -> tuple[RegisterState, Any]:
    seller = current().brand.seller
    at_home = current().country(seller.address.country)
    requester = seller.vat_number if at_home.vat_lookup == "hmrc" else ""
    try:
        return _said(hmrc().check(subject.number, requester=requester, now=now))
    except VatUnavailable as error:
        return _unavailable(subject, error.reason)


def _said(answer: VatAnswer) -> tuple[RegisterState, Any]:
    return (RegisterState.ANSWERED if answer.valid else RegisterState.NOT_FOUND), answer.raw


def _answer_about_vat(row: RegisterAnswer) -> AnswerAboutVat:
    state, name = RegisterState(row.state), ""
    if state == RegisterState.ANSWERED:
        read = answer_of_vies if row.register == RegisterName.VIES else answer_of_hmrc
        try:
            name = read(row.raw or {}, asked_at=row.asked_at).name
        except VatUnavailable:
            state = RegisterState.UNAVAILABLE
    return AnswerAboutVat(VatFacts(state=state, name=name), row)


def _unavailable(subject: Subject, reason: str) -> tuple[RegisterState, Any]:
    log.warning("register unavailable", register=subject.register, country=subject.country, reason=reason)
    return RegisterState.UNAVAILABLE, {"reason": reason}


# --- whether they can be asked --------------------------------------------------------------------

REGISTER_ITSELF = "974760673"
"""The organisation number of the register of business entities, about which anybody may ask."""


def trouble(register: RegisterName) -> str:
    """Why a register cannot be asked at the moment, for `doctor`; empty when it can. Asks it."""
    try:
        match register:
            case RegisterName.BRREG:
                brreg().entity(REGISTER_ITSELF)
            case RegisterName.VIES:
                vies().unavailable_states()
            case RegisterName.HMRC:
                hmrc().sign_in()
    except NotInRegister:
        return ""
    except (RegisterUnavailable, VatUnavailable) as error:
        return error.reason
    return ""


# --- the clients, one a process -------------------------------------------------------------------


def brreg() -> BrregRegister:
    """Norway's register of business entities, as it is set."""
    return _register(settings.MEDLEM_REGISTER_URL, settings.MEDLEM_REGISTER_TIMEOUT)


def vies() -> Vies:
    """VIES, as it is set."""
    return _vies(settings.MEDLEM_VIES_URL, settings.MEDLEM_VIES_TIMEOUT)


def hmrc() -> Hmrc:
    """HMRC, as it is set."""
    return _hmrc(
        settings.MEDLEM_HMRC_URL,
        settings.MEDLEM_HMRC_TIMEOUT,
        settings.MEDLEM_HMRC_CLIENT_ID,
        settings.MEDLEM_HMRC_CLIENT_SECRET,
    )


@functools.cache
def _register(base_url: str, timeout: int) -> BrregRegister:
    return BrregRegister(base_url, timeout=timeout)


@functools.cache
def _vies(base_url: str, timeout: int) -> Vies:
    return Vies(base_url, timeout=timeout)


@functools.cache
def _hmrc(base_url: str, timeout: int, client_id: str, client_secret: str) -> Hmrc:
    return Hmrc(base_url, client_id=client_id, client_secret=client_secret, timeout=timeout)
