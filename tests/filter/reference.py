"""The operators of filters as a table for the README: `python -m tests.filter.reference` puts it there."""

from pathlib import Path

from l2scope.filter.calculations import ARITHMETIC, FUNCTIONS, Arithmetic
from l2scope.filter.connectives import CONNECTIVES, Connective
from l2scope.filter.relations import RELATIONS, Relation

README = Path(__file__).resolve().parents[2] / "README.md"
HEAD = "| write | a packet passes where | example |"


def operators() -> str:
    """The lines of the table, made of what stands beside each operator's class."""
    kinds: list[type[Relation] | type[Connective] | type[Arithmetic]] = [*RELATIONS, *CONNECTIVES, *ARITHMETIC]
    lines = [_line(" ".join(f"`{symbol}`" for symbol in kind.symbols), kind.help, kind.example) for kind in kinds]
    lines += [_line(f"`{name}()`", kind.help, kind.example) for name, kind in FUNCTIONS.items()]
    return "\n".join((HEAD, "|---|---|---|", *lines))


def _line(symbols: str, help: str, example: str) -> str:
    cells = (cell.replace("|", "\\|") for cell in (symbols, help, f"`{example}`"))
    return f"| {' | '.join(cells)} |"


def current() -> str:
    """The table that the README has now."""
    text = README.read_text()
    return text[text.index(HEAD) : text.index("\n\n", text.index(HEAD))]


if __name__ == "__main__":
    README.write_text(README.read_text().replace(current(), operators()))
