"""A second opinion: what Wireshark's dissectors say of a capture, beside what ours say.

pyshark_capture.py  pyshark, the only module that imports it; wireshark.py asks through it
readable.py         a capture as a file that tshark reads, with the same packets
comparison.py       the fields that both know, packet by packet
known.py            where both differ for a reason that is known
tree.py             Wireshark's own tree of one packet
"""
