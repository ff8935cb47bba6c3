"""Checks run within a minute of sending; an application that passes all of them approves itself (A7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms.models import model_to_dict
from django.utils import translation

from medlem.accounts.models import Account, User
from medlem.applications import deciding
from medlem.applications.checks import CHECKS
from medlem.applications.models import Application, BlockedContact, Check, Decision, Evidence
from medlem.applications.queries import applications_to_check, checks_and_before, latest_checks
from medlem.applications.queue import open_checks
from medlem.applications.sentences import sentence
from medlem.core.identifiers import uuid7
from medlem.events.models import Event, Mail
from medlem.web.desk.timeline import timeline
from medlem.web.history import history
from tests import people
from tests.applications.applying import (
    BLATIMEN,
    NORDVIK,
    checked,
    draft_of,
    pdf_of,
    picture_of,
    sent,
    validating,
)
from tests.people import Cast
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

NORDLYS = Path(__file__).resolve().parents[2] / "programmes" / "nordlys.toml"


def against(application: Application) -> dict[str, str]:
    """What spoke against approving it automatically: the checks that did not pass, with their reasons."""
    return {check.code: check.reason for check in latest_checks(application) if check.outcome != "passed"}


def test_a7_approved_automatically_when_all_required_checks_pass(now: datetime) -> None:
    application = checked(sent(now=now), now=now + timedelta(seconds=40))
    account = Account.objects.get()
    assert (application.status, application.account, application.checked_at) == (
        "approved",
        account,
        now + timedelta(seconds=40),
    )
    assert [(check.code, check.outcome, check.required) for check in latest_checks(application)] == [
        (code, "passed", True) for code in CHECKS
    ]
    assert [sentence(check.reason, check.facts) for check in latest_checks(application)][1:8] == [
        "The register knows it as BLÅTIMEN FILM AS.",
        "Neither deleted, nor bankrupt, nor being dissolved.",
        "The name that was given is the register's: BLÅTIMEN FILM AS.",
        "VAT-registered, as the register says too.",
        "The business has no account, and no other application waits.",
        "No other application and no account has the number in another form.",
        "“faktura.pdf” shows VAT number and business name.",
    ]
    decision = Decision.objects.get()
    assert model_to_dict(decision, exclude=["id", "checks"]) == {
        "application": application.pk,
        "verdict": "approved",
        "automatic": True,
        "decided_by_id": None,
        "reason": "",
        "at": now + timedelta(seconds=40),
        "working_seconds": 40,
    }
    assert [(check["code"], check["outcome"], check["run"]) for check in decision.checks] == [
        (code, "passed", 1) for code in CHECKS
    ]
    events = Event.objects.filter(subject_id=application.public_id).order_by("id")
    assert [(event.name, event.actor_kind, event.account_id) for event in events] == [
        ("application.sent", "applicant", None),
        ("application.approved", "system", account.public_id),
    ]
    assert events[1].after == {
        "status": "approved",
        "automatic": True,
        "account": account.number,
        "passed": list(CHECKS),
        "not_passed": [],
    }
    assert list(Mail.objects.order_by("id").values_list("template", "to")) == [
        ("application_received", "kontakt@blatimenfilmas.example"),
        ("account_ready", "kontakt@blatimenfilmas.example"),
    ]


def test_a9_approval_makes_the_account_of_what_was_answered(now: datetime) -> None:
    checked(sent(now=now, delivery_street="Lageret 3", delivery_place="Oslo"), now=now)
    account, user = Account.objects.get(), User.objects.get()
    assert model_to_dict(account, exclude=["id", "number"]) == {
        "status": "active",
        "name": "Blåtimen Film As",
        "country": "NO",
        "registration_number": "310003913",
        "organisation_form": "AS",
        "vat_registered": True,
        "vat_number": "310003913MVA",
        "street": "Nedre Skogvei 14B",
        "postcode": "0484",
        "place": "OSLO",
        "delivery_street": "Lageret 3",
        "delivery_postcode": "",
        "delivery_place": "Oslo",
        "trade": "photography",
        "invoice_email": "faktura@blatimenfilmas.example",
        "e_invoice_address": "",
        "language": "en",
        "former_member_number": "",
        "opened_at": now,
    }
    assert (user.email, user.name, user.phone, user.language, user.has_usable_password()) == (
        "kontakt@blatimenfilmas.example",
        "Åse Blåfjell",
        "+4722334455",
        "en",
        False,
    )


def test_a7_a_business_without_vat_is_approved_by_name_and_address(now: datetime) -> None:
    application = checked(sent("311702289", now=now), now=now)
    assert (application.status, against(application)) == ("approved", {})


@pytest.mark.parametrize(
    ("number", "changes", "reasons"),
    [
        ("316641067", {}, {"register_live": "bankrupt"}),
        ("317530188", {}, {"register_live": "dissolving"}),
        ("317954050", {}, {"register_live": "dissolving"}),
        ("318697256", {}, {"register_live": "deleted", "vat_agrees": "register_says_not_vat"}),
        (
            "318834563",
            {"business_name": "Glemt Film AS"},
            {
                "register_live": "deleted",
                "name_agrees": "register_not_answered",
                "vat_agrees": "register_says_not_vat",
                "contact_domain": "nothing_to_compare",
            },
        ),
        ("316152201", {}, {"register_entry": "is_a_branch"}),
        (BLATIMEN, {"business_name": "Rødtimen Film AS"}, {"name_agrees": "other_name"}),
        (
            "315037344",
            {"vat_registered": True, "vat_number": "315037344MVA"},
            {"vat_agrees": "register_says_not_vat"},
        ),
        (BLATIMEN, {"vat_registered": False, "vat_number": ""}, {"vat_agrees": "register_says_vat"}),
        (
            BLATIMEN,
            {"vat_number": "310003914MVA"},
            {"vat_agrees": "vat_number_wrong", "document_shows_business": "vat_or_name_not_found"},
        ),
        (
            BLATIMEN,
            {"pdf": picture_of(BLATIMEN)},
            dict.fromkeys(
                [
                    "document_shows_business",
                    "document_private",
                    "document_own",
                    "document_recent",
                    "document_legible",
                    "document_unaltered",
                ],
                "person_has_to_look",
            ),
        ),
        (
            BLATIMEN,
            {"pdf": pdf_of(NORDVIK)},
            {
                "document_shows_business": "vat_or_name_not_found",
                "document_own": "belongs_to_other",
                "document_legible": "legibility_not_judged",
            },
        ),
        (
            BLATIMEN,
            {"pdf": pdf_of(BLATIMEN, vat=False)},
            {"document_shows_business": "vat_or_name_not_found"},
        ),
        (
            "319468528",  # the register answers 500
            {},
            {
                "register_entry": "register_unavailable",
                "register_live": "register_not_answered",
                "name_agrees": "register_not_answered",
                "vat_agrees": "register_not_answered",
            },
        ),
    ],
)
def test_a7_whatever_speaks_against_it_goes_to_a_validator(
    now: datetime, number: str, changes: dict[str, Any], reasons: dict[str, str]
) -> None:
    application = checked(sent(number, now=now, **changes), now=now)
    assert (application.status, against(application)) == ("validating", reasons)
    assert (Account.objects.count(), Decision.objects.count(), User.objects.count()) == (0, 0, 0)
    event = Event.objects.latest("id")
    assert (event.name, event.actor_kind, event.after) == (
        "application.in_validation",
        "system",
        {"status": "validating", "open_checks": list(reasons)},
    )
    assert [check.code for check in open_checks(application)] == list(reasons)


def test_a7_a_number_that_cannot_exist_goes_to_a_validator(now: datetime) -> None:
    application = checked(
        sent(
            now=now,
            registration_number="310003914",
            vat_number="310003914MVA",
            pdf=pdf_of(BLATIMEN, name="310003914 MVA Blåtimen Film As"),
        ),
        now=now,
    )
    assert application.status == "validating"
    assert {
        code: reason for code, reason in against(application).items() if code != "document_shows_business"
    } == {
        "number_valid": "check_digits_wrong",
        "register_entry": "not_in_register",
        "register_live": "register_not_answered",
        "name_agrees": "register_not_answered",
        "vat_agrees": "vat_number_wrong",
    }


@pytest.mark.usefixtures("register_down")
def test_a7_a_register_that_is_down_leaves_it_to_a_validator(now: datetime) -> None:
    application = checked(sent(now=now), now=now)
    assert (application.status, against(application)) == (
        "validating",
        {
            "register_entry": "register_unavailable",
            "register_live": "register_not_answered",
            "name_agrees": "register_not_answered",
            "vat_agrees": "register_not_answered",
        },
    )
    assert application.register_answer is None


def test_a7_a_document_that_another_application_used_goes_to_a_validator(now: datetime) -> None:
    first = sent(now=now)
    second = checked(sent(now=now), now=now)
    assert (second.status, against(second)) == (
        "validating",
        {"no_account_yet": "applied_already", "document_unused": "used_by_other_application"},
    )
    assert second.checks.get(code="document_unused").facts == {"number": first.number}


def test_a7_a_document_in_somebodys_unsent_draft_was_not_used(now: datetime) -> None:
    draft_of(BLATIMEN, now=now)
    assert checked(sent(now=now), now=now).status == "approved"


def test_a10_a_business_that_has_an_account_goes_to_a_validator_marked_so(cast: Cast, now: datetime) -> None:
    people.open_account(name="Blåtimen Film AS", number=BLATIMEN, email="eva@blatimen.example", now=now)
    account = Account.objects.get(registration_number=BLATIMEN)
    application = checked(sent(now=now), now=now)
    assert (application.status, against(application)) == ("validating", {"no_account_yet": "has_account"})
    mark = application.checks.get(code="no_account_yet")
    assert sentence(mark.reason, mark.facts) == (
        f"The business has account {account.number}; approving adds the person to it."
    )
    deciding.approve(application=application, reason="Seen.", by=cast.vera.as_staff, now=now)
    assert list(account.people.order_by("id").values_list("user__email", "role")) == [
        ("eva@blatimen.example", "super_user"),
        ("kontakt@blatimenfilmas.example", "member"),
    ]


def test_a7_a_blocked_contact_goes_to_a_validator(now: datetime) -> None:
    BlockedContact.objects.create(
        email="kontakt@blatimenfilmas.example", reason="Fraud", blocked_by_id=uuid7(), at=now
    )
    application = checked(sent(now=now, email="Kontakt@blatimenfilmas.example"), now=now)
    assert (application.status, against(application)) == (
        "validating",
        {"contact_not_blocked": "contact_blocked"},
    )


def test_a7_a_programme_that_does_not_allow_it_always_waits_for_a_person(
    now: datetime, settings: Any
) -> None:
    settings.MEDLEM_PROGRAMME_FILE = NORDLYS
    application = checked(sent(now=now), now=now)
    assert (application.status, against(application), Account.objects.count()) == ("validating", {}, 0)
    required = {check.code for check in latest_checks(application) if check.required}
    assert required == {"number_valid", "no_account_yet", "document_shows_business", "document_unused"}
    off = set(CHECKS) - {check.code for check in latest_checks(application)}
    assert off == {"document_private", "contact_not_blocked"}


def test_a7_a_contact_who_signs_in_for_another_business_goes_to_a_validator(
    cast: Cast, now: datetime
) -> None:
    application = checked(sent(now=now, email=cast.charlie.email), now=now)
    assert (application.status, against(application)) == (
        "validating",
        {"contact_not_blocked": "contact_taken", "contact_domain": "nothing_to_compare"},
    )
    assert (applications_to_check(), Account.objects.filter(registration_number=BLATIMEN).count()) == ([], 0)


@pytest.mark.parametrize(
    ("email", "outcome", "reason"),
    [
        ("Post@Moerkerommet.example", "passed", "address_in_register"),
        ("aase@moerkerommet.example", "passed", "own_domain"),
        ("moerkerommet@gmail.com", "failed", "free_mail_beside_own"),
        ("post@moerkerommet.test", "unclear", "other_domain"),
    ],
)
def test_a7_the_contacts_address_is_compared_with_what_the_register_knows(
    now: datetime, email: str, outcome: str, reason: str
) -> None:
    application = checked(sent("313268292", now=now, email=email), now=now)
    check = application.checks.get(code="contact_domain")
    assert (check.outcome, check.reason) == (outcome, reason)
    assert application.status == ("approved" if outcome == "passed" else "validating")


def test_a7_free_mail_that_the_register_does_not_know_goes_to_a_validator(now: datetime) -> None:
    application = checked(
        sent(now=now, email="ase@gmail.com", invoice_email="faktura@blatimen.example"), now=now
    )
    assert (application.status, against(application)) == (
        "validating",
        {"contact_domain": "free_mail_beside_invoice"},
    )
    free = checked(sent(NORDVIK, now=now, email="ole@gmail.com", invoice_email="ole@gmail.com"), now=now)
    assert (free.status, against(free)) == ("validating", {"contact_domain": "free_mail"})


def test_a7_anothers_vat_number_goes_to_a_validator(now: datetime) -> None:
    document = pdf_of(NORDVIK, name=f"{BLATIMEN} Blåtimen Film As")
    application = checked(sent(now=now, vat_number=f"{NORDVIK}MVA", pdf=document), now=now)
    assert (application.status, against(application)["vat_agrees"]) == (
        "validating",
        "vat_number_of_another",
    )


def test_a7_the_event_says_by_which_checks_it_was_approved(now: datetime) -> None:
    application = checked(sent(now=now), now=now)
    event = Event.objects.get(name="application.approved")
    assert (event.after["automatic"], event.after["passed"], event.after["not_passed"]) == (
        True,
        list(CHECKS),
        [],
    )
    with translation.override("en"):
        (approved,) = history([event])
        (for_staff,) = timeline([event])
    # Which checks there are helps whoever wants to get past them: only staff read it.
    assert (approved.sentence, approved.changes) == ("The application was approved automatically.", [])
    assert for_staff.changes[0].startswith("Checks that passed: The number's check digits, Entry in")
    assert event.account_id == application.account.public_id


# --- after an answer (A8) ---------------------------------------------------------------------------


def test_a8_after_an_answer_the_checks_run_again_and_a_person_decides(cast: Cast, now: datetime) -> None:
    application = validating(NORDVIK, now=now)
    deciding.ask_for_more(application=application, text="A PDF?", by=cast.vera.as_staff, now=now)
    assert applications_to_check() == []
    upload = SimpleUploadedFile("faktura.pdf", pdf_of(NORDVIK))
    deciding.answer(application=application, text="", uploads=[upload], now=now + timedelta(hours=1))
    Evidence.objects.filter(findings__isnull=False).update(
        findings=application.evidence.last().findings | {"compared": True}
    )
    assert applications_to_check() == [application.pk]

    again = checked(application, now=now + timedelta(hours=1))

    assert (again.status, against(again), applications_to_check()) == ("validating", {}, [])
    before = {check.code: was.outcome for check, was in checks_and_before(again) if was}
    assert before["document_shows_business"] == "unclear"
    assert [event.name for event in Event.objects.filter(subject_id=application.public_id).order_by("id")][
        -2:
    ] == ["application.answered", "application.checked_again"]
    assert Decision.objects.count() == 0


def test_a7_the_registers_answer_is_kept_as_it_was_given(now: datetime) -> None:
    application = checked(sent(now=now), now=now)
    application.refresh_from_db()
    assert application.register_answer["navn"] == "BLÅTIMEN FILM AS"
    assert application.register_asked_at == now


def test_a7_checking_again_changes_nothing(now: datetime) -> None:
    for application in (sent(now=now), validating(now=now)):
        checked(application, now=now)
        after = [Check.objects.count(), Event.objects.count(), Mail.objects.count(), Decision.objects.count()]
        again = checked(application, now=now + timedelta(minutes=1))
        assert again.checked_at == now
        assert [
            Check.objects.count(),
            Event.objects.count(),
            Mail.objects.count(),
            Decision.objects.count(),
        ] == after


def test_a7_sent_applications_are_checked_the_oldest_first(now: datetime) -> None:
    younger = sent(now=now)
    older = sent(NORDVIK, now=now - timedelta(hours=1))
    draft_of("312420198", now=now)
    assert applications_to_check() == [older.pk, younger.pk]
    for application in (younger, older):
        checked(application, now=now)
    assert applications_to_check() == []


@pytest.mark.usefixtures("committing")
def test_a7_three_workers_at_once_check_and_approve_once(now: datetime) -> None:
    application = sent(now=now)
    done = together(*[lambda: checked(application, now=now).status] * 3)
    assert done == ["approved"] * 3
    assert (Check.objects.count(), Decision.objects.count(), Account.objects.count()) == (len(CHECKS), 1, 1)
    assert Mail.objects.filter(template="account_ready").count() == 1
