"""Mistakes that the person running the study can put right."""


class StudyError(Exception):
    """What is wrong, where, what was found, and what would do.

    A stage prints the message without a traceback and ends with exit code 1.
    """
