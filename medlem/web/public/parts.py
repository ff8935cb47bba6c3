"""Answering a script with the part of a page that changes, and with the sentence that says so aloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def part_of(
    request: HttpRequest, template: str, values: Mapping[str, Any], *, part: str, heard: str
) -> HttpResponse:
    """The partial `part` of a template; `heard` goes to the line that screen readers speak (`_heard.html`)."""
    html = render_to_string(f"{template}#{part}", dict(values), request)
    return HttpResponse(html + render_to_string("public/_heard.html", {"heard": heard, "is_part": True}))
