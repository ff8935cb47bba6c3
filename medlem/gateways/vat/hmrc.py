"""HMRC's *Check a UK VAT number*, version 2, for numbers of the United Kingdom.

Every question carries a token that is had for the client's id and secret and lasts four hours.
Documentation: https://developer.service.hmrc.gov.uk/api-documentation/docs/api/service/vat-registered-companies-api/2.0
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from medlem.gateways.asking import Asker, NoReply, Reply

from .answer import VatAnswer, VatUnavailable, object_of

LOOKUP = "organisations/vat/check-vat-number/lookup"
VERSION = "application/vnd.hmrc.2.0+json"
MARGIN_SECONDS = 60
"""A token is not used in the last minute that it lasts."""


@dataclass(frozen=True, slots=True)
class Token:
    value: str
    until: float


class Hmrc:
    """A client of HMRC at `base_url`; see `Asker` about time and attempts."""

    def __init__(
        self,
        base_url: str,
        *,
        client_id: str,
        client_secret: str,
        timeout: float = 5.0,
        attempts: int = 3,
        backoff: float = 0.5,
    ) -> None:
        self._asker = Asker(base_url, timeout=timeout, attempts=attempts, backoff=backoff)
        self._client = {"client_id": client_id, "client_secret": client_secret}
        self._token: Token | None = None

    def close(self) -> None:
        """Gives the connections back."""
        self._asker.close()

    def check(self, number: str, *, requester: str = "", now: datetime) -> VatAnswer:
        """What HMRC says of a number, with or without GB or XI in front. Raises VatUnavailable.

        `requester` is the British VAT number of whoever asks, for a reference. One that HMRC does not know
        costs the reference, not the answer.
        """
        number, requester = _digits(number), _digits(requester)
        if len(number) not in (9, 12):
            # HMRC would refuse the question; and nothing but digits becomes part of an address.
            return VatAnswer(valid=False, asked_at=now, raw={"code": "INVALID_REQUEST"})
        deadline = self._asker.deadline()
        reply = self._ask(f"{LOOKUP}/{number}" + (f"/{requester}" if requester else ""), deadline)
        if requester and reply.status in (400, 403):
            reply = self._ask(f"{LOOKUP}/{number}", deadline)
        return _judged(reply, now)

    def sign_in(self) -> None:
        """Has a token given out anew, which proves address and credentials. Raises VatUnavailable."""
        self._token = self._fetched_token(self._asker.deadline())

    def _ask(self, path: str, deadline: float) -> Reply:
        reply = self._ask_with(self._valid_token(deadline), path, deadline)
        if reply.status == 401:  # taken back before its time
            self._token = None
            reply = self._ask_with(self._valid_token(deadline), path, deadline)
        return reply

    def _ask_with(self, token: Token, path: str, deadline: float) -> Reply:
        headers = {"Accept": VERSION, "Authorization": f"Bearer {token.value}"}
        try:
            return self._asker.ask("GET", path, deadline=deadline, headers=headers)
        except NoReply as error:
            raise VatUnavailable(error.reason) from error

    def _valid_token(self, deadline: float) -> Token:
        token = self._token
        if token is None or token.until < monotonic():
            # Two threads at once may both fetch one, and both are good.
            token = self._token = self._fetched_token(deadline)
        return token

    def _fetched_token(self, deadline: float) -> Token:
        form = {"grant_type": "client_credentials", "scope": "read:vat", **self._client}
        try:
            reply = self._asker.ask("POST", "oauth/token", deadline=deadline, data=form)
        except NoReply as error:
            raise VatUnavailable(f"token: {error.reason}") from error
        if reply.status != 200:
            raise VatUnavailable(f"token: answered {reply.status} {_field(reply, 'error')}".strip())
        answer = object_of(reply)
        value, lasts = answer.get("access_token"), answer.get("expires_in")
        if not (isinstance(value, str) and value and isinstance(lasts, int)):
            raise VatUnavailable("token: unexpected answer")
        return Token(value, monotonic() + lasts - MARGIN_SECONDS)


def _judged(reply: Reply, now: datetime) -> VatAnswer:
    """A number that is not registered is a 404 with the code NOT_FOUND; any other 404 is a wrong address."""
    if reply.status == 404 and _field(reply, "code") == "NOT_FOUND":
        return VatAnswer(valid=False, asked_at=now, raw=object_of(reply))
    if reply.status != 200:
        raise VatUnavailable(f"answered {reply.status} {_field(reply, 'code')}".strip())
    return answer_of(object_of(reply), asked_at=now)


def answer_of(raw: dict[str, Any], *, asked_at: datetime) -> VatAnswer:
    """What HMRC says of a registered number, just told or kept (`VatAnswer.raw`). Raises VatUnavailable."""
    target = raw.get("target")
    if not (isinstance(target, dict) and target.get("vatNumber")):
        raise VatUnavailable("unexpected answer: it tells of no VAT number")
    return VatAnswer(
        valid=True,
        asked_at=asked_at,
        name=str(target.get("name") or ""),
        address=_address(target.get("address")),
        reference=str(raw.get("consultationNumber") or ""),
        raw=raw,
    )


def _address(address: Any) -> str:
    """`line1` to `line5` and the postcode, a line each."""
    if not isinstance(address, dict):
        return ""
    names = [*(f"line{n}" for n in range(1, 6)), "postcode"]
    return "\n".join(str(address[name]) for name in names if address.get(name))


def _field(reply: Reply, name: str) -> str:
    try:
        return str(object_of(reply).get(name, ""))
    except VatUnavailable:
        return ""


def _digits(number: str) -> str:
    return "".join(c for c in number if c.isascii() and c.isdigit())
