"""How one gets from screen to screen: the packets lie at the bottom, at most one other screen is above them."""

from collections.abc import Callable
from typing import Any, ClassVar

from textual.screen import Screen

from l2scope.tui.key_map import KeyedApp
from l2scope.tui.places import OVERVIEW, PACKETS, Place
from l2scope.tui.screens.att import AttScreen
from l2scope.tui.screens.both_ends import BothEndsScreen
from l2scope.tui.screens.channels import ChannelsScreen
from l2scope.tui.screens.findings import FindingsScreen
from l2scope.tui.screens.follow import FollowScreen
from l2scope.tui.screens.gatt import GattScreen
from l2scope.tui.screens.help import HelpScreen
from l2scope.tui.screens.ladder import LadderScreen
from l2scope.tui.screens.overview import OverviewScreen
from l2scope.tui.screens.packets import PacketsScreen
from l2scope.tui.screens.scope_screen import ScopeScreen
from l2scope.tui.screens.second_opinion import SecondOpinionScreen
from l2scope.tui.screens.start import StartScreen
from l2scope.tui.screens.statistics import StatisticsScreen
from l2scope.tui.session import Session
from l2scope.tui.walk import Walk


class NavigatingApp(KeyedApp):
    """Every jump leaves a place to come back to."""

    SCREENS: ClassVar[dict[str, Callable[[], Screen[None]]]] = {
        OVERVIEW: OverviewScreen,
        "channels": ChannelsScreen,
        "findings": FindingsScreen,
        "ladder": LadderScreen,
        "both_ends": BothEndsScreen,
        "att": AttScreen,
        "gatt": GattScreen,
        "follow": FollowScreen,
        "second_opinion": SecondOpinionScreen,
        "statistics": StatisticsScreen,
    }

    shown: Session | None = None
    """The capture whose tab is seen; none on the start screen."""

    @property
    def session(self) -> Session:
        """The capture whose tab is seen, where one is."""
        assert self.shown is not None
        return self.shown

    def get_screen(self, screen: Any, screen_class: Any = None) -> Any:  # noqa: ANN401 - Textual overloads it
        """Each capture has screens of its own, which are kept, by the names in SCREENS."""
        if isinstance(screen, str) and screen in self.SCREENS:
            kept = self.session.screens
            if screen not in kept:
                kept[screen] = self.SCREENS[screen]()
                self.install_screen(kept[screen], f"{self.session.mode} {screen}")
            return kept[screen]
        return super().get_screen(screen, screen_class)

    def decoded_otherwise(self, session: Session) -> None:
        """The user has chosen another dissector for something in a capture."""

    def said_of_file(self, session: Session) -> None:
        """The user mutes other rules in a capture, or marks other packets."""

    def show_frame(self) -> None:
        """Shows what is around the screen that is seen."""

    def jump(self, place: Place) -> None:
        """Goes to a place, from where one comes back with backspace."""
        self._leave()
        self._go(place)

    def walk_along(self, walk: Walk) -> None:
        """Goes to the first packet of a walk; the list of packets goes on along it."""
        packets = self.screen_stack[0]
        assert isinstance(packets, PacketsScreen)
        self.jump(Place(PACKETS, packet=walk.packet))
        packets.begin_walk(walk)

    def jump_to_filter(self, expression: str) -> None:
        """Goes to the packets that pass a display filter."""
        packets = self.screen_stack[0]
        assert isinstance(packets, PacketsScreen)
        self._leave()
        self._show(PACKETS)
        packets.put_in_force(expression)

    def _leave(self) -> None:
        if isinstance(self.screen, ScopeScreen):
            self.session.places.leave(self.screen.place)

    def _go(self, place: Place) -> None:
        """Shows a place; a screen that is shown for the first time goes there when it is mounted."""
        self._show(place.screen)
        screen = self.screen
        if isinstance(screen, ScopeScreen):
            screen.call_later(screen.restore, place)

    def _show(self, name: str) -> None:
        """Shows a screen as it was left."""
        here = self.screen
        if not isinstance(here, ScopeScreen) or here.name_of_place == name:
            return
        if name == PACKETS:
            self.pop_screen()
        elif here.name_of_place == PACKETS:
            self.push_screen(name)
        else:
            self.switch_screen(name)

    def _visit(self, name: str) -> None:
        """As the user asks for a screen by its key."""
        if isinstance(self.screen, ScopeScreen) and self.screen.name_of_place != name:
            self._leave()
            self._show(name)

    def action_show_overview(self) -> None:
        """What is in the capture, and what is wrong."""
        self._visit(OVERVIEW)

    def action_show_packets(self) -> None:
        """The packets, where they were left."""
        self._visit(PACKETS)

    def action_show_channels(self) -> None:
        """The channels."""
        self._visit("channels")

    def action_show_findings(self) -> None:
        """What is wrong."""
        self._visit("findings")

    def action_show_ladder(self) -> None:
        """The conversation of the channel that one looks at, or of the worst one."""
        here = self.screen
        if isinstance(here, (ChannelsScreen, BothEndsScreen)) and here.place.channel >= 0:
            self.jump(Place("ladder", channel=here.place.channel))
        else:
            self._visit("ladder")

    def action_show_att(self) -> None:
        """The ATT bearers and their transactions."""
        self._visit("att")

    def action_show_gatt(self) -> None:
        """The GATT databases."""
        self._visit("gatt")

    def action_show_follow(self) -> None:
        """What the channel carried that one looks at; at a packet, the message that it is part of."""
        here = self.screen
        if isinstance(here, PacketsScreen) and here.channel >= 0:
            self.jump(Place("follow", channel=here.channel, packet=here.number))
        elif isinstance(here, (ChannelsScreen, BothEndsScreen)) and here.place.channel >= 0:
            self.jump(Place("follow", channel=here.place.channel))
        elif isinstance(here, LadderScreen) and here.chosen_channel is not None:
            self.jump(Place("follow", channel=here.chosen_channel))
        else:
            self._visit("follow")

    def action_show_statistics(self) -> None:
        """Rates, protocols, endpoints, and how long answers took."""
        self._visit("statistics")

    def action_show_help(self) -> None:
        """The keys that work here."""
        if isinstance(self.screen, (ScopeScreen, StartScreen)):
            self.push_screen(HelpScreen(self.screen.help_scopes))

    def action_go_back(self) -> None:
        """Where the user was before the last jump."""
        if isinstance(self.screen, ScopeScreen) and (place := self.session.places.back(self.screen.place)):
            self._go(place)

    def action_go_forward(self) -> None:
        """Where going back came from."""
        if isinstance(self.screen, ScopeScreen) and (place := self.session.places.forward(self.screen.place)):
            self._go(place)

    def action_leave(self) -> None:
        """From any screen to the packets; from the packets, the overview and the start out."""
        if isinstance(self.screen, (PacketsScreen, OverviewScreen, StartScreen)):
            self.exit()
        else:
            self.action_show_packets()
