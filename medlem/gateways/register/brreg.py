"""Norway's register of business entities (Enhetsregisteret), its open API at data.brreg.no.

`/enheter/{number}` holds businesses, `/underenheter/{number}` their places of work; a number is in
one of the two. Documentation:
https://data.brreg.no/enhetsregisteret/api/dokumentasjon/no/index.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from stdnum.no import orgnr

from medlem.gateways.asking import Asker, NoReply

from .entity import NotInRegister, RegisterContact, RegisterEntity, RegisterHit, RegisterUnavailable

LONGEST_NAME = 180  # the register answers 400 to longer ones
PLACES_OF_WORK = {"BEDR", "AAFY"}

type Answer = dict[str, Any]


class BrregRegister:
    """A client of the register at `base_url`; one serves all threads of a process.

    No call takes longer than `timeout * attempts` seconds, whatever it has to ask; see `Asker`.
    """

    def __init__(self, base_url: str, *, timeout: float = 3.0, attempts: int = 2) -> None:
        self._asker = Asker(base_url, timeout=timeout, attempts=attempts)

    def close(self) -> None:
        """Gives the connections back."""
        self._asker.close()

    def entity(self, number: str) -> RegisterEntity:
        """The business, or the place of work, with this organisation number.

        Raises NotInRegister (without asking, when the check digit is wrong) and
        RegisterUnavailable.
        """
        if not orgnr.is_valid(number):
            raise NotInRegister(number)
        number = orgnr.compact(number)
        deadline = self._asker.deadline()
        answer = self._ask(f"enheter/{number}", {}, deadline)
        if answer is not None:
            return _understood(lambda: _entity(answer, number))
        subentity = self._ask(f"underenheter/{number}", {}, deadline)
        if subentity is not None:
            return _understood(lambda: _entity(subentity, number, parent=subentity.get("overordnetEnhet")))
        raise NotInRegister(number)

    def search(self, name: str, limit: int = 8) -> list[RegisterHit]:
        """Up to `limit` businesses with these words in their names. Raises RegisterUnavailable."""
        name = " ".join(name.split())[:LONGEST_NAME]
        if len(name) < 2:
            return []
        answer = self._ask("enheter", {"navn": name, "size": str(limit)}, self._asker.deadline())
        if answer is None:
            raise RegisterUnavailable("the search is not where it should be: answered 404")
        return _understood(lambda: _hits(answer))[:limit]

    def _ask(self, path: str, params: Mapping[str, str], deadline: float) -> Answer | None:
        """The answer, or None for "no such number"."""
        try:
            reply = self._asker.ask("GET", path, deadline=deadline, params=params)
        except NoReply as error:
            raise RegisterUnavailable(error.reason) from error
        return _judged(reply.status, reply.body)


def entity_of(answer: Answer) -> RegisterEntity:
    """The entity of an answer that was kept (`RegisterEntity.raw`). Raises RegisterUnavailable."""
    return _understood(lambda: _entity(answer, answer["organisasjonsnummer"], parent=_parent(answer)))


def contact_of(answer: Answer) -> RegisterContact:
    """Home page and e-mail address of an answer that was kept; whatever else stands there counts as nothing."""
    home_page, email = answer.get("hjemmeside"), answer.get("epostadresse")
    return RegisterContact(
        home_page=home_page if isinstance(home_page, str) else "",
        email=email if isinstance(email, str) else "",
    )


def _parent(answer: Answer) -> str | None:
    """The business of a place of work. A department of the state has a parent, too, and is no place of work."""
    is_place_of_work = (answer.get("organisasjonsform") or {}).get("kode") in PLACES_OF_WORK
    return answer.get("overordnetEnhet") if is_place_of_work else None


def _judged(status: int, body: bytes) -> Answer | None:
    """What an answer means.

    A number that does not exist is a 404 with an empty body; a 404 that says something comes from
    another machine, such as a proxy. A deleted business whose entry may no longer be shown is a 410
    with its number and the date.
    """
    if status == 404 and not body:
        return None
    if status not in (200, 410):
        raise RegisterUnavailable(f"answered {status}")
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RegisterUnavailable(f"answered {status} and no JSON") from error
    if not isinstance(answer, dict):
        raise RegisterUnavailable("answered JSON that is not an object")
    return answer


def _understood[T](read: Callable[[], T]) -> T:
    """An answer of an unexpected shape is no answer: the form goes on without it."""
    try:
        return read()
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RegisterUnavailable(f"unexpected answer: {error!r}") from error


def _entity(answer: Answer, number: str, parent: str | None = None) -> RegisterEntity:
    if answer["organisasjonsnummer"] != number:
        raise ValueError(f"asked for {number}, told of {answer['organisasjonsnummer']}")
    # A business has a business address, a place of work a location; either may have a postal one
    # only.
    address = (
        answer.get("forretningsadresse")
        or answer.get("beliggenhetsadresse")
        or answer.get("postadresse")
        or {}
    )
    postcode, place = _postcode_and_place(address)
    form = answer.get("organisasjonsform") or {}
    # Businesses are deleted, places of work are closed.
    deleted_on = answer.get("slettedato") or answer.get("nedleggelsesdato")
    return RegisterEntity(
        number=number,
        name=str(answer.get("navn", "")),
        form_code=str(form.get("kode", "")),
        form=str(form.get("beskrivelse", "")),
        address=tuple(str(line) for line in address.get("adresse") or () if line),
        postcode=postcode,
        place=place,
        country=str(address.get("landkode", "")),
        vat_registered=answer.get("registrertIMvaregisteret") is True,
        bankrupt=answer.get("konkurs") is True,
        dissolving=answer.get("underAvvikling") is True
        or answer.get("underTvangsavviklingEllerTvangsopplosning") is True,
        deleted_on=date.fromisoformat(deleted_on) if deleted_on else None,
        is_subentity_of=parent,
        raw=answer,
    )


def _postcode_and_place(address: Mapping[str, Any]) -> tuple[str, str]:
    """Addresses abroad have no `postnummer`; the code stands before the place: "81-336 GDYNIA"."""
    postcode, place = str(address.get("postnummer") or ""), str(address.get("poststed") or "")
    abroad = re.fullmatch(r"((?:[A-Z]{1,2}-)?\d[\d -]*\d)\s+(\D.*)", place)
    if not postcode and abroad:
        return abroad[1], abroad[2]
    return postcode, place


def _hits(answer: Answer) -> list[RegisterHit]:
    # A search that finds nothing has no `_embedded` at all.
    return [
        RegisterHit(
            number=str(found["organisasjonsnummer"]),
            name=str(found["navn"]),
            form_code=str((found.get("organisasjonsform") or {}).get("kode", "")),
            place=str((found.get("forretningsadresse") or {}).get("poststed", "")),
        )
        for found in answer.get("_embedded", {}).get("enheter", [])
    ]
