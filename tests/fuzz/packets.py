"""Mutates the engine's inputs packet by packet: a length that does not fit would make packets of all that follows."""

from collections.abc import Callable
from random import Random
from typing import Final

HEADER: Final = 2
LONGEST: Final = 255


def packets_of(data: bytes) -> list[bytes]:
    """The packets of an input for the engine, each behind its control byte, without its length."""
    packets, at = [], 0
    while len(data) - at >= HEADER:
        stop = at + HEADER + data[at + 1]
        packets.append(data[at : at + 1] + data[at + HEADER : stop])
        at = stop
    return packets


def input_of(packets: list[bytes]) -> bytes:
    return b"".join(packet[:1] + bytes((len(packet) - 1,)) + packet[1:] for packet in packets)


def mutated(data: bytes, max_size: int, seed: int, mutate: Callable[[bytes, int], bytes]) -> bytes:
    """Changes one packet by the fuzzer's own mutations, cuts it, doubles it, moves it or takes it away."""
    random = Random(seed)
    packets = packets_of(data)
    if not packets:
        return mutate(data, max_size)
    place, other = random.randrange(len(packets)), random.randrange(len(packets) + 1)
    packet = packets[place]
    match random.randrange(8):
        case 0:
            del packets[place]
        case 1:
            packets.insert(other, packet)
        case 2:
            packets.insert(other, packets.pop(place))
        case 3:
            packets[place] = packet[: random.randrange(len(packet)) + 1]
        case _:
            packets[place] = (mutate(packet, 1 + LONGEST) or packet)[: 1 + LONGEST]
    return input_of(packets)[:max_size]
