"""Names of the Object Transfer Service (OTS 1.0, 3.3 and 3.4) that its dissectors share."""

NAME, ACTION_POINT, LIST_POINT = 0x2ABE, 0x2AC5, 0x2AC6
CREATE, CHECKSUM, EXECUTE, READ, WRITE, ABORT, RESPONSE = 0x01, 0x03, 0x04, 0x05, 0x06, 0x07, 0x60
ACTIONS = {
    CREATE: "Create",
    0x02: "Delete",
    CHECKSUM: "Calculate Checksum",
    EXECUTE: "Execute",
    READ: "Read",
    WRITE: "Write",
    ABORT: "Abort",
    RESPONSE: "Response",
}
WITH_SPAN = (CHECKSUM, READ, WRITE)
SUCCESS = 0x01
RESULTS = {
    SUCCESS: "success",
    0x02: "op code not supported",
    0x03: "invalid parameter",
    0x04: "insufficient resources",
    0x05: "invalid object",
    0x06: "channel unavailable",
    0x07: "unsupported type",
    0x08: "procedure not permitted",
    0x09: "object locked",
    0x0A: "operation failed",
}
GO_TO, LIST_RESPONSE = 0x05, 0x70
MOVES = {0x01: "First", 0x02: "Last", 0x03: "Previous", 0x04: "Next", GO_TO: "Go To"}
LISTS = {**MOVES, 0x06: "Order", 0x07: "Request Number of Objects", 0x08: "Clear Marking", LIST_RESPONSE: "Response"}
LIST_RESULTS = {
    SUCCESS: "success",
    0x02: "op code not supported",
    0x03: "invalid parameter",
    0x04: "operation failed",
    0x05: "out of bounds",
    0x06: "too many objects",
    0x07: "no object",
    0x08: "object ID not found",
}
