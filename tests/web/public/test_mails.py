"""The mails of the application and of passwords, in both languages, each with the one thing to do next (E1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from medlem.core import links
from medlem.events.actions import link, queue_mail
from medlem.web.letters import write

THING = UUID("0190f9f2-0000-7000-8000-000000000001")
STATUS = {
    "name": "Kari",
    "business": "Nordvik & Sønn <AS>",
    "number": "500017",
    "link": link("public:status", "status", THING),
}
PASSWORD = {**STATUS, "hours": 72, "link": link("public:password_set", "password", THING)}
MAILS: dict[str, dict[str, Any]] = {
    "resume": {"business": "Nordvik", "days": 30, "link": link("public:resume", "resume", THING)},
    "application_received": {**STATUS, "answer_by_at": "2026-11-25T15:00:00+00:00"},
    "more_wanted": {**STATUS, "text": "Send a clearer scan."},
    "application_declined": {**STATUS, "reason": "The business was closed."},
    "account_ready": PASSWORD,
    "password_link": PASSWORD,
    "former_email": {"business": "Nordvik", "link": link("public:former_email", "former-email", THING)},
}


def written(template: str, language: str, now: datetime) -> Any:
    mail = queue_mail(template, to="kari@nordvik.example", language=language, now=now, **MAILS[template])
    return write(mail)


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize("template", MAILS)
def test_e1_every_mail_has_one_link_as_text_and_as_button(
    template: str, language: str, now: datetime
) -> None:
    letter = written(template, language, now)
    [(html, _)] = letter.alternatives

    values = MAILS[template]["link"]
    token = links.sign(values["purpose"], THING)
    assert letter.body.count(token) == 1
    assert f"/{language}/" in letter.body.split(token)[0].rsplit("http", 1)[1]
    assert f'class="button" href="http://127.0.0.1:8000/{language}/' in html
    assert letter.subject == letter.subject.strip() != ""
    assert letter.from_email == "Canon Professional Services <no-reply@cps.example>"


def test_e1_a_mail_reads_as_it_was_written(now: datetime) -> None:
    letter = written("application_received", "en", now)

    assert letter.subject == "We have your application 500017"
    assert "You will have an answer by Wednesday 25 November, 16:00, usually much sooner." in letter.body
    assert "The application of Nordvik & Sønn <AS> has arrived." in letter.body
    assert "Nordvik &amp; Sønn &lt;AS&gt;" in letter.alternatives[0][0]


def test_a8_what_the_validator_wrote_is_in_the_mail(now: datetime) -> None:
    assert "Send a clearer scan." in written("more_wanted", "en", now).body
    assert "The business was closed." in written("application_declined", "en", now).body


def test_a9_the_password_mail_says_how_long_its_link_works(now: datetime) -> None:
    assert "The link can be used once, within 72 hours." in written("account_ready", "en", now).body
