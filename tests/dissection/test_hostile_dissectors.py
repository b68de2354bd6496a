"""Dissectors that fail, loop or lie cost the packet or the file a remark, never the program."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from scapy.fields import BitField, ByteField, StrField
from scapy.packet import Packet, Raw

from l2scope.dissection import Breach, ContentRule, Dissector, Message, Unit, joining, loading, on_psm
from l2scope.dissection import dissector as dissector_module
from l2scope.dissection.conversation import Conversation
from l2scope.dissection.dissector import MOST_OVERRUNS, overruns
from l2scope.dissection.joining import breaches, exported, joined
from l2scope.dissection.registry import Registry
from l2scope.dissection.time_limit import TookTooLong
from tests.dissection.fields import walk

SDU = bytes(range(32))


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """So that endless loops do not take as long as they may for users."""
    monkeypatch.setattr(dissector_module, "PACKET_SECONDS", 0.2)
    monkeypatch.setattr(joining, "SECONDS", 0.2)
    monkeypatch.setattr(loading, "LOAD_SECONDS", 0.5)
    yield
    overruns.clear()


def forever(*_arguments: Any) -> Any:
    while True:
        pass


def failing(*_arguments: Any) -> Any:
    raise RuntimeError("no \x1b[31m luck")


class GivesBackMore(StrField):  # type: ignore[misc]  # scapy has no types
    """Says that it left more bytes than it got."""

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, bytes]:
        return s + b"more", s


class ReadsNothing(StrField):  # type: ignore[misc]
    """Takes no byte, and gives many."""

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, bytes]:
        return s, s * 100


class WrongRanges(Packet):  # type: ignore[misc]
    name = "Wrong"
    fields_desc = [ByteField("first", 0), GivesBackMore("second", b"")]  # noqa: RUF012


class NoRanges(Packet):  # type: ignore[misc]
    name = "None"
    fields_desc = [ReadsNothing("first", b""), ByteField("second", 0)]  # noqa: RUF012


@pytest.mark.parametrize("layer", [failing, forever, WrongRanges, NoRanges, lambda data: 7, lambda data: None])
@pytest.mark.parametrize("flat", [False, True])
def test_a_layer_costs_its_packet_alone(layer: Any, flat: bool) -> None:
    """Every byte still has a field, in its place, and what can be printed is printed."""
    dissector = Dissector("hostile", layer, on_psm(0x80), flat=flat, title="Hostile", summary=lambda packet: packet.x)
    fields = dissector.fields(SDU, 0, 0, len(SDU))
    assert fields
    for field in walk(fields):
        assert 0 <= field.start <= field.stop <= len(SDU)
        assert (field.name + field.value + field.problem).isprintable()
    covered = {at for field in walk(fields) if not field.children for at in range(field.start, field.stop)}
    assert covered == set(range(len(SDU)))
    title, line = dissector.line(SDU)
    assert (title + line).isprintable()


def test_a_looping_layer_is_a_problem_of_its_field() -> None:
    """The packet says why it is not taken apart."""
    (field,) = Dissector("loops", forever, on_psm(0x80)).fields(SDU, 0, 0, len(SDU))
    assert "took longer than" in field.problem
    assert field.children[0].stop == len(SDU)


def test_the_place_of_a_fault_is_told(tmp_path: Path) -> None:
    """Whoever wrote the dissector finds the line."""
    (tmp_path / "mine.py").write_text(
        "from scapy.packet import Raw\nfrom l2scope.dissection import *\ndef said(packet):\n    return packet.nothing\n"
        "DISSECTORS = [Dissector('mine', Raw, on_psm(0x91), summary=said)]"
    )
    found = Registry()
    found.load(tmp_path, "a test")
    dissector = found.named("mine")
    assert dissector is not None
    assert "(line 4 of mine.py, in said)" in dissector.line(SDU)[1]


class Bits(Packet):  # type: ignore[misc]
    name = "Bits"
    fields_desc = [BitField("three", 0, 3), ByteField("whole", 0)]  # noqa: RUF012


def test_bits_that_fill_no_byte_are_called_so() -> None:
    """scapy says nothing that helps."""
    (field,) = Dissector("bits", Bits, flat=True).fields(SDU, 0, 0, len(SDU))
    assert field.problem == "Whole: the bit fields before it do not fill whole bytes"


def test_a_name_that_packets_use_themselves_is_told(tmp_path: Path) -> None:
    """The dissector is loaded all the same."""
    (tmp_path / "mine.py").write_text(
        "from scapy.fields import *\nfrom scapy.packet import Packet\nfrom l2scope.dissection import *\n"
        "class P(Packet):\n    fields_desc = [ByteField('payload', 0), ByteField('fine', 0)]\n"
        "DISSECTORS = [Dissector('mine', P)]"
    )
    found = Registry()
    found.load(tmp_path, "a test")
    assert list(found.loaded) == ["mine"]
    (problem,) = found.problems
    assert "a field called payload" in problem


def test_a_dissector_that_loops_often_is_switched_off() -> None:
    """It has cost its time often enough; the user is told."""
    dissector = Dissector("loops_often", forever, on_psm(0x80))
    for _ in range(MOST_OVERRUNS):
        dissector.fields(SDU, 0, 0, len(SDU))
    assert overruns["loops_often"] == MOST_OVERRUNS
    (field,) = dissector.fields(SDU, 0, 0, len(SDU))
    assert "switched off" in field.problem
    assert any("loops_often is switched off" in notice for notice in Registry().notices)


def units(count: int = 3) -> list[Unit]:
    return [Unit(index, "tx", index + 1, index + 1, 0, 0, SDU) for index in range(count)]


def without_end(found: Sequence[Unit]) -> Iterator[Message]:
    while True:
        yield Message((found[0],), b"again")


@pytest.mark.parametrize(
    ("join", "why"),
    [
        (failing, "RuntimeError"),
        (forever, "took longer than"),
        (lambda found: ["no message"], "no Message"),
        (lambda found: [Message(())], "without units"),
        (lambda found: 7, "TypeError"),
    ],
)
def test_a_join_that_fails_leaves_the_units(join: Any, why: str) -> None:
    """Each unit is a message by itself then, and what went wrong is said."""
    messages, problem = joined(Dissector("joins", Raw, join=join), units())
    assert [message.content for message in messages] == [SDU] * 3
    assert why in problem
    assert problem.isprintable()


def test_a_join_without_end_is_cut() -> None:
    """There are no more messages than bytes and units."""
    messages, problem = joined(Dissector("joins", Raw, join=without_end), units())
    assert problem == ""
    assert len(messages) == 3 * (len(SDU) + 1)


def conversation(dissector: Dissector) -> Conversation:
    return Conversation("a channel", 0, 0, None, dissector, units(), [], 0, True, False, lambda uuid: [])


@pytest.mark.parametrize("judge", [failing, forever, lambda found: ["no breach"]])
def test_a_judge_that_fails_finds_nothing(judge: Any) -> None:
    """What went wrong is said."""
    rule = ContentRule("USR999", "odd", "error", "")
    found, problem = breaches(conversation(Dissector("judges", Raw, rules=(rule,), judge=judge)))
    assert found == []
    assert problem.isprintable()
    assert problem


def test_breaches_without_end_are_cut() -> None:
    """A thousand are enough."""

    def judge(_found: Conversation) -> Iterator[Breach]:
        while True:
            yield Breach("USR999", "again")

    assert len(breaches(conversation(Dissector("judges", Raw, judge=judge)))[0]) == 1000


def test_an_exporter_that_fails_says_so() -> None:
    """Whoever wants the files is told."""
    with pytest.raises(RuntimeError):
        exported(conversation(Dissector("exports", Raw, export=failing)))
    with pytest.raises(TookTooLong):
        exported(conversation(Dissector("exports", Raw, export=forever)))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("import nothing_of_that_name", "ModuleNotFoundError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("while True:\n    pass", "took longer than"),
        ("DISSECTORS = 7", "no Dissector"),
        ("DISSECTOR = []", "no list DISSECTORS"),
        ("from l2scope.dissection import *\nDISSECTORS = [Dissector('d', 7, on=0x80)]", "write on_psm(0x80)"),
        (
            "from l2scope.dissection import *\nMINE = ContentRule('USR500', 'a', 'error', '')\n"
            "DISSECTORS = [Dissector('d', 7, rules=(MINE, MINE))]",
            "there is a rule USR500 already",
        ),
        (
            "from l2scope.dissection import *\n"
            "DISSECTORS = [Dissector('d', 7, rules=(ContentRule('USR499', 'a', 'error', ''),))]",
            "yours begin with USR500",
        ),
        ("from l2scope.dissection import Dissector\nDISSECTORS = [Dissector('Not A Name', 7)]", "is no name"),
        (
            "from l2scope.dissection import *\n"
            "DISSECTORS = [Dissector('d', 7, rules=(ContentRule('COC001', 'mine', 'error', ''),))]",
            "not called USR",
        ),
        (
            "from l2scope.dissection import *\n"
            "DISSECTORS = [Dissector('d', 7, rules=(ContentRule('USR500', 'mine', 'awful', ''),))]",
            "none of info, warning, error",
        ),
    ],
)
def test_a_file_that_fails_is_left_out(text: str, why: str, tmp_path: Path) -> None:
    """It is named with what is wrong; the file behind it is loaded all the same."""
    (tmp_path / "bad.py").write_text(text)
    (tmp_path / "good.py").write_text(
        "from scapy.packet import Raw\nfrom l2scope.dissection import *\n"
        "DISSECTORS = [Dissector('good', Raw, on_psm(0x91))]"
    )
    found = Registry()
    found.load(tmp_path, "a test")
    (problem,) = found.problems
    assert problem.startswith("bad.py (a test) is left out: ")
    assert why in problem
    assert list(found.loaded) == ["good"]
