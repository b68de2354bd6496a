"""All fields that filters know, a module for each family."""

from typing import Final

from l2scope.filter.field import FilterField
from l2scope.filter.fields import (
    att,
    att_leaves,
    frame,
    hci,
    hci_commands,
    hci_events,
    l2cap,
    l2cap_signals,
    monitor,
    own,
    own_judged,
    smp,
)

__all__ = ["FIELDS"]

FAMILIES: Final = (
    own,
    own_judged,
    frame,
    hci,
    hci_commands,
    hci_events,
    l2cap,
    l2cap_signals,
    att,
    att_leaves,
    smp,
    monitor,
)
FIELDS: Final[dict[str, FilterField]] = {
    field.name: field
    for field in sorted((field for family in FAMILIES for field in family.FIELDS), key=lambda f: f.name)
}
