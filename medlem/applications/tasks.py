"""What the queue does for applications; the tick would do the same a minute later."""

from django.tasks import task

from medlem.applications import actions
from medlem.core import clock


@task()
def check_application(application_id: int) -> None:
    actions.check(application_id=application_id, now=clock.now())
