"""What disagrees is found, and no reason explains more than it says."""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import l2scope
from l2scope.crosscheck import comparison
from l2scope.crosscheck.comparison import Comparison, Disagreement, read
from l2scope.crosscheck.differences import Difference, decoded, resolved, with_sdu_length
from l2scope.crosscheck.known import KNOWN
from l2scope.crosscheck.wireshark import wireshark
from l2scope.filter import Filter
from l2scope.filter.fields import FIELDS
from l2scope.filter.kinds import ADDRESS, BOOLEAN, BYTES, DURATION, MOMENT, NUMBER, TEXT
from l2scope.filter.packets import Packets
from l2scope.filter.values import Mask, Values
from tests.corpus import ROOT, SAMPLES

needs_tshark = pytest.mark.skipif(
    shutil.which("tshark") is None or find_spec("pyshark") is None, reason="tshark or pyshark is not installed"
)
REFUSED = SAMPLES / "refused.btsnoop"


def news(path: Path) -> list[Disagreement]:
    with l2scope.open(path) as capture:
        return [found for found in Comparison(capture, wireshark()).disagreements() if not found.reason]


def tampered(name: str, change: Callable[[Values], Values], monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes our field say something else."""
    honest = FIELDS[name]

    def values(packets: Packets, open_: Mask) -> Values:
        return change(honest.values(packets, open_))

    monkeypatch.setitem(FIELDS, name, replace(honest, values=values))


@needs_tshark
def test_a_wrong_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """One value that is off by one in one packet is the one disagreement. Packet 46 is a PDU on CID 0x0057."""

    def wrong(values: Values) -> Values:
        return values.with_data(values.data + (values.positions() == 45))

    tampered("btl2cap.cid", wrong, monkeypatch)
    assert news(REFUSED) == [Disagreement(46, "btl2cap.cid", (0x58,), (0x57,), "")]


@needs_tshark
def test_a_value_that_we_lack(monkeypatch: pytest.MonkeyPatch) -> None:
    """What only Wireshark has is found."""
    tampered("btl2cap.length", lambda values: values.of(values.positions() != 45), monkeypatch)
    assert news(REFUSED) == [Disagreement(46, "btl2cap.length", (), (11,), "")]


@needs_tshark
def test_a_value_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that is there twice and not once is found, though a filter would not tell."""

    def twice(values: Values) -> Values:
        again = np.flatnonzero(values.positions() == 45)
        return values.of(np.concatenate((np.arange(len(values.data)), again)))

    tampered("btl2cap.length", twice, monkeypatch)
    assert news(REFUSED) == [Disagreement(46, "btl2cap.length", (11, 11), (11,), "")]


@needs_tshark
def test_a_protocol_that_we_see(monkeypatch: pytest.MonkeyPatch) -> None:
    """A protocol is compared by whether it is there."""
    monkeypatch.setitem(FIELDS, "btsmp", replace(FIELDS["btsmp"], presence=lambda p: np.arange(p.count) == 45))
    assert news(REFUSED) == [Disagreement(46, "btsmp", (1,), (), "")]


@needs_tshark
def test_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packets are compared in slices, each once."""
    monkeypatch.setattr(comparison, "SLICE", 7)
    tampered("btl2cap.cid", lambda values: values.with_data(values.data + 1), monkeypatch)
    found = news(REFUSED)
    with l2scope.open(REFUSED) as capture:
        assert [one.packet for one in found] == list(capture.where("btl2cap"))


@needs_tshark
def test_a_capture_in_an_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packets of a bug report that tshark cannot read have their own numbers. Packet 51 grants credits; the log has cut
    them off."""
    path = ROOT / "tests" / "wrapped" / "bugreport_btsnooz.zip"
    tampered("bthci_acl.chandle", lambda values: values.with_data(values.data + 1), monkeypatch)
    found = news(path)
    with l2scope.open(path) as capture:
        assert [one.packet for one in found] == list(capture.where("bthci_acl"))
    assert all(one.ours == (one.theirs[0] + 1,) for one in found if isinstance(one.theirs[0], int))


@needs_tshark
def test_progress_and_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A capture that was piped in is compared like one of a file, and how far that has come is told."""
    monkeypatch.setattr(comparison, "SLICE", 40)
    told: list[tuple[int, int]] = []
    with l2scope.open(REFUSED) as capture:
        monkeypatch.setattr(capture, "path", Path("-"))
        compared = Comparison(capture, wireshark())
        assert [found for found in compared.disagreements(lambda *done: told.append(done)) if not found.reason] == []
    assert compared.packets == 89
    assert told == [(0, 89), (40, 89), (80, 89)]


@needs_tshark
def test_a_reason_does_not_hide_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wireshark may say more of attributes than we; where it lacks what we say, that is news."""

    def wrong(values: Values) -> Values:
        return values.with_data(np.where(values.data == 0x2800, 0x2801, values.data))

    tampered("btatt.uuid16", wrong, monkeypatch)
    path = SAMPLES / "att_only.btsnoop"
    with l2scope.open(path) as capture:
        requests = set(capture.where("btatt.opcode == 0x10"))
    assert {one.packet for one in news(path)} == requests != set()


@needs_tshark
def test_a_wrong_pairing(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that we give to another request is news, where no other bearer could have confused Wireshark."""
    tampered("btatt.request_in_frame", lambda values: values.with_data(values.data - 1), monkeypatch)
    path = SAMPLES / "att_only.btsnoop"
    with l2scope.open(path) as capture:
        answers = set(capture.where("btatt.request_in_frame && btatt.opcode != 1"))
    assert {one.packet for one in news(path)} == answers != set()


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.reason[:60])
def test_every_reason_is_usable(known: Any) -> None:
    """Its filter is one, its fields are fields, and it stands alone."""
    Filter(known.where)
    assert all("*" in name or name in FIELDS for name in known.fields)
    assert [known.where, known.fields, known.how] not in [
        [other.where, other.fields, other.how] for other in KNOWN if other is not known
    ]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (NUMBER, "0x00000012", 18),
        (NUMBER, "-69", -69),
        (BOOLEAN, "1", 1),
        (BOOLEAN, "True", 1),
        (BOOLEAN, "False", 0),
        (BYTES, "01:a0", b"\x01\xa0"),
        (BYTES, "01a0", b"\x01\xa0"),
        (ADDRESS, "00:aa:01:02:03:04", bytes.fromhex("00aa01020304")),
        (TEXT, "hci0", "hci0"),
        (DURATION, "0.030673000", 30_673_000),
        (MOMENT, "1546808462.811499000", 1_546_808_462_811_499_000),
        (NUMBER, "?", "?"),
    ],
)
def test_values_as_tshark_prints_them(kind: Any, text: str, value: object) -> None:
    """What is not of its kind stays a text, which equals no value."""
    assert read(kind, text) == value


def difference(ours: list[Any], theirs: list[Any], **told: list[str]) -> Difference:
    return Difference(None, 1, "field", Counter(ours), Counter(theirs), told)  # type: ignore[arg-type]


def test_ways_to_differ() -> None:
    """Only the ends of a value are left over of it; only what handles name is said besides; only an SDU length more."""
    assert decoded(difference([b"abc"], []))
    assert decoded(difference([b"abc"], [b"bc"]))
    assert not decoded(difference([b"abc"], [b"ab"]))
    assert not decoded(difference([b"abc"], [b"abc", b"c"]))
    assert resolved(difference([], [0x2800]))
    assert not resolved(difference([], [0x2800, 0x2801]))
    assert not resolved(difference([0x2803], [0x2800]))
    assert with_sdu_length(difference([b"abc"], [b"\3\0abc"]))
    assert not with_sdu_length(difference([b"abc"], [b"\0abc"]))
    assert not with_sdu_length(difference([b"abc"], [b"\3\0abd"]))
