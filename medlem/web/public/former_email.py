"""Proving a former address by the link that was mailed to it (A5)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from medlem.accounts.queries import account_of
from medlem.core import clock
from medlem.events.actors import Actor
from medlem.products.former import claim_by_link, taken_among
from medlem.products.migration import TAKEN, ClaimedElsewhere, confirm_former_email
from medlem.products.models import LegacyClaim
from medlem.products.status import ClaimStatus
from medlem.web.public.private import private


@private
def former_email(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link shows a button; pressing it confirms. Programs that look into mails open links too."""
    claim = claim_by_link(token)
    if claim is None:
        raise Http404
    values = {"claim": claim, "is_confirmed": claim.status == ClaimStatus.CONFIRMED}
    if taken_among([claim]):
        return render(request, "public/former_email.html", {**values, "refused": TAKEN}, status=409)
    if request.method != "POST":
        return render(request, "public/former_email.html", values)
    try:
        confirm_former_email(claim=claim, reason="", by=_reader(request, claim), now=clock.now())
    except ClaimedElsewhere as error:
        return render(request, "public/former_email.html", {**values, "refused": error}, status=409)
    return redirect("public:former_email", token=token)


def _reader(request: HttpRequest, claim: LegacyClaim) -> Actor:
    """Whoever reads the former mailbox: the signed-in member, or somebody of the business who is not."""
    if account_of(request.user) == claim.account:
        return request.user.as_member  # type: ignore[union-attr]
    return Actor("member")
