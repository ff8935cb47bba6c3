"""The register's bulk download of the invented businesses, as it is downloaded: JSON or CSV, gzipped or not."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from medlem.commands.simulated.businesses import BUSINESSES, State, answer_about

COLUMNS = (
    "organisasjonsnummer",
    "navn",
    "organisasjonsform.kode",
    "organisasjonsform.beskrivelse",
    "hjemmeside",
    "postadresse.adresse",
    "postadresse.poststed",
    "postadresse.postnummer",
    "postadresse.landkode",
    "forretningsadresse.adresse",
    "forretningsadresse.poststed",
    "forretningsadresse.postnummer",
    "forretningsadresse.landkode",
    "registreringsdatoenhetsregisteret",
    "registrertIMvaRegisteret",  # spelt otherwise in the JSON
    "konkurs",
    "underAvvikling",
    "underTvangsavviklingEllerTvangsopplosning",
)


def entries(*, places_of_work: bool = False) -> list[dict[str, Any]]:
    """What the download holds: the register leaves out what was deleted."""
    gone = {State.DELETED, State.GONE}
    return [
        answer_about(business)
        for business in BUSINESSES
        if business.state not in gone and bool(business.parent) == places_of_work
    ]


def as_json(found: Iterable[dict[str, Any]]) -> bytes:
    return json.dumps(list(found), ensure_ascii=False, indent=1).encode()


def as_csv(found: Iterable[dict[str, Any]], *, delimiter: str = ",") -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    rows.writerow(COLUMNS)
    for each in found:
        rows.writerow([_cell(each, column) for column in COLUMNS])
    return text.getvalue().encode()


def _cell(entry: dict[str, Any], column: str) -> str:
    value: Any = entry
    for part in column.replace("registrertIMvaRegisteret", "registrertIMvaregisteret").split("."):
        value = (value or {}).get(part)
    if isinstance(value, list):
        return "\n".join(value)
    return str(value).lower() if isinstance(value, bool) else value or ""


def download(path: Path, content: bytes, *, at: datetime | None = None) -> Path:
    """Writes a download, gzipped where its name says so, as if it had been downloaded at that moment."""
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    if at:
        os.utime(path, (at.timestamp(), at.timestamp()))
    return path
