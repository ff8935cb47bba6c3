"""Bar codes in the picture of a box, however it is turned (B5).

`read` gives the text of each code as it is printed; which is the model and which the piece, the domain knows.
"""

from .reading import Code, Symbology, UnreadablePicture, kind_of, read

__all__ = ["Code", "Symbology", "UnreadablePicture", "kind_of", "read"]
