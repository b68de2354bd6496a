"""Prints the reference of the rules file for the README: `python -m tests.check.reference`."""

from l2scope.check.reference import entries

TITLES = {
    "Every table": "Every table may have:",
    "[[channels]]": "`[[channels]]` expects of each channel that fits:",
    "[[channels]], of one direction: tx.KEY is what the captured host sent, rx.KEY what it received": (
        "and of its directions, as `tx.KEY` for what the captured host sent and `rx.KEY` for what it received:"
    ),
    "[[refused]]": "`[[refused]]` is about attempts to open a channel that failed:",
    "[[findings]]": "`[[findings]]` is about what `l2scope findings` shows:",
    "[[packets]]": "`[[packets]]` is about packets that pass a display filter, and what follows them:",
    "where": "`where` selects by:",
    "where, of [[channels]]": "in `[[channels]]` also by:",
    "where, of [[refused]]": "in `[[refused]]` also by:",
    "where, of [[findings]]": "in `[[findings]]`, besides the channel that a finding is about, also by:",
}


def reference() -> str:
    """Tables in Markdown, without the last newline."""
    parts = []
    for title, keys in entries():
        rows = [f"| `{key}` | {meaning} | {written} |" for key, written, meaning in keys]
        parts += [TITLES[title], "", "| key | means | is |", "|---|---|---|", *rows, ""]
    return "\n".join(parts).rstrip()


if __name__ == "__main__":
    print(reference())
