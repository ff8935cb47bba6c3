"""What was found in the documents of an application, in plain words for the applicant (A4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from medlem.applications.facts import DocumentKind
from medlem.applications.found import usual_vat_number
from medlem.applications.models import Application, Evidence
from medlem.applications.status import Reading
from medlem.web.papers import FLAWS, looks_like
from medlem.web.templatetags.medlem import day, file_size


@dataclass(frozen=True, slots=True)
class Finding:
    """One line under a file: `state` is found, missing or unclear."""

    state: str
    text: str


@dataclass(frozen=True, slots=True)
class File:
    """A document as the page shows it; `remove` is the address that takes it out."""

    document: Evidence
    size: str
    findings: list[Finding]
    remove: str


def files_of(
    application: Application, documents: Iterable[Evidence], *, remove: Callable[[Evidence], str]
) -> list[File]:
    """Documents with what was found in each."""
    return [
        File(document, file_size(document.size), findings_of(document, application), remove(document))
        for document in documents
    ]


def findings_of(document: Evidence, application: Application) -> list[Finding]:
    """What A3 asks for, found or not, and on which page: VAT number and name, or name and address where there
    is no VAT; what kind of document it looks like; and what makes it hard to read."""
    found = document.findings
    if document.reading == Reading.WAITING:
        return [Finding("reading", _("Being read"))]
    if found is None:
        return [Finding("unclear", _("We cannot read this by ourselves. A person looks at it."))]
    many = document.pages > 1
    first = _vat_number(found, application, many) if application.vat_registered else _address(found, many)
    lines = [first, _name(found, application, many)]
    if found["name"] is None and found["other_numbers"]:
        number = _line(found["other_numbers"][0]["text"])
        lines.append(
            Finding("missing", _("It shows another number, %(number)s. Is it yours?") % {"number": number})
        )
    if found["legible"] is False:
        return [Finding("missing", str(FLAWS[found["flaw"]])), *lines]
    is_known = found["kind"] != DocumentKind.UNKNOWN
    return [Finding("found" if is_known else "unclear", looks_like(found, day(found["dated_on"]))), *lines]


def heard(files: Iterable[File], errors: Iterable[Any]) -> str:
    """The newest document and what was found in it, in one sentence to be spoken."""
    said = [str(error) for error in errors]
    newest = list(files)[-1:] if not said else []
    for file in newest:
        said.append(f"{file.document.filename}: " + " ".join(line.text for line in file.findings))
    return " ".join(said)


def _vat_number(found: dict[str, Any], application: Application, many: bool) -> Finding:
    if found["vat_number"]:
        return _there(
            found["vat_number"],
            _("VAT number found on page %(page)s: %(text)s") if many else _("VAT number found: %(text)s"),
        )
    if found["number"] and usual_vat_number(application):
        return Finding(
            "missing",
            _("The number is there, but not as a VAT number. On Norwegian papers MVA stands behind it."),
        )
    return Finding(
        "missing", _("We could not find the VAT number. Is the right document here, and all of it?")
    )


def _name(found: dict[str, Any], application: Application, many: bool) -> Finding:
    if found["name"]:
        return _there(
            found["name"],
            _("Business name found on page %(page)s: %(text)s")
            if many
            else _("Business name found: %(text)s"),
        )
    return Finding("missing", _("We could not find the name %(name)s.") % {"name": application.business_name})


def _address(found: dict[str, Any], many: bool) -> Finding:
    if found["address"]:
        return _there(
            found["address"],
            _("Address found on page %(page)s: %(text)s") if many else _("Address found: %(text)s"),
        )
    return Finding("missing", _("We could not find the address. Is it the one that you gave in step 1?"))


def _there(found: dict[str, Any], sentence: str) -> Finding:
    return Finding("found", sentence % {"text": _line(found["text"]), "page": found["page"]})


def _line(text: str) -> str:
    """What is printed over several lines, in one; a long one is cut."""
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:79]}…"
