"""Fields of the Security Manager Protocol: btsmp.* as Wireshark has them."""

from typing import Final

import numpy as np

from l2scope.engine import words
from l2scope.filter.dissected import Layer, branches, leaf
from l2scope.filter.field import Cost, FilterField
from l2scope.filter.kinds import ADDRESS, BOOLEAN, BYTES, NUMBER, PROTOCOL
from l2scope.filter.packets import Packets
from l2scope.filter.values import Mask
from l2scope.names import hci, smp


def with_smp(packets: Packets) -> Mask:
    found = packets.none()
    pdus = packets.pdus
    own = np.isin(pdus["cid"], (words.SMP_CID, words.BREDR_SMP_CID)) & (pdus["last"] > 0)
    rows = packets.rows(pdus["last"][own])
    found[rows[rows < packets.count]] = True
    return found


SMP: Final = Layer(with_smp, lambda title: title == "SMP")

FIELDS: Final[tuple[FilterField, ...]] = (
    FilterField("btsmp", PROTOCOL, "Security Manager commands", branches(SMP), cost=Cost.DISSECTED, presence=with_smp),
    leaf(SMP, "btsmp.reason", NUMBER, "Reason", "Reason", names=smp.REASONS),
    leaf(SMP, "btsmp.public_key_x", BYTES, "Public Key X", "Public key x"),
    leaf(SMP, "btsmp.public_key_y", BYTES, "Public Key Y", "Public key y"),
    leaf(SMP, "btsmp.dhkey_check", BYTES, "DHKey Check", "DHKey check"),
    leaf(SMP, "btsmp.notification_type", NUMBER, "Notification Type", "Notification type", names=smp.KEYPRESSES),
    leaf(SMP, "btsmp.address_type", NUMBER, "Address Type", "Address type", names=hci.ADDRESS_TYPES),
    leaf(SMP, "btsmp.authreq", NUMBER, "AuthReq", "Bonding"),
    leaf(SMP, "btsmp.bd_addr", ADDRESS, "BD_ADDR", "BD_ADDR"),
    leaf(SMP, "btsmp.bonding_flags", NUMBER, "Bonding Flags", "Bonding", mask=0x3),
    leaf(SMP, "btsmp.cfm_value", BYTES, "Confirm Value", "Confirm value"),
    leaf(SMP, "btsmp.ediv", NUMBER, "Encrypted Diversifier (EDIV)", "EDIV"),
    leaf(SMP, "btsmp.id_resolving_key", BYTES, "Identity Resolving Key", "Identity resolving key"),
    leaf(SMP, "btsmp.initiator_key_distribution", NUMBER, "Initiator Key Distribution", "Initiator key distribution"),
    leaf(SMP, "btsmp.io_capability", NUMBER, "IO Capability", "IO capability", names=smp.IO_CAPABILITIES),
    leaf(
        SMP,
        "btsmp.key_dist_enc",
        BOOLEAN,
        "Encryption Key (LTK)",
        "Initiator key distribution",
        "Responder key distribution",
        mask=0x1,
    ),
    leaf(
        SMP,
        "btsmp.key_dist_id",
        BOOLEAN,
        "Id Key (IRK)",
        "Initiator key distribution",
        "Responder key distribution",
        mask=0x2,
    ),
    leaf(
        SMP,
        "btsmp.key_dist_linkkey",
        BOOLEAN,
        "Link Key",
        "Initiator key distribution",
        "Responder key distribution",
        mask=0x8,
    ),
    leaf(
        SMP,
        "btsmp.key_dist_reserved",
        NUMBER,
        "Reserved",
        "Initiator key distribution",
        "Responder key distribution",
        mask=0xF0,
    ),
    leaf(
        SMP,
        "btsmp.key_dist_sign",
        BOOLEAN,
        "Signature Key (CSRK)",
        "Initiator key distribution",
        "Responder key distribution",
        mask=0x4,
    ),
    leaf(SMP, "btsmp.keypress_flag", BOOLEAN, "Keypress Flag", "Bonding", mask=0x10),
    leaf(SMP, "btsmp.long_term_key", BYTES, "Long Term Key", "Long term key"),
    leaf(SMP, "btsmp.max_enc_key_size", NUMBER, "Max Encryption Key Size", "Maximum encryption key size"),
    leaf(SMP, "btsmp.mitm_flag", BOOLEAN, "MITM Flag", "Bonding", mask=0x4),
    leaf(SMP, "btsmp.oob_data_flags", NUMBER, "OOB Data Flags", "OOB data"),
    leaf(SMP, "btsmp.opcode", NUMBER, "Opcode", "Code", names=smp.CODES),
    leaf(SMP, "btsmp.random_value", BYTES, "Random Value", "Random value", "Random number"),
    leaf(SMP, "btsmp.responder_key_distribution", NUMBER, "Responder Key Distribution", "Responder key distribution"),
    leaf(SMP, "btsmp.sc_flag", BOOLEAN, "Secure Connection Flag", "Bonding", mask=0x8),
    leaf(SMP, "btsmp.signature_key", BYTES, "Signature Key", "Signature key"),
)
