"""Findings about ATT with their attributes called by their names."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from l2scope.analysis.findings import Finding
from l2scope.analysis.gatt.gatt import Gatt
from l2scope.analysis.gatt.naming import asked_about
from l2scope.analysis.transactions import COMMANDS, NAMING_ONE
from l2scope.capture import Capture
from l2scope.engine.att import ERROR_RESPONSE, NOTIFICATION

FAMILY: Final = "ATT"
WITH_HANDLE: Final = (*NAMING_ONE, *COMMANDS, NOTIFICATION, ERROR_RESPONSE)


def with_names(findings: Iterable[Finding], capture: Capture) -> list[Finding]:
    """The same findings; those about an attribute that discovery told of say its name, also in values["attribute"]."""
    found = list(findings)
    if not any(finding.rule.startswith(FAMILY) for finding in found):
        return found
    gatt = capture.gatt
    return [_named(finding, capture, gatt) if finding.rule.startswith(FAMILY) else finding for finding in found]


def _named(finding: Finding, capture: Capture, gatt: Gatt) -> Finding:
    for row in gatt.rows_of(finding.packets[0]) if finding.packets else ():
        handle = _handle(finding, capture, row)
        name = gatt.name(row, handle)
        if name:
            values = {**finding.values, "handle": handle, "attribute": name}
            return replace(finding, message=_message(finding.message, handle, name), values=values)
    return finding


def _handle(finding: Finding, capture: Capture, row: int) -> int:
    """The attribute that the finding names, or else the packet that proves it."""
    told = finding.values.get("handle")
    if isinstance(told, int):
        return told
    att = capture.tables.att[row]
    return int(att["handle"]) if int(att["opcode"]) in WITH_HANDLE else asked_about(capture, row)


def _message(message: str, handle: int, name: str) -> str:
    said = f"handle 0x{handle:04x}"
    return message.replace(said, f"{said} ({name})") if said in message else f"{message}; {said} ({name})"
