"""The demo's mailbox (E7): every mail that was sent lies as a file in one folder, and is read from there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from medlem.web.middleware import chosen_language

NAME = re.compile(r"[0-9a-f-]{36}")
ADDRESS = re.compile(r"https?://[^\s<>()\"]+")
PAGE = 25


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as its reader sees it."""

    name: str
    to: str
    sender: str
    subject: str
    at: datetime | None
    text: str
    html: str
    attachments: list[str]

    @property
    def links(self) -> list[str]:
        """Every address in the text, once, in order."""
        return list(dict.fromkeys(found.rstrip(".,") for found in ADDRESS.findall(self.text)))


@chosen_language
@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """The mailbox, newest first; `q` narrows it to an address."""
    search = request.GET.get("q", "").strip()
    names = _names()
    if search:
        names = [name for name in names if search.casefold() in _letter(name).to.casefold()]
    page = Paginator(names, PAGE).get_page(request.GET.get("page"))
    letters = [_letter(str(name)) for name in page]
    return render(request, "demo/mail.html", {"page": page, "letters": letters, "search": search})


@require_safe
def mail_json(request: HttpRequest) -> JsonResponse:
    """The same for scripts: all mails, newest first."""
    mails = [
        {
            "to": letter.to,
            "subject": letter.subject,
            "text": letter.text,
            "links": letter.links,
            "at": letter.at.isoformat() if letter.at else None,
            "attachments": letter.attachments,
        }
        for letter in _letters()
    ]
    return JsonResponse({"mails": mails})


@chosen_language
@require_safe
def message(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "demo/message.html", {"letter": _letter(_known(name))})


# A letter brings its styles along, as every mail does. They are allowed on this page alone, which runs
# no script and may be shown in a frame of ours only; its links open in the whole window.
@csp_override(
    {
        "default-src": [CSP.NONE],
        "style-src": [CSP.UNSAFE_INLINE],
        "img-src": ["data:"],
        "frame-ancestors": [CSP.SELF],
        "sandbox": ["allow-top-navigation-by-user-activation"],
    }
)
@require_safe
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML of a mail, for the frame of its page."""
    html = _letter(_known(name)).html
    if not html:
        raise Http404
    return HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))


@require_safe
def attachment(request: HttpRequest, name: str, number: int) -> HttpResponseBase:
    """One attachment, to save; the first is 1."""
    attached = list(_message(_known(name)).iter_attachments())
    if not 1 <= number <= len(attached):
        raise Http404
    part = attached[number - 1]
    return FileResponse(
        BytesIO(part.get_content()),
        as_attachment=True,
        filename=part.get_filename() or "attachment",
        content_type="application/octet-stream",
    )


# --- the folder -------------------------------------------------------------------------------------


def _folder() -> Path:
    return settings.DATA / "mail"


def _names() -> list[str]:
    """Newest first: the files' names sort by time."""
    return sorted((path.stem for path in _folder().glob("*.eml")), reverse=True)


def _letters() -> list[Letter]:
    return [_letter(name) for name in _names()]


def _known(name: str) -> str:
    if not (NAME.fullmatch(name) and (_folder() / f"{name}.eml").is_file()):
        raise Http404
    return name


def _message(name: str) -> EmailMessage:
    parsed = message_from_bytes((_folder() / f"{name}.eml").read_bytes(), policy=policy.default)
    assert isinstance(parsed, EmailMessage)  # the default policy makes no other
    return parsed


def _letter(name: str) -> Letter:
    parsed = _message(name)
    return Letter(
        name=name,
        to=str(parsed["To"] or ""),
        sender=str(parsed["From"] or ""),
        subject=str(parsed["Subject"] or ""),
        at=parsedate_to_datetime(str(parsed["Date"])) if parsed["Date"] else None,
        text=_body(parsed, "plain"),
        html=_body(parsed, "html"),
        attachments=[part.get_filename() or "attachment" for part in parsed.iter_attachments()],
    )


def _body(parsed: EmailMessage, kind: str) -> str:
    part = parsed.get_body((kind,))
    if not isinstance(part, EmailMessage):
        return ""
    return str(part.get_content()).replace("\r\n", "\n").strip()
