"""The rules of capture quality and the log of a parser."""

import re

from l2scope.sources import damage
from l2scope.sources.damage import MOST_ROWS, RULES, DamageLog, counted


def test_every_rule_has_an_id_and_words() -> None:
    """CAPnnn, each once, with a title; the constants and the table agree."""
    ids = [value for value in vars(damage).values() if isinstance(value, str) and re.fullmatch(r"CAP\d{3}", value)]
    assert sorted(ids) == sorted(RULES)
    assert all(rule.title and rule.title[0].islower() for rule in RULES.values())
    assert len({rule.title for rule in RULES.values()}) == len(RULES)


def test_ids_never_change() -> None:
    """Others rely on them: a rule may be added, never renumbered."""
    assert (damage.CUT_OFF, damage.CUT_SHORT, damage.LOST, damage.TIME_REVERSED) == (
        "CAP001",
        "CAP002",
        "CAP003",
        "CAP004",
    )
    assert (damage.GARBAGE, damage.UNREADABLE, damage.EMPTY, damage.LINK_TYPE) == (
        "CAP005",
        "CAP006",
        "CAP007",
        "CAP008",
    )
    assert (damage.CUT_PACKED, damage.BEHIND_PACKED, damage.DAMAGED_ARCHIVE, damage.WRONG_CHECKSUM) == (
        "CAP019",
        "CAP020",
        "CAP021",
        "CAP022",
    )
    assert [rule for rule in RULES if RULES[rule].loses] == [
        "CAP001",
        "CAP003",
        "CAP005",
        "CAP006",
        "CAP019",
        "CAP022",
        "CAP016",
    ]


def test_places_and_counts() -> None:
    """A row for each place; one row for what is counted, with where it was met first."""
    log = DamageLog()
    empty = log.occurrences("CAP007")
    assert log.rows() == []
    log.place("CAP005", "garbage", 5, 100, 30)
    for packet in (7, 9, 11):
        empty.add(packet, packet * 10)
    assert [row.as_json() for row in log.rows()] == [
        {"rule": "CAP005", "message": "garbage", "packet": 5, "offset": 100, "count": 30},
        {
            "rule": "CAP007",
            "message": "3 records hold not one byte of a packet, the first is packet 7",
            "packet": 7,
            "offset": 70,
            "count": 3,
        },
    ]


def test_the_log_is_bounded() -> None:
    """What is not listed is counted."""
    log = DamageLog()
    for number in range(MOST_ROWS + 5):
        log.place("CAP005", "garbage", number, number)
    rows = log.rows()
    assert len(rows) == MOST_ROWS + 1
    assert (rows[-1].rule, rows[-1].count, rows[-1].message) == ("CAP016", 5, "5 more places are damaged")


def test_what_is_counted_reads_well() -> None:
    """Every message of the table can be filled in."""
    for rule, entry in RULES.items():
        if entry.message:
            assert "1,234" in counted(rule, 1234, 5, 6).message
