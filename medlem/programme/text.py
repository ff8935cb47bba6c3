"""`Text`: words of the programme's owner in every language of the programme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import (
    ConfigDict,
    RootModel,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

Location = tuple[str | int, ...]


class Text(RootModel[dict[str, str]]):
    """A text by language: `{nb = "Sølv", en = "Silver"}` in the programme file.

    Every language of the programme has to be there, and no other. The programme's languages come as
    the validation context `{"languages": (default, …)}`; a text made without one is taken as it is.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    def in_(self, language: str) -> str:
        """The text in `language`, or in the programme's default language where it has none."""
        return self.root.get(language) or next(iter(self.root.values()))

    @field_validator("root")
    @classmethod
    def _complete(cls, root: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        languages: Sequence[str] = (info.context or {}).get("languages") or tuple(root)
        wrong: list[tuple[Location, str]] = [
            ((language,), "is no language of the programme") for language in root if language not in languages
        ]
        for language in languages:
            if not root.get(language, "").strip():
                wrong.append(((language,), f"the text in this language ({language}) is missing"))
        refuse(wrong, root)
        return {language: root[language] for language in languages}


def refuse(wrong: list[tuple[Location, str]], value: Any) -> None:
    """Raises all of `wrong` (where, why) as one ValidationError; nothing when there is none.

    Inside a validator pydantic puts the place of the validated field before each location.
    """
    if wrong:
        raise ValidationError.from_exception_data(
            "Programme",
            [
                InitErrorDetails(
                    # Braces are pydantic's placeholders; the reasons are ready sentences.
                    type=PydanticCustomError("programme", "{reason}", {"reason": reason}),
                    loc=location,
                    input=value,
                )
                for location, reason in wrong
            ],
        )
