"""What the queue does for accounts."""

from django.tasks import task

from medlem.accounts import actions
from medlem.core import clock


@task()
def mail_password_link(email: str) -> None:
    actions.request_password(email=email, now=clock.now())
