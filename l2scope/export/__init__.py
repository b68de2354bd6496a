"""The tables of a capture for other programs: as files, for SQL, and as comments that Wireshark shows."""
