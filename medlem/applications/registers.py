"""Asking the business register of a country, and its answer as facts (A2, A7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import structlog
from django.conf import settings

from medlem.applications.facts import RegisterFacts
from medlem.applications.status import RegisterState
from medlem.gateways.register import (
    BrregRegister,
    NotInRegister,
    RegisterEntity,
    RegisterHit,
    RegisterUnavailable,
    entity_of,
)
from medlem.programme import current

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking: the entity where there is one, and always the facts."""

    entity: RegisterEntity | None
    facts: RegisterFacts


def ask(*, country: str, number: str) -> Answer:
    """Asks the country's register for a number. Never raises: an outage is an answer of its own (A2)."""
    valid = current().country(country).registration_number(number)
    if current().country(country).register_lookup == "none":
        return Answer(None, RegisterFacts(state=RegisterState.NO_REGISTER))
    if valid is None:
        return Answer(None, RegisterFacts(state=RegisterState.NOT_FOUND))
    try:
        entity = _register(settings.MEDLEM_REGISTER_URL, settings.MEDLEM_REGISTER_TIMEOUT).entity(valid)
    except NotInRegister:
        return Answer(None, RegisterFacts(state=RegisterState.NOT_FOUND))
    except RegisterUnavailable as error:
        log.warning("register unavailable", country=country, reason=error.reason)
        return Answer(None, RegisterFacts(state=RegisterState.UNAVAILABLE))
    return Answer(
        entity,
        RegisterFacts(
            state=RegisterState.ANSWERED,
            name=entity.name,
            bankrupt=entity.bankrupt,
            dissolving=entity.dissolving,
            deleted_on=entity.deleted_on.isoformat() if entity.deleted_on else "",
            vat_registered=entity.vat_registered,
            parent=entity.is_subentity_of or "",
        ),
    )


def kept(raw: Mapping[str, Any] | None) -> RegisterEntity | None:
    """The entity of an answer that an application keeps; None where there is none, or it was erased."""
    if not raw:
        return None
    try:
        return entity_of(dict(raw))
    except RegisterUnavailable:
        return None


def search(*, country: str, name: str) -> list[RegisterHit]:
    """Businesses of that name, for choosing from; none where the register does not answer (A2)."""
    if current().country(country).register_lookup == "none" or len(name.strip()) < 3:
        return []
    try:
        return _register(settings.MEDLEM_REGISTER_URL, settings.MEDLEM_REGISTER_TIMEOUT).search(name.strip())
    except RegisterUnavailable as error:
        log.warning("register unavailable", country=country, reason=error.reason)
        return []


@lru_cache(maxsize=4)
def _register(base_url: str, timeout: int) -> BrregRegister:
    return BrregRegister(base_url, timeout=timeout)
