"""What the channels and characteristics of a capture carry: which dissector is for which, and their conversations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import RLock
from typing import Final

import numpy as np

from l2scope.analysis.gatt.naming import value_in
from l2scope.analysis.gatt.server import LOCAL, Server
from l2scope.capture import Capture
from l2scope.decoding import DecodeAs
from l2scope.dissection.conversation import Conversation, Unit
from l2scope.dissection.dissector import Dissector, describe, overruns, uuid_value
from l2scope.dissection.joining import joined
from l2scope.dissection.registry import PLAIN_BYTES, Registry
from l2scope.dissection.time_limit import bounded
from l2scope.dissection.units import sdu_rows, units_of_channel, units_of_value
from l2scope.engine.channel import EATT_SPSM
from l2scope.engine.words import NONE, SDU_COMPLETE
from l2scope.sources.errors import CaptureError
from l2scope.text import printable

FIRST_DYNAMIC_CID: Final = 0x40
ASKED: Final = 4
"""With so many SDUs of a channel a dissector says whether they are of its protocol."""
GUESS_SECONDS: Final = 1.0


class Contents:
    """Of one capture, which may still grow. Any thread may ask."""

    def __init__(self, capture: Capture, dissectors: Registry, overrides: Sequence[DecodeAs]) -> None:
        self.dissectors = dissectors
        self.problems: list[str] = []
        self._capture = capture
        self._overrides: dict[tuple[str, int], Dissector | None] = {}
        self._chosen: dict[tuple[int, int], Dissector | None] = {}
        self._conversations: dict[int, tuple[int, Conversation]] = {}
        self._lock = RLock()
        for override in overrides:
            self.decode_as(override)

    def decode_as(self, override: DecodeAs) -> None:
        """Overrides what is for something. Raises CaptureError for a dissector that does not exist."""
        dissector = self.dissectors.named(override.dissector)
        if dissector is None and override.dissector != PLAIN_BYTES:
            name = printable(override.dissector)
            raise CaptureError(f"there is no dissector {name}; `l2scope dissectors` lists them")
        with self._lock:
            self._overrides[override.target, override.value] = dissector
            self._chosen.clear()
            self._conversations.clear()

    def without_effect(self) -> list[str]:
        """The overrides that nothing in the capture is for, as they are written."""
        channels = self._capture.channels
        there = {("channel", channel.id) for channel in channels} | {("psm", channel.psm) for channel in channels}
        there |= {("cid", int(cid)) for cid in np.unique(self._capture.tables.pdus["cid"]) if cid < FIRST_DYNAMIC_CID}
        return [
            f"{target}=0x{value:X}" if target in ("psm", "cid") else f"{target}={value}"
            for target, value in self._overrides
            if target != "uuid" and (target, value) not in there
        ]

    def of_channel(self, channel: int) -> Dissector | None:
        """The dissector of a channel's SDUs."""
        psm = int(self._capture.engine.host.registry.channels[channel].psm)
        with self._lock:
            for override in (("channel", channel), ("psm", psm)):
                if override in self._overrides:
                    return self._overrides[override]
            bound = self.dissectors.for_psm(psm)
            return self._guessed(channel, psm) if bound is None else bound

    def of_cid(self, cid: int) -> Dissector | None:
        """The dissector of a fixed channel."""
        if ("cid", cid) in self._overrides:
            return self._overrides["cid", cid]
        return self.dissectors.for_cid(cid)

    def cids_of(self, dissector: Dissector) -> list[int]:
        """The fixed channels that a dissector is for."""
        overridden = [value for target, value in self._overrides if target == "cid"]
        return [cid for cid in {*dissector.bound("cid"), *overridden} if self.of_cid(cid) is dissector]

    @property
    def reads_values(self) -> bool:
        """Whether any dissector is for values of characteristics."""
        return self.dissectors.has_uuids or any(target == "uuid" for target, _ in self._overrides)

    def of_uuid(self, uuid: int) -> Dissector | None:
        """The dissector of the values of a characteristic, by the 128 bits of its type."""
        if ("uuid", uuid) in self._overrides:
            return self._overrides["uuid", uuid]
        return self.dissectors.for_uuid(uuid)

    def of_value(self, row: int, payload: bytes) -> tuple[Dissector, int] | None:
        """The dissector of the value in the ATT PDU of a row of the att table, and where in it the value begins."""
        if not self.reads_values:
            return None
        handle, value = value_in(self._capture, row, payload)
        gatt = self._capture.gatt
        server = gatt.server_of(row) if value else None
        uuid = None if server is None else server.type_of(handle, int(self._capture.tables.att[row]["packet"]))
        dissector = None if uuid is None else self.of_uuid(uuid.value)
        return None if dissector is None else (dissector, len(payload) - len(value))

    def _guessed(self, channel: int, psm: int) -> Dissector | None:
        """The first dissector that knows its own in the first SDUs. It is not asked again once there are enough."""
        key = (channel, psm)
        if key in self._chosen or not self.dissectors.guesses or psm == EATT_SPSM:
            return self._chosen.get(key)
        rows = [row for row in sdu_rows(self._capture, channel) if self._is_complete(row)]
        directions = self._capture.tables.sdus["direction"]
        own = [row for row in rows if directions[row] == directions[rows[0]]][:ASKED]
        found = self._asked([self._capture.sdu_bytes(row) for row in own]) if own else None
        closed = self._capture.engine.host.registry.channels[channel].closed != NONE
        if len(own) == ASKED or closed or self._capture.ended:
            self._chosen[key] = found
        return found

    def _is_complete(self, row: int) -> bool:
        return bool(self._capture.tables.sdus[row]["state"] == SDU_COMPLETE)

    def _asked(self, sdus: list[bytes]) -> Dissector | None:
        for binding, dissector in self.dissectors.guesses:
            try:
                if bounded(lambda binding=binding: binding.looks_like(sdus), GUESS_SECONDS):  # type: ignore[misc]
                    return dissector
            except Exception as error:
                overruns[dissector.name] += 1
                self.note(f"{dissector.shown_title}: {describe(error)}")
        return None

    def note(self, problem: str) -> None:
        """Keeps what went wrong with a dissector, once."""
        if problem and problem not in self.problems:
            self.problems.append(problem)

    def conversation(self, channel: int) -> Conversation:
        """What a channel carried so far. Raises IndexError for a channel that does not exist, and CaptureError."""
        capture = self._capture
        engine_channel = capture.engine.host.registry.channels[channel]
        dissector = self.of_channel(channel)
        count = len(capture.tables.sdus)
        with self._lock:
            known = self._conversations.get(channel)
        if known is not None and known[0] == count and known[1].dissector is dissector:
            return known[1]
        units = units_of_channel(capture, channel, dissector)
        made = self._made(
            title=f"channel #{channel}",
            link=int(engine_channel.link),
            channel=channel,
            dissector=dissector,
            units=units,
            closed=engine_channel.closed != NONE or capture.ended,
            lost=engine_channel.opened == NONE or not capture.quality.conclusive,
        )
        with self._lock:
            self._conversations[channel] = (count, made)
        return made

    def known_conversation(self, channel: int) -> Conversation | None:
        """The same where it was made before and nothing has come since: for whoever may not wait."""
        with self._lock:
            known = self._conversations.get(channel)
        return known[1] if known is not None and known[0] == len(self._capture.tables.sdus) else None

    def characteristics(self) -> Iterator[tuple[Server, int, int, Dissector | None]]:
        """The characteristics whose values were told, and that have a dissector or were meant to have none: server,
        link, handle."""
        if not len(self._capture.tables.att):
            return
        for server in self._capture.gatt.servers:
            for link in server.links:
                for handle in server.handles_on(link):
                    uuid = server.database.type_of(handle)
                    dissector = None if uuid is None else self.of_uuid(uuid.value)
                    if dissector is not None or (uuid is not None and ("uuid", uuid.value) in self._overrides):
                        yield server, link, handle, dissector

    def values(self, server: Server, link: int, handle: int) -> Conversation:
        """What was written to a characteristic on a link, and told of it."""
        uuid = server.database.type_of(handle)
        dissector = None if uuid is None else self.of_uuid(uuid.value)
        name = server.database.name(handle) or f"handle 0x{handle:04X}"
        owner = "this host" if server.owner.side == LOCAL else "the peer"
        view = self._capture.links[link]
        return self._made(
            title=printable(f"{name} (handle 0x{handle:04X}) of {owner}, link {link}"),
            link=link,
            handle=handle,
            dissector=dissector,
            units=units_of_value(server, link, handle, dissector),
            closed=view.closed is not None or self._capture.ended,
            lost=not self._capture.quality.conclusive,
        )

    def _made(
        self,
        *,
        title: str,
        link: int,
        dissector: Dissector | None,
        units: list[Unit],
        closed: bool,
        lost: bool,
        channel: int | None = None,
        handle: int | None = None,
    ) -> Conversation:
        messages, problem = joined(dissector, units)
        self.note(problem)
        with self._capture.held() as last_ns:
            pass
        return Conversation(
            title=title,
            link=link,
            channel=channel,
            handle=handle,
            dissector=dissector,
            units=units,
            messages=messages,
            last_ns=last_ns,
            closed=closed,
            lost=lost,
            values_of=lambda uuid: self._values_of(link, uuid),
            problem=problem,
        )

    def _values_of(self, link: int, uuid: int | str) -> list[Unit]:
        """Of the characteristics of a type on a link, whoever has them, in order of their packets."""
        wanted = uuid_value(uuid)
        found: list[Unit] = []
        for server in self._capture.gatt.servers if len(self._capture.tables.att) else ():
            for handle in server.handles_on(link) if link in server.links else ():
                kind = server.database.type_of(handle)
                if kind is not None and kind.value == wanted:
                    found += units_of_value(server, link, handle, None)
        return sorted(found, key=lambda unit: unit.first_packet)
