"""The outbox: a mail is sent once, tried again on a schedule, and says one thing to do next (E1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage
from itertools import pairwise
from typing import Any

import pytest
from django.core import mail as mailbox
from django.core import signing

from medlem.billing import actions as billing
from medlem.core import links
from medlem.events import actions
from medlem.events.models import Event, Mail
from medlem.events.queries import mails_due, mails_given_up, outbox
from medlem.gateways.storage import files
from tests import factories
from tests.people import Cast
from tests.post_office import PostOffice, closed_port, post_office, smtp_at
from tests.together import together


def resume_mail(cast: Cast, *, now: datetime, to: str = "ase@blafjell.example", language: str = "en") -> Mail:
    return actions.queue_mail(
        "resume",
        to=to,
        language=language,
        now=now,
        business="Blåfjell Bilder AS",
        days=30,
        link=actions.link("public:resume", "resume", cast.fjordlys.public_id),
    )


def state(mail: Mail) -> dict[str, Any]:
    """What is kept of sending it."""
    columns = ("attempts", "try_at", "sent_at", "given_up_at", "last_error")
    return Mail.objects.values(*columns).get(pk=mail.pk)


def plain(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def parts(message: EmailMessage) -> list[tuple[str, str]]:
    return [
        (part.get_content_type(), part.get_filename() or "")
        for part in message.walk()
        if not part.is_multipart()
    ]


def test_e1_a_mail_that_was_sent_is_sent_no_more(cast: Cast, now: datetime) -> None:
    mail = resume_mail(cast, now=now)
    mailbox.outbox.clear()
    assert [actions.send(mail_id=mail.pk, now=now) for _ in range(3)] == [True, False, False]
    assert [message.to for message in mailbox.outbox] == [["ase@blafjell.example"]]
    assert state(mail) == {
        "attempts": 0,
        "try_at": now,
        "sent_at": now,
        "given_up_at": None,
        "last_error": "",
    }


@pytest.mark.usefixtures("committing")
def test_e1_two_workers_at_once_send_a_mail_once(cast: Cast, now: datetime) -> None:
    waiting = [resume_mail(cast, now=now, to=f"{name}@x.example") for name in ("a", "b", "c")]
    mailbox.outbox.clear()

    def worker() -> list[bool]:
        return [actions.send(mail_id=mail.pk, now=now) for mail in waiting]

    done = together(*[worker] * 4)
    assert [sum(each) for each in zip(*done, strict=True)] == [1, 1, 1]
    assert sorted(message.to[0] for message in mailbox.outbox) == [
        "a@x.example",
        "b@x.example",
        "c@x.example",
    ]


def test_e1_a_mail_is_tried_seven_times_more_and_then_given_up(
    cast: Cast, now: datetime, settings: Any
) -> None:
    settings.MAILERS = smtp_at(closed_port())
    mail = resume_mail(cast, now=now)
    tried = []
    while (moment := state(mail)["try_at"]) and not state(mail)["given_up_at"]:
        assert not actions.send(mail_id=mail.pk, now=moment - timedelta(seconds=1))  # not before its time
        assert not actions.send(mail_id=mail.pk, now=moment)
        tried.append(moment)
    waited = [later - earlier for earlier, later in pairwise(tried)]
    assert waited == [timedelta(minutes=n) for n in (1, 5, 15, 60, 240, 720, 1440)]
    assert state(mail) == {
        "attempts": 8,
        "try_at": tried[-1],
        "sent_at": None,
        "given_up_at": tried[-1],
        "last_error": "ConnectionRefusedError",
    }
    assert not actions.send(mail_id=mail.pk, now=now + timedelta(days=30))
    assert (mails_given_up(), list(outbox(post="given_up"))) == (1, [mail])


def test_e1_staff_send_a_mail_again_that_was_given_up(cast: Cast, now: datetime, settings: Any) -> None:
    mail = resume_mail(cast, now=now)
    Mail.objects.filter(pk=mail.pk).update(attempts=8, given_up_at=now, last_error="TimeoutError")
    for _click in range(2):
        actions.send_again(mail=mail, by=cast.sara.as_staff, now=now + timedelta(hours=1))
    assert state(mail) == {
        "attempts": 0,
        "try_at": now + timedelta(hours=1),
        "sent_at": None,
        "given_up_at": None,
        "last_error": "TimeoutError",
    }
    assert list(Event.objects.filter(name="mail.tried_again").values_list("actor_id", "subject_id")) == [
        (cast.sara.public_id, mail.public_id)
    ]
    assert actions.send(mail_id=mail.pk, now=now + timedelta(hours=1))


def test_e1_due_mails_come_oldest_first_and_later_ones_wait(cast: Cast, now: datetime) -> None:
    Mail.objects.all().delete()
    second, first, later, sent, given_up = [resume_mail(cast, now=now) for _ in range(5)]
    for mail, changes in (
        (first, {"try_at": now - timedelta(minutes=1)}),
        (later, {"try_at": now + timedelta(minutes=1)}),
        (sent, {"sent_at": now}),
        (given_up, {"given_up_at": now}),
    ):
        Mail.objects.filter(pk=mail.pk).update(**changes)
    assert mails_due(now) == [first.pk, second.pk]
    assert [list(outbox(post=post)) for post in ("sent", "waiting", "given_up", "", "nonsense")] == [
        [sent],
        [later, first, second],
        [given_up],
        [given_up, sent, later, first, second],
        [given_up, sent, later, first, second],
    ]
    assert list(outbox(search="BLAFJELL")) == [given_up, sent, later, first, second]
    assert list(outbox(search="fjordlys")) == []


def test_e1_the_outbox_holds_nothing_that_opens_anything(cast: Cast, now: datetime) -> None:
    mail = resume_mail(cast, now=now)
    token = links.sign("resume", cast.fjordlys.public_id)
    stored = str(Mail.objects.filter(pk=mail.pk).values().get())
    assert (token in stored, signing.b64_encode(cast.fjordlys.public_id.bytes).decode() in stored) == (
        False,
        False,
    )
    mailbox.outbox.clear()
    actions.send(mail_id=mail.pk, now=now)
    assert token in mailbox.outbox[0].body


@pytest.fixture
def post(settings: Any) -> Any:
    with post_office() as office:
        settings.MAILERS = office.mailers
        yield office


def test_e1_a_mail_server_gets_text_html_and_the_invoice_as_pdf(
    cast: Cast, now: datetime, post: PostOffice
) -> None:
    invoice = factories.invoice_of(factories.member(cast.fjordlys, now=now))
    billing.send_invoice(invoice_id=invoice.pk, now=now)
    mail = Mail.objects.get(template="invoice")
    assert actions.send(mail_id=mail.pk, now=now)
    (message,) = post.mails
    assert post.recipients == ["faktura@fjordlys.example"]
    assert {name: str(message[name]) for name in ("From", "To", "Subject", "Message-ID", "Date")} == {
        "From": "Canon Professional Services <no-reply@cps.example>",
        "To": "faktura@fjordlys.example",
        "Subject": "Invoice 10001: NOK 1,487.50, due on 23 Dec 2026",
        "Message-ID": f"<{mail.public_id}@127.0.0.1>",
        "Date": "Mon, 23 Nov 2026 09:00:00 +0000",
    }
    assert (message["Auto-Submitted"], message["Content-Language"]) == ("auto-generated", "en")
    assert parts(message) == [
        ("text/plain", ""),
        ("text/html", ""),
        ("application/pdf", mail.attachment_name),
    ]
    address = "http://127.0.0.1:8000/en/invoices/10001/"
    assert f"See the invoice:\n{address}" in plain(message)
    html = message.get_body(("html",))
    assert html is not None
    assert f'<a class="button" href="{address}">See the invoice</a>' in html.get_content()
    (pdf,) = message.iter_attachments()
    invoice.refresh_from_db()
    with files().open(invoice.pdf) as stored:
        assert pdf.get_content() == stored.read()


def test_e1_a_mail_is_in_the_readers_language(cast: Cast, now: datetime, post: PostOffice) -> None:
    for language in ("nb", "en"):
        actions.send(mail_id=resume_mail(cast, now=now, language=language).pk, now=now)
    assert [message["Content-Language"] for message in post.mails] == ["nb", "en"]
    for message, language in zip(post.mails, ("nb", "en"), strict=True):
        assert f"http://127.0.0.1:8000/{language}/apply/resume/" in plain(message)


def test_e1_what_a_mail_server_refuses_is_tried_again(cast: Cast, now: datetime, post: PostOffice) -> None:
    post.refused = {"gone@blafjell.example"}
    gone, there = resume_mail(cast, now=now, to="gone@blafjell.example"), resume_mail(cast, now=now)
    assert [actions.send(mail_id=mail.pk, now=now) for mail in (gone, there)] == [False, True]
    assert state(gone) == {
        "attempts": 1,
        "try_at": now + timedelta(minutes=1),
        "sent_at": None,
        "given_up_at": None,
        "last_error": "SMTPRecipientsRefused",
    }
    assert post.recipients == ["ase@blafjell.example"]


def test_e1_a_crash_after_sending_sends_the_same_message_again(
    cast: Cast, now: datetime, post: PostOffice
) -> None:
    """Its reader's mail program knows it by its Message-ID, as nothing else can be promised of mail."""
    mail = resume_mail(cast, now=now)
    actions.send(mail_id=mail.pk, now=now)
    Mail.objects.filter(pk=mail.pk).update(sent_at=None)  # the worker died before it could commit
    actions.send(mail_id=mail.pk, now=now)
    assert [message["Message-ID"] for message in post.mails] == [f"<{mail.public_id}@127.0.0.1>"] * 2


def test_e1_an_attachment_that_is_missing_holds_its_mail_back(
    cast: Cast, now: datetime, post: PostOffice
) -> None:
    mail = resume_mail(cast, now=now)
    Mail.objects.filter(pk=mail.pk).update(attachment="0" * 32, attachment_name="invoice.pdf")
    assert not actions.send(mail_id=mail.pk, now=now)
    assert (state(mail)["attempts"], state(mail)["last_error"], post.mails) == (1, "FileNotFoundError", [])
