"""The people of the demo, in every state of the journey (E7), made through the same actions as in life.

Each has a past: they applied, were let in, registered, joined on days before today, and the tick ran
on those days. All businesses are invented; the simulated register knows them.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from medlem.accounts import actions as accounts
from medlem.accounts.models import Account, User
from medlem.applications import actions as applications
from medlem.applications import checking, deciding, evidence, postcodes
from medlem.applications.models import Application
from medlem.applications.rules import STEPS
from medlem.billing import actions as billing
from medlem.billing.providers import simulated_cards
from medlem.billing.status import Means
from medlem.commands.simulated.abroad import BUSINESSES_ABROAD, BusinessAbroad
from medlem.commands.simulated.businesses import BUSINESSES, Business
from medlem.commands.simulated.documents import blurred_picture, invoice_pdf, invoice_picture
from medlem.commands.tick import tick
from medlem.core import clock, links
from medlem.events.actors import APPLICANT, SYSTEM
from medlem.memberships import actions as memberships
from medlem.products import actions as products
from medlem.products import disputes, legacy, migration, transfers
from medlem.products.models import LegacyClaim, Product, ProductModel, points_on
from medlem.products.rules import Details
from medlem.products.status import Missing, ProductStatus
from medlem.programme import current

PASSWORD = "kamera paa fjellet"  # noqa: S105 - shown on the demo's first page
DEALERS = ("Fotohuset Oslo", "Kamerabua AS", "Nordlys Foto", "Fjordfoto Bergen", "Stativ & Linse AS")
SUCCEEDS, DECLINED = "4242424242424242", "4000000000000002"
STAFF = (
    ("Vilde", "Vang", "validator", "Validator", "Validerer"),
    ("Finn", "Fure", "finance", "Finance", "Økonomi"),
    ("Sunniva", "Sand", "support", "Support", "Kundestøtte"),
    ("Mona", "Moe", "manager", "Programme manager", "Programansvarlig"),
    ("Arne", "Alm", "admin", "Administrator", "Administrator"),
)


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


def make(mark: Path, *, rental_products: int) -> None:
    """Makes everybody, runs the tick for their past, and writes who there is to `mark`, last."""
    from medlem.commands.demo_members import money_and_terms

    story = Story(now=clock.now())
    _postcodes()
    _staff(story)
    _legacy(story, mark.parent)
    _applicants(story)
    _accounts(story)
    _rental_house(story, rental_products)
    money_and_terms(story)
    tick(now=story.now)
    with transaction.atomic():
        from django_tasks_db.models import DBTaskResult

        DBTaskResult.objects.all().delete()  # the tick did what was queued
    _businesses_to_apply_with(story, mark.parent)
    unfinished = mark.with_suffix(".new")
    unfinished.write_text(json.dumps(story.people, ensure_ascii=False, indent=1))
    unfinished.replace(mark)


def _postcodes() -> None:
    """Those of the invented businesses, so that the form fills the place."""
    at_home = (business.address.split("/")[-1] for business in BUSINESSES if business.country[0] == "NO")
    postcodes.keep(country="NO", places=dict(place.split(" ", 1) for place in at_home if place))


# --- staff and the former system -------------------------------------------------------------------


def _staff(story: Story) -> None:
    for first, last, role, en, nb in STAFF:
        user = accounts.create_staff(
            email=f"{first.lower()}@staff.example",
            role=role,
            first_name=first,
            last_name=last,
            language="nb",
            by=SYSTEM,
            now=story.days_ago(120),
        )
        _set_password(user, now=story.days_ago(120))
        story.add("staff", user.name, nb=nb, en=en, user=user)


def _legacy(story: Story, folder: Path) -> None:
    """The former system's list, as it would come: incomplete rows, an unknown model, cases of its own."""
    names = [model.name for model in ProductModel.objects.order_by("pk")]
    rows = [";".join(legacy.LEGACY_COLUMNS)]
    for email, number, count in (
        ("post@arkitekturfoto.example", "CPS-104417", 18),
        ("gamle@gamlebyen.example", "CPS-088213", 7),
        ("arkiv@studiosorland.example", "CPS-120988", 5),
    ):
        for index in range(count):
            model = "EOS 300V Date" if index == 3 else names[story.chance.randrange(len(names))]
            serial = "" if index in {5, 6} else story.next_serial()
            bought = date(2021, 1, 1) + timedelta(days=story.chance.randrange(1500))
            dealer = "" if index in {6, 9} else story.chance.choice(DEALERS)
            rows.append(
                f"{email};{number};;;{number}-{index + 1:03d};{model};{serial};{bought.isoformat()};NO;{dealer}"
            )
    file = folder / "former-members.csv"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    report = legacy.import_legacy(file, now=story.now)
    if report.refused:
        raise RuntimeError(f"the demo's own list was refused: {report.refused}")


# --- applications -----------------------------------------------------------------------------------


def _applicants(story: Story) -> None:
    waiting = _apply("KYSTLYS FOTO AS", "Kari", "Kyst", story, days=1, blurred=True)
    more = _apply("VINTERDAG PRODUKSJON AS", "Viggo", "Vinter", story, days=2, blurred=True)
    declined = _apply("SISTE BILDE AS", "Sigrid", "Sist", story, days=6)
    abroad = _apply_from_abroad("DK", "Dorte", "Dam", story, days=1)
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
        (abroad, "Søknad fra Danmark som venter på validering", "Application from Denmark, to be validated"),
        (more, "Er bedt om mer informasjon", "Was asked for more information"),
        (declined, "Søknaden ble avslått", "Application was declined"),
    ):
        story.add("applicants", application.contact_name, nb=nb, en=en, link=_status_link(application))


def _apply(
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
        name=business.name, number=business.vat_number, address=business.address, dated_on=dated_on
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


def _accounts(story: Story) -> None:
    _new_account(story)
    _by_points(story)
    _migrating(story)
    _joined(story)


def _new_account(story: Story) -> None:
    account, user = open_account(
        "STUDIO SØRLAND AS", "Silje", "Sør", story, days=1, former_email="arkiv@studiosorland.example"
    )
    story.add(
        "members",
        label(user, account),
        nb="Ny konto, ingen produkter; tidligere adresse ikke bekreftet",
        en="New account, no products; former address not confirmed",
        user=user,
    )


def _by_points(story: Story) -> None:
    """Just below the invitation, just above it, in the middle, and at and above the switch (C1 to C3)."""
    programme = current()
    invitation = programme.membership.invitation_points
    middle = programme.levels_of("individual")[1].points + 240
    switch = programme.membership.business_switch_above
    for business, first, last, points, incomplete in (
        ("BRYLLUPSFOTO BERGEN AS", "Berit", "Berg", invitation - 5, 1),
        ("DOKUMENTARKOLLEKTIVET SA", "Dag", "Dokk", invitation + 10, 0),
        ("NATTEVAKT PRESSEFOTO AS", "Nora", "Natt", middle, 4),
        ("FJELLREV FILM AS", "Frøya", "Fjell", switch, 0),
        ("HAVBLIKK MEDIA AS", "Håkon", "Hav", switch + 1, 0),
    ):
        account, user = open_account(business, first, last, story, days=30)
        register(account, user, points, story, days=20)
        _register_incomplete(account, user, incomplete, story, days=19)
        nb, en = f"{points} poeng", f"{points:,} points"
        if incomplete:
            nb, en = f"{nb}, noen produkter mangler opplysninger", f"{en}, some products need details"
        story.add("members", label(user, account), nb=nb, en=en, user=user)
        if business == "HAVBLIKK MEDIA AS":
            _claim_of_another(account, user, story, days=3)
            _give_and_lose(account, user, story, days=2)


def _claim_of_another(account: Account, user: User, story: Story, *, days: int) -> None:
    """Registers what somebody else has registered: disputed, without points; and shows a receipt (B4)."""
    held = Product.objects.filter(status=ProductStatus.COMPLETE).exclude(account=account).order_by("pk")[0]
    claim = products.add(
        account=account,
        model=held.model,
        details=replace(_details(story, complete=True), serial_number=held.serial_number),
        by=user.as_member,
        now=story.days_ago(days),
    )
    receipt = invoice_picture(name=account.name, number=account.registration_number, address=account.place)
    disputes.state(
        product=claim,
        text="Kjøpt brukt i mai. Kvitteringen ligger ved.",
        upload=SimpleUploadedFile("kvittering.png", receipt),
        by=user.as_member,
        now=story.days_ago(days),
    )


def _give_and_lose(account: Account, user: User, story: Story, *, days: int) -> None:
    """Offers one product to another business, and has had another stolen (B8)."""
    given, stolen = Product.objects.of(account).filter(status=ProductStatus.COMPLETE).order_by("pk")[:2]
    receiver = Account.objects.get(name="FJELLREV FILM AS")
    transfers.offer(
        product=given,
        to_number=receiver.number,
        message="Som avtalt på telefonen.",
        by=user.as_member,
        now=story.days_ago(days),
    )
    products.mark_missing(
        product=stolen,
        missing_as=Missing.STOLEN,
        since_on=story.days_ago(days + 1).date(),
        note="Anmeldt, sak 14852211",
        by=user.as_member,
        now=story.days_ago(days),
    )


def _migrating(story: Story) -> None:
    account, user = open_account(
        "ARKITEKTURFOTO RØROS AS", "Rune", "Røros", story, days=12, former_email="post@arkitekturfoto.example"
    )
    migration.confirm_former_email(
        claim=LegacyClaim.objects.get(account=account),
        reason="",
        by=user.as_member,
        now=story.days_ago(11),
    )
    register(account, user, 960, story, days=10)
    _register_incomplete(account, user, 2, story, days=9)
    story.add(
        "members",
        label(user, account),
        nb="18 produkter fra tidligere medlemskap venter på migrering",
        en="18 products of the former membership wait to be migrated",
        user=user,
    )


def _joined(story: Story) -> None:
    low, high = current().levels_of("individual")[:2]
    for business, first, last, registered, level, joined, card, nb, en in (
        (
            "SPORTSBILDER INNLANDET AS",
            "Ingrid",
            "Inn",
            40,
            high,
            8,
            SUCCEEDS,
            "kort, ikke forfalt ennå",
            "by card, before the due date",
        ),
        (
            "PORTRETTATELIERET ÅSE LIE",
            "Åse",
            "Lie",
            70,
            low,
            37,
            "",
            "bankoverføring, forfalt",
            "by bank transfer, overdue",
        ),
        (
            "GAMLEBYEN FOTOGRAFI ANS",
            "Grete",
            "Gamle",
            60,
            high,
            31,
            DECLINED,
            "kortet ble avslått",
            "the card was declined",
        ),
    ):
        account, user = open_account(business, first, last, story, days=registered)
        register(account, user, level.points + 15, story, days=registered - 5)
        join(account, user, level.code, story, days=joined, card=card)
        name = level.name.in_
        story.add(
            "members", label(user, account), nb=f"{name('nb')}, {nb}", en=f"{name('en')}, {en}", user=user
        )


def _rental_house(story: Story, products_count: int) -> None:
    account, user = open_account("KAMERAUTLEIE NORD AS", "Knut", "Nord", story, days=50)
    models = list(ProductModel.objects.prefetch_related("points").order_by("pk"))
    with transaction.atomic():
        for index in range(products_count):
            complete = index % 16 != 0
            products.add(
                account=account,
                model=story.chance.choice(models),
                details=_details(story, complete=complete),
                by=user.as_member,
                now=story.days_ago(45) + timedelta(seconds=index),
            )
    level = current().levels_of("business")[1]
    join(account, user, level.code, story, days=20)
    story.add(
        "members",
        label(user, account),
        nb=f"Utleiehus med {products_count} produkter, {level.name.in_('nb')}",
        en=f"Rental house with {products_count} products, {level.name.in_('en')}",
        user=user,
    )


# --- what they did ----------------------------------------------------------------------------------


def open_account(
    business: str, first: str, last: str, story: Story, *, days: int, former_email: str = ""
) -> tuple[Account, User]:
    """Applies and is let in: by itself where the checks allow, else by the validator."""
    application = _apply(business, first, last, story, days=days, former_email=former_email)
    if application.account is None:
        application = deciding.approve(
            application=application,
            reason="Dokumentet er i orden.",
            by=User.objects.get(email="vilde@staff.example").as_staff,
            now=story.days_ago(days) + timedelta(hours=2),
        )
    account = application.account
    if account is None:
        raise RuntimeError(f"{business} was not let in")
    user = User.objects.get(email=application.email)
    _set_password(user, now=story.days_ago(days) + timedelta(hours=3))
    return account, user


def _set_password(user: User, *, now: datetime) -> None:
    link = user.password_links.get(used_at=None)
    accounts.set_password(link_id=link.pk, password=PASSWORD, now=now)


def label(user: User, account: Account) -> str:
    return f"{user.name}, {account.name}"


def _details(story: Story, *, complete: bool) -> Details:
    bought = date(2022, 1, 1) + timedelta(days=story.chance.randrange(1400))
    dealer = story.chance.choice(DEALERS)
    if not complete and story.chance.random() < 0.5:
        return Details(purchased_on=bought, purchase_country="NO")
    return Details(
        serial_number=story.next_serial(),
        purchased_on=bought,
        purchase_country="NO",
        dealer=dealer if complete else "",
        dealer_estimated=complete and story.chance.random() < 0.1,
    )


def register(account: Account, user: User, points: int, story: Story, *, days: int) -> None:
    """Registers complete products that come to exactly so many points, the dearest first."""
    now = story.days_ago(days)
    day = now.astimezone(UTC).date()
    worth: dict[int, list[ProductModel]] = {}
    for model in ProductModel.objects.prefetch_related("points").order_by("pk"):
        worth.setdefault(points_on(model, day), []).append(model)
    for value in sorted(filter(None, worth), reverse=True):
        while points >= value:
            products.add(
                account=account,
                model=story.chance.choice(worth[value]),
                details=_details(story, complete=True),
                by=user.as_member,
                now=now,
            )
            points -= value
    if points:
        memberships.adjust(account=account, points=points, reason="Demo", by=SYSTEM, now=now)


def _register_incomplete(account: Account, user: User, count: int, story: Story, *, days: int) -> None:
    models = list(ProductModel.objects.filter(kind__in=["body", "lens"]).order_by("pk")[:40])
    for _ in range(count):
        products.add(
            account=account,
            model=story.chance.choice(models),
            details=_details(story, complete=False),
            by=user.as_member,
            now=story.days_ago(days),
        )


def join(account: Account, user: User, level: str, story: Story, *, days: int, card: str = "") -> None:
    """Joins so many days ago and lets the tick of that day, and of the due date where it has come, run."""
    now = story.days_ago(days)
    saved = None
    if card:
        provider = simulated_cards()
        page = provider.begin_setup(reference="demo", return_url="http://127.0.0.1/", language="nb")
        provider.complete_session(page.session, card)
        saved = billing.save_card(account=account, session=page.session, by=user.as_member, now=now)
    memberships.join(
        account=account,
        level=level,
        months=12,
        means=Means.CARD if saved else Means.BANK,
        card=saved,
        terms_version=current().terms_of_membership.version,
        by=user.as_member,
        now=now,
    )
    tick(now=now + timedelta(minutes=1))


# --- for those who want to apply themselves ----------------------------------------------------------


def _businesses_to_apply_with(story: Story, folder: Path) -> None:
    """Invented businesses that have not applied yet, each with an invoice as PDF to upload."""
    documents = folder / "documents"
    documents.mkdir(exist_ok=True)
    used = set(Application.objects.values_list("registration_number", flat=True))
    dated_on = story.days_ago(20).date()
    for business in BUSINESSES[:10]:
        if business.number in used:
            continue
        printed = f"{business.number[:3]} {business.number[3:6]} {business.number[6:]}"
        printed += " MVA" if business.vat else ""
        pdf = invoice_pdf(name=business.name, number=printed, address=business.address, dated_on=dated_on)
        (documents / f"{business.number}.pdf").write_bytes(pdf)
        vat = (", mva-registrert", ", VAT-registered") if business.vat else ("", "")
        domain = _domain(business.name, business.home_page)
        story.add(
            "businesses",
            business.name,
            nb=f"Organisasjonsnummer {printed.removesuffix(' MVA')}{vat[0]}, e-post @{domain}",
            en=f"Organisation number {printed.removesuffix(' MVA')}{vat[1]}, e-mail @{domain}",
            link=f"/demo/documents/{business.number}.pdf",
        )
    _businesses_abroad_to_apply_with(story, documents)


def _businesses_abroad_to_apply_with(story: Story, documents: Path) -> None:
    countries = {country.code: country for country in current().countries}
    dated_on = story.days_ago(20).date()
    for business in BUSINESSES_ABROAD:
        if business.country not in countries:
            continue
        at = countries[business.country]
        name = "".join(filter(str.isdecimal, business.vat_number))
        pdf = invoice_pdf(
            name=business.name, number=business.vat_number, address=business.address, dated_on=dated_on
        )
        (documents / f"{name}.pdf").write_bytes(pdf)
        story.add(
            "businesses",
            business.name,
            nb=f"{at.name.in_('nb')}: {business.number}, MVA-nummer {business.vat_number}",
            en=f"{at.name.in_('en')}: {business.number}, VAT number {business.vat_number}",
            link=f"/demo/documents/{name}.pdf",
        )
