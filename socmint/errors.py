"""The one error that a user is meant to read."""


class CourseError(Exception):
    """Something a user can put right. The message is one sentence that says how.

    In a notebook it shows as that sentence alone, without a traceback.

    Example:
        >>> raise CourseError("There is no topic 'netwoks'. Did you mean 'networks'?")
        Traceback (most recent call last):
        ...
        socmint.errors.CourseError: There is no topic 'netwoks'. Did you mean 'networks'?
    """

    def _render_traceback_(self) -> list[str]:
        return [f"Please look: {self}"]
