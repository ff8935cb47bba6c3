"""Every row of the house, for tests of what changes nothing."""

from __future__ import annotations

from typing import Any

from django.apps import apps


def rows() -> dict[str, list[dict[str, Any]]]:
    """By model: all that is written, in the order of the keys."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("medlem.")]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in ours}
