"""Somebody who applies: fills in the steps as a browser without a script sends them."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.test import Client

from medlem.applications.models import Application

NORDVIK = ("310313815", "NORDVIK & SØNN FOTO AS", "Øvre Bryggesmug 3", "5003", "BERGEN")
"""What the register says of the business that applies."""
BUSINESS = {"country": "NO", "registration_number": "310 313 815"}
EVIDENCE = {"vat_registered": "on", "vat_number": "310313815MVA"}
CONTACT = {
    "first_name": "Kari",
    "last_name": "Nordvik",
    "email": "kari@nordvik.example",
    "phone": "22 33 44 55",
}
INFORMATION = {
    "trade": "photography",
    "invoice_email": "faktura@nordvik.example",
    "same_address": "on",
    "former_email": "gammel@nordvik.example",
}


def address(step: str) -> str:
    return f"/en/apply/{step}/"


def draft_of(client: Client) -> Application:
    return Application.objects.get(public_id=client.session["application"])


def business_of(application: Application) -> tuple[str, ...]:
    """Number, name, street, post code and place, as they are saved."""
    application.refresh_from_db()
    return (
        application.registration_number,
        application.business_name,
        application.street,
        application.postcode,
        application.place,
    )


def file(content: bytes, name: str = "faktura.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def send(client: Client, step: str, **answers: Any) -> HttpResponseBase:
    """Presses a button of a step; *Continue* where none is named. What was refused is shown by a redirect, which is
    followed as a browser does."""
    answer = client.post(address(step), {"go": "next", **answers})
    if step in client.session.get("application_refused", {}):
        assert answer.url == address(step)  # type: ignore[attr-defined]
        return client.get(address(step))
    return answer


def fill(client: Client, *, until: str, pdf: bytes = b"") -> Application:
    """Fills in every step before `until`, and gives the draft."""
    steps = {
        "business": BUSINESS,
        "evidence": {**EVIDENCE, "evidence": file(pdf)},
        "contact": CONTACT,
        "information": INFORMATION,
    }
    for step, answers in steps.items():
        if step == until:
            break
        response = send(client, step, **answers)
        assert response.status_code == 302, (step, response.text)  # type: ignore[attr-defined]
    return draft_of(client)


HTMX = {"HX-Request": "true"}
