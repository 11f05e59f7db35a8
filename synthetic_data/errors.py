"""The one error of this package that a user is meant to read."""


class WorldError(ValueError):
    """A scenario or a world folder that cannot be used. The message says which file and why.

    Example:
        >>> raise WorldError("scenario 'harbor' does not exist; there are: harbour, village")
        Traceback (most recent call last):
        ...
        synthetic_data.errors.WorldError: scenario 'harbor' does not exist; there are: harbour, village
    """  # noqa: E501
