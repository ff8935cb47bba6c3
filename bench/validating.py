"""The checks that look elsewhere, the queue and its figures, among a hundred thousand applications.

Half of the pictures are any, half are of a few layouts that many businesses use: their hashes share bands, and
some differ by a bit or two, as the invoices of one accounting program do.
"""

from __future__ import annotations

import random
import uuid
from datetime import timedelta

import house

house.build()

from medlem.applications import elsewhere  # noqa: E402
from medlem.applications.figures import report  # noqa: E402
from medlem.applications.models import Application, Decision, Evidence  # noqa: E402
from medlem.applications.queue import Filter, open_checks, queue, waiting  # noqa: E402
from medlem.applications.warning import warnings_due  # noqa: E402

COUNT, BATCH = 100_000, 5_000
chance = random.Random(1934)
layouts = [chance.getrandbits(64) for _ in range(20)]


def picture(n: int) -> str:
    value = chance.getrandbits(64)
    if n % 2:
        value = layouts[n % len(layouts)]
        for _ in range(chance.randrange(12)):
            value ^= 1 << chance.randrange(64)
    return f"{value:016x}"


def application(n: int) -> Application:
    sent = house.NOW - timedelta(minutes=20 * n)
    waits = n % 100 == 0
    return Application(
        number=str(n),
        status="validating" if waits else "declined",
        language="nb",
        country="NO",
        registration_number=str(300_000_000 + n),
        vat_number=f"{300_000_000 + n}MVA",
        business_name=f"Foto {n} AS",
        email=f"a@foto{n}.example",
        started_at=sent,
        saved_at=sent,
        declared_at=sent,
        sent_at=sent,
        answer_by_at=sent + timedelta(days=2),
    )


def document(n: int, of: Application) -> Evidence:
    words = " ".join(f"{chance.randrange(10**6):06d}" for _ in range(12))
    return Evidence(
        application=of,
        stored_as=str(n),
        filename="faktura.pdf",
        kind="pdf",
        size=1,
        pages=1,
        sha256=f"{n:064d}",
        picture_hash=picture(n),
        transcript=[{"page": 1, "text": words}],
        uploaded_at=house.NOW,
    )


def decision(of: Application) -> Decision:
    return Decision(
        application=of,
        verdict="declined",
        automatic=False,
        decided_by_id=uuid.UUID(int=1),
        reason="No.",
        at=of.sent_at + timedelta(hours=4),
        working_seconds=chance.randrange(200_000),
    )


for begin in range(0, COUNT, BATCH):
    made = Application.objects.bulk_create(application(n) for n in range(begin, begin + BATCH))
    Evidence.objects.bulk_create(document(begin + n, each) for n, each in enumerate(made))
    Decision.objects.bulk_create(decision(each) for each in made if each.status == "declined")

someone = uuid.UUID(int=1)
for name, at in (("any", 2), ("layout", 3)):
    one = Application.objects.get(number=str(at))
    documents = list(one.evidence.all())
    taken = house.median_ms(lambda one=one, documents=documents: elsewhere.like_one_of(one, documents))
    house.figure(f"applications.alike_{name}_100k_ms_p50", taken, "ms")
one = Application.objects.get(number="2")
house.figure(
    "applications.same_number_100k_ms_p50",
    house.median_ms(lambda: elsewhere.same_number_in(one, parent="")),
    "ms",
)


def page() -> None:
    rows = queue(Filter(), by=someone, now=house.NOW)[:50]
    waiting(by=someone, now=house.NOW)
    for row in rows:
        open_checks(row)


house.figure("applications.queue_100k_ms_p50", house.median_ms(page), "ms")
house.figure("applications.figures_100k_ms_p50", house.median_ms(lambda: report(house.NOW), times=5), "ms")
house.figure("applications.warnings_100k_ms_p50", house.median_ms(lambda: warnings_due(house.NOW)), "ms")
