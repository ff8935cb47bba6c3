"""Invoices and credit notes as PDF (D3): archival (PDF/A-3a), accessible (PDF/UA-1), A4.

`render` prints an `InvoiceDocument`, in which everything is worded and formatted already: nothing
is calculated or translated here. In one installation the same document gives the same bytes.
"""

from .document import LABELS, Fact, InvoiceDocument, Line, Party, Payment, VatRow
from .render import render

__all__ = ["LABELS", "Fact", "InvoiceDocument", "Line", "Party", "Payment", "VatRow", "render"]
