"""A slice of the corpus of evidence through the whole pipeline; all of it is in `bench/evidence.py` (A3, A4, A7)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from medlem.applications import actions as applications
from medlem.applications import checking, evidence
from medlem.commands.simulated.register import simulated_register
from medlem.core.errors import Refused
from medlem.events.actors import APPLICANT
from tests.corpus import SPECIMENS, Kind, Specimen
from tests.factories import draft

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("english", "pictures_are_read"),
    pytest.mark.xdist_group("reader"),
]

SLICE = {
    "invoice": 2,
    "vat-certificate": 1,
    "registration-known": 1,
    "registration": 1,
    "licence": 1,
    "second-page": 1,
    "made-up": 1,
    "someone-elses": 1,
    "no-vat-number": 1,
    "letter": 1,
    "day-under-picture": 1,
    "empty": 1,
    "bankrupt": 1,
    "locked": 1,
    "cut-off-pdf": 1,
    "script": 1,
    "many-pages": 1,
}
"""How many of which kind. Their pages are typeset: only what was found is looked at in the picture, too."""


def named(specimen: Specimen) -> str:
    return specimen.name.rpartition("-")[0]


CHOSEN = [
    specimen
    for name, count in SLICE.items()
    for specimen in [each for each in SPECIMENS if named(each) == name][:count]
]


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A register that knows their senders."""
    folder = tmp_path_factory.mktemp("register")
    for specimen in CHOSEN:
        (folder / f"{specimen.applicant.number}.json").write_text(json.dumps(specimen.register_answer()))
    with simulated_register(Path(folder)) as url:
        yield url


@pytest.mark.parametrize("specimen", CHOSEN, ids=lambda specimen: specimen.name)
def test_a7_honest_papers_are_enough_and_others_are_not(
    specimen: Specimen, register: str, now: datetime, settings: Any
) -> None:
    settings.MEDLEM_REGISTER_URL = register
    it = specimen.applicant
    application = draft(
        now=now,
        country=it.country,
        registration_number=it.number,
        business_name=it.name,
        organisation_form=it.form,
        street=it.street,
        postcode=it.postcode,
        place=it.place,
        vat_registered=bool(it.vat_number),
        vat_number=it.vat_number,
        email=it.email,
        invoice_email=it.email,
    )
    try:
        evidence.add(
            application=application,
            filename=specimen.filename,
            content=specimen.content(),
            by=APPLICANT,
            now=now,
        )
    except Refused:
        assert specimen.kind is Kind.HOSTILE
        return
    sent = applications.send(application=application, now=now)
    outcome = checking.check(application_id=sent.pk, now=now).status
    assert (outcome == "approved") == (specimen.kind is Kind.HONEST)
