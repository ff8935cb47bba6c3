"""The people of the demo, in every state of the journey (E7), made through the same actions as in life.

Each has a past: they applied, were let in, registered, joined on days before today, and the tick ran
on those days. All businesses are invented; the simulated register knows them.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from medlem.accounts import actions as accounts
from medlem.accounts.models import Account, User
from medlem.applications import deciding, postcodes
from medlem.billing import actions as billing
from medlem.billing.providers import simulated_cards
from medlem.billing.status import Means
from medlem.commands.demo_applicants import applicants, apply, businesses_to_apply_with
from medlem.commands.demo_story import Story
from medlem.commands.simulated.businesses import BUSINESSES
from medlem.commands.simulated.documents import invoice_picture
from medlem.commands.tick import tick
from medlem.core import clock
from medlem.events.actors import SYSTEM
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


def make(mark: Path, *, rental_products: int) -> None:
    """Makes everybody, runs the tick for their past, and writes who there is to `mark`, last."""
    from medlem.commands.demo_members import money_and_terms

    story = Story(now=clock.now())
    _postcodes()
    _staff(story)
    _legacy(story, mark.parent)
    applicants(story)
    _accounts(story)
    _rental_house(story, rental_products)
    money_and_terms(story)
    tick(now=story.now)
    with transaction.atomic():
        from django_tasks_db.models import DBTaskResult

        DBTaskResult.objects.all().delete()  # the tick did what was queued
    businesses_to_apply_with(story, mark.parent)
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
    application = apply(business, first, last, story, days=days, former_email=former_email)
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
