"""Tables as people have them: CSV of any kind, what a spreadsheet puts on the clipboard, XLSX. Bytes in, rows out.

Both readers give rows one at a time with their line, and hold no more than they must: lists of a million
lines come here, and files that were made to fill a server's memory.
"""

from medlem.gateways.tables.errors import NotReadable, TooLarge
from medlem.gateways.tables.text import decoded, encoding_of, rows_of_text, separator_of
from medlem.gateways.tables.workbook import Cell, is_workbook, rows_of_workbook

__all__ = [
    "Cell",
    "NotReadable",
    "TooLarge",
    "decoded",
    "encoding_of",
    "is_workbook",
    "rows_of_text",
    "rows_of_workbook",
    "separator_of",
]
