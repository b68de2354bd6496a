"""Makes a filter of what the grammar finds. Its methods are named after the rules, which lark calls as it reads."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lark import Token, Transformer, v_args

from l2scope.filter.calculations import ARITHMETIC, FUNCTIONS
from l2scope.filter.connectives import And, ExclusiveOr, Not, Or
from l2scope.filter.errors import FilterError
from l2scope.filter.expressions import Operand, Test
from l2scope.filter.field import FilterField
from l2scope.filter.kinds import Constant, Kind, Literal
from l2scope.filter.operands import Field, Range, Slice, Word
from l2scope.filter.patterns import Pattern
from l2scope.filter.relations import COMPARISONS, Bounds, Comparison, In, Matches
from l2scope.filter.tests import Compared, ComparedWith, HasField, Present
from l2scope.near import near

ESCAPE: Final = re.compile(r"\\(x[0-9a-fA-F]{2}|.)", re.DOTALL)
ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\", '"': '"', "'": "'"}
COMPARISON: Final = {symbol: comparison for comparison in COMPARISONS for symbol in comparison.symbols}
CALCULATION: Final = {symbol: kind for kind in ARITHMETIC for symbol in kind.symbols} | {"bitwise_and": ARITHMETIC[0]}
SURROGATES: Final = 0xDC00
"""Bytes that are no ASCII stand in a string as Python's surrogateescape has them."""
DIGIT: Final = re.compile(r"[0-9]|[0-9a-fA-F]{2}[:\-]")


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a set: a value, or everything from low to high."""

    low: Literal
    high: Literal | None


@v_args(inline=True)
class Builder(Transformer[Token, Test]):
    """Raises FilterError for what the grammar lets pass and makes no sense."""

    def __init__(self, fields: Mapping[str, FilterField]) -> None:
        super().__init__()
        self.fields = fields

    def start(self, test: Test) -> Test:
        return test

    def either(self, *parts: Test) -> Test:
        return Or(parts[0].column, parts)

    def exclusive(self, *parts: Test) -> Test:
        return ExclusiveOr(parts[0].column, parts)

    def both(self, *parts: Test) -> Test:
        return And(parts[0].column, parts)

    def negation(self, sign: Token, test: Test) -> Test:
        return Not(_column(sign), [test])

    def presence(self, operand: Operand) -> Test:
        self._field_needed(operand)
        if isinstance(operand, Field) and operand.field.presence is not None:
            return HasField(operand, operand.field.presence)
        return Present(operand, nonzero=not isinstance(operand, Field | Slice))

    def comparison(self, quantifier: Token | None, first: Operand, *rest: Token | Operand) -> Test:
        tests: list[Test] = []
        left = first
        for sign, right in _pairs(rest):
            tests.append(self._compared(quantifier, left, sign, right))
            left = right
        return tests[0] if len(tests) == 1 else And(first.column, tests)

    def _compared(self, quantifier: Token | None, left: Operand, sign: Token, right: Operand) -> Test:
        self._field_needed(left)
        relation = COMPARISON[str(sign)]
        relation.check(left.kind, _column(sign))
        every = _every(quantifier, relation.every)
        if not isinstance(right, Word):
            _fitting(left, right)
            return ComparedWith(left, right, relation, every)
        if (field := self.fields.get(right.literal.text)) is not None and not right.literal.quote:
            return self._compared(quantifier, left, sign, Field(field, right.column))
        return Compared(left, relation(self._constants(relation, left, right.literal)), every)

    def _constants(self, relation: type[Comparison], left: Operand, literal: Literal) -> tuple[Constant, ...]:
        try:
            return relation.constants_of(literal, left.kind, left.names)
        except FilterError as error:
            if literal.quote or DIGIT.match(literal.text):
                raise
            raise FilterError(f"{error.message}, nor a field{near(literal.text, self.fields)}", error.column) from None

    def match(self, quantifier: Token | None, left: Operand, sign: Token, pattern: Literal) -> Test:
        self._field_needed(left)
        Matches.check(left.kind, _column(sign))
        made = Pattern(pattern.text, pattern.column, of_bytes=not _is_text(left.kind))
        return Compared(left, Matches(made), _every(quantifier, False))

    def membership(
        self, quantifier: Token | None, left: Operand, negation: Token | None, *rest: Token | Element
    ) -> Test:
        self._field_needed(left)
        bounds = [self._bounds(left, element) for element in rest if isinstance(element, Element)]
        test = Compared(left, In(bounds), _every(quantifier, False))
        return test if negation is None else Not(_column(negation), [test])

    def _bounds(self, left: Operand, element: Element) -> Bounds:
        low, high = element.low, element.high
        first = left.kind.constants(low, left.names)
        if high is None:
            return Bounds(first)
        (last,) = left.kind.constants(high, left.names)
        if type(first[0]) is type(last) and last < first[0]:  # type: ignore[operator]  # both of the same type
            raise FilterError(f"the range {low.text}..{high.text} is empty", low.column)
        return Bounds(first, last)

    def pattern(self, token: Token) -> Literal:
        return _literal(token)

    def element(self, low: Operand, high: Operand | None) -> Element:
        return Element(_literal_of(low), None if high is None else _literal_of(high))

    def calculation(self, first: Operand, *rest: Token | Operand) -> Operand:
        result = first
        if rest:
            self._field_needed(first)
        for sign, right in _pairs(rest):
            field = self.fields.get(right.literal.text) if isinstance(right, Word) else None
            other = right if field is None else Field(field, right.column)
            result = CALCULATION[str(sign)](result, other, _column(sign))
        return result

    def negative(self, sign: Token, word: Operand) -> Operand:
        if not isinstance(word, Word) or word.literal.quote:
            raise FilterError("a - stands before a number, or between two", _column(sign))
        return Word(Literal(f"-{word.literal.text}", "", _column(sign)))

    def word(self, token: Token) -> Operand:
        literal = _literal(token)
        field = None if literal.quote else self.fields.get(literal.text)
        return Word(literal) if field is None else Field(field, literal.column)

    def function(self, name: Token, operand: Operand) -> Operand:
        if str(name) not in FUNCTIONS:
            raise FilterError(f"there is no function {name}(){near(str(name), FUNCTIONS)}", _column(name))
        self._field_needed(operand)
        return FUNCTIONS[str(name)](operand, _column(name))

    def slice(self, operand: Operand, *ranges: Range) -> Operand:
        self._field_needed(operand)
        return Slice(operand, ranges, operand.column)

    def length(self, start: int, length: int) -> Range:
        """As in [0:2]: two bytes."""
        return Range(start, start + length if start + length or start >= 0 else None)

    def rest(self, start: int) -> Range:
        return Range(start, None)

    def beginning(self, length: int) -> Range:
        return Range(0, length)

    def inclusive(self, start: int, _sign: Token, last: int) -> Range:
        return Range(start, last + 1 if last != -1 else None)

    def single(self, start: int) -> Range:
        return Range(start, start + 1 if start != -1 else None)

    def offset(self, sign: Token | None, digits: Token) -> int:
        value = int(str(digits), 0)
        return value if sign is None else -value

    def _field_needed(self, operand: Operand) -> None:
        """Raises FilterError for a word where a field must be: most often its name is misspelt."""
        if not isinstance(operand, Word):
            return
        literal = operand.literal
        if literal.quote or literal.text[0] in "-0123456789":
            raise FilterError(f"{literal.text} is a value where a field is needed", literal.column)
        meant = near(literal.text, self.fields)
        raise FilterError(f"there is no field {literal.text}{meant or '; l2scope fields lists them'}", literal.column)


def _pairs(rest: Sequence[Token | Operand]) -> Iterator[tuple[Token, Operand]]:
    """The signs and what stands behind each."""
    for sign, right in zip(rest[::2], rest[1::2], strict=True):
        assert isinstance(sign, Token)
        assert isinstance(right, Operand)
        yield sign, right


def _literal_of(operand: Operand) -> Literal:
    """Raises FilterError for a field, which no set may hold."""
    if not isinstance(operand, Word):
        raise FilterError("a set holds values, not fields", operand.column)
    return operand.literal


def _every(quantifier: Token | None, usual: bool) -> bool:
    return usual if quantifier is None else str(quantifier) == "all"


def _is_text(kind: Kind) -> bool:
    return kind.word == "text"


def _fitting(left: Operand, right: Operand) -> None:
    """Raises FilterError where values of two kinds cannot be compared."""
    if left.kind.numeric != right.kind.numeric or _is_text(left.kind) != _is_text(right.kind):
        raise FilterError(f"{left.kind.word} cannot be compared with {right.kind.word}", right.column)


def _column(token: Token) -> int:
    return 1 if token.start_pos is None else token.start_pos + 1


def _literal(token: Token) -> Literal:
    text = str(token)
    if token.type == "RAW_STRING":
        return Literal(text[2:-1], '"', _column(token))
    if token.type in ("STRING", "CHARACTER"):
        return Literal(ESCAPE.sub(_unescaped, text[1:-1]), text[0], _column(token))
    return Literal(text, "", _column(token))


def _unescaped(found: re.Match[str]) -> str:
    """What an escape stands for; those of regular expressions, such as \\d, stay as they are."""
    letter = found[1]
    if len(letter) == 1:
        return ESCAPES.get(letter, found[0])
    byte = int(letter[1:], 16)
    return chr(byte if byte < 0x80 else SURROGATES + byte)
