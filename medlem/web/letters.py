"""Writing a mail (`settings.MEDLEM_LETTERS`): one template gives subject, text and HTML, in the reader's language.

The first line of `mail/<template>.txt` is the subject; paragraphs stand between blank lines; a paragraph
of the form `[Words](address)` is the one thing to do next, a button in HTML.
"""

from __future__ import annotations

import re
from email.utils import format_datetime, formataddr
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from medlem.core import links
from medlem.events.models import Mail
from medlem.gateways.storage import files
from medlem.programme import current

ACTION = re.compile(r"^\[(?P<words>[^\]]+)\]\((?P<address>[^)\s]+)\)$")


def write(mail: Mail) -> EmailMultiAlternatives:
    """The mail in words, with its links signed. Raises TemplateDoesNotExist for a letter nobody wrote."""
    programme = current()
    with translation.override(mail.language):
        values = {
            "zone": programme.timezone,  # of a letter that goes to another country it says its own
            **{key: _resolved(value) for key, value in mail.values.items()},
            "programme": programme,
            "language": mail.language,
        }
        letter = render_to_string(f"mail/{mail.template}.txt", values)
        subject, _, body = letter.strip().partition("\n")
        paragraphs = [_paragraph(p) for p in re.split(r"\n\s*\n", body.strip())]
        text = render_to_string("mail/layout.txt", {**values, "paragraphs": paragraphs})
        html = render_to_string("mail/layout.html", {**values, "subject": subject, "paragraphs": paragraphs})
    message = EmailMultiAlternatives(
        subject=subject.strip(),
        body=text,
        from_email=formataddr((programme.brand.name, programme.brand.no_reply)),
        to=[mail.to],
        headers={
            "Message-ID": f"<{mail.public_id}@{urlsplit(settings.BASE_URL).hostname}>",
            "Date": format_datetime(mail.queued_at),
            "Auto-Submitted": "auto-generated",
            "Content-Language": mail.language,
        },
    )
    message.attach_alternative(html, "text/html")
    if mail.attachment:
        with files().open(mail.attachment) as stored:
            message.attach(mail.attachment_name, stored.read(), "application/pdf")
    return message


def _paragraph(text: str) -> dict[str, str]:
    match = ACTION.match(text.strip())
    return match.groupdict() if match else {"text": text.strip()}


def _resolved(value: Any) -> Any:
    """A link (see `actions.link`) as an address; anything else as it is."""
    if not (isinstance(value, dict) and "page" in value):
        return value
    kwargs = dict(value["kwargs"])
    if value["thing"]:
        kwargs["token"] = links.sign(value["purpose"], UUID(value["thing"]))
    return settings.BASE_URL + reverse(value["page"], kwargs=kwargs)
