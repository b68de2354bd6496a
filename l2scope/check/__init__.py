"""Expectations on captures, kept in a TOML file: `l2scope check CAPTURE... --rules l2scope.toml`.

rules.py         the file as objects: tables of expectations, each judging a capture
expectations.py  one class per kind of expectation, its help beside it
packets.py       tables about packets: counts and sequences, by display filters
selection.py     which channels or refused attempts a table is about
forms.py         how values are written, and what they demand of a figure
schema.py        the JSON schema of the file, made from the above, and its errors in words
places.py        the lines of a TOML file
verdict.py       what came out, and the exit code
output_*.py      a function over the verdicts for each --output
"""
