"""Whether a VAT number is valid: VIES for the European Union, HMRC for the United Kingdom (A7).

Asked by the checks of a sent application, and while an applicant abroad gives the number. *Not valid* is an
answer; that nobody could be asked is none (`VatUnavailable`).
"""

from .answer import VatAnswer, VatUnavailable
from .hmrc import Hmrc
from .hmrc import answer_of as answer_of_hmrc
from .vies import Vies
from .vies import answer_of as answer_of_vies

__all__ = ["Hmrc", "VatAnswer", "VatUnavailable", "Vies", "answer_of_hmrc", "answer_of_vies"]
