"""The application of this browser: which one it is, and what was typed that cannot be saved yet (A1)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest

from medlem.applications.models import Application
from medlem.applications.queries import application_of

APPLICATION = "application"
TYPED = "application_typed"


def present(request: HttpRequest) -> Application | None:
    """The application that was begun here, whatever has become of it."""
    public_id = request.session.get(APPLICATION)
    return application_of(UUID(public_id)) if public_id else None


def hold(request: HttpRequest, application: Application) -> None:
    """This browser goes on with that application."""
    if request.session.get(APPLICATION) != str(application.public_id):
        request.session[APPLICATION] = str(application.public_id)
        request.session.pop(TYPED, None)


def let_go(request: HttpRequest) -> None:
    """The next application is a new one."""
    request.session.pop(APPLICATION, None)
    request.session.pop(TYPED, None)


def typed(request: HttpRequest, step: str) -> dict[str, str]:
    """What stood in fields with a mistake when the step was left; shown again as it was."""
    kept: dict[str, str] = request.session.get(TYPED, {}).get(step, {})
    return kept


def keep_typed(request: HttpRequest, step: str, values: Mapping[str, str]) -> None:
    """Remembers such fields of a step, or that there are none any more."""
    kept = {**request.session.get(TYPED, {}), step: dict(values)}
    kept = {name: fields for name, fields in kept.items() if fields}
    if kept != request.session.get(TYPED, {}):
        request.session[TYPED] = kept
