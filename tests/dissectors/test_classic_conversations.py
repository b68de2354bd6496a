"""Conversations on BR/EDR channels: lists of several responses joined, files made, fields that filters know."""

import io
from collections.abc import Iterator

import pytest

import l2scope
from l2scope.dissection import Conversation
from l2scope.dissection.field_values import forms_of
from l2scope.dissection.joining import exported
from l2scope.dissection.registry import registry
from l2scope.filter import Filter
from tests.dissectors.classic import content, sample_path
from tests.dissectors.conversations import survives, talk

SDP, RFCOMM, AVDTP = 0x0001, 0x0003, 0x0019


def conversations(name: str, psm: int) -> Iterator[Conversation]:
    capture = l2scope.open(sample_path(name))
    for channel in capture.channels:
        if channel.psm == psm:
            yield capture.conversation(channel)


def test_a_record_of_three_responses_is_one_message() -> None:
    """The keyboard's record, whole, with the three packets it came in."""
    (conversation,) = conversations("classic_input", SDP)
    (record,) = [message for message in conversation.messages if message.direction == "rx"]
    assert record.summary == "Service Search Attribute Response, 1 record: Human Interface Device"
    assert (record.complete, record.problem, record.values) == (True, "", {"responses": 3})
    assert content("classic_input")["sdp"]["name"].encode() in record.content
    assert record.content[0] == 0x35
    assert record.content[1] == len(record.content) - 2


def test_a_list_that_is_never_finished() -> None:
    """The client asks for no more: what came is a message that is not complete."""
    begun = bytes.fromhex("07 0001 000a 0006 35 0a 35 08 0900 01 00".replace(" ", ""))
    (message,) = talk("sdp", [("rx", begun)]).messages
    assert not message.complete
    assert message.problem == "the rest was not asked for"


def test_messages_of_a_serial_port_are_its_data() -> None:
    """Commands and answers are text, the block is none; frames without data stand for themselves."""
    (conversation,) = conversations("classic_serial", RFCOMM)
    truth = content("classic_serial")["rfcomm"]
    texts = [message.content for message in conversation.messages if message.media == "text/plain"]
    pieces = zip(truth["sent"], truth["received"][:3], strict=True)
    assert texts == [bytes.fromhex(piece) for pair in pieces for piece in pair]
    assert conversation.messages[0].content == bytes.fromhex("033f011c")
    assert bytes.fromhex(truth["received"][3]) in [message.content for message in conversation.messages]


def test_serial_data_as_files() -> None:
    """Every byte that the script wrote, by channel and direction."""
    (conversation,) = conversations("classic_serial", RFCOMM)
    files = {file.name: file.data for file in exported(conversation)}
    truth = content("classic_serial")["rfcomm"]
    assert files == {
        f"dlci{2 * truth['server_channel']}-{way}.bin": bytes.fromhex("".join(truth[pieces]))
        for way, pieces in (("rx", "received"), ("tx", "sent"))
    }


def test_music_as_a_file() -> None:
    """The frames without RTP, one behind the other, as Bumble's own reader takes them."""
    signals, media = conversations("classic_audio", AVDTP)
    assert exported(signals) == []
    (file,) = exported(media)
    assert file.name == "media-tx.sbc"
    truth = content("classic_audio")["avdtp"]
    frames = sum(packet["frames"] for packet in truth["media"])
    size = len(file.data) // frames
    source = io.BytesIO(file.data)
    found = [source.read(size) for _ in range(frames)]
    assert {(frame[0], frame[2]) for frame in found} == {(0x9C, truth["frame_bitpool"])}
    assert source.read() == b""


def test_media_of_other_codecs_as_a_file() -> None:
    """The payloads as they are."""
    header = bytes.fromhex("80600007 00000100 00000001".replace(" ", ""))
    (file,) = exported(talk("avdtp", [("rx", header + b"\x47\xfc"), ("rx", header + b"\x00\xb0")]))
    assert (file.name, file.data) == ("media-rx.bin", b"\x47\xfc\x00\xb0")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("rfcomm", {"DLCI", "control", "credits", "maximum_frame_size", "data_valid", "baud_rate", "line_error"}),
        ("sdp", {"PDU_ID", "byte_count", "attribute_ID", "error_code", "text", "service_record_handle"}),
        (
            "avdtp",
            {"signal_identifier", "SEID", "ACP_SEID", "codec_type", "maximum_bitpool", "payload_type", "bitpool"},
        ),
        ("avctp", {"transaction_label", "PID", "ctype", "opcode", "operation_ID", "PDU_ID", "event_ID", "volume"}),
        ("avctp_browsing", {"PDU_ID", "scope", "item_type", "displayable_name", "search_string"}),
        ("bnep", {"type", "control_type", "network_type", "destination_address", "setup_response", "first_type"}),
        ("hid_control", {"transaction_type", "report_type", "result_code", "keys", "modifiers", "buffer_size"}),
        ("hid_interrupt", {"report", "x", "y", "buttons"}),
        ("ipsp", {"dispatch", "next_header", "source_address", "flow_label", "payload_length"}),
    ],
)
def test_fields_for_filters(name: str, fields: set[str]) -> None:
    """Those of every layer, also inside of lists."""
    dissector = registry().named(name)
    assert dissector is not None
    assert fields <= {form.name for form in forms_of(dissector)}
    assert "load" not in {form.name for form in forms_of(dissector)}


@pytest.mark.parametrize(
    ("name", "filter", "count"),
    [
        ("classic_serial", "rfcomm.command_type == 0x24", 1),
        ("classic_audio", "avdtp.signal_identifier == 3", 2),
        ("classic_audio", "avdtp.payload_type == 96", 3),
        ("classic_audio", "avctp.volume == 77", 2),
        ("classic_input", "hid_interrupt.transaction_type == 10 && hid_interrupt.keys == 0x28", 1),
        ("classic_network", "bnep.network_type == 0x0806", 2),
        ("classic_input", "sdp.continuation_length > 0", 4),
    ],
)
def test_filters(name: str, filter: str, count: int) -> None:
    """As many packets as the script sent."""
    assert len(Filter(filter).select(l2scope.open(sample_path(name)))) == count


@pytest.mark.parametrize("name", ["sdp", "rfcomm", "avdtp"])
def test_hostile_conversations(name: str) -> None:
    """Joining and files survive what was cut, changed and shuffled."""
    sample = {"sdp": "classic_input", "rfcomm": "classic_serial", "avdtp": "classic_audio"}[name]
    psm = {"sdp": SDP, "rfcomm": RFCOMM, "avdtp": AVDTP}[name]
    said = [unit.data for one in conversations(sample, psm) for unit in one.units]
    survives(name, said)
