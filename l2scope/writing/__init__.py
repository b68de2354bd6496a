"""Writes captures: the packets of one that was read, or a piece of it, as btsnoop or pcapng."""
