"""The demo in the making (E7): its moment, its chance, its people. `demo_data` and the parts beside it tell it on."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from medlem.accounts.models import User


@dataclass
class Story:
    """The demo in the making: its moment, its chance (the same every time), and who was made so far."""

    now: datetime
    chance: random.Random = field(default_factory=lambda: random.Random(1934))  # noqa: S311 - no secret
    people: list[dict[str, Any]] = field(default_factory=list)
    serial: int = 21_000

    def days_ago(self, days: int) -> datetime:
        """Ten o'clock in the morning of that day."""
        return (self.now - timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)

    def next_serial(self) -> str:
        self.serial += self.chance.randint(3, 40)
        return f"{self.serial:012d}"

    def add(
        self, group: str, name: str, *, nb: str, en: str, user: User | None = None, link: str = ""
    ) -> None:
        self.people.append(
            {
                "group": group,
                "name": name,
                "state": {"nb": nb, "en": en},
                "user": str(user.public_id) if user else None,
                "link": link or None,
            }
        )
