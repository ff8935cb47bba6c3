"""The corpus of evidence through the whole pipeline: taken in, read, sent, checked, decided (A3, A4, A7).

Prints what became of each kind of document, names every one that surprised, and writes the figures: how many
honest Norwegian applications were approved without a person, how many wrong ones were (none may be), and how
long reading takes.
"""

from __future__ import annotations

import json
import resource
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

import house

house.build()

from django.test.utils import override_settings  # noqa: E402

from medlem.applications import actions, checking, evidence, reading  # noqa: E402
from medlem.applications.models import Application, Evidence  # noqa: E402
from medlem.applications.queries import latest_checks  # noqa: E402
from medlem.commands.simulated.register import simulated_register  # noqa: E402
from medlem.commands.simulated.vies import Trader, simulated_vies  # noqa: E402
from medlem.core.errors import Refused  # noqa: E402
from medlem.events.actors import APPLICANT  # noqa: E402
from medlem.gateways.documents.apart import ROOM  # noqa: E402
from tests import factories  # noqa: E402
from tests.corpus import SPECIMENS, Kind, Specimen  # noqa: E402

text_s: list[float] = []
read_s: list[float] = []


def registers(folder: Path) -> tuple[Trader, ...]:
    """What the registers know of the applicants; Germany's tells no names to VIES."""
    traders = []
    for specimen in SPECIMENS:
        it = specimen.applicant
        if it.country == "NO":
            status = ".410" if ("state", "gone") in specimen.register else ""
            (folder / f"{it.number}{status}.json").write_text(json.dumps(specimen.register_answer()))
        else:
            named = (
                (it.name, f"{it.street}\n{it.postcode} {it.place}") if it.country != "DE" else ("---", "---")
            )
            traders.append(Trader(it.country, it.vat_number[2:], *named))
    return tuple(traders)


def apply(specimen: Specimen, content: bytes) -> str:
    """What became of the application: refused (as a file), approved, or waiting for a person."""
    it = specimen.applicant
    answers = {
        "country": it.country,
        "registration_number": it.number,
        "business_name": it.name,
        "organisation_form": it.form,
        "street": it.street,
        "postcode": it.postcode,
        "place": it.place,
        "vat_registered": bool(it.vat_number),
        "vat_number": it.vat_number,
        "email": it.email,
        "invoice_email": it.email,
    }
    application = factories.draft(now=house.NOW, **answers)
    began = time.perf_counter()
    try:
        document = evidence.add(
            application=application, filename=specimen.filename, content=content, by=APPLICANT, now=house.NOW
        )
    except Refused:
        return "refused"
    taken = time.perf_counter() - began
    if document.reading == "waiting":
        read_s.extend(seconds_a_page(document))
    else:
        text_s.append(taken)
    actions.send(application=application, now=house.NOW)
    checked = checking.check(application_id=application.pk, now=house.NOW)
    return "approved" if checked.status == "approved" else "person"


def seconds_a_page(document: Evidence) -> list[float]:
    """Reads what waits, as the worker does; the first page of all also loads the reader."""
    taken = house.seconds(lambda: reading.read(evidence_id=document.pk, now=house.NOW))
    document.refresh_from_db()
    pages = sum(page.get("reader", "text") != "text" for page in document.transcript)
    return [taken / max(1, pages)] * pages


def surprise(specimen: Specimen, outcome: str) -> str:
    """The checks that were not passed, where something else came of it than ought to."""
    right = {"approved"} if specimen.kind is Kind.HONEST else {"person", "refused"}
    may_be_either = specimen.kind is Kind.ABROAD and outcome != "refused"
    if outcome in right or may_be_either:
        return ""
    last = Application.objects.latest("pk")
    failed = [f"{each.code}: {each.reason}" for each in latest_checks(last) if each.outcome != "passed"]
    return f"  ! {specimen.name} ({specimen.kind}): {outcome}; {', '.join(failed)}"


outcomes: dict[Kind, Counter[str]] = defaultdict(Counter)
with (
    tempfile.TemporaryDirectory() as folder,
    simulated_vies(registers(Path(folder))) as vies,
    simulated_register(Path(folder)) as register,
    override_settings(MEDLEM_REGISTER_URL=register, MEDLEM_VIES_URL=vies),
):
    for specimen in SPECIMENS:
        outcome = apply(specimen, specimen.content())
        outcomes[specimen.kind][outcome] += 1
        if words := surprise(specimen, outcome):
            print(words)

print(f"  {'':10}{'approved':>10}{'person':>10}{'refused':>10}")
for kind in Kind:
    row = outcomes[kind]
    print(f"  {kind:10}" + "".join(f"{row[each]:>10}" for each in ("approved", "person", "refused")))

honest = outcomes[Kind.HONEST] + outcomes[Kind.PUBLIC]
house.figure("applications.auto_approved_share", honest["approved"] / honest.total(), "")
house.figure(
    "applications.wrong_approvals", outcomes[Kind.WRONG]["approved"] + outcomes[Kind.HOSTILE]["approved"], ""
)
abroad = outcomes[Kind.ABROAD]
house.figure("applications.abroad_auto_approved_share", abroad["approved"] / abroad.total(), "")
house.figure("evidence.pdf_text_s_p50", sorted(text_s)[len(text_s) // 2], "s")
house.figure("evidence.ocr_page_s_p50", sorted(read_s)[len(read_s) // 2], "s")
ROOM.close()  # a process's peak is told once it has ended
peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
house.figure("evidence.peak_mb", sum(peaks) / 1024, "MB")
