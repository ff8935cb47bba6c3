"""What the queue does for applications; the tick would do the same a minute later."""

from django.tasks import task

from medlem.applications import checking, reading
from medlem.core import clock


@task()
def check_application(application_id: int) -> None:
    checking.check(application_id=application_id, now=clock.now())


@task()
def read_evidence(evidence_id: int) -> None:
    reading.read(evidence_id=evidence_id, now=clock.now())
