"""Asks Wireshark: tshark through pyshark (the extra `tshark`), by Wireshark's own defaults and nobody's preferences."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from l2scope.sources.errors import CaptureError
from l2scope.text import printable

if TYPE_CHECKING:
    from l2scope.crosscheck.pyshark_capture import Parser

SILENCE_SECONDS: Final = 60.0
GLOSSARY_SECONDS: Final = 60.0
# tshark ends with 2 where a file is cut short, after it has told what is there.
CUT_SHORT: Final = 2
VERSION: Final = re.compile(r"TShark \(Wireshark\) (\d+(?:\.\d+)*)")
SETTINGS: Final = ("-o", "bthci_acl.hci_acl_reassembly:TRUE")
# Where the installers of Wireshark put it without a word to the shell.
ELSEWHERE: Final = {
    "darwin": "/Applications/Wireshark.app/Contents/MacOS/tshark",
    "win32": os.path.join(os.environ.get("PROGRAMFILES", ""), "Wireshark", "tshark.exe"),  # noqa: PTH118
}

Fields = Mapping[str, list[str]]
"""The values of a packet's fields by their names, as tshark prints them."""


class WiresharkError(CaptureError):
    """Wireshark gives no answer. The message says in one line why."""


class WiresharkMissing(WiresharkError):
    """tshark or pyshark is not installed. The message says what to install."""


def wireshark() -> "Wireshark":
    """Wireshark as it is installed here. Raises WiresharkMissing."""
    try:
        import l2scope.crosscheck.pyshark_capture  # noqa: F401
    except ImportError as error:
        raise WiresharkMissing("pyshark is missing: install it with  pip install 'l2scope[tshark]'") from error
    found = shutil.which("tshark") or shutil.which(ELSEWHERE.get(sys.platform, "tshark"))
    if found is None:
        raise WiresharkMissing(
            "tshark is missing: install it with Wireshark (Debian, Ubuntu: apt install tshark; macOS: brew install "
            "wireshark; Windows: wireshark.org)"
        )
    return Wireshark(found)


@dataclass(frozen=True, slots=True)
class Wireshark:
    """tshark, by the path of its program."""

    program: str

    def version(self) -> str:
        """As in "4.0.17", or "?"."""
        found = VERSION.search(self._told("-v"))
        return found[1] if found else "?"

    def known(self, names: Iterable[str]) -> list[str]:
        """Of these fields those that this Wireshark has too."""
        wanted = set(names)
        entries = (line.split("\t", 3) for line in self._told("-G", "fields").splitlines())
        known = {entry[2] for entry in entries if len(entry) > 2}
        return sorted(wanted & known)

    def values(self, path: Path, names: Iterable[str]) -> Iterator[tuple[int, Fields]]:
        """The number of each packet of a file and what these fields are in it, as far as Wireshark reads."""
        from l2scope.crosscheck.pyshark_capture import Lines, Patience

        asked = {name.replace(".", "_"): name for name in ("frame.number", *names)}
        words = [word for name in asked.values() for word in ("-e", name)]
        patience = Patience(SILENCE_SECONDS)
        for batch in self._answers(path, ["-T", "ek", *words], lambda: Lines(patience, anew=True)):
            for number, layers in batch:
                yield number, {asked[key]: values for key, values in layers.items() if key in asked}

    def tree(
        self, path: Path, number: int, seconds: float, twice: bool, stopped: Callable[[], bool] = lambda: False
    ) -> bytes:
        """The PDML of one packet; twice: the file is read a second time, so that requests know their answers. Raises
        WiresharkError after so many seconds, InterruptedError once stopped says so."""
        from l2scope.crosscheck.pyshark_capture import Patience, Trees

        patience = Patience(seconds, stopped)
        words = ["-T", "pdml", "-Y", f"frame.number == {number}", *(["-2"] if twice else ["-c", str(number)])]
        for tree in self._answers(path, words, lambda: Trees(patience, anew=False)):
            return bytes(tree)
        raise WiresharkError(f"Wireshark finds no packet {number}")

    def _answers(self, path: Path, words: list[str], parser: Callable[[], "Parser"]) -> Iterator[Any]:
        """What the parser makes of what tshark prints of a file."""
        from l2scope.crosscheck.pyshark_capture import TsharkCapture

        told = False
        with _environment() as environment:
            command = [self.program, "-n", *SETTINGS, "-r", str(path.resolve()), *words]
            capture = TsharkCapture(path, command, environment, parser)
            try:
                with capture:
                    for answer in capture:
                        told = True
                        yield answer
            except InterruptedError:
                raise
            except TimeoutError as error:
                raise WiresharkError("Wireshark takes too long over this capture, or has too much to say") from error
            except (ValueError, KeyError) as error:
                raise WiresharkError(f"what tshark says cannot be understood: {printable(str(error))}") from error
            except OSError as error:
                raise WiresharkError(f"tshark cannot be run: {error.strerror or error}") from error
        if capture.exit_code not in (0, CUT_SHORT) or (capture.exit_code and not told):
            raise WiresharkError(f"tshark gave up: {_reason(capture.last_words, capture.exit_code)}")

    def _told(self, *words: str) -> str:
        with _environment() as environment:
            try:
                ended = subprocess.run(
                    [self.program, *words],
                    capture_output=True,
                    check=True,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    timeout=GLOSSARY_SECONDS,
                )
            except (OSError, subprocess.SubprocessError) as error:
                raise WiresharkError(f"tshark cannot be run: {printable(str(error))}") from error
        return ended.stdout.decode("utf-8", "replace")


@contextmanager
def _environment() -> Iterator[dict[str, str]]:
    """One in which tshark finds no preferences, profiles, plugins or decryption keys of the user, and no time zone."""
    with TemporaryDirectory(prefix="l2scope-") as folder:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("WIRESHARK_", "XDG_"))}
        yield kept | {"HOME": folder, "WIRESHARK_CONFIG_DIR": folder, "TZ": "UTC", "LC_ALL": "C"}


def _reason(last_words: bytes, exit_code: int | None) -> str:
    """The last line it wrote, but that about root."""
    lines = [line for line in last_words.decode("utf-8", "replace").splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith("Running as user")]
    return printable(said[-1]) if said else f"exit code {exit_code}"
