"""A batch of pictures: confirming all that was seen in them with one press, and what became of it (B5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from medlem.accounts.models import Account
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.memberships.queries import points_of
from medlem.products import photos as photographing
from medlem.products.models import PhotoBatch, Product, ProductModel
from medlem.products.photo_queries import findings_in, known, own_pieces, photo_batch_of, registered_from
from medlem.products.photos import PiecesRefused
from medlem.products.queries import ProductRow, dealers_of
from medlem.products.sightings import Findings, SeenPiece, pieces_in
from medlem.programme import current
from medlem.web.access import MemberRequest, member
from medlem.web.portal.details import named
from medlem.web.portal.photo_forms import PieceForm, PurchaseForm
from medlem.web.portal.photo_words import doubts_in_words, pictures_in_words, trouble_in_words

type Pictures = Sequence[tuple[str, Findings]]


@dataclass(frozen=True, slots=True)
class Row:
    """A piece that can be taken, with its form and what to say of it."""

    form: PieceForm
    pictures: str
    doubts: list[str]

    @property
    def piece(self) -> SeenPiece:
        return self.form.piece


@dataclass(frozen=True, slots=True)
class Other:
    """A piece that cannot be taken: the account has it (`own`), or the catalogue does not."""

    piece: SeenPiece
    pictures: str
    own: Product | None


@dataclass(frozen=True, slots=True)
class Trouble:
    """A picture that told nothing, and why."""

    filename: str
    words: str


@dataclass(frozen=True, slots=True)
class Became:
    """A piece of a confirmed batch, and the product that it is now; none where it was left out."""

    piece: SeenPiece
    name: str
    row: ProductRow | None
    missing: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen in a batch, as its page shows it."""

    rows: list[Row]
    others: list[Other]

    @property
    def known(self) -> list[Row]:
        return [row for row in self.rows if not row.form.unknown]

    @property
    def unknown(self) -> list[Row]:
        """What the catalogue has no model for, each to be taken by choosing one."""
        return [row for row in self.rows if row.form.unknown]

    @property
    def forms(self) -> list[PieceForm]:
        return [row.form for row in self.rows]


@member
def photo_batch(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """All that was seen in a batch of pictures, to be confirmed at once; when it was, what became of it."""
    found = photo_batch_of(request.account, public_id)
    if found is None:
        raise Http404
    models = {model.pk: model for model in ProductModel.objects.all()}
    catalogue, pictures = known(models.values()), findings_in(found)
    pieces = pieces_in(pictures, catalogue)
    if found.confirmed_at:
        return _done(request, found, pieces, models)
    data = request.POST if request.method == "POST" else None
    seen = _seen(request.account, pieces, data, models=models, names=catalogue.names)
    purchase = PurchaseForm(data, initial={"purchase_country": request.account.country}, today=_today())
    if data is not None and _confirmed(request, found, seen.forms, purchase):
        return redirect("portal:photo_batch", public_id)
    context = {
        "batch": found,
        "seen": seen,
        "purchase": purchase,
        "mistaken": [form for form in seen.forms if form.errors],
        "troubles": _troubles(pictures),
        "pictures": len(pictures),
        "models": sorted(model.name for model in models.values()),
        "dealers": dealers_of(request.account),
    }
    mistakes = bool(purchase.errors or context["mistaken"])
    return render(request, "portal/photo_batch.html", context, status=422 if mistakes else 200)


def _confirmed(
    request: MemberRequest, found: PhotoBatch, forms: Sequence[PieceForm], purchase: PurchaseForm
) -> bool:
    """Confirms the batch, or puts what is wrong where it belongs: at a piece, or at the details of all."""
    if [form for form in [*forms, purchase] if not form.is_valid()]:
        return False
    try:
        photographing.confirm(
            batch=found,
            chosen=[form.chosen() for form in forms if form.taken],
            purchase=purchase.details(),
            by=request.user.as_member,
            now=clock.now(),
        )
    except PiecesRefused as error:
        purchase.refuse(error)
        for form in forms:
            if refused := error.pieces.get(form.piece.key):
                form.refuse(refused)
    except Refused as error:
        purchase.refuse(error)
    else:
        return True
    return False


def _seen(
    account: Account,
    pieces: Sequence[SeenPiece],
    data: Mapping[str, Any] | None,
    *,
    models: Mapping[int, ProductModel],
    names: Mapping[str, int],
) -> Seen:
    own = own_pieces(account, pieces)
    rows, others = [], []
    for piece in pieces:
        said = pictures_in_words(piece)
        if piece.ours and piece.key not in own:
            form = PieceForm(data, piece=piece, models=models, names=names)
            rows.append(Row(form, said, doubts_in_words(piece)))
        else:
            others.append(Other(piece, said, own.get(piece.key)))
    return Seen(rows, others)


def _troubles(pictures: Pictures) -> list[Trouble]:
    return [
        Trouble(filename, trouble_in_words(findings.trouble))
        for filename, findings in pictures
        if findings.trouble
    ]


def _done(
    request: MemberRequest,
    found: PhotoBatch,
    pieces: Iterable[SeenPiece],
    models: Mapping[int, ProductModel],
) -> HttpResponse:
    """What became of each piece: complete with its points, incomplete with what is missing, or left out."""
    ours = [piece for piece in pieces if piece.ours]
    became = registered_from(found, ours, account=request.account, today=_today())
    rows = [_became(piece, became.get(piece.key), models) for piece in ours]
    context = {
        "batch": found,
        "rows": sorted(rows, key=lambda each: each.row is None),
        "registered": len(became),
        "points": points_of(request.account),
    }
    return render(request, "portal/photo_batch_done.html", context)


def _became(piece: SeenPiece, row: ProductRow | None, models: Mapping[int, ProductModel]) -> Became:
    model = row.product.model if row else models.get(piece.model_id or 0)
    return Became(piece, model.name if model else piece.name, row, named(row.missing) if row else "")


def _today() -> date:
    return clock.today(current().timezone)
