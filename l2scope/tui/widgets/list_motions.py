"""The motions of a list, as in vim: by the line, by the page, to the ends, with and without selecting."""

from abc import abstractmethod


class ListMotions:
    """The actions of the scope `list` that move the cursor."""

    @property
    @abstractmethod
    def count(self) -> int:
        """Positions there are."""

    @property
    @abstractmethod
    def page(self) -> int:
        """Lines on the screen."""

    @abstractmethod
    def step(self, by: int, *, extend: bool = False) -> None:
        """Moves the cursor, and the end of the selection with it when extending."""

    @abstractmethod
    def turn(self, by: int) -> None:
        """Moves page and cursor together."""

    def action_down(self) -> None:
        """A row down."""
        self.step(1)

    def action_up(self) -> None:
        """A row up."""
        self.step(-1)

    def action_half_page_down(self) -> None:
        """Half a page down."""
        self.turn(max(1, self.page // 2))

    def action_half_page_up(self) -> None:
        """Half a page up."""
        self.turn(-max(1, self.page // 2))

    def action_page_down(self) -> None:
        """A page down."""
        self.turn(self.page)

    def action_page_up(self) -> None:
        """A page up."""
        self.turn(-self.page)

    def action_first(self) -> None:
        """The first row."""
        self.step(-self.count)

    def action_last(self) -> None:
        """The last row."""
        self.step(self.count)

    def action_extend_down(self) -> None:
        """Selects the next row too."""
        self.step(1, extend=True)

    def action_extend_up(self) -> None:
        """Selects the previous row too."""
        self.step(-1, extend=True)
