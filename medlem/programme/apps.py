from django.apps import AppConfig

from medlem.programme import ProgrammeError, current


class ProgrammeConfig(AppConfig):
    name = "medlem.programme"

    def ready(self) -> None:
        """Refuses to start with a wrong programme file, and says what to put right."""
        try:
            current()
        except ProgrammeError as error:
            raise SystemExit(f"The programme file has to be put right first:\n{error}") from None
