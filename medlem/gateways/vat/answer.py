"""What a service for VAT numbers tells, whichever it is."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from medlem.core.errors import Refused
from medlem.gateways.asking import Reply


@dataclass(frozen=True, slots=True)
class VatAnswer:
    """A VAT number as its service describes it at the moment of asking.

    `name` and `address` are empty where the number is not valid or its country does not tell them;
    `reference` proves that we asked, where the service gives one. `raw` is the whole answer, kept as the
    proof of a check.
    """

    valid: bool
    asked_at: datetime
    name: str = ""
    address: str = ""
    reference: str = ""
    raw: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


class VatUnavailable(Refused):
    """No usable answer came in time; `reason` is for the log, not for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(_("The VAT number cannot be looked up right now. Go on; we check it later."))
        self.reason = reason


def object_of(reply: Reply) -> dict[str, Any]:
    """The JSON object of a reply. Raises VatUnavailable."""
    try:
        answer = json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        raise VatUnavailable(f"answered {reply.status} and no JSON") from error
    if not isinstance(answer, dict):
        raise VatUnavailable(f"answered {reply.status} and JSON that is not an object")
    return answer
