"""What every table of the programme file has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of the file: nothing may be missing, misspelt, of another type, or changed later."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
