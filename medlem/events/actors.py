"""Who does something: every action names one in `by`."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """`kind` is member, staff, applicant or system; `id` the person's outside id, where there is a person."""

    kind: str
    id: uuid.UUID | None = None

    @property
    def person_id(self) -> uuid.UUID:
        """The person's outside id. Raises ValueError where nobody but the house itself acts."""
        if self.id is None:
            raise ValueError(f"{self.kind} is no person")
        return self.id


SYSTEM = Actor("system")
APPLICANT = Actor("applicant")
