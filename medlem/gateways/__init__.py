"""One folder for each outside system: bytes or calls in, plain frozen dataclasses out.

A gateway knows `core` and its library, never the domain; the domain calls it and decides what the
answer means. What it needs to know of an installation is handed to it.
"""
