"""The programme's own colour, as a stylesheet: `/theme.css?v=<hash>`, kept by browsers for a year.

Everything else about how pages look is the same for every programme and stands in `static/css`.
"""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from medlem import programme

YEAR = 365 * 24 * 3600


@require_safe
def theme_css(request: HttpRequest) -> HttpResponse:
    """The stylesheet; an address of another version (an old page, a new programme) is not kept."""
    css = stylesheet()
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    kept = request.GET.get("v") == _version(css)
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable" if kept else "no-cache"
    return response


def address() -> str:
    """Where the stylesheet of the present programme file stands."""
    return f"{reverse('theme')}?v={_version(stylesheet())}"


def stylesheet() -> str:
    accent = programme.current().brand.accent
    return f"@layer tokens{{:root{{--accent:light-dark({accent.light},{accent.dark})}}}}\n"


def _version(css: str) -> str:
    return hashlib.sha256(css.encode()).hexdigest()[:12]
