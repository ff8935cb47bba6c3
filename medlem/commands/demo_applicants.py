"""The demo's applications (E7): those that wait, were asked, declined and approved, and businesses to apply with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils import translation

from medlem.accounts.models import User
from medlem.applications import actions as applications
from medlem.applications import checking, deciding, evidence
from medlem.applications.models import Application
from medlem.applications.rules import STEPS
from medlem.commands.demo_desk import work_on
from medlem.commands.demo_story import Story
from medlem.commands.simulated.abroad import BUSINESSES_ABROAD, BusinessAbroad
from medlem.commands.simulated.businesses import BUSINESSES, Business, State
from medlem.commands.simulated.documents import blurred_picture, invoice_pdf
from medlem.core import links
from medlem.events.actors import APPLICANT
from medlem.programme import current


def applicants(story: Story) -> None:
    """Everybody whose application is under way or was declined, in every state a validator meets (A6, A8)."""
    waiting = apply("KYSTLYS FOTO AS", "Kari", "Kyst", story, days=1, blurred=True)
    more = apply("VINTERDAG PRODUKSJON AS", "Viggo", "Vinter", story, days=2, blurred=True)
    declined = apply("SISTE BILDE AS", "Sigrid", "Sist", story, days=6)
    abroad = _apply_from_abroad("DK", "Dorte", "Dam", story, days=1)
    late = apply("SKARPHET STUDIO AS", "Liv", "Lang", story, days=9, blurred=True)
    answered = apply("BRENNVIDDE PRODUKSJON AS", "Brage", "Brenn", story, days=2, blurred=True)
    work_on(late=late, answered=answered, noted=waiting, asked_at=story.days_ago(1), now=story.now)
    validator = User.objects.get(email="vilde@staff.example").as_staff
    deciding.ask_for_more(
        application=more,
        text="Hei! Bildet er for uskarpt til at vi kan lese MVA-nummeret. Kan du sende fakturaen som PDF?",
        by=validator,
        now=story.days_ago(1),
    )
    deciding.decline(
        application=declined,
        reason="Enhetsregisteret viser at foretaket er konkurs. Ta kontakt hvis dette er feil.",
        by=validator,
        now=story.days_ago(5),
    )
    for application, nb, en in (
        (waiting, "Søknad som venter på validering", "Application waiting to be validated"),
        (late, "Søknad som er over fristen", "Application past its deadline"),
        (answered, "Har svart på et spørsmål", "Answered a question"),
        (abroad, "Søknad fra Danmark som venter på validering", "Application from Denmark, to be validated"),
        (more, "Er bedt om mer informasjon", "Was asked for more information"),
        (declined, "Søknaden ble avslått", "Application was declined"),
    ):
        story.add("applicants", application.contact_name, nb=nb, en=en, link=_status_link(application))


def apply(
    business_name: str,
    first_name: str,
    last_name: str,
    story: Story,
    *,
    days: int,
    blurred: bool = False,
    former_email: str = "",
) -> Application:
    """Applies as a person would, so many days ago, and lets the checks run."""
    business = _business(business_name)
    number = business.number
    answers = {
        "country": "NO",
        "registration_number": number,
        "organisation_form": business.form,
        "vat_registered": business.vat,
        "vat_number": f"{number}MVA" if business.vat else "",
        "first_name": first_name,
        "last_name": last_name,
        "phone": "+4722000000",
        "former_email": former_email,
    }
    printed = f"{number[:3]} {number[3:6]} {number[6:]}{' MVA' if business.vat else ''}"
    document = blurred_picture if blurred else invoice_pdf
    dated_on = story.days_ago(days + 20).date()
    content = document(name=business.name, number=printed, address=business.address, dated_on=dated_on)
    return _send(business, answers, content, "faktura.jpg" if blurred else "faktura.pdf", story, days=days)


def _apply_from_abroad(
    country: str, first_name: str, last_name: str, story: Story, *, days: int
) -> Application:
    """Applies from another country, whose register of VAT numbers is asked; a person decides (A7)."""
    business = next(business for business in BUSINESSES_ABROAD if business.country == country)
    answers = {
        "country": country,
        "registration_number": business.number,
        "vat_registered": True,
        "vat_number": business.vat_number,
        "first_name": first_name,
        "last_name": last_name,
        "phone": f"{current().country(country).phone_prefix}32000000",
    }
    dated_on = story.days_ago(days + 20).date()
    content = invoice_pdf(
        name=business.name,
        number=business.vat_number,
        address=business.address,
        dated_on=dated_on,
        country=country,
    )
    return _send(business, answers, content, "faktura.pdf", story, days=days)


def _send(
    business: Business | BusinessAbroad,
    answers: dict[str, Any],
    content: bytes,
    filename: str,
    story: Story,
    *,
    days: int,
) -> Application:
    now = story.days_ago(days)
    domain = _domain(business.name)
    *street, place = business.address.split("/")
    postcode, _, town = place.partition(" ")
    answers = {
        **answers,
        "business_name": business.name,
        "street": ", ".join(street),
        "postcode": postcode,
        "place": town,
        "email": f"{_plain(answers['first_name'])}@{domain}",
        "trade": current().trades[0].code,
        "invoice_email": f"faktura@{domain}",
    }
    application = applications.start(language="nb", now=now)
    for step in STEPS:
        application = applications.save_answers(application=application, step=step, answers=answers, now=now)
    evidence.add(application=application, filename=filename, content=content, by=APPLICANT, now=now)
    applications.send(application=application, now=now)
    return checking.check(application_id=application.pk, now=now)


def _business(name: str) -> Business:
    return next(business for business in BUSINESSES if business.name == name)


def _plain(text: str) -> str:
    return text.lower().replace("æ", "ae").translate(str.maketrans("øåé", "oae"))


def _domain(business: str, home_page: str = "") -> str:
    """The business's own, which the register knows, or called as it is: the automatic checks let in who writes
    from there (A7)."""
    return home_page.removeprefix("www.") or "".join(filter(str.isalnum, _plain(business))) + ".example"


def _status_link(application: Application) -> str:
    with translation.override(application.language):
        return reverse("public:status", kwargs={"token": links.sign("status", application.public_id)})


# --- members in every state -------------------------------------------------------------------------


def businesses_to_apply_with(story: Story, folder: Path) -> None:
    """Invented businesses that have not applied yet, each with an invoice as PDF to upload."""
    documents = folder / "documents"
    documents.mkdir(exist_ok=True)
    used = set(Application.objects.values_list("registration_number", flat=True))
    dated_on = story.days_ago(20).date()
    odd = [business for business in BUSINESSES if _trouble_of(business)[0]]
    for business in (*BUSINESSES[:10], *odd):
        if business.number in used or not business.address:
            continue
        printed = f"{business.number[:3]} {business.number[3:6]} {business.number[6:]}"
        printed += " MVA" if business.vat else ""
        pdf = invoice_pdf(name=business.name, number=printed, address=business.address, dated_on=dated_on)
        (documents / f"{business.number}.pdf").write_bytes(pdf)
        vat = (", mva-registrert", ", VAT-registered") if business.vat else ("", "")
        trouble = _trouble_of(business)
        domain = _domain(business.name, business.home_page)
        story.add(
            "businesses",
            business.name,
            nb=f"Organisasjonsnummer {printed.removesuffix(' MVA')}{vat[0]}{trouble[0]}, e-post @{domain}",
            en=f"Organisation number {printed.removesuffix(' MVA')}{vat[1]}{trouble[1]}, e-mail @{domain}",
            link=f"/demo/documents/{business.number}.pdf",
        )
    _businesses_abroad_to_apply_with(story, documents)


def _trouble_of(business: Business) -> tuple[str, str]:
    """What the register says against a business, in Norwegian and English; empty where nothing."""
    if business.parent:
        return ", underenhet", ", a branch"
    return {
        State.BANKRUPT: (", konkurs", ", bankrupt"),
        State.DISSOLVING: (", under avvikling", ", being dissolved"),
        State.TROUBLE: (", registeret svarer ikke", ", the register does not answer"),
    }.get(business.state, ("", ""))


def _businesses_abroad_to_apply_with(story: Story, documents: Path) -> None:
    countries = {country.code: country for country in current().countries}
    dated_on = story.days_ago(20).date()
    for business in BUSINESSES_ABROAD:
        if business.country not in countries:
            continue
        at = countries[business.country]
        name = "".join(filter(str.isdecimal, business.vat_number))
        pdf = invoice_pdf(
            name=business.name,
            number=business.vat_number,
            address=business.address,
            dated_on=dated_on,
            country=business.country,
        )
        (documents / f"{name}.pdf").write_bytes(pdf)
        story.add(
            "businesses",
            business.name,
            nb=f"{at.name.in_('nb')}: {business.number}, MVA-nummer {business.vat_number}",
            en=f"{at.name.in_('en')}: {business.number}, VAT number {business.vat_number}",
            link=f"/demo/documents/{name}.pdf",
        )
