"""Makes the sample captures of `captures/` from two Bumble devices on a virtual clock: `python -m tests.generate`."""
