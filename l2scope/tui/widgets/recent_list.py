"""The files that were opened last, as rows of a table."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from l2scope.text import printable
from l2scope.tui.theme import Tone
from l2scope.tui.user import Recent
from l2scope.tui.widgets.table_row import Cell, Column, plain

COLUMNS = (
    Column("File", 28),
    Column("Opened", 16, rank=2),
    Column("Folder", 20, rank=1, elastic=True),
)


class RecentRows:
    """Name, folder and time of each."""

    def __init__(self, recent: Sequence[Recent]) -> None:
        self.recent = list(recent)

    @property
    def count(self) -> int:
        """Files there are."""
        return len(self.recent)

    def columns(self, width: int) -> Sequence[Column]:
        """The name has a third of the line."""
        return (Column("File", max(28, width // 3)), *COLUMNS[1:])

    def cells(self, row: int) -> Sequence[Cell]:
        """The name stands out."""
        recent = self.recent[row]
        name = recent.path.name if recent.member is None else f"{recent.path.name} › {recent.member}"
        return (
            plain(printable(name), Tone.STRONG),
            plain(_when(recent.opened), Tone.DIM),
            plain(printable(_from_home(recent.path.parent)), Tone.DIM),
        )

    def gutter(self, row: int) -> tuple[str, Tone]:
        """Nothing."""
        return " ", Tone.DIM


def _when(seconds: float) -> str:
    """A point of local time; nothing for one that no clock shows."""
    try:
        return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M") if seconds > 0 else ""
    except (ValueError, OverflowError, OSError):
        return ""


def _from_home(folder: Path) -> str:
    home = Path.home()
    return str(Path("~", folder.relative_to(home))) if folder.is_relative_to(home) else str(folder)
