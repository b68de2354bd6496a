"""A serial port over RFCOMM, found by SDP."""

import asyncio
from typing import Any

from bumble import rfcomm, sdp
from bumble.core import BT_L2CAP_PROTOCOL_ID, BT_RFCOMM_PROTOCOL_ID, UUID

from tests.generate.classic_stack import ClassicStack
from tests.generate.truth import Sample

RECORD_HANDLE = 0x00010001
SERVER_CHANNEL = 3
SERIAL_PORT = UUID("00001101-0000-1000-8000-00805F9B34FB")
NAME = "Gadget serial port"
COMMANDS = ("AT+BRSF=63\r", "AT+CIND=?\r", "AT+CMER=3,0,0,1\r")
ANSWERS = ("\r\n+BRSF: 871\r\n\r\nOK\r\n", "\r\nERROR\r\n", "\r\nOK\r\n")
LONG = 300

# Multiplexer commands that Bumble's RFCOMM does not send by itself, for DLCI 6: type and values (TS 07.10, 5.4.6.3).
ADDRESS = 6 << 2 | 3
EXTRA = (
    ("Remote Port Negotiation (RPN)", 0x24, bytes((ADDRESS, 7, 0b0000_1011, 0b001100, 0x11, 0x13, 0x7F, 0x3F))),
    ("Remote Line Status (RLS)", 0x14, bytes((ADDRESS, 0b0011))),
    ("Test", 0x08, b"are you there"),
    ("Flow Control Off (FCoff)", 0x18, b""),
    ("Flow Control On (FCon)", 0x28, b""),
)


async def classic_serial() -> list[Sample]:
    """The phone looks the port up, opens it, and talks to it in lines; the gadget sends a long block at the end."""
    stack = ClassicStack()
    attributes = rfcomm.make_service_sdp_records(RECORD_HANDLE, SERVER_CHANNEL, SERIAL_PORT)
    attributes.append(sdp.ServiceAttribute(0x0100, sdp.DataElement.text_string(NAME.encode())))
    stack.gadget.sdp_service_records = {RECORD_HANDLE: attributes}
    accepted = asyncio.get_running_loop().create_future()
    rfcomm.Server(stack.gadget).listen(acceptor=accepted.set_result, channel=SERVER_CHANNEL)
    await stack.connect()
    await look_up(stack)
    client = rfcomm.Client(stack.connection)
    multiplexer = await client.start()
    near = await multiplexer.open_dlc(SERVER_CHANNEL)
    sent, received = await talk(near, await accepted)
    for _, kind, values in EXTRA:
        command = rfcomm.RFCOMM_Frame.make_mcc(kind, 1, values)
        multiplexer.send_frame(rfcomm.RFCOMM_Frame.uih(c_r=1, dlci=0, information=command))
    await asyncio.sleep(0.1)
    await near.disconnect()
    await multiplexer.disconnect()
    await client.shutdown()
    await asyncio.sleep(0.1)
    await stack.disconnect()
    truth = {
        "server_channel": SERVER_CHANNEL,
        "sent": sent,
        "received": received,
        "commands": [one[0] for one in EXTRA],
    }
    record = {"handle": RECORD_HANDLE, "name": NAME, "server_channel": SERVER_CHANNEL, "class": "Serial Port"}
    return [stack.phone_sample("classic_serial", {"sdp": {"records": [record]}, "rfcomm": truth})]


async def look_up(stack: ClassicStack) -> None:
    """Each kind of request once."""
    client = sdp.Client(stack.connection)
    await client.connect()
    assert await client.search_services([BT_RFCOMM_PROTOCOL_ID]) == [RECORD_HANDLE]
    await client.get_attributes(RECORD_HANDLE, [sdp.SDP_SERVICE_CLASS_ID_LIST_ATTRIBUTE_ID])
    await client.search_attributes([BT_L2CAP_PROTOCOL_ID], [sdp.SDP_ALL_ATTRIBUTES_RANGE])
    await client.disconnect()


async def talk(near: Any, far: Any) -> tuple[list[str], list[str]]:
    """What the phone and the gadget said, in the order in which they said it, each piece in hexadecimal."""
    near.sink = far.sink = lambda data: None
    for command, answer in zip(COMMANDS, ANSWERS, strict=True):
        near.write(command.encode())
        await asyncio.sleep(0.1)
        far.write(answer.encode())
        await asyncio.sleep(0.1)
    block = bytes(index & 0xFF for index in range(LONG))
    far.write(block)
    await asyncio.sleep(0.2)
    sent = [command.encode().hex() for command in COMMANDS]
    return sent, [*(answer.encode().hex() for answer in ANSWERS), block.hex()]
