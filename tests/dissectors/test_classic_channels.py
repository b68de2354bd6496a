"""All SDUs of BR/EDR channels, in our samples and in the corpus: none is bare bytes, none is lost, tshark agrees."""

import random
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from l2scope.capture import open_capture
from l2scope.dissection import Field, dissect
from l2scope.dissection.registry import registry
from tests.corpus import corpus_files, name_of, needs_corpus
from tests.dissection.fields import check_coverage, check_tree, leaves, walk
from tests.dissectors.classic import SAMPLE_NAMES, Sdu, sample_path, sdus
from tests.filter.tshark import counts

SAMPLES = [sample_path(name) for name in SAMPLE_NAMES]
CORPUS = [
    path
    for name in ("Ferdinand-Hoo", "soaresden", "cheoljun99", "phlash", "wangdalian", "ap4y")
    for path in corpus_files(f"public/{name}*")
]
CAPTURES = [*SAMPLES, *CORPUS, *corpus_files("bumble/classic*.btsnoop")]
KNOWN = (0x0001, 0x0003, 0x000F, 0x0011, 0x0013, 0x0017, 0x0019, 0x001B)
SDP, RFCOMM, AVDTP, BNEP = (0x0001,), (0x0003,), (0x0019,), (0x000F,)
AVCTP = (0x0017, 0x001B)
needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")


def shown(psm: int, data: bytes) -> tuple[Field, ...]:
    dissector = registry().for_psm(psm)
    assert dissector is not None
    return dissector.fields(data, 0, 0, len(data))


def line(psm: int, data: bytes) -> str:
    """What the list of packets says of an SDU."""
    dissector = registry().for_psm(psm)
    assert dissector is not None
    return " ".join(dissector.line(data))


def check(psm: int, data: bytes) -> None:
    """Every byte is in a leaf, every field is printable and inside its parent, and no code of ours failed."""
    fields = shown(psm, data)
    check_coverage(fields, 0, len(data))
    assert "Error:" not in line(psm, data)
    for field in walk(fields):
        assert 0 <= field.start <= field.stop <= len(data), field
        assert field.name.isprintable(), field
        assert field.value.isprintable(), field
        assert not field.problem or field.problem.endswith("the packet ends here"), field
        assert "Error:" not in field.value, field
        assert all(field.start <= child.start and child.stop <= field.stop for child in field.children), field


@pytest.mark.parametrize("path", SAMPLES, ids=name_of)
def test_every_truncation_of_every_sdu(path: Path) -> None:
    """Whatever is left of an SDU is shown to its last byte; what is missing is said, and nothing raises."""
    for sdu in {(one.psm, one.data) for one in sdus(path)}:
        psm, data = sdu
        for length in range(len(data) + 1):
            check(psm, data[:length])


@pytest.mark.parametrize("path", SAMPLES, ids=name_of)
def test_damaged_sdus(path: Path) -> None:
    """Bytes that were changed, cut out and put in, on the channel they belong to and on every other."""
    chance = random.Random(path.name)
    found = list(sdus(path))
    for _ in range(600):
        data = bytearray(chance.choice(found).data)
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(data) + 1)
            data[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(4))
        check(chance.choice(KNOWN), bytes(data))


def test_any_bytes() -> None:
    """No bytes at all, and bytes without any meaning, on every PSM that has a dissector."""
    chance = random.Random(9)
    for psm in (*KNOWN, 0x0005, 0x0015, 0x001D, 0x0021, 0x0023):
        check(psm, b"")
        assert line(psm, b"").endswith(" empty")
        for _ in range(300):
            check(psm, chance.randbytes(chance.randrange(1, 60)))


@pytest.mark.parametrize("path", SAMPLES, ids=name_of)
def test_samples_are_known_to_the_last_byte(path: Path) -> None:
    """Nothing that our scripts sent is left without a name, and no field has a problem."""
    for sdu in sdus(path):
        field = sdu.field()
        unknown = [leaf for leaf in leaves([field]) if leaf.name == "Bytes"]
        assert not unknown or sdu.data == b"\x01\x55\x01\x02", (sdu, unknown)
        assert not any(one.problem for one in walk([field])), sdu


@pytest.mark.parametrize("path", SAMPLES, ids=name_of)
def test_trees_of_samples_hold_together(path: Path) -> None:
    """The same fields in the tree of the packet that completes an SDU."""
    capture = open_capture(path)
    for sdu in sdus(path):
        tree = dissect(capture, sdu.packet)
        check_tree(tree)
        assert sdu.field().value in [field.value for field in tree.fields]


@needs_corpus
@pytest.mark.parametrize("path", CORPUS, ids=name_of)
def test_nothing_in_the_corpus_is_bare_bytes(path: Path) -> None:
    """A complete SDU of a known PSM has fields beyond its bytes, a summary, and no problem."""
    for sdu in sdus(path, *KNOWN):
        field = sdu.field()
        assert field.children[0].name != "Bytes", sdu
        assert field.value, sdu
        assert not any(one.problem for one in walk([field])), (sdu, field)


def test_the_corpus_holds_what_is_tested() -> None:
    """These captures have SDUs of all these protocols; a corpus without them would test nothing."""
    if not CORPUS:
        pytest.skip("the large corpus is not on this machine")
    told = Counter(sdu.psm for path in CORPUS for sdu in sdus(path, *KNOWN))
    assert {psm: told[psm] > 0 for psm in (0x0001, 0x0003, 0x0017, 0x0019, 0x001B)} == {
        0x0001: True,
        0x0003: True,
        0x0017: True,
        0x0019: True,
        0x001B: True,
    }


# tshark's filters, with the PSM and the beginning or the end of what our fields show of the same. It takes OBEX on a
# dynamic PSM of the service for AVRCP, hence btavctp; and it loses its way in BNEP's extension headers, hence the flag.
MULTIPLEXER_COMMANDS = (0x20, 0x38, 0x24, 0x14)
CTYPES = (0, 1, 3, 8, 9, 10, 12, 13, 15)
FRAMES = ((0x2F, "SABM"), (0x63, "UA"), (0x43, "DISC"), (0xEF, "UIH"), (0x0F, "DM"))
FILTERS: tuple[tuple[str, tuple[int, ...], str, str], ...] = (
    *((f"btsdp.pdu == {pdu}", SDP, f"(0x{pdu:02X})", "PDU ID") for pdu in range(2, 8)),
    *((f"btrfcomm.frame_type == {kind}", RFCOMM, name, "Control") for kind, name in FRAMES),
    *((f"btrfcomm.dlci == {dlci}", RFCOMM, f"{dlci} (", "DLCI") for dlci in (0, 4, 6, 8, 38)),
    *((f"btrfcomm.mcc.cmd == {kind}", RFCOMM, f"(0x{kind:02X})", "Command type") for kind in MULTIPLEXER_COMMANDS),
    *((f"btavdtp.signal_id == {kind}", AVDTP, f"(0x{kind:02X})", "Signal identifier") for kind in range(1, 14)),
    *((f"btavdtp.message_type == {kind}", AVDTP, f"(0x{kind:02X})", "Message type") for kind in range(4)),
    ("rtp.p_type == 96", AVDTP, "96", "Payload type"),
    ("btavctp.cr == 1", AVCTP, "response", "C/R"),
    *((f"btavctp.transaction == {label}", AVCTP, f"{label}", "Transaction label") for label in range(16)),
    *((f"btavctp && btavrcp.ctype == {ctype}", AVCTP, f"(0x{ctype:02X})", "Ctype") for ctype in CTYPES),
    *((f"btavctp && btavrcp.opcode == {kind}", AVCTP, f"(0x{kind:02X})", "Opcode") for kind in (0, 0x7C)),
    *((f"btbnep.bnep_type == {kind}", BNEP, f"(0x{kind:02X})", "Type") for kind in range(5)),
    *(
        (f"btbnep.extension_flag == 0 && btbnep.control_type == {kind}", BNEP, f"(0x{kind:02X})", "Control type")
        for kind in range(1, 7)
    ),
)


def told(field: Field, name: str, text: str) -> bool:
    """Whether a field of that name has that text at its end, or at its beginning."""
    if name == "Control type" and field.children[0].value != "0":
        return False
    values = [one.value for one in walk([field]) if one.name == name]
    if text.startswith("("):
        return any(value.endswith(text) for value in values)
    return any(re.match(rf"{re.escape(text)}(?!\d)", value) for value in values)


@needs_tshark
@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_tshark_counts_the_same(path: Path) -> None:
    """As many packets with each PDU, frame, command and signal as tshark finds."""
    expected = counts(path, [filter for filter, *_ in FILTERS])
    packets: dict[str, set[int]] = {filter: set() for filter, *_ in FILTERS}
    for sdu in sdus(path, *KNOWN):
        note(packets, sdu)
    assert {filter: len(found) for filter, found in packets.items()} == expected


def note(packets: dict[str, set[int]], sdu: Sdu) -> None:
    """The packet, under each filter that its fields pass."""
    field = sdu.field()
    for filter, psms, text, name in FILTERS:
        if sdu.psm in psms and told(field, name, text):
            packets[filter].add(sdu.packet)
