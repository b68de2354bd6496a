"""The field tree of one packet and what conversations carry, made by the dissectors when they are looked at.

The names below are what a dissector file needs.
"""

from l2scope.dissection.conversation import Breach, ContentRule, Conversation, ExportedFile, Message, Unit
from l2scope.dissection.dissector import Dissector, by_content, on_cid, on_frame, on_kind, on_psm, on_uuid
from l2scope.dissection.field import Buffer, Field, Tree
from l2scope.dissection.tree import dissect, dissect_protocols

__all__ = [
    "Breach",
    "Buffer",
    "ContentRule",
    "Conversation",
    "Dissector",
    "ExportedFile",
    "Field",
    "Message",
    "Tree",
    "Unit",
    "by_content",
    "dissect",
    "dissect_protocols",
    "on_cid",
    "on_frame",
    "on_kind",
    "on_psm",
    "on_uuid",
]
