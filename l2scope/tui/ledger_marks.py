"""What was said about a channel, or over it in ATT, as marks along the time of its ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from l2scope.channels import Channel
from l2scope.engine.att import ERROR_RESPONSE
from l2scope.engine.words import RX, TX
from l2scope.tui.flows import Flows
from l2scope.tui.theme import Tone

SIGNALS: Final = "+rox"
"""Credits, a reconfiguration, the opening and the closing, the most telling last."""
PDUS: Final = "→←⇄!"
"""ATT PDUs sent, received, both in one column, and a refusal."""
TONES: Final = {"+": Tone.DIM, "r": Tone.MARK, "o": Tone.MARK, "x": Tone.MARK, "!": Tone.LOOK}
SENT_AND_RECEIVED: Final = 2


@dataclass(frozen=True, slots=True)
class Marks:
    """Moments (Unix ns, in order) with the place of each one's sign in `signs`."""

    name: str
    signs: str
    times: NDArray[np.int64]
    kinds: NDArray[np.int8]

    def telling(self, edges: NDArray[np.int64]) -> Iterator[tuple[int, str]]:
        """The columns that have marks, each with the sign that tells most."""
        bounds = np.searchsorted(self.times, edges)
        for at in np.flatnonzero(np.diff(bounds)).tolist():
            kinds = self.kinds[bounds[at] : bounds[at + 1]]
            kind = int(kinds.max())
            if self.signs is PDUS and kind == RX and int(kinds.min()) == TX:
                kind = SENT_AND_RECEIVED
            yield at, self.signs[kind]

    def tone(self, sign: str) -> Tone:
        """In what a sign is shown."""
        return TONES.get(sign, Tone.FIGURE)


def signalling(flows: Flows, channel: Channel, flow: int) -> Marks:
    """What opened, fed, reconfigured and closed a channel; credits are those of the direction of `flow`."""
    credits = flows.credits(flow)
    told = credits["packet"][credits["change"] > 0] if channel.credit_based else credits["packet"][:0]
    moments = [(int(time), 0) for time in flows.times[told - 1].tolist()]
    changed = (packet for packet in _reconfigurations(channel) if packet <= len(flows.times))
    moments += [(int(flows.times[packet - 1]), 1) for packet in changed]
    moments += [(time, kind) for time, kind in ((channel.opened_ns, 2), (channel.closed_ns, 3)) if time is not None]
    return _marks("signals", SIGNALS, moments)


def _reconfigurations(channel: Channel) -> list[int]:
    packets = (change["packet"] for change in channel.reconfigured)
    return [packet for packet in packets if isinstance(packet, int)]


def att(flows: Flows, channel: int) -> Marks:
    """The ATT PDUs that a channel carries."""
    rows = flows.att(channel)
    kinds = np.where(rows["opcode"] == ERROR_RESPONSE, len(PDUS) - 1, rows["direction"] & 1)
    times = np.maximum.accumulate(flows.times[rows["packet"] - 1]) if len(rows) else np.zeros(0, np.int64)
    return Marks("ATT", PDUS, times, kinds.astype(np.int8))


def _marks(name: str, signs: str, moments: list[tuple[int, int]]) -> Marks:
    moments.sort()
    columns = np.array(moments, np.int64).reshape(-1, 2)
    return Marks(name, signs, columns[:, 0], columns[:, 1].astype(np.int8))
