"""Reading a capture for a command: progress on stderr while it lasts, warnings about the capture when it is done."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from l2scope.cli.hints import kept_hints
from l2scope.cli.unpacking import Command, kept_unpacking, unpacking_options
from l2scope.decoding import current
from l2scope.reading import Figures, Quality, read_figures
from l2scope.sources.containers.origin import shown_name
from l2scope.text import printable

if TYPE_CHECKING:
    from l2scope.capture import Capture

NOT_CONCLUSIVE = 3
QUIET_SECONDS = 0.5
WHOLE_BAR = 1000

_file = click.argument("file", type=click.Path(path_type=Path))
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def capture_argument(function: Command) -> Command:
    """Gives a command the capture it reads, and what may be said about one that is wrapped in something."""
    return _file(unpacking_options(function))


def figures_of(path: Path) -> Figures:
    """Reads a capture for its figures alone. Raises CaptureError."""
    with progress("reading") as advance:
        figures = read_figures(path, advance, kept_hints(), kept_unpacking())
    warn(figures.path, figures.quality)
    return figures


def capture_of(path: Path) -> "Capture":
    """Reads a capture with its tables. Raises CaptureError."""
    capture = capture_again(path)
    warn(path, capture.quality)
    if current().overrides:
        for override in capture.contents.without_effect():
            click.echo(f"l2scope: warning: --decode-as {override}: the capture has nothing of the kind", err=True)
    return capture


def capture_again(path: Path) -> "Capture":
    """The same where the user was warned before."""
    from l2scope.capture import Loading

    with progress("reading") as advance:
        loading = Loading(path, kept_hints(), kept_unpacking(), on_progress=advance)
        while loading.step():
            advance(round(loading.progress * 1000), 1000)
    return loading.capture


def warn(path: Path, quality: Quality) -> None:
    """Says on stderr what makes the capture incomplete."""
    if not quality.conclusive:
        for row in quality.rows:
            click.echo(f"l2scope: warning: {printable(shown_name(path))}: {row.rule} {row.message}", err=True)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, if that is a terminal, once the work has lasted a moment. It may go back to its beginning: to
    find a capture in an archive and to read it are two things."""
    started = time.monotonic()
    shown: list[Any] = []

    def advance(done: int, total: int) -> None:
        if total and not shown and time.monotonic() - started > QUIET_SECONDS and sys.stderr.isatty():
            shown.append(click.progressbar(length=WHOLE_BAR, label=label, file=sys.stderr).__enter__())
        for bar in shown:
            bar.update(min(WHOLE_BAR - 1, WHOLE_BAR * done // total) - bar.pos if total else 0)

    try:
        yield advance
    finally:
        for bar in shown:
            bar.__exit__(None, None, None)
