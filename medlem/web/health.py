"""`/healthz`: the process lives. `/readyz`: the database answers and the queue is not stuck."""

from __future__ import annotations

from datetime import timedelta

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from medlem.core import clock
from medlem.events.models import Mail

STUCK = timedelta(minutes=15)


def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"alive": True})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when all is well, 503 with what is not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        late = clock.now() - STUCK
        waiting = Mail.objects.filter(sent_at=None, given_up_at=None, try_at__lt=late).count()
    except DatabaseError:
        return JsonResponse({"database": False, "queue": None}, status=503)
    return JsonResponse({"database": True, "queue": waiting == 0}, status=200 if waiting == 0 else 503)
