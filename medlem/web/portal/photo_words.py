"""What the pages of pictures say: why a number is doubtful, where a piece was seen, what was wrong with a picture."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from medlem.gateways.photos import Doubt
from medlem.products.sightings import Kind, SeenPiece, Trouble, Unsure
from medlem.web.templatetags.medlem import day, number

NAMED = 3
"""How many pictures are named; of the others the page says how many they are."""

DOUBTS = {
    Doubt.ZEROS: gettext_lazy(
        "The camera wrote zeros instead of a serial number. Type the number that stands on the product."
    ),
    Doubt.INTERNAL: gettext_lazy(
        "The picture only has %(inside)s, a number inside the product. Type the one that stands on it."
    ),
    Doubt.PREFIXED: gettext_lazy(
        "The camera wrote “No=” before this number, which need not be the one that stands on it. Compare them."
    ),
    Doubt.REWRITTEN: gettext_lazy(
        "A program that edited the picture wrote this number and may have dropped zeros before it. Compare it."
    ),
    Doubt.DIFFERENT: gettext_lazy(
        "The picture has more than one number. Compare this one with the one on the product."
    ),
    Doubt.BY_NUMBER: gettext_lazy(
        "The camera gave a number for the kind of lens, which lenses of other makers use too. Is it this model?"
    ),
    Unsure.NO_SERIAL: gettext_lazy(
        "No serial number was found. Type the one that stands on the product, or add it later."
    ),
    Unsure.SEVERAL: gettext_lazy(
        "Several codes on the box could be the serial number: %(candidates)s. Choose the one after “S/N”."
    ),
    Unsure.UNUSUAL: gettext_lazy(
        "Serial numbers of this model usually look different. Compare it once more."
    ),
    Unsure.NO_MODEL: gettext_lazy(
        "We do not know “%(name)s”. If the catalogue has it under another name, choose that."
    ),
}

TROUBLES = {
    Trouble.NO_CAMERA: gettext_lazy(
        "This picture carries no camera data: perhaps it was edited or sent through a messenger. "
        "Take the file as it came from the camera."
    ),
    Trouble.NO_CODE: gettext_lazy(
        "No bar code of a product was found. Photograph it closer, sharp and without reflections."
    ),
    Trouble.NO_PICTURE: gettext_lazy("This is not a kind of picture that we can read."),
    Trouble.UNREADABLE: gettext_lazy(
        "This picture could not be opened, or is too large. Photograph it again."
    ),
}


def doubts_in_words(piece: SeenPiece) -> list[str]:
    """Why somebody should look at this piece once more."""
    values = {
        "inside": piece.inside or "–",
        "candidates": ", ".join(piece.candidates),
        "name": piece.name,
    }
    return [str(DOUBTS[_known(doubt)]) % values for doubt in piece.doubts]


def _known(doubt: str) -> Doubt | Unsure:
    return Doubt(doubt) if doubt in {each.value for each in Doubt} else Unsure(doubt)


def trouble_in_words(trouble: Trouble) -> str:
    return str(TROUBLES[trouble])


def pictures_in_words(piece: SeenPiece) -> str:
    """`On the box in IMG_1.jpg`, or `In IMG_1.jpg and 7 more pictures; the earliest is of 12 Mar 2023`."""
    names = ", ".join(piece.filenames[:NAMED])
    more = len(piece.filenames) - NAMED
    if more > 0:
        names = ngettext(
            "%(names)s and %(more)s more picture", "%(names)s and %(more)s more pictures", more
        ) % {"names": names, "more": number(more)}
    if piece.kind is Kind.BOX:
        return _("On the box in %(pictures)s") % {"pictures": names}
    if piece.earliest_on is None:
        return _("In %(pictures)s") % {"pictures": names}
    return _("In %(pictures)s; the earliest is of %(day)s") % {
        "pictures": names,
        "day": day(piece.earliest_on),
    }
