"""Applications of the businesses that the simulated register knows, as an applicant makes them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from medlem.applications import actions as applications
from medlem.applications import checking
from medlem.applications.models import Application
from medlem.commands.simulated.businesses import BUSINESSES, Business
from medlem.commands.simulated.documents import invoice_pdf, invoice_picture
from medlem.gateways.documents.folding import squashed
from tests.factories import draft

BLATIMEN = "310003913"
"""Blåtimen Film AS: live, VAT-registered, and everything that the register says is right."""
NORDVIK = "310313815"


def business(number: str) -> Business:
    return next(business for business in BUSINESSES if business.number == number)


@lru_cache
def pdf_of(number: str, *, vat: bool = True, name: str = "") -> bytes:
    """An invoice of the business, with a text layer; `vat` prints MVA behind its number."""
    it = business(number)
    printed = f"{number} MVA" if vat else number
    return invoice_pdf(name=name or it.name, number=printed, address=it.address or "Ingensteds 1/0001 OSLO")


@lru_cache
def picture_of(number: str) -> bytes:
    it = business(number)
    return invoice_picture(name=it.name, number=f"{number} MVA", address=it.address)


def answers(number: str) -> dict[str, Any]:
    """What somebody of the business answers, truthfully."""
    it = business(number)
    *street, place = it.address.split("/")
    postcode, _, town = place.partition(" ")
    # The register knows of few where they write from; a domain that is called as the business is, will do (A7).
    domain = f"{squashed(it.name)}.example"
    return {
        "registration_number": number,
        "business_name": it.name.title(),
        "organisation_form": it.form,
        "street": ", ".join(street) or "Ingensteds 1",
        "postcode": postcode or "0001",
        "place": town or "Oslo",
        "vat_registered": it.vat,
        "vat_number": f"{number}MVA" if it.vat else "",
        "email": f"kontakt@{domain}",
        "invoice_email": f"faktura@{domain}",
    }


def draft_of(number: str, *, now: datetime, pdf: bytes | None = None, **changes: Any) -> Application:
    """A draft with every answer and one document: `pdf`, or an invoice of the business."""
    given = {**answers(number), **changes}
    document = pdf or pdf_of(number, vat=bool(given["vat_registered"]), name=given["business_name"])
    application = draft(now=now, pdf=document, **given)
    for evidence in application.evidence.filter(findings__isnull=False):
        evidence.findings |= {"compared": True}
        evidence.save(update_fields=["findings"])
    return application


def sent(number: str = BLATIMEN, *, now: datetime, **changes: Any) -> Application:
    return applications.send(application=draft_of(number, now=now, **changes), now=now)


def checked(application: Application, *, now: datetime) -> Application:
    return checking.check(application_id=application.pk, now=now)


def validating(number: str = NORDVIK, *, now: datetime, **changes: Any) -> Application:
    """An application that waits for a validator, as its document is a picture."""
    application = checked(sent(number, now=now, pdf=picture_of(number), **changes), now=now)
    assert application.status == "validating"
    return application


def on_disk() -> list[Path]:
    """Every file that is kept, finished or not."""
    return [path for path in (settings.DATA / "files").rglob("*") if path.is_file()]
