"""What is wrong with a rules file is said with the file, the line and the key."""

from pathlib import Path

import pytest

from l2scope.check.places import Places
from l2scope.check.rules import RulesError, read_rules
from tests.check.judging import errors_of

RANGE = "a number, or { min = ..., max = ... }"
SYNTAX = [
    ("[[channels]]\ncount 1\n", "l2scope.toml:2: Expected '=' after a key in a key/value pair (column 7)"),
    ("\n\ncount =", "l2scope.toml:3: Invalid value at the end of the file"),
    (b'[[channels]]\nname = "\xff"', "l2scope.toml:2: not UTF-8"),
    (
        "",
        "l2scope.toml:1: there is no expectation; "
        "write a table [[channels]] or [[refused]] or [[findings]] or [[packets]]",
    ),
    ("channels = 3", "l2scope.toml:1: channels: expected tables, got 3"),
]
KEYS = [
    ("chanels = []", "2: chanels: unknown key; did you mean channels?"),
    ("[[channels]]\ncuont = 1", "3: channels.cuont: unknown key; did you mean count?"),
    ("[[channels]]\nsdus = 1", "3: channels.sdus: unknown key; did you mean tx.sdus or rx.sdus?"),
    ("[[channels]]\npsm = 1", "3: channels.psm: unknown key; did you mean where.psm?"),
    ("[[refused]]\nwhere.cid = 1", "3: refused.where.cid: unknown key; known are psm, adapter, initiator, mode, "
     "peer_address, result"),
    ("[[channels]]\ncount = -1", f"3: channels.count: expected {RANGE}, got -1"),
    ("[[channels]]\ncount = true", f"3: channels.count: expected {RANGE}, got True"),
    ("[[channels]]\ncount = {}", f"3: channels.count: expected {RANGE}, got {{}}"),
    ("[[channels]]\ncount = { min = 2, max = 1 }", "3: channels.count: min 2 is above max 1"),
    ("[[channels]]\n[channels.tx]\n\nstall_time = { min = '2s', max = '1s' }", "5: channels.tx.stall_time: min 2s is "
     "above max 1s"),
    ("[[channels]]\nwhere.initiator = 'me'", "3: channels.where.initiator: expected one of local, remote, got 'me'"),
    ("[[channels]]\nwhere.psm = 0x10000", "3: channels.where.psm: expected a number from 0 to 0xFFFF, got 65536"),
    ("[[channels]]\nrx.stalls = { max = 0, longer_than = '50' }", "3: channels.rx.stalls.longer_than: expected a "
     "duration such as \"50ms\" or \"1.5s\", got '50'"),
    ("[[channels]]\nrx.starved_share.max = 10", "3: channels.rx.starved_share.max: expected a share from 0 to 1, "
     "got 10"),
    ("[[channels]]\nclose_reason = ['open', 'x']", "3: channels.close_reason: expected one of disconnect-local, "
     "disconnect-peer, link-lost, reset, adapter-gone, handle-reused, rejected, open, got 'x'"),
    ("[[channels]]\nname = ''", "3: channels.name: expected a text, got ''"),
    ("[[findings]]\nwhere.rule = 'COC999'", "3: findings.where.rule: there is no rule COC999; `l2scope explain` "
     "lists them"),
    ("[[findings]]\nwhere.severity = 'bad'", "3: findings.where.severity: expected one of info, warning, "
     "error, got 'bad'"),
    ("[[findings]]\nrule = 'COC001'", "3: findings.rule: unknown key; did you mean where.rule?"),
    ("[[refused]]\nseverity = 'bad'", "3: refused.severity: expected one of warning, error, got 'bad'"),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "line"), SYNTAX)
def test_a_file_that_cannot_be_read(rules: str | bytes, line: str, tmp_path: Path) -> None:
    """The parser's own words, after the line."""
    assert errors_of(tmp_path, rules) == [line]


@pytest.mark.parametrize(("rules", "line"), KEYS)
def test_a_key_or_value_that_makes_no_sense(rules: str, line: str, tmp_path: Path) -> None:
    """What was expected, and what a wrong key was perhaps meant to be."""
    assert errors_of(tmp_path, f"# rules\n{rules}\n") == [f"l2scope.toml:{line}"]


def test_every_mistake_is_told_in_order(tmp_path: Path) -> None:
    """Nobody likes to mend a file one run at a time."""
    lines = errors_of(tmp_path, "[[channels]]\nrx.sdus = 'x'\n[[refused]]\ncount = 'x'\n[[channels]]\nfoo = 1\n")
    assert [line.split(": ")[:2] for line in lines] == [
        ["l2scope.toml:2", "channels.rx.sdus"],
        ["l2scope.toml:4", "refused.count"],
        ["l2scope.toml:6", "channels.foo"],
    ]


def test_a_missing_file(tmp_path: Path) -> None:
    """The system's own words."""
    with pytest.raises(RulesError) as caught:
        read_rules(tmp_path / "l2scope.toml")
    assert list(caught.value.lines) == [f"{tmp_path}/l2scope.toml: No such file or directory"]


def test_names_are_unique_and_in_the_order_of_the_file(tmp_path: Path) -> None:
    """A report tells two tables apart, also where both are called alike or have no name."""
    path = tmp_path / "l2scope.toml"
    path.write_text("[[refused]]\n[[channels]]\nwhere.psm = 0x80\n[[channels]]\nwhere.psm = 128\n[[channels]]\n")
    assert [rule.heading.name for rule in read_rules(path).rules] == [
        "refused",
        "channels psm=0x0080",
        "channels psm=0x0080 (line 4)",
        "channels",
    ]


TOML = '''title = """
[[channels]]
"""
[[channels]] # the first
where = { psm = 1,
          "cid" = 2 }

[[channels]]
  where.psm = [
    1,
  ]
  [channels.tx]
  "stalls" = 1
  sdus.min = 2
[[channels.deep]]
x = [{ y = 1 }]
[[channels.deep]]
[other]
channels.tx = 1
'''.replace("1,\n          ", "1, ")

PLACES = [
    (("title",), 1),
    (("channels",), 4),
    (("channels", 0), 4),
    (("channels", 0, "where", "cid"), 5),
    (("channels", 1), 7),
    (("channels", 1, "where", "psm", 0), 8),
    (("channels", 1, "tx"), 11),
    (("channels", 1, "tx", "stalls"), 12),
    (("channels", 1, "tx", "sdus", "min"), 13),
    (("channels", 1, "tx", "sdus", "max"), 13),
    (("channels", 1, "deep", 0, "x", 0, "y"), 15),
    (("channels", 1, "deep", 1), 16),
    (("other", "channels", "tx"), 18),
    ((), 1),
]


@pytest.mark.parametrize(("path", "line"), PLACES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_line_of_a_key(path: tuple[str | int, ...], line: int, newline: str) -> None:
    """Headers, dotted and quoted keys, arrays over several lines, tables within tables; else what is around it."""
    assert Places(TOML.replace("\n", newline)).line(path) == line
