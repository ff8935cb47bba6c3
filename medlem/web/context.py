"""What every page knows about the house: the programme, languages, tabs, and the demo's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from medlem import programme
from medlem.accounts.queries import roles_of
from medlem.accounts.status import Role
from medlem.core import clock
from medlem.web import theme
from medlem.web.middleware import reference_of
from medlem.web.templatetags.medlem import reader

PORTAL_TABS = [
    ("portal:overview", _("Overview")),
    ("portal:products", _("My products")),
    ("portal:membership", _("Membership")),
    ("portal:invoices", _("Invoices")),
    ("portal:business", _("Business")),
    ("public:help", _("Help")),
]

DESK_TABS = [
    ("desk:applications", _("Applications"), {Role.VALIDATOR, Role.SUPPORT, Role.MANAGER}),
    ("desk:accounts", _("Accounts"), {Role.VALIDATOR, Role.SUPPORT, Role.FINANCE, Role.MANAGER}),
    ("desk:disputes", _("Disputes"), {Role.SUPPORT, Role.MANAGER}),
    ("desk:serial", _("Serial numbers"), {Role.VALIDATOR, Role.SUPPORT, Role.MANAGER}),
    ("desk:invoices", _("Invoices"), {Role.FINANCE, Role.MANAGER}),
    ("desk:bank", _("Bank"), {Role.FINANCE}),
    ("desk:mail", _("Mail"), {Role.SUPPORT, Role.MANAGER}),
    ("desk:programme", _("Programme"), {Role.MANAGER}),
]
"""With who sees them. An administrator sees all; what a page lets one do is the page's own matter."""

NAMES = {"nb": "Norsk", "en": "English"}


@dataclass(frozen=True, slots=True)
class Tab:
    label: Any
    address: str
    current: bool


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the programme and the same page in it."""

    code: str
    name: str
    address: str
    current: bool


def house(request: HttpRequest) -> dict[str, Any]:
    """The context processor of `settings.TEMPLATES`. What costs a query is asked for by the page only."""
    present = programme.current()
    return {
        "programme": present,
        "language": reader(),
        "languages": [_language(code, request) for code in present.languages],
        "theme_address": theme.address(),
        "portal_tabs": partial(portal_tabs, request),
        "desk_tabs": partial(desk_tabs, request),
        "own_tabs": partial(own_tabs, request),
        "reference": reference_of(request),
        "demo": settings.DEMO,
        "demo_today": clock.today(present.timezone) if settings.DEMO else None,
    }


def portal_tabs(request: HttpRequest) -> list[Tab]:
    """The tabs of the black bar (B1)."""
    return [_tab(request, name, label) for name, label in PORTAL_TABS]


def desk_tabs(request: HttpRequest) -> list[Tab]:
    """The tabs that the signed-in member of staff has a role for (E4)."""
    roles = roles_of(request.user)
    return [_tab(request, name, label) for name, label, seers in DESK_TABS if roles & seers]


def own_tabs(request: HttpRequest) -> list[Tab]:
    """On pages that are open to everybody: the tabs of the face that the signed-in person comes from."""
    return desk_tabs(request) or portal_tabs(request)


def _tab(request: HttpRequest, name: str, label: Any) -> Tab:
    """A page belongs to the tab that its address begins with."""
    address = reverse(name)
    return Tab(label, address, request.path.startswith(address))


def _language(code: str, request: HttpRequest) -> Language:
    current = reader()
    path = request.get_full_path()
    if path.startswith(f"/{current}/"):
        address = f"/{code}/{path.removeprefix(f'/{current}/')}"
    else:
        # Not one of the addresses that begin with a language: see `middleware.chosen_language`.
        address = f"{request.path}?language={code}"
    name = NAMES.get(code) or get_language_info(code)["name_local"].capitalize()
    return Language(code, name, address, code == current)
