"""The filters that were in force, in this session and in former ones."""

from pathlib import Path

from l2scope.tui.kept import keep_text, kept_text

MOST_FILTERS = 500
LONGEST_FILTER = 4_000


class FilterHistory:
    """Filters, the last one last, each once. What other sessions have kept meanwhile stays."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.entries = _read(path)

    def add(self, text: str) -> None:
        """Keeps a filter."""
        if not text or len(text) > LONGEST_FILTER or text == (self.entries or [""])[-1]:
            return
        self.entries = _joined(self.entries, [text])
        keep_text(self._path, "".join(f"{entry}\n" for entry in _joined(_read(self._path), [text])))


def _read(path: Path | None) -> list[str]:
    lines = (line.strip() for line in kept_text(path).splitlines())
    return _joined([], [line for line in lines if 0 < len(line) <= LONGEST_FILTER and line.isprintable()])


def _joined(before: list[str], after: list[str]) -> list[str]:
    """Of filters that occur twice the later one."""
    latest = dict.fromkeys(reversed([*before, *after]))
    return list(latest)[:MOST_FILTERS][::-1]
