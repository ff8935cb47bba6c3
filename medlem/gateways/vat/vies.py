"""VIES, the European Commission's check of VAT numbers of the Union, its REST service.

VIES asks the member state, so one country may be out of reach while others answer. A question that tells
who asks (`requester`) is answered with a reference that proves it. Documentation:
https://ec.europa.eu/taxation_customs/vies/#/technical-information
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from medlem.gateways.asking import Asker, NoReply, Reply, is_passing

from .answer import VatAnswer, VatUnavailable, object_of

CODES = {"GR": "EL"}
"""Where VIES names a country otherwise than ISO 3166 does. Northern Ireland is XI here."""

NOT_TOLD = "---"
"""What stands for a name or an address that the member state does not tell."""

ANSWERS = {"VALID", "INVALID", "INVALID_INPUT"}
"""The codes that answer the question. Every other one says why nobody could be asked, beside `isValid: false`."""

BUSY = {
    "GLOBAL_MAX_CONCURRENT_REQ",
    "GLOBAL_MAX_CONCURRENT_REQ_TIME",
    "MS_MAX_CONCURRENT_REQ",
    "MS_MAX_CONCURRENT_REQ_TIME",
}
"""The codes that are over in a moment: too many ask at once."""

UNKNOWN_REQUESTER = "INVALID_REQUESTER_INFO"


class Vies:
    """A client of VIES at `base_url`; see `Asker` about time and attempts."""

    def __init__(
        self, base_url: str, *, timeout: float = 10.0, attempts: int = 3, backoff: float = 0.5
    ) -> None:
        self._asker = Asker(base_url, timeout=timeout, attempts=attempts, backoff=backoff)

    def close(self) -> None:
        """Gives the connections back."""
        self._asker.close()

    def check(
        self, country: str, number: str, *, requester: tuple[str, str] | None = None, now: datetime
    ) -> VatAnswer:
        """What VIES says of a number, with or without its country in front. Raises VatUnavailable.

        `requester` is country and VAT number of whoever asks. One that VIES does not know costs the
        reference, not the answer.
        """
        deadline = self._asker.deadline()
        answer = self._ask(country, number, requester, deadline)
        if _code(answer) == UNKNOWN_REQUESTER:
            answer = self._ask(country, number, None, deadline)
        return answer_of(answer, asked_at=now)

    def unavailable_states(self) -> list[str]:
        """The member states that VIES itself cannot reach at the moment. Raises VatUnavailable."""
        try:
            reply = self._asker.ask("GET", "check-status", deadline=self._asker.deadline())
        except NoReply as error:
            raise VatUnavailable(error.reason) from error
        answer = _object(reply)
        try:
            if answer["vow"]["available"] is not True:
                raise VatUnavailable("VIES says that it is not available")
            states = {state["countryCode"]: state["availability"] for state in answer["countries"]}
        except (KeyError, TypeError) as error:
            raise VatUnavailable(f"unexpected answer: {error!r}") from error
        return sorted(code for code, availability in states.items() if availability == "Unavailable")

    def _ask(
        self, country: str, number: str, requester: tuple[str, str] | None, deadline: float
    ) -> dict[str, Any]:
        code, number = _as_vies_writes(country, number)
        if not (number.isascii() and number.isalnum()):
            # Never part of an address: no country's numbers look like this.
            return {"valid": False, "userError": "INVALID_INPUT"}
        try:
            if requester is None:
                reply = self._asker.ask("GET", f"ms/{code}/vat/{number}", deadline=deadline, passing=_is_busy)
            else:
                requester_code, requester_number = _as_vies_writes(*requester)
                question = {
                    "countryCode": code,
                    "vatNumber": number,
                    "requesterMemberStateCode": requester_code,
                    "requesterNumber": requester_number,
                }
                reply = self._asker.ask(
                    "POST", "check-vat-number", deadline=deadline, passing=_is_busy, json=question
                )
        except NoReply as error:
            raise VatUnavailable(error.reason) from error
        return _object(reply)


def answer_of(raw: dict[str, Any], *, asked_at: datetime) -> VatAnswer:
    """What an answer of VIES says, just given or kept (`VatAnswer.raw`). Raises VatUnavailable."""
    code = _code(raw)
    if code not in ANSWERS:
        raise VatUnavailable(code)
    return VatAnswer(
        valid=code == "VALID",
        asked_at=asked_at,
        name=_told(raw.get("name")),
        address=_told(raw.get("address")),
        reference=_told(raw.get("requestIdentifier")),
        raw=raw,
    )


def _as_vies_writes(country: str, number: str) -> tuple[str, str]:
    """Country and number apart: `("GR", "EL 023456780")` is `("EL", "023456780")`."""
    code = CODES.get(country, country)
    number = "".join(c for c in number.upper() if c not in " .-")
    for prefix in (code, country):
        number = number.removeprefix(prefix)
    return code, number


def _object(reply: Reply) -> dict[str, Any]:
    if reply.status not in (200, 400, 500):
        raise VatUnavailable(f"answered {reply.status}")
    return object_of(reply)


def _code(answer: dict[str, Any]) -> str:
    """What an answer comes to, in VIES's own word.

    The question by number alone is answered with `isValid` and `userError`, the one with a requester with
    `valid`, or with `errorWrappers`.
    """
    errors = answer.get("errorWrappers")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return str(errors[0].get("error", ""))
    code = answer.get("userError")
    if code and code not in ("VALID", "INVALID"):
        return str(code)
    valid = answer.get("isValid", answer.get("valid"))
    if not isinstance(valid, bool):
        raise VatUnavailable("unexpected answer: neither valid nor not")
    return "VALID" if valid else "INVALID"


def _is_busy(reply: Reply) -> bool:
    try:
        return _code(object_of(reply)) in BUSY
    except VatUnavailable:
        return is_passing(reply)


def _told(value: Any) -> str:
    lines = [" ".join(line.split()) for line in str(value or "").splitlines()]
    text = "\n".join(line for line in lines if line)
    return "" if text == NOT_TOLD else text
