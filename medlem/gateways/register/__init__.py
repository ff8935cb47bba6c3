"""The register of business entities: who stands behind an organisation number (A2, A7).

Called while the applicant types and by the checks of a sent application. The register being down is
an answer like any other (`RegisterUnavailable`) and never stops a form.
"""

from .brreg import BrregRegister, contact_of, entity_of
from .bulk import RefusedEntry, WrongFile, read_bulk
from .entity import NotInRegister, RegisterContact, RegisterEntity, RegisterHit, RegisterUnavailable

__all__ = [
    "BrregRegister",
    "NotInRegister",
    "RefusedEntry",
    "RegisterContact",
    "RegisterEntity",
    "RegisterHit",
    "RegisterUnavailable",
    "WrongFile",
    "contact_of",
    "entity_of",
    "read_bulk",
]
