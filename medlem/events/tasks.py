"""What the queue does for the outbox; the tick would do the same a minute later."""

from django.tasks import task

from medlem.core import clock
from medlem.events import actions


@task()
def send_mail(mail_id: int) -> None:
    actions.send(mail_id=mail_id, now=clock.now())
