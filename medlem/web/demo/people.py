"""Who one can be in the demo (E7): one click signs in as anybody of `people.json`, which the seed writes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from medlem.accounts.models import User
from medlem.commands.demo_data import PASSWORD
from medlem.web.middleware import chosen_language
from medlem.web.templatetags.medlem import reader

GROUPS = {"applicants": _("Applicants"), "members": _("Members"), "staff": _("Staff")}
"""Of those whom one can be. The file also has `businesses`, which one can apply with."""

LANGUAGE = re.compile(r"^/[a-z]{2}/")
"""How the address of a page begins; the file's links are Norwegian."""

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demo: a user to sign in as, or an applicant with the link of a mail."""

    name: str
    state: str
    user: str
    link: str

    @property
    def letters(self) -> str:
        names = self.name.split()
        return "".join(name[0] for name in (names[0], names[-1])[: len(names)]).upper() if names else ""


@chosen_language
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, by group."""
    groups: dict[str, list[Person]] = {"businesses": [], **{group: [] for group in GROUPS}}
    for entry in _entries(settings.DATA / "people.json"):
        groups[entry["group"]].append(_person(entry))
    values = {
        "businesses": groups["businesses"],
        "password": PASSWORD,
        "groups": [(title, groups[group]) for group, title in GROUPS.items() if groups[group]],
    }
    return render(request, "demo/people.html", values)


@csrf_exempt  # scripts sign in with one request; there is nothing in a demo that a stranger could gain
@require_POST
def become(request: HttpRequest, public_id: str) -> HttpResponse:
    """Signs in without a password, and goes to the person's first page."""
    user = get_object_or_404(User, public_id=public_id, is_active=True)
    login(request, user, backend=BACKEND)
    return redirect("root")


@require_safe
def document(request: HttpRequest, number: str) -> FileResponse:
    """The invoice of a business that has not applied yet: evidence to save, and to upload."""
    file = settings.DATA / "documents" / f"{number}.pdf"
    if not (number.isdecimal() and file.is_file()):
        raise Http404
    return FileResponse(file.open("rb"), as_attachment=True, filename=f"faktura-{number}.pdf")


def _entries(file: Path) -> list[Mapping[str, Any]]:
    if not file.exists():
        return []
    entries: list[Mapping[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return entries


def _person(entry: Mapping[str, Any]) -> Person:
    return Person(
        name=entry["name"],
        state=entry["state"][reader()],
        user=entry["user"] or "",
        link=LANGUAGE.sub(f"/{reader()}/", entry["link"] or ""),
    )
