"""What the code on a membership card opens: whether the card is valid (C6). For staff at a desk or an event."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from medlem.core import clock
from medlem.memberships.queries import current_term, grace_to, membership_on_card
from medlem.memberships.status import MembershipStatus
from medlem.programme import current


def verify(request: HttpRequest, *, number: str, code: str) -> HttpResponse:
    """Valid or not, with level, business and last day. A code that is not ours finds nothing."""
    found = membership_on_card(number, code)
    today = clock.today(current().timezone)
    term = current_term(found, today) if found else None
    if found is None or term is None:
        raise Http404
    context = {
        "membership": found,
        "term": term,
        "level": current().level(term.level),
        # After the term the card counts in the days of grace (C7).
        "is_valid": found.status == MembershipStatus.ACTIVE and today <= grace_to(term),
        "grace_to": grace_to(term) if term.ends_on <= today else None,
    }
    return render(request, "public/verify.html", context)
