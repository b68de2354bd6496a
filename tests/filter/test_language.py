"""What filters mean, and what is said of those that mean nothing."""

import subprocess
import sys

import pytest

import l2scope
from l2scope.filter import Filter, FilterError
from l2scope.filter.calculations import ARITHMETIC, FUNCTIONS
from l2scope.filter.connectives import CONNECTIVES
from l2scope.filter.fields import FIELDS
from l2scope.filter.patterns import Pattern
from l2scope.filter.relations import RELATIONS
from l2scope.filter.values import objects
from tests.corpus import SAMPLES
from tests.filter import reference


@pytest.fixture(scope="module")
def starved() -> l2scope.Capture:
    return l2scope.open(SAMPLES / "starved.btsnoop")


def numbers(capture: l2scope.Capture, filter: str) -> list[int]:
    return list(capture.where(filter))


@pytest.mark.parametrize(
    ("filter", "column", "said"),
    [
        ("btattt.opcode == 1", 1, "did you mean btatt.opcode"),
        ("frame.len > 3 && l2scope.chanel == 1", 18, "did you mean l2scope.channel"),
        ("frame.len >", 12, "something is missing at the end"),
        ("(frame.len > 3", 1, "( is not closed"),
        ("frame.number in {1, 2", 17, "{ is not closed"),
        ('l2scope.info contains "abc', 23, "the string is not closed"),
        ("frame.len > 3 frame.len < 9", 15, "frame.len was not expected here"),
        ("frame.len == abc", 14, "abc is not a number"),
        ("frame.len > 0x", 13, "0x is not a number"),
        ('btatt.opcode == "Wrte Request"', 17, "did you mean Write Request"),
        ('frame.len == "long"', 14, "this field has no names"),
        ('frame.len contains "a"', 11, "contains needs bytes or text, this is a number"),
        ('l2scope.info matches "(a"', 22, "no regular expression"),
        ("frame[0:2] == xyz", 15, "xyz is not bytes"),
        ("frame.len[0:2] == 1", 1, "only bytes and texts have slices"),
        ("frame.number in {9..3}", 18, "the range 9..3 is empty"),
        ("lenn(frame) == 3", 1, "there is no function lenn(); did you mean len"),
        ("frame.len / 0 == 3", 13, "division by zero"),
        ("5 == frame.len", 1, "5 is a value where a field is needed"),
        ("frame.len == l2scope.info", 14, "number cannot be compared with text"),
        ("l2scope.peer.address == 1:2:3", 25, "is not an address"),
        ("frame.time > yesterday", 14, "a time in UTC"),
        ("frame.time_delta > 5h", 20, "a duration in seconds"),
        ("btsmp.sc_flag == 2", 18, "true or false"),
        ("!" * 150 + "frame", 51, "nested deeper than 100 levels"),
        ("(" * 150 + "frame" + ")" * 150, 0, ""),
        ("frame.len == " + "1" * 10_000, 10_000, "longer than 10,000 characters"),
        ("frame.len > 99999999999999999999999", 13, "64 bits"),
    ],
)
def test_faults(filter: str, column: int, said: str) -> None:
    """What is wrong is said in words with the column where it is; parentheses alone are no depth."""
    if not column:
        Filter(filter)
        return
    with pytest.raises(FilterError) as caught:
        Filter(filter)
    assert caught.value.column == column
    assert said in caught.value.message


def test_lark_is_loaded_late() -> None:
    """Whoever uses no filter does not wait for the grammar."""
    code = "import sys, l2scope.filter, l2scope.check.rules, l2scope.tui.app; sys.exit('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_pointing() -> None:
    """A caret stands under the column, also in a long filter."""
    with pytest.raises(FilterError) as caught:
        Filter("frame.len > 3 && " * 20 + "nothing == 3")
    expression, caret = caught.value.pointed("frame.len > 3 && " * 20 + "nothing == 3").split("\n")
    assert expression[caret.index("^") :].startswith("nothing")


def test_connectives(starved: l2scope.Capture) -> None:
    """and binds before xor, that before or; not before all; words and signs are the same."""
    for signs, words in (
        ("!(frame.number > 3) || frame.number == 9", "not frame.number > 3 or frame.number == 9"),
        ("frame.number == 2 ^^ frame.number < 4", "frame.number eq 2 xor frame.number lt 4"),
    ):
        assert numbers(starved, signs) == numbers(starved, words)
    assert numbers(starved, "!(frame.number > 3) || frame.number == 9") == [1, 2, 3, 9]
    assert numbers(starved, "frame.number == 2 ^^ frame.number < 4") == [1, 3]
    assert numbers(starved, "frame.number == 5 || frame.number < 4 && frame.number > 2") == [3, 5]
    assert numbers(starved, "frame.number < 3 ^^ frame.number < 5 && frame.number > 1") == [1, 3, 4]
    assert numbers(starved, "") == list(range(1, starved.count + 1))


def test_sets_slices_and_calculations(starved: l2scope.Capture) -> None:
    """Sets hold values and ranges, slices parts of bytes, braces group calculations."""
    assert numbers(starved, "frame.number in {2, 4..6}") == [2, 4, 5, 6]
    assert numbers(starved, "frame.number not in {2..1000}") == [1]
    assert numbers(starved, "{frame.number + 2} * 2 == 10") == [3]
    assert numbers(starved, "frame.number & 3 == 3 && frame.number < 8") == [3, 7]
    assert numbers(starved, "frame.number - 1 == 4") == [5]
    whole = b"\x02" + starved.raw(43)
    for slice, part in (
        ("0:3", whole[:3]),
        ("-2:", whole[-2:]),
        (":2", whole[:2]),
        ("4", whole[4:5]),
        ("1-2,0", whole[1:3] + whole[:1]),
        ("-3:2", whole[-3:-1]),
    ):
        assert 43 in starved.where(f"frame[{slice}] == {part.hex(':')} && len(frame) == {len(whole)}")
    assert numbers(starved, "frame[5000:1]") == []


def test_several_values(starved: l2scope.Capture) -> None:
    """A packet with several values passes when one fits; with all, when every one does; != when none is equal."""
    grant = numbers(starved, "btl2cap.cmd_code == 0x16")[0]  # has the CIDs 0x0005 and 0x0057
    assert grant in starved.where("btl2cap.cid == 0x0057 && btl2cap.cid == 0x0005")
    assert grant not in starved.where("btl2cap.cid != 0x0057")
    assert grant in starved.where("btl2cap.cid !== 0x0057 && any btl2cap.cid != 0x0057")
    assert grant not in starved.where("btl2cap.cid === 0x0057 || all btl2cap.cid > 0x0020")
    assert grant in starved.where("btl2cap.cid > 0x0020 && btl2cap.cid < 0x0020 && count(btl2cap.cid) == 2")
    assert grant in starved.where("max(btl2cap.cid) == 0x0057 && min(btl2cap.cid) == 5 && btl2cap.cid in {5}")
    assert numbers(starved, "all frame.number != 3 && any frame.number < 5") == [1, 2, 4]
    assert numbers(starved, "btatt.opcode != 0x12") == numbers(starved, "btatt && !(btatt.opcode == 0x12)")


def test_patterns_end() -> None:
    """A pattern that would run for years is given up after its time, with an error at its column."""
    pattern = Pattern(r"^(a*)(a*)(a*)(a*)(a*)(a*)\6\5\4\3\2\1.z$", 7, of_bytes=True, seconds=0.2)
    with pytest.raises(FilterError, match=r"takes longer than 0\.2 s") as caught:
        pattern.found_in(objects([b"a" * 300 + b"zz?z"]))
    assert caught.value.column == 7


@pytest.mark.parametrize("kind", [*RELATIONS, *CONNECTIVES, *ARITHMETIC, *FUNCTIONS.values()], ids=lambda k: k.__name__)
def test_examples(kind: type, starved: l2scope.Capture) -> None:
    """Every operator's example is a filter, and uses the operator."""
    example = kind.example  # type: ignore[attr-defined]  # each of them has one
    Filter(example).select(starved)
    symbols = [f"{kind.name}("] if kind in FUNCTIONS.values() else kind.symbols  # type: ignore[attr-defined]
    assert any(symbol in example for symbol in symbols)


def test_readme() -> None:
    """The README's table of operators is made of their classes."""
    assert reference.current() == reference.operators()


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_answers(name: str, starved: l2scope.Capture) -> None:
    """A capture can be asked for every field; whoever has a value of it is among those that have it."""
    field = FIELDS[name]
    assert field.help
    present = starved.where(name)
    counted = starved.where(f"count({name}) > 0")
    assert set(counted) <= set(present)
