"""Names and companies from advertising reports, inquiry results and remote names."""

import pytest

from l2scope.engine.discovery import MOST_UNFINISHED
from l2scope.engine.names import COMPLETE, PARTIAL, PUBLIC, RANDOM, Peer
from l2scope.engine.words import EVENT, NONE, RX
from tests.engine.announcements import (
    ADDRESS,
    OTHER,
    complete,
    extended,
    extended_reports,
    field,
    inquiry_result,
    manufacturer,
    remote_name,
    report,
    reports,
    shortened,
)
from tests.wire import Conversation

FLAGS = field(0x01, b"\x06")


def peer(conversation: Conversation, address: bytes = ADDRESS, kind: int = PUBLIC) -> Peer:
    return conversation.engine.host.registry.names.peer(kind, int.from_bytes(address, "little"))


def after(*events: bytes) -> Conversation:
    conversation = Conversation()
    for data in events:
        conversation.event(data)
    return conversation


def book_size(conversation: Conversation) -> int:
    return len(conversation.engine.host.registry.names.recent)


@pytest.mark.parametrize("kind", [0, 1, 2, 3, 4])
def test_advertisements_and_scan_responses(kind: int) -> None:
    """The name stands anywhere in the data of any kind of report."""
    found = peer(after(reports(report(FLAGS + complete("Lamp") + field(0x0A, b"\x04"), kind=kind))))
    assert (found.name, found.completeness, found.named) == (b"Lamp", COMPLETE, 1)


def test_several_reports_in_an_event() -> None:
    """Each report has its own address and length."""
    conversation = after(reports(report(FLAGS), report(complete("Lamp"), OTHER), report(shortened("Fan"), ADDRESS, 1)))
    assert peer(conversation, OTHER).name == b"Lamp"
    assert peer(conversation, ADDRESS, RANDOM).name == b"Fan"
    assert peer(conversation, ADDRESS, RANDOM).completeness == PARTIAL
    assert peer(conversation, ADDRESS, PUBLIC).name == b""


def test_what_tells_nothing_takes_no_place() -> None:
    """A scan in which devices say neither name nor company leaves the book empty, as do anonymous advertisers."""
    ghost = complete("Ghost")
    conversation = after(
        reports(report(FLAGS), report(ghost, address_type=0xFF)), extended_reports(extended(ghost, address_type=0xFF))
    )
    assert book_size(conversation) == 0


@pytest.mark.parametrize(
    ("data", "company"),
    [
        (manufacturer(0x0059, b"\1\2"), 0x0059),
        (manufacturer(0x0059), 0x0059),
        (manufacturer(0xFFFF, b"\1\2"), NONE),
        (field(0xFF, b"\x59"), NONE),
        (manufacturer(0x004C, b"\x10\x05abcde"), 0x004C),
        (manufacturer(0x004C, b"\x02\x15" + bytes(21)), NONE),
    ],
)
def test_manufacturer_data(data: bytes, company: int) -> None:
    """The company identifier; not that for tests, and not Apple's of an iBeacon, which others make too."""
    assert peer(after(reports(report(FLAGS + data)))).company == company


@pytest.mark.parametrize(
    "data",
    [
        b"\x00" + complete("Lamp"),
        b"\x01",
        complete("")[:1],
        field(0x16, complete("Lamp")),
        complete(""),
    ],
)
def test_what_is_no_name(data: bytes) -> None:
    """Data ends at a length of zero, and what stands inside another structure is not looked at."""
    assert peer(after(reports(report(data)))).name == b""


def test_a_structure_that_runs_past_its_report() -> None:
    """The name is what is there of it, and is not taken for the whole."""
    found = peer(after(reports(report(b"\x20\x09Lamp"))))
    assert (found.name, found.completeness) == (b"Lamp", PARTIAL)


def test_a_report_that_the_capture_cut_short() -> None:
    """With a packet length limit the end of a name is missing."""
    whole = reports(report(complete("Lantern")))
    conversation = Conversation()
    conversation.packet(RX, EVENT, whole[:-5], len(whole))
    assert (peer(conversation).name, peer(conversation).completeness) == (b"Lan", PARTIAL)


def test_extended_reports() -> None:
    """Address and data stand elsewhere than in legacy ones."""
    conversation = after(extended_reports(extended(FLAGS), extended(complete("Lamp"), OTHER, 1)))
    assert peer(conversation, OTHER, RANDOM).name == b"Lamp"


def test_data_in_several_extended_reports() -> None:
    """A name may be cut anywhere between them, and other advertisers may come between."""
    whole = FLAGS + complete("A lamp with a very long name")
    conversation = after(
        extended_reports(extended(whole[:9], status=1)),
        extended_reports(extended(complete("Fan"), OTHER)),
        extended_reports(extended(complete("Set 2"), set_number=2)),
    )
    assert peer(conversation).name == b"Set 2"
    conversation.event(extended_reports(extended(whole[9:20], status=1)))
    conversation.event(extended_reports(extended(whole[20:], status=0)))
    assert peer(conversation).name == b"A lamp with a very long name"
    assert peer(conversation, OTHER).name == b"Fan"


def test_data_that_the_controller_gave_up() -> None:
    """Status 2: the rest will not come."""
    whole = complete("A lamp with a long name")
    conversation = after(
        extended_reports(extended(whole[:9], status=1)), extended_reports(extended(whole[9:12], status=2))
    )
    assert (peer(conversation).name, peer(conversation).completeness) == (b"A lamp wit", PARTIAL)


def test_unfinished_data_is_bounded() -> None:
    """Advertisers that never finish are forgotten, and one that never ends is read when it is too long."""
    conversation = Conversation()
    for number in range(3 * MOST_UNFINISHED):
        address = number.to_bytes(6)
        conversation.event(extended_reports(extended(field(0x16, bytes(200)), address, status=1)))
    assert 0 < len(conversation.engine.host.discovery.unfinished) <= MOST_UNFINISHED
    for _ in range(20):
        conversation.event(extended_reports(extended(field(0x16, bytes(200)), OTHER, status=1)))
    assert all(len(data) < 1650 for data in conversation.engine.host.discovery.unfinished.values())


def test_extended_inquiry_results() -> None:
    """EIR has the structures of advertising data (Vol 3 Part C 8)."""
    found = peer(after(inquiry_result(complete("Speaker") + manufacturer(0x000F))))
    assert (found.name, found.company) == (b"Speaker", 0x000F)


def test_remote_names() -> None:
    """248 bytes, padded with zeros; a request that failed tells nothing."""
    conversation = after(remote_name(b"Speaker"), remote_name(b"Nobody", OTHER, status=4))
    assert (peer(conversation).name, peer(conversation).completeness) == (b"Speaker", COMPLETE)
    assert peer(conversation, OTHER).name == b""


def test_a_remote_name_that_the_capture_cut_short() -> None:
    """It is whole only where its zero byte is there."""
    whole = remote_name(b"Speaker")
    conversation = Conversation()
    conversation.packet(RX, EVENT, whole[: 2 + 7 + 4], len(whole))
    assert (peer(conversation).name, peer(conversation).completeness) == (b"Spea", PARTIAL)
