"""Why a table cannot be read."""


class NotReadable(ValueError):
    """It is no table of the kind that it says to be; the message is for logs and the command line."""


class TooLarge(NotReadable):
    """It has more in it than the caller takes."""
