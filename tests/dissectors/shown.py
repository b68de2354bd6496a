"""Bytes shown by our dissectors, as names and values."""

from l2scope.dissection import Dissector, Field
from l2scope.dissection.registry import registry
from tests.dissection.fields import check_coverage, values


def by_kind(kind: int, data: str) -> Field:
    """The field that the dissector of a packet kind makes of hexadecimal bytes."""
    return _shown(registry().for_kind(kind), bytes.fromhex(data))


def by_cid(cid: int, data: str) -> Field:
    """The field that the dissector of a fixed channel makes of hexadecimal bytes."""
    return _shown(registry().for_cid(cid), bytes.fromhex(data))


def by_psm(psm: int, data: str | bytes) -> Field:
    """The field that the dissector of a PSM makes of an SDU, hexadecimal or as it is."""
    return _shown(registry().for_psm(psm), bytes.fromhex(data) if isinstance(data, str) else data)


def parameters(field: Field, *headers: str) -> dict[str, str]:
    """Names and values without those of the header."""
    return {name: value for name, value in values(field).items() if name not in headers}


def _shown(dissector: Dissector | None, data: bytes) -> Field:
    assert dissector is not None
    fields = dissector.fields(data, 0, 0, len(data))
    assert len(fields) == 1
    check_coverage(fields, 0, len(data))
    return fields[0]
