"""The filter fields of lines of the field tree, held against the filters made of them."""

from collections.abc import Iterator

import pytest

from l2scope.capture import Capture, open_capture
from l2scope.dissection import Field, dissect
from l2scope.filter import Filter
from l2scope.filter.fields import FIELDS
from l2scope.tui.field_names import filter_field
from l2scope.tui.field_texts import expression_of, literal, text_of
from tests.tui.driving import sample

Path = tuple[Field, ...]


def lines(fields: tuple[Field, ...], above: Path = ()) -> Iterator[Path]:
    """Every line of a tree, with the fields that lead to it."""
    for field in fields:
        yield (*above, field)
        yield from lines(field.children, (*above, field))


def named(capture: Capture, number: int) -> dict[str, str]:
    """Labels of the lines of a packet that filters know, and their filters."""
    tree = dissect(capture, number)
    found = {}
    for path in lines(tree.fields):
        if (field := filter_field(capture, number, tree, path)) is not None:
            found[" > ".join(field.name for field in path)] = expression_of(*field)
    return found


@pytest.mark.parametrize("name", ["att_only", "starved", "refused", "small_fragments", "forum_chat"])
def test_what_a_line_is_filters_its_packet(name: str) -> None:
    """The filter made of any line of a packet's tree passes that packet."""
    with open_capture(sample(name)) as capture:
        for number in range(1, min(capture.count, 90) + 1, 3):
            for label, expression in named(capture, number).items():
                assert number in Filter(expression).select(capture), (number, label, expression)


def test_lines_by_their_names() -> None:
    """As Wireshark names them: the opcode and the handles of ATT, the parameters of credits and of connections."""
    with open_capture(sample("starved")) as capture:
        credits, request = named(capture, 51), named(capture, 40)
    assert credits["Flow Control Credit Ind > Credits"] == "btl2cap.credits == 7"
    assert credits["Flow Control Credit Ind > CID"] == "btl2cap.cid == 0x0057"
    assert credits["Flow Control Credit Ind"] == "btl2cap.cmd_code == 0x16"
    assert credits["Channel #0"] == "l2scope.channel == 0"
    assert request["LE Credit Based Connection Request > SPSM"] == "btl2cap.le_psm == 0x0085"
    with open_capture(sample("att_only")) as capture:
        error = named(capture, 51)
    assert error["ATT > Opcode"] == "btatt.opcode == 0x01"
    assert error["ATT > Attribute handle in error"] == "btatt.handle == 0x001B"


@pytest.mark.parametrize(
    ("name", "value", "shown", "written"),
    [
        ("btatt.handle", 27, "0x001B", "0x001B"),
        ("btatt.opcode", 0x12, "Write Request", "0x12"),
        ("frame.len", 1234, "1234", "1234"),
        ("frame.time_delta", 1_002_000_500, "1.002 000", "1.0020005"),
        ("frame.time_delta", -5_000_000, "-0.005 000", "-0.005"),
        ("btatt.opcode.command", 1, "true", "true"),
        ("l2scope.peer.address", b"\xd2\x5a\x4d\x50\x4c\x45", "D2:5A:4D:50:4C:45", "d2:5a:4d:50:4c:45"),
        ("l2scope.peer.name", 'a "b" \\ c', 'a "b" \\ c', '"a \\"b\\" \\\\ c"'),
        ("frame", b"", "", '""'),
    ],
)
def test_values(name: str, value: int | bytes | str, shown: str, written: str) -> None:
    """How people read a value, and how a filter writes it."""
    assert text_of(FIELDS[name], value) == shown
    assert literal(FIELDS[name], value) == written
