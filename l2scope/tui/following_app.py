"""The screens over a capture whose end is not known: a file that is still written, or standard input."""

from l2scope.tui.app import Growing, ScopeApp
from l2scope.tui.places import PACKETS


class FollowingApp(ScopeApp):
    """Shows what comes while it comes. to_the_end: the packet list stays at the end as long as the cursor is there."""

    endless = True
    first_screen = PACKETS

    def __init__(self, loading: Growing, to_the_end: bool) -> None:
        super().__init__(loading)
        self.follows = to_the_end

    @property
    def progress(self) -> float:
        """There is nothing that it could be a share of."""
        return 1.0

    @property
    def reading(self) -> str:
        """That more may come."""
        return "" if self.complete else "following"
