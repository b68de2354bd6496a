"""Filters let the same packets pass as tshark's -Y, over the HCI captures of the public corpus."""

import shutil
from pathlib import Path

import pytest

import l2scope
from l2scope.filter import Filter
from tests.corpus import corpus_files, name_of, needs_corpus
from tests.filter import tshark
from tests.test_tshark import is_read

pytestmark = [needs_corpus, pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")]

CAPTURES = [path for path in corpus_files("public/*") if is_read(path)]

FILTERS = (
    # the record
    "frame.number in {1, 3, 5..9}",
    "frame.len > 100 && frame.len <= 260",
    "frame.cap_len == 14",
    "frame.len + 4 > 20",
    "frame.number % 10 == 0",
    "frame.time_relative > 1.5",
    "frame.time_delta < 0.001",
    'frame.time >= "2017-12-13 12:00:00"',
    "frame.p2p_dir == 1",
    "frame[0:2] == 04:3e",
    "frame contains 0a:18",
    'frame matches "nova|pixel"',
    # H4, ACL
    "hci_h4.type == 0x04 && !(hci_h4.direction == 0)",
    "hci_h4.type == 2 || bthci_cmd",
    "bthci_acl",
    "bthci_acl.chandle >= 0x040",
    "bthci_acl.pb_flag == 1",
    "bthci_acl.length & 1",
    # commands
    "bthci_cmd.opcode == 0x200c",
    "bthci_cmd.opcode.ogf == 8",
    "bthci_cmd.opcode.ocf in {0x0d, 0x43}",
    "bthci_cmd.param_length > 30",
    "bthci_cmd.le_scan_enable == 1",
    "bthci_cmd.reason == 0x13",
    "bthci_cmd.bd_addr[0:3] == 5c:b2:60 or bthci_cmd.connection_handle < 5",
    # events
    "bthci_evt.code == 0x3e and bthci_evt.le_meta_subevent == 0x0d",
    "bthci_evt.opcode == 0x2001",
    "bthci_evt.num_compl_packets > 1",
    'bthci_evt.reason == "Remote User Terminated Connection"',
    "bthci_evt.status == 0x0c",
    "bthci_evt.connection_handle != 0x0040",
    "bthci_evt.connection_handle !== 0x0040",
    "all bthci_evt.connection_handle > 0x0002",
    "any bthci_evt.connection_handle > 0x0002",
    "bthci_evt.rssi > -60",
    "bthci_evt.le_con_interval == 6 && bthci_evt.le_con_latency == 0",
    # L2CAP
    "btl2cap",
    "btl2cap.cid == 0x0004 && btl2cap.length > 23",
    "btl2cap.cid not in {0x0001, 0x0004..0x0006}",
    "btl2cap.cmd_code == 0x12 or btl2cap.cmd_code == 0x13",
    "btl2cap.scid == 0x0040 || btl2cap.dcid >= 0x0041",
    "btl2cap.min_interval < 12 && btl2cap.slave_latency == 0",
    "btl2cap.option_mtu > 672",
    # ATT
    "btatt",
    'btatt.opcode == "Write Request"',
    "btatt.opcode & 0x40",
    "btatt.opcode.method == 0x12",
    "btatt.opcode.command == 1",
    "btatt.error_code == 0x0a",
    "btatt.starting_handle == 0x0001 and not btatt.opcode == 8",
    "btatt.client_rx_mtu > 23 || btatt.server_rx_mtu > 23",
    "btatt.handle == 0x0011",
    "btatt.handle in {0x0011..0x0013} && btatt.opcode == 0x12",
    "btatt[0] == 12",
    "btatt.opcode == 0x12 && btl2cap.cid == 0x0004 && bthci_acl.length < 12",
    # SMP
    "btsmp",
    "btsmp.opcode <= 2",
    "btsmp.io_capability == 4 && btsmp.sc_flag == 1",
    "btsmp.mitm_flag == true or btsmp.key_dist_enc == 0",
    "btsmp.max_enc_key_size <= 16",
    "len(btsmp.cfm_value) == 16",
    # the Linux monitor
    "hci_mon.opcode == 13",
    "hci_mon.adapter_id != 0",
)

# Captures that have a bit of everything together.
RICH = (
    "whoisbe",
    "durnerj",
    "TeamRocket",
    "Ferdinand",
    "bluekitchen",
    "asset-group",
    "csacca",
    "lory",
    "ap4y",
    "soaresden",
)

# What tshark 4.0 does not know (Encryption Change [v2]), or takes for L2CAP (a vendor's frames).
LEFT_OUT = "bthci_evt.code == 0x59 || bthci_acl.chandle == 0x0edc"


# ATT on a channel that BR/EDR opened: not read yet.
DYNAMIC = " || btl2cap.cid >= 0x0040"


def within(path: Path, filter: str) -> str:
    left_out = LEFT_OUT + DYNAMIC * path.name.startswith("soaresden")
    return f"({filter}) && !({left_out})"


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_counts(path: Path) -> None:
    """As many packets pass each filter as in tshark."""
    filters = [within(path, filter) for filter in FILTERS]
    with l2scope.open(path) as capture:
        found = {filter: len(Filter(filter).select(capture)) for filter in filters}
    expected = tshark.counts(path, filters)
    assert {f: (found[f], expected[f]) for f in filters if found[f] != expected[f]} == {}
    assert len(expected) == len(FILTERS)


def test_numbers() -> None:
    """The packets themselves are those of -Y."""
    path = next(path for path in CAPTURES if path.name.startswith("whoisbe"))
    filter = 'btatt.opcode == "Write Request" && !(btatt.handle == 0x0018) or bthci_evt.reason == 0x13'
    assert list(l2scope.open(path).where(filter)) == tshark.frames(path, filter) != []


def test_every_filter_finds_something() -> None:
    """Each filter tells packets apart in some capture, so that none can pass by finding nothing."""
    found = dict.fromkeys(FILTERS, 0)
    for path in (path for path in CAPTURES if path.name.startswith(RICH)):
        with l2scope.open(path) as capture:
            for filter in FILTERS:
                if not found[filter]:
                    found[filter] = len(capture.where(filter))
    assert [filter for filter, count in found.items() if not count] == []
