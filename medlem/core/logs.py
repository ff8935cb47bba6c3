"""Structured logs on standard error: JSON lines in production, readable lines in demo.

Never given to a log: passwords, tokens, mail addresses, contents of documents. Addresses that carry a
signed token are shortened where requests are logged (`web/middleware.py`).
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

REQUEST_ID = "request_id"


def configure(*, plain: bool, level: str) -> None:
    """Sets up structlog and sends the standard library's records through the same formatting."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    final: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if plain:
        final += [
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
        ]
    else:
        # Without locals: a traceback's variables may hold passwords and tokens.
        traceback = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        final += [structlog.processors.ExceptionRenderer(traceback), structlog.processors.JSONRenderer()]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=final))
    root = logging.getLogger()
    for old in [h for h in root.handlers if getattr(h, "of_medlem", False)]:
        root.removeHandler(old)
    handler.of_medlem = True  # type: ignore[attr-defined]  # marks the handler that a second call replaces
    root.addHandler(handler)
    root.setLevel(level)
    for chatty in ("django.utils.autoreload", "httpx", "httpcore", "PIL", "django_tasks"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
    # Django logs each 4xx and 5xx itself; ours carries the reference, so one line is enough.
    logging.getLogger("django.request").setLevel("CRITICAL")
