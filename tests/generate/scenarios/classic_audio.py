"""Music to a headset: A2DP with SBC, and AVRCP on both of its channels."""

import asyncio
import struct
from collections.abc import AsyncIterator
from typing import Any

from bumble import a2dp, avc, avctp, avdtp, avrcp, sdp
from bumble.avdtp import MediaCodecCapabilities, MediaPacketPump
from bumble.l2cap import ClassicChannelSpec

from tests.generate.classic_stack import ClassicStack
from tests.generate.truth import Sample

SINK_HANDLE = 0x00010002
CONTROLLER_HANDLE = 0x00010003
BITPOOL = 35
FRAMES = 12
MTU = 672
SBC = a2dp.SbcMediaCodecInformation
VOLUME = 77
TITLE, ARTIST = "Sechs Bagatellen", "Jürgen Beispiel"
LABEL = 5
PLAYER = "Phone player"
TRACK = "Bagatelle Nr. 1"


async def classic_audio() -> list[Sample]:
    """The phone finds the headset's sink, configures SBC, streams a few packets of silence, and is controlled."""
    stack = ClassicStack()
    stack.gadget.sdp_service_records = {
        SINK_HANDLE: a2dp.make_audio_sink_service_sdp_records(SINK_HANDLE),
        CONTROLLER_HANDLE: avrcp.ControllerServiceSdpRecord(CONTROLLER_HANDLE).to_service_attributes(),
    }
    received: list[Any] = []
    avdtp.Listener.for_device(stack.gadget).on("connection", lambda server: add_sink(server, received))
    await stack.connect()
    await look_up(stack)
    await stream(stack)
    remote = await control(stack)
    browsing = await browse(stack)
    await asyncio.sleep(0.1)
    await stack.disconnect()
    media = [
        {"sequence_number": one.sequence_number, "timestamp": one.timestamp, "frames": one.payload[0]}
        for one in received
    ]
    content: dict[str, object] = {
        "avdtp": {
            "codec": "SBC",
            "frequency": 44100,
            "mode": "joint stereo",
            "blocks": 16,
            "subbands": 8,
            "minimum_bitpool": 2,
            "maximum_bitpool": 53,
            "media": media,
            "frame_bitpool": BITPOOL,
        },
        "avrcp": remote,
        "browsing": browsing,
    }
    return [stack.phone_sample("classic_audio", content)]


async def look_up(stack: ClassicStack) -> None:
    """The version of AVDTP that the headset has."""
    assert await avdtp.find_avdtp_service_with_connection(stack.connection) == (1, 3)
    client = sdp.Client(stack.connection)
    await client.connect()
    await client.search_attributes([avrcp.core.BT_AV_REMOTE_CONTROL_SERVICE], [sdp.SDP_ALL_ATTRIBUTES_RANGE])
    await client.disconnect()


def codec(bitpool: int, **choice: Any) -> MediaCodecCapabilities:
    """SBC with everything that both ends need, or with one of each."""
    chosen = {
        "sampling_frequency": SBC.SamplingFrequency.SF_44100,
        "channel_mode": SBC.ChannelMode.JOINT_STEREO,
        "block_length": SBC.BlockLength.BL_16,
        "subbands": SBC.Subbands.S_8,
        "allocation_method": SBC.AllocationMethod.LOUDNESS,
        **choice,
    }
    information = SBC(minimum_bitpool_value=2, maximum_bitpool_value=bitpool, **chosen)
    return MediaCodecCapabilities(avdtp.AVDTP_AUDIO_MEDIA_TYPE, a2dp.CodecType.SBC, information)


def add_sink(server: Any, received: list[Any]) -> None:
    """The headset takes any of SBC."""
    everything = {
        "sampling_frequency": SBC.SamplingFrequency.SF_48000 | SBC.SamplingFrequency.SF_44100,
        "channel_mode": SBC.ChannelMode(15),
        "block_length": SBC.BlockLength(15),
        "subbands": SBC.Subbands(3),
        "allocation_method": SBC.AllocationMethod(3),
    }
    server.add_sink(codec(53, **everything)).on("rtp_packet", received.append)


class VirtualClock:
    """The pump's clock, in virtual time."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, duration: float) -> None:
        await asyncio.sleep(duration)


def silence() -> bytes:
    """A frame of SBC without sound: 44.1 kHz, joint stereo, 16 blocks, 8 subbands (A2DP appendix B 12.9)."""
    header = bytes((0b10_11_11_0_1, BITPOOL))
    scale_factors = bytes(9)  # which subbands are joined, then 4 bits for each of two channels and eight subbands
    audio = bytes((16 * BITPOOL + 8 + 7) // 8 - 1)
    return b"\x9c" + header + bytes((crc(header + scale_factors),)) + scale_factors + audio


def crc(data: bytes) -> int:
    """CRC-8 of x^8 + x^4 + x^3 + x^2 + 1 (A2DP appendix B 12.6.1.1)."""
    register = 0x0F
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = (register << 1 ^ (0x1D if register & 0x80 else 0)) & 0xFF
    return register


async def stream(stack: ClassicStack) -> None:
    """Discover, configure, open, start, a few packets, suspend and close."""
    frames = silence() * FRAMES
    position = 0

    async def read(count: int) -> bytes:
        nonlocal position
        position += count
        return frames[position - count : position]

    packets: AsyncIterator[Any] = a2dp.SbcPacketSource(read, MTU // 2).packets
    protocol = await avdtp.Protocol.connect(stack.connection, (1, 3))
    source = protocol.add_source(codec(53), MediaPacketPump(packets, VirtualClock()))
    await protocol.discover_remote_endpoints()
    sink = protocol.find_remote_sink_by_codec(avdtp.AVDTP_AUDIO_MEDIA_TYPE, a2dp.CodecType.SBC)
    streaming = await protocol.create_stream(source, sink)
    await streaming.start()
    await asyncio.sleep(0.2)
    await streaming.stop()
    await streaming.close()
    await protocol.l2cap_channel.disconnect()


class Player(avrcp.Protocol):  # type: ignore[misc]  # bumble is not read by the type checker
    """A target that knows what is played; Bumble's own does not answer that."""

    receive_command_state: Any

    def _on_command_pdu(self, pdu_id: Any, pdu: bytes) -> None:
        if pdu_id != avrcp.PduId.GET_ELEMENT_ATTRIBUTES:
            super()._on_command_pdu(pdu_id, pdu)
            return
        label = self.receive_command_state.transaction_label
        self.receive_command_state = None
        ids, utf8 = avrcp.MediaAttributeId, avrcp.CharacterSetId.UTF_8
        attributes = [
            avrcp.MediaAttribute(ids.TITLE, utf8, TITLE),
            avrcp.MediaAttribute(ids.ARTIST_NAME, utf8, ARTIST),
        ]
        stable = avc.ResponseFrame.ResponseCode.IMPLEMENTED_OR_STABLE
        self.send_avrcp_response(label, stable, avrcp.GetElementAttributesResponse(attributes))


async def control(stack: ClassicStack) -> dict[str, object]:
    """The headset asks the player, presses its keys and hears of its changes; the phone sets the volume."""
    events = [avrcp.EventId.PLAYBACK_STATUS_CHANGED, avrcp.EventId.TRACK_CHANGED]
    player = Player(avrcp.Delegate(supported_events=events))
    headset = avrcp.Protocol(avrcp.Delegate(supported_events=[avrcp.EventId.VOLUME_CHANGED]))
    headset.listen(stack.gadget)
    await player.connect(stack.connection)
    await asyncio.sleep(0.1)
    assert await headset.get_supported_events() == events
    status = headset.monitor_playback_status()
    assert await anext(status) == avrcp.PlayStatus.STOPPED
    for key in (avc.PassThroughFrame.OperationId.PLAY, avc.PassThroughFrame.OperationId.FORWARD):
        for pressed in (True, False):
            await headset.send_key_event(key, pressed)
    player.notify_playback_status_changed(avrcp.PlayStatus.PLAYING)
    assert await anext(status) == avrcp.PlayStatus.PLAYING
    await headset.get_element_attributes(0, [avrcp.MediaAttributeId.TITLE, avrcp.MediaAttributeId.ARTIST_NAME])
    await player.send_avrcp_command(avc.CommandFrame.CommandType.CONTROL, avrcp.SetAbsoluteVolumeCommand(VOLUME))
    await headset.get_play_status()
    await player.avctp_protocol.l2cap_channel.disconnect()
    return {
        "keys": ["play pressed", "play released", "forward pressed", "forward released"],
        "title": TITLE,
        "artist": ARTIST,
        "volume": VOLUME,
        "events": ["Playback Status Changed", "Track Changed"],
    }


async def browse(stack: ClassicStack) -> dict[str, object]:
    """The phone lists a folder of the headset's; Bumble has no browsing channel, so its PDUs are sent as they are."""
    folder, element, utf8 = avrcp.FolderItem, avrcp.MediaElementItem, avrcp.CharacterSetId.UTF_8
    items = [
        folder(0x100, folder.FolderType.ALBUMS, folder.Playable.PLAYABLE, utf8, PLAYER),
        element(0x101, element.MediaType.AUDIO, utf8, TRACK, []),
    ]
    answer = avrcp.GetFolderItemsResponse(avrcp.StatusCode.OPERATION_COMPLETED, 7, items)

    def serve(channel: Any) -> None:
        server = avctp.Protocol(channel)
        server.register_command_handler(
            avrcp.AVRCP_PID, lambda label, payload: server.send_response(label, avrcp.AVRCP_PID, framed(answer))
        )

    stack.gadget.create_l2cap_server(ClassicChannelSpec(psm=avctp.AVCTP_BROWSING_PSM), serve)
    channel = await stack.open(avctp.AVCTP_BROWSING_PSM, MTU)
    client = avctp.Protocol(channel)
    answered = asyncio.get_running_loop().create_future()
    client.register_response_handler(avrcp.AVRCP_PID, lambda label, payload: answered.set_result(payload))
    asked = avrcp.GetFolderItemsCommand(avrcp.Scope.MEDIA_PLAYER_VIRTUAL_FILESYSTEM, 0, 9, [])
    client.send_command(LABEL, avrcp.AVRCP_PID, framed(asked))
    await answered
    await channel.disconnect()
    return {"folder": PLAYER, "track": TRACK, "label": LABEL}


def framed(pdu: Any) -> bytes:
    """A PDU of the browsing channel (AVRCP 6.3.2)."""
    parameters = bytes(pdu)
    return struct.pack(">BH", pdu.pdu_id, len(parameters)) + parameters
