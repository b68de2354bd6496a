"""The grammar of display filters, as Wireshark writes them.

`any` and `all` say how many values of a packet must fit; {} group calculations, () tests.
"""

from typing import Final

GRAMMAR: Final = r"""
start: either

?either: exclusive (_OR exclusive)*
?exclusive: both (_XOR both)*
?both: negated (_AND negated)*
?negated: NOT negated -> negation
    | "(" either ")"
    | relation

relation: [QUANTIFIER] calculated (COMPARE calculated)+  -> comparison
    | [QUANTIFIER] calculated MATCHES pattern            -> match
    | [QUANTIFIER] calculated [NOT] IN "{" element ("," element)* "}" -> membership
    | calculated                                         -> presence

pattern: STRING | RAW_STRING | WORD
element: value [".." value]
?value: word | MINUS word -> negative

?calculated: masked
?masked: summed (BITWISE summed)*  -> calculation
?summed: scaled ((PLUS | MINUS) scaled)* -> calculation
?scaled: signed (SCALE signed)* -> calculation
?signed: MINUS word -> negative
    | sliced
?sliced: primary
    | sliced "[" range ("," range)* "]" -> slice
?primary: word
    | WORD "(" calculated ")" -> function
    | "{" calculated "}"
word: WORD | STRING | RAW_STRING | CHARACTER

range: offset ":" offset -> length
    | offset ":"         -> rest
    | ":" offset         -> beginning
    | offset MINUS offset -> inclusive
    | offset             -> single
offset: [MINUS] OFFSET

_OR.2: /\|\||or(?![\w.:-])/
_XOR.2: /\^\^|xor(?![\w.:-])/
_AND.2: /&&|and(?![\w.:-])/
NOT.2: /!(?!=)|not(?![\w.:-])/
QUANTIFIER.2: /(any|all)(?![\w.:-])/
IN.2: /in(?![\w.:-])/
MATCHES.2: /~(?!=)|matches(?![\w.:-])/
COMPARE.2: /===|==|!==|!=|~=|>=|<=|>|<|(all_eq|any_eq|all_ne|any_ne|eq|ne|gt|lt|ge|le|contains)(?![\w.:-])/
BITWISE.2: /&(?!&)|bitwise_and(?![\w.:-])/
PLUS: "+"
MINUS: "-"
SCALE: /[*\/%]/
OFFSET: /0[xX][0-9a-fA-F]+|[0-9]+/
WORD: /[A-Za-z0-9_](?:[A-Za-z0-9_:]|\.(?!\.)|-(?=[A-Za-z0-9]))*/
STRING: /"(?:[^"\\]|\\.)*"/
RAW_STRING.3: /r"[^"]*"/
CHARACTER: /'(?:[^'\\]|\\x[0-9a-fA-F]{2}|\\.)'/
%ignore /\s+/
"""
