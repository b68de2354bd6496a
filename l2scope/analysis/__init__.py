"""What a capture means: summaries, hierarchy, statistics."""
