"""`medlem worker`: takes tasks from the queue as they come and runs the tick every minute."""

from __future__ import annotations

import argparse
import signal
import threading
import time
from types import FrameType

import structlog

log = structlog.get_logger(__name__)
BETWEEN_TICKS = 60.0


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--interval", type=float, default=0.5, help="seconds between looks at the queue")


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    stop = threading.Event()

    def stop_after_this(signum: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, stop_after_this)
    signal.signal(signal.SIGINT, stop_after_this)
    work(stop, interval=options.interval)
    return 0


def work(stop: threading.Event, *, interval: float) -> None:
    """Works until `stop` is set; what is under way is finished first. The database being away is waited out."""
    from django.db import Error, close_old_connections

    next_tick = 0.0
    while not stop.is_set():
        try:
            close_old_connections()
            _empty_queue()
            if time.monotonic() >= next_tick:
                next_tick = time.monotonic() + BETWEEN_TICKS
                _tick()
        except Error:
            log.exception("the database did not answer; trying again")
            stop.wait(5)
        stop.wait(interval)


def _empty_queue() -> None:
    from django_tasks_db.management.commands.db_worker import Worker

    Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"medlem-{threading.get_native_id()}",
        excluded_queue_names=[],
    ).run()


def _tick() -> None:
    from medlem.commands.tick import tick
    from medlem.core import clock

    tick(now=clock.now())
