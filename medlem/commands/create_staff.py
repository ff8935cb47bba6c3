"""`medlem create-staff EMAIL --role …`: gives somebody a role at the manufacturer and mails a password link."""

from __future__ import annotations

import argparse
import sys


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email")
    parser.add_argument(
        "--role", required=True, choices=["validator", "support", "finance", "manager", "admin"]
    )
    parser.add_argument("--first-name", default="")
    parser.add_argument("--last-name", default="")
    parser.add_argument("--language", default="nb", choices=["nb", "en"])


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from medlem.accounts.actions import create_staff
    from medlem.core import clock
    from medlem.events.actors import SYSTEM

    try:
        validate_email(options.email)
    except ValidationError:
        print(f"{options.email!r} is no e-mail address", file=sys.stderr)
        return 1
    user = create_staff(
        email=options.email,
        role=options.role,
        first_name=options.first_name or options.email.split("@")[0],
        last_name=options.last_name,
        language=options.language,
        by=SYSTEM,
        now=clock.now(),
    )
    print(f"{user.email} is {options.role}; a new person is mailed a link to set a password")
    return 0
