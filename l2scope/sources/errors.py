"""What a source says when it cannot read on."""


class CaptureError(Exception):
    """The file cannot be opened as a capture. The message is one line for the user: what, where, and what to do."""
