"""What a source says when it cannot read on."""


class CaptureError(Exception):
    """The file cannot be opened as a capture. The message is one line for the user: what, where, and what to do."""

    def of(self, name: str) -> "CaptureError":
        """The same, saying of which file."""
        return CaptureError(f"{name}: {self}")

    @property
    def lines(self) -> list[str]:
        """The message as it is shown, where it lists what there is to choose from in lines of its own."""
        return [str(self)]
