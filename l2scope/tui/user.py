"""What belongs to the user of this machine: settings, what the program remembers, and the files that were opened."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Final

import platformdirs

from l2scope.sources.containers.limits import Unpacking
from l2scope.tui.of_files import OfFiles
from l2scope.tui.session import Asked
from l2scope.tui.settings import NAME, Settings, read_settings
from l2scope.tui.stored import Stored

MOST_RECENT: Final = 30


@dataclass(frozen=True, slots=True)
class Recent:
    """A file that was opened, out of which archive's member, and when (Unix time)."""

    path: Path
    member: str | None = None
    opened: float = 0.0

    @property
    def asked(self) -> Asked:
        """To open it again."""
        return Asked(self.path, Unpacking(self.member))


class User:
    """Without folders nobody: nothing is read and nothing kept."""

    def __init__(self, config: Path | None = None, state: Path | None = None) -> None:
        self.config = config if config is not None and config.is_absolute() else None
        state = state if state is not None and state.is_absolute() else None
        self.settings = Settings() if self.config is None else read_settings(self.config / NAME)
        self.layout = Stored(None if self.config is None else self.config / "layout.json")
        """How the user has arranged the screens: each screen keeps values of its own by their names."""
        self.state = Stored(None if state is None else state / "state.json")
        self.of_files = OfFiles(self.state)

    @property
    def problems(self) -> Iterator[str]:
        """What is wrong with the files."""
        yield from self.settings.problems
        yield from filter(None, (self.layout.problem, self.state.problem))

    @property
    def recent(self) -> list[Recent]:
        """The files that were opened, the last one first."""
        rows = self.state.get("recent", [])
        return list(filter(None, map(_recent, rows if isinstance(rows, list) else [])))[:MOST_RECENT]

    def remember(self, asked: Asked) -> None:
        """A file was opened."""
        path, member = asked.path.absolute(), asked.unpacking.member
        self._keep([Recent(path, member, time()), *self._others(path, member)])

    def forget(self, recent: Recent) -> None:
        """A file is to be listed no more."""
        self._keep(self._others(recent.path, recent.member))

    def _others(self, path: Path, member: str | None) -> list[Recent]:
        return [one for one in self.recent if (one.path, one.member) != (path, member)]

    def _keep(self, recent: list[Recent]) -> None:
        rows = [{"path": str(one.path), "member": one.member, "opened": one.opened} for one in recent[:MOST_RECENT]]
        self.state.change(lambda values: values.update(recent=rows))

    @property
    def knows_the_tour(self) -> bool:
        """The tour was shown; nobody in particular knows it."""
        return self.state.path is None or self.state.get("toured") is True

    def has_seen_the_tour(self) -> None:
        """It is not shown by itself again."""
        self.state.change(lambda values: values.update(toured=True))


def this_user() -> User:
    """Whoever runs the program."""
    return User(
        platformdirs.user_config_path("l2scope", appauthor=False),
        platformdirs.user_state_path("l2scope", appauthor=False),
    )


def _recent(row: object) -> Recent | None:
    """A row of the file, None for what is none."""
    if not isinstance(row, dict):
        return None
    path, member, opened = row.get("path"), row.get("member"), row.get("opened", 0.0)
    if not isinstance(path, str) or "\0" in path or not Path(path).is_absolute():
        return None
    if not isinstance(member, str | None) or not isinstance(opened, int | float):
        return None
    return Recent(Path(path), member, float(opened))
