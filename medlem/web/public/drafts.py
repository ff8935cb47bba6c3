"""The application of this browser: which one it is, and what was typed that cannot be saved yet (A1).

A page that was refused is kept here and shown by a redirect, as a browser that goes back past the answer to a form
would show nothing (docs/decisions/the-form-loses-nothing.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.http import HttpRequest

from medlem.applications.models import Application
from medlem.applications.queries import application_of

APPLICATION = "application"
TYPED = "application_typed"
REFUSED = "application_refused"
NOT_TYPED = {"csrfmiddlewaretoken", "go", "to", "for", "choose", "suggested"}
MOST_FIELDS, LONGEST = 40, 4001
"""More fields than any page has, and a character more than any of them takes."""


def present(request: HttpRequest) -> Application | None:
    """The application that was begun here, whatever has become of it."""
    public_id = request.session.get(APPLICATION)
    return application_of(UUID(public_id)) if public_id else None


def hold(request: HttpRequest, application: Application) -> None:
    """This browser goes on with that application."""
    if request.session.get(APPLICATION) != str(application.public_id):
        request.session[APPLICATION] = str(application.public_id)
        request.session.pop(TYPED, None)
        request.session.pop(REFUSED, None)


def let_go(request: HttpRequest) -> None:
    """The next application is a new one."""
    request.session.pop(APPLICATION, None)
    request.session.pop(TYPED, None)
    request.session.pop(REFUSED, None)


def typed(request: HttpRequest, step: str) -> dict[str, str]:
    """What stood in fields with a mistake when the step was left, or on a page that was not saved; shown again."""
    kept: dict[str, str] = request.session.get(TYPED, {}).get(step, {})
    page = page_of(request, step)
    return {**kept, **page.answers} if page and not page.refused else kept


def keep_typed(request: HttpRequest, step: str, values: Mapping[str, str]) -> None:
    """Remembers such fields of a step, or that there are none any more."""
    kept = {**request.session.get(TYPED, {}), step: dict(values)}
    kept = {name: fields for name, fields in kept.items() if fields}
    if kept != request.session.get(TYPED, {}):
        request.session[TYPED] = kept


# --- pages that were refused ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was sent: its answers, what was wrong beside them, by field, and whether it was refused at all."""

    answers: dict[str, str]
    errors: dict[str, list[str]]
    refused: bool


def sent(request: HttpRequest) -> dict[str, str]:
    """The answers of this request."""
    typed = ((name, str(value)) for name, value in request.POST.items() if name not in NOT_TYPED)
    return {name: value[:LONGEST] for name, value in islice(typed, MOST_FIELDS)}


def keep_page(
    request: HttpRequest,
    page: str,
    answers: Mapping[str, str],
    *,
    errors: Mapping[str, Iterable[object]] | None = None,
    refused: bool = True,
) -> None:
    """Keeps a page until it is sent anew; `page_of` gives it back. What is wrong with an answer is found anew."""
    said = {field: [str(each) for each in found] for field, found in (errors or {}).items()}
    kept = {"answers": dict(answers), "errors": said, "refused": refused}
    request.session[REFUSED] = {**request.session.get(REFUSED, {}), page: kept}


def page_of(request: HttpRequest, page: str) -> Page | None:
    """The page as it was sent, while it waits to be put right."""
    kept = request.session.get(REFUSED, {}).get(page)
    return Page(**kept) if kept else None


def retyped(request: HttpRequest, page: str) -> None:
    """What a script saved while a page waits to be put right is newer than what was refused of it."""
    if page_of(request, page):
        keep_page(request, page, sent(request))


def put_right(request: HttpRequest, page: str) -> None:
    """The page waits no longer."""
    kept = request.session.get(REFUSED, {})
    if page in kept:
        request.session[REFUSED] = {name: each for name, each in kept.items() if name != page}


# --- two windows ------------------------------------------------------------------------------------


def business_code(application: Application) -> str:
    """The business that a page was drawn for (`for`), so that it is not saved for another one."""
    return f"{application.country}{application.registration_number}"


def is_for_another(request: HttpRequest, application: Application) -> bool:
    """Whether the business was changed in another window since this page was drawn."""
    return request.POST.get("for", business_code(application)) != business_code(application)
