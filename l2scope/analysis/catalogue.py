"""The catalogue of the rules: `python -m l2scope.analysis.catalogue` prints what stands in analysis/rules/README.md."""

import sys
from collections.abc import Iterator

from l2scope.analysis.findings import RULES
from l2scope.analysis.rules.rule import Rule


def paragraphs(rule: Rule) -> list[tuple[str, str]]:
    """What there is to say about a rule, each part with its title."""
    parts = (
        ("What it means", rule.meaning),
        ("Why it hurts", rule.harm),
        ("What the sender should change", rule.sender),
        ("What the receiver should change", rule.receiver),
        ("What to do", rule.remedy),
        ("Specification", rule.spec),
    )
    return [(title, text) for title, text in parts if text]


def markdown() -> Iterator[str]:
    """The lines of the page."""
    yield "# What l2scope finds"
    yield ""
    yield "`l2scope findings FILE` names these rules, `l2scope explain ID` shows one. This page is made from the rules."
    yield ""
    yield "| rule | severity | finds |"
    yield "|---|---|---|"
    for rule in RULES.values():
        anchor = f"{rule.id} {rule.title}".lower().replace(" ", "-").replace("'", "").replace(",", "")
        yield f"| [{rule.id}](#{anchor}) | {rule.severity.value} | {rule.title} |"
    for rule in RULES.values():
        yield ""
        yield f"## {rule.id} {rule.title}"
        yield ""
        yield f"Severity: {rule.severity.value}"
        for title, text in paragraphs(rule):
            yield ""
            yield f"**{title}.** {text}"


def main() -> None:
    sys.stdout.write("\n".join(markdown()) + "\n")


if __name__ == "__main__":
    main()
