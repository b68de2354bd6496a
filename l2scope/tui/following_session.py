"""A capture whose end is not known: a file that is still written, or standard input."""

from l2scope.tui.places import PACKETS
from l2scope.tui.session import Asked, Growing, Session


class FollowingSession(Session):
    """Shows what comes while it comes. to_the_end: the packet list stays at the end as long as the cursor is there."""

    endless = True
    first_screen = PACKETS

    def __init__(self, loading: Growing, to_the_end: bool, asked: Asked | None = None) -> None:
        super().__init__(loading, asked)
        self.follows = to_the_end

    @property
    def reading(self) -> str:
        """That more may come."""
        return "" if self.complete else "following"
