"""The field tree of one packet, made by the dissectors when the packet is looked at."""

from l2scope.dissection.field import Buffer, Field, Tree
from l2scope.dissection.registry import Dissector, on_cid, on_frame, on_kind, on_psm
from l2scope.dissection.tree import dissect, dissect_protocols

__all__ = [
    "Buffer",
    "Dissector",
    "Field",
    "Tree",
    "dissect",
    "dissect_protocols",
    "on_cid",
    "on_frame",
    "on_kind",
    "on_psm",
]
