"""Where the user was: every jump leaves a place to come back to."""

from dataclasses import dataclass

MOST_PLACES = 200
OVERVIEW = "overview"
PACKETS = "packets"


@dataclass(frozen=True, slots=True)
class Place:
    """A place on a screen: a packet; a channel, with its direction and the moment under the graph's cursor; an item."""

    screen: str
    packet: int = 0
    channel: int = -1
    direction: str = ""
    moment: int = 0
    item: int = -1


class Places:
    """The places left behind, and those left by going back."""

    def __init__(self) -> None:
        self._behind: list[Place] = []
        self._ahead: list[Place] = []

    def leave(self, place: Place) -> None:
        """A jump goes away from here."""
        if not self._behind or self._behind[-1] != place:
            self._behind.append(place)
            del self._behind[:-MOST_PLACES]
        self._ahead.clear()

    def back(self, here: Place) -> Place | None:
        """The last place that is not here, None when there is none."""
        return self._between(self._behind, self._ahead, here)

    def forward(self, here: Place) -> Place | None:
        """The place that going back left."""
        return self._between(self._ahead, self._behind, here)

    def last_on(self, screen: str, here: Place) -> Place | None:
        """The last place of a screen that was left and is not here."""
        return next((place for place in reversed(self._behind) if place.screen == screen and place != here), None)

    def _between(self, source: list[Place], target: list[Place], here: Place) -> Place | None:
        while source:
            place = source.pop()
            if place != here:
                target.append(here)
                return place
        return None
