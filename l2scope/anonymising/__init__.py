"""Writes a capture without what tells whose devices are in it, so that it can be shown to others."""
