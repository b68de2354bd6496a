"""Groups, commands and results of MCUmgr's SMP (Zephyr, Device Management, SMP protocol specification)."""

READ, READ_RESPONSE, WRITE, WRITE_RESPONSE = range(4)
OPERATIONS = {
    READ: "read",
    READ_RESPONSE: "read response",
    WRITE: "write",
    WRITE_RESPONSE: "write response",
}
OS, IMAGE = 0, 1
GROUPS = {
    OS: "OS",
    IMAGE: "image",
    2: "statistics",
    3: "settings",
    4: "log",
    5: "crash",
    6: "split image",
    7: "run",
    8: "file system",
    9: "shell",
    10: "enumeration",
    63: "Zephyr",
}
RESET, UPLOAD = (OS, 5), (IMAGE, 1)
COMMANDS = {
    (OS, 0): "echo",
    (OS, 1): "console echo",
    (OS, 2): "task statistics",
    (OS, 3): "memory pool statistics",
    (OS, 4): "date and time",
    RESET: "reset",
    (OS, 6): "parameters",
    (OS, 7): "application info",
    (OS, 8): "bootloader info",
    (IMAGE, 0): "state",
    UPLOAD: "upload",
    (IMAGE, 5): "erase",
    (IMAGE, 6): "slot info",
    (8, 0): "file",
    (8, 1): "file status",
    (8, 2): "file hash",
    (9, 0): "execute",
}
RESULTS = {
    0: "success",
    1: "unknown error",
    2: "no memory",
    3: "invalid value",
    4: "timeout",
    5: "no such entry",
    6: "bad state",
    7: "response too large",
    8: "not supported",
    9: "corrupt",
    10: "busy",
    11: "access denied",
    12: "protocol too old",
    13: "protocol too new",
}


def command_name(group: int, command: int) -> str:
    """Group and command in words."""
    group_name = GROUPS.get(group, f"group {group}")
    return f"{group_name} {COMMANDS.get((group, command), f'command {command}')}"
