"""The protocol engine: packets in, rows out. No files, clocks, logging or numpy."""
