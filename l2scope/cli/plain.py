"""`l2scope open --plain`: a capture told in lines, for screen readers, braille displays and scripts. It asks for a
command, answers in sentences, and moves no cursor."""

import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import click

from l2scope.capture import Capture
from l2scope.cli.plain_text import PlainText, Teller
from l2scope.cli.reading import capture_of
from l2scope.text import printable
from l2scope.tui.session import Asked
from l2scope.tui.stand_ins import in_ascii
from l2scope.tui.user import this_user

PAGE: Final = 20
HELP: Final = (
    ("overview", "what is in the capture"),
    ("findings", "what is wrong, the worst first"),
    ("finding N", "a finding of that list: what it means, what to change, its packets"),
    ("channels", "the channels, the worst first"),
    ("packet N", "a packet with its fields; a number alone does the same"),
    ("next, previous", "the packet after or before, or the next one with the text that was looked for"),
    ("find TEXT", "the next packet whose line has this text; next and previous go on"),
    ("follow ID", "the packets of a channel, by its number"),
    ("more", "the rest of a long answer"),
    ("help", "this list"),
    ("quit", "end"),
)
SHORT: Final = {
    "o": "overview", "f": "findings", "c": "channels", "p": "packet", "/": "find", "n": "next", "b": "previous",
    "back": "previous", "m": "more", "h": "help", "?": "help",
}  # fmt: skip


def talk(path: Path, show_keys: bool, ascii_alone: bool) -> None:
    """Answers commands from standard input until it ends or says quit. Raises CaptureError."""
    capture = capture_of(path)
    muted = this_user().of_files.of(Asked(path)).muted
    session = PlainSession(PlainText(capture, show_keys, muted), in_ascii if ascii_alone else str)
    session.answer("overview")
    click.echo("Type help for the commands.")
    asks = sys.stdin.isatty()
    while True:
        if asks:
            click.echo("l2scope> ", nl=False)
            sys.stdout.flush()
        line = sys.stdin.readline()
        if not line or not session.answer(line):
            return


class PlainSession:
    """One conversation: the packet one is at, what was looked for, and what is left of a long answer."""

    def __init__(self, text: PlainText, written: Callable[[str], str] = str) -> None:
        self.text = text
        self.written = written
        self.capture: Capture = text.capture
        self.at = 0
        self.wanted = ""
        self.rest: Iterator[str] = iter(())

    def answer(self, line: str) -> bool:
        """Does what a line says; False where that is to end."""
        word, _, argument = line.strip().partition(" ")
        word, argument = word.lower(), argument.strip()
        if word in ("quit", "exit", "q"):
            return False
        if word.isdecimal():
            word, argument = "packet", word
        self._say(self._lines(word, argument))
        return True

    def _lines(self, word: str, argument: str) -> Iterable[str]:
        if not word:
            return ()
        answers: dict[str, Callable[[], Iterable[str]]] = {
            "overview": self.text.overview,
            "findings": self.text.findings,
            "finding": lambda: self._numbered(argument, "finding", len(self.text.found), self.text.finding),
            "channels": self.text.channels,
            "packet": lambda: self._numbered(argument, "packet", self.capture.count, self._packet),
            "find": lambda: self._find(argument),
            "next": lambda: self._step(1),
            "previous": lambda: self._step(-1),
            "follow": lambda: self._follow(argument),
            "more": lambda: self.rest,
            "help": lambda: [f"{command}: {does}." for command, does in HELP],
        }
        answer = answers.get(SHORT.get(word, word))
        if answer is None:
            return [f"There is no command {printable(word, 40)}. Type help for the commands."]
        return answer()

    def _say(self, lines: Iterable[str]) -> None:
        """A page of them; the rest waits for `more`."""
        lines = iter(lines)
        for line in islice(lines, PAGE):
            click.echo(self.written(line))
        held = next(lines, None)
        self.rest = iter(())
        if held is not None:
            self.rest = _before(held, lines)
            click.echo("There is more: type more.")

    def _numbered(self, argument: str, what: str, count: int, tell: Teller) -> Iterable[str]:
        if not count:
            return [f"There is no {what}."]
        if not argument.isdecimal() or len(argument) > 12 or not 1 <= int(argument) <= count:
            return [f"Say {what} and a number from 1 to {count}."]
        return tell(int(argument))

    def _packet(self, number: int) -> Iterable[str]:
        self.at = number
        return self.text.packet(number)

    def _find(self, wanted: str) -> Iterable[str]:
        if not wanted:
            return ["Say find and a text."]
        self.wanted = wanted.lower()
        return self._search(1)

    def _step(self, step: int) -> Iterable[str]:
        if self.wanted:
            return self._search(step)
        if not 1 <= self.at + step <= self.capture.count:
            return [f"There is no packet {'after' if step > 0 else 'before'} this one."]
        return self._packet(self.at + step)

    def _search(self, step: int) -> Iterable[str]:
        last = self.capture.count + 1 if step > 0 else 0
        for number in range(self.at + step, last, step):
            line = self.text.line(number)
            if self.wanted in line.lower():
                self.at = number
                return [line]
        shown, self.wanted = printable(self.wanted, 80), ""
        return [f"No packet {'after' if step > 0 else 'before'} packet {self.at} has {shown}."]

    def _follow(self, argument: str) -> Iterable[str]:
        number = argument.lstrip("#")
        known = [channel.id for channel in self.text.worst_first]
        if not number.isdecimal() or len(number) > 12 or int(number) not in known:
            some = ", ".join(map(str, sorted(known)[:PAGE]))
            return [f"Say follow and the number of a channel: {some}."] if known else ["No channel was opened."]
        return self.text.follow(int(number))


def _before(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines
