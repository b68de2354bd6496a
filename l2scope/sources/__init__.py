"""A module per capture format: framing only, no Bluetooth."""
