"""Display filters: Wireshark's language over the tables of a capture, with fields of our own.

grammar.py      the grammar; builder.py makes nodes of what it finds, parser.py words of what it does not
expressions.py  the nodes: operands have values in packets, tests say which packets pass
relations.py    one class per comparison, connectives.py per connective, calculations.py per calculation and function
fields/         what can be asked for, a module a family: columns of tables, bytes of many packets, dissected leaves
filter.py       a compiled filter; selection.py what comes out of it
completion.py   what could stand at a place of an expression
"""

from l2scope.filter.errors import FilterError
from l2scope.filter.filter import Filter
from l2scope.filter.packets import Stopped
from l2scope.filter.selection import Selection

__all__ = ["Filter", "FilterError", "Selection", "Stopped"]
