"""What the figures of a capture say is wrong: a file per family of rules, each rule a small function over the facts."""
