"""Shortcuts from a conversation to what the engine made of it."""

from typing import Any

import numpy as np
import numpy.typing as npt

from l2scope.channels import Channels
from l2scope.engine.tables import AttTable, FrameTable, SduTable, SignalTable, Table
from l2scope.links import Link, RefusedChannel, refusal_views
from l2scope.reading import channel_views_of, link_views
from tests.wire import Conversation


def channels(conversation: Conversation) -> Channels:
    engine = conversation.engine
    return channel_views_of(engine, link_views(engine), engine.tables.zeros.rows.getvalue(), ended=False)


def links(conversation: Conversation) -> list[Link]:
    return link_views(conversation.engine)


def refused(conversation: Conversation) -> list[RefusedChannel]:
    return refusal_views(conversation.engine.host.registry.refusals, links(conversation))


def signals(conversation: Conversation) -> npt.NDArray[Any]:
    return _rows(conversation.engine.tables.signals, SignalTable.dtype)


def sdus(conversation: Conversation) -> npt.NDArray[Any]:
    return _rows(conversation.engine.tables.sdus, SduTable.dtype)


def frames(conversation: Conversation) -> npt.NDArray[Any]:
    return _rows(conversation.engine.tables.frames, FrameTable.dtype)


def att(conversation: Conversation) -> npt.NDArray[Any]:
    return _rows(conversation.engine.tables.att, AttTable.dtype)


def _rows(table: Table, dtype: list[tuple[str, str]]) -> npt.NDArray[Any]:
    return np.frombuffer(table.rows.getvalue(), dtype)
