"""The modes of a channel (Vol 3 Part A 2.4, 10), by number and by name."""

from typing import Final

LE_CREDIT: Final = 0
ENHANCED_CREDIT: Final = 1
BASIC: Final = 2
ERTM: Final = 3
STREAMING: Final = 4
RETRANSMISSION: Final = 5
FLOW_CONTROL: Final = 6
MODES: Final = ("le-credit", "enhanced-credit", "basic", "ertm", "streaming", "retransmission", "flow-control")
