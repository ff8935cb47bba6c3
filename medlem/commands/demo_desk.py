"""What stands on the validators' desk in the demo: one that is late, one on a colleague's table, notes, a dialogue."""

from __future__ import annotations

from datetime import datetime

from medlem.accounts.models import User
from medlem.applications import claiming, deciding, noting
from medlem.applications.models import Application


def work_on(
    *, late: Application, answered: Application, noted: Application, asked_at: datetime, now: datetime
) -> None:
    """Says, asks and takes what the desk's pages show: each thing through its own action."""
    validator = User.objects.get(email="vilde@staff.example").as_staff
    support = User.objects.get(email="sunniva@staff.example").as_staff
    lead = User.objects.get(email="mona@staff.example").as_staff
    noting.add_note(
        application=late,
        text="Ringte to ganger; ingen tok telefonen. Prøver igjen.",
        by=validator,
        now=asked_at,
    )
    noting.add_note(
        application=noted,
        text="Hun ringte oss: Fakturaen er tatt med mobil, PDF kommer.",
        by=support,
        now=asked_at,
    )
    deciding.ask_for_more(
        application=answered,
        text="Hei! Vi ser ikke organisasjonsnummeret på bildet. Hvem er fakturaen fra?",
        by=validator,
        now=asked_at,
    )
    deciding.answer(
        application=Application.objects.get(pk=answered.pk),
        text="Beklager, det er vår egen. Nummeret står nederst, helt til høyre.",
        now=now,
    )
    claiming.claim(application=Application.objects.get(pk=answered.pk), by=lead, now=now)
