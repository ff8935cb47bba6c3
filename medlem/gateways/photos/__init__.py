"""What a picture says of the camera and the lens that took it, from the first part of its file (B5).

`read` takes the parts of a file that have arrived, and gives what they say, or which parts it takes instead.
It never reads where a picture was taken.
"""

from .containers import UnknownKind
from .parts import NeedsMore, Parts, Ranges
from .reading import Doubt, PhotoReading, Seen, read

__all__ = ["Doubt", "NeedsMore", "Parts", "PhotoReading", "Ranges", "Seen", "UnknownKind", "read"]
