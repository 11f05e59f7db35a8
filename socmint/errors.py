"""The one error that a user is meant to read."""


class CourseError(Exception):
    """Something a user can put right. The message is one sentence that says how.

    Example:
        >>> raise CourseError("There is no topic 'netwoks'. Did you mean 'networks'?")
        Traceback (most recent call last):
        ...
        socmint.errors.CourseError: There is no topic 'netwoks'. Did you mean 'networks'?
    """
