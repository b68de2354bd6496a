"""From the text of a filter to its test. lark is loaded here."""

from functools import cache
from typing import Final

from lark import Lark, Token, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from l2scope.filter.builder import Builder
from l2scope.filter.errors import FilterError
from l2scope.filter.expressions import Test
from l2scope.filter.grammar import GRAMMAR
from l2scope.filter.known_fields import KNOWN

LONGEST: Final = 10_000
"""Characters of an expression."""


def parse(expression: str) -> Test:
    """The test that an expression stands for. Raises FilterError."""
    if len(expression) > LONGEST:
        raise FilterError(f"the filter is longer than {LONGEST:,} characters", LONGEST)
    try:
        test = _parser().parse(expression)
    except UnexpectedInput as error:
        raise _in_words(error, expression) from None
    assert isinstance(test, Test)
    return test


@cache
def _parser() -> Lark:
    """Made once: that takes some 40 ms."""
    return Lark(GRAMMAR, parser="lalr", lexer="contextual", transformer=Builder(KNOWN))


def _in_words(error: UnexpectedInput, expression: str) -> FilterError:
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        token: Token = error.token
        return FilterError(f"{token} was not expected here", (token.start_pos or 0) + 1)
    if isinstance(error, UnexpectedCharacters):
        at = error.pos_in_stream or 0
        if expression[at] in "\"'":
            return FilterError("the string is not closed", at + 1)
        return FilterError(f"{expression[at]} was not expected here", at + 1)
    opened = _unclosed(expression)
    if opened is not None:
        return FilterError(f"{expression[opened]} is not closed", opened + 1)
    return FilterError("something is missing at the end", len(expression) + 1)


def _unclosed(expression: str) -> int | None:
    """Where the last bracket was opened that is not closed."""
    opened: list[int] = []
    quoted = False
    for at, character in enumerate(expression):
        if character == '"' and (at == 0 or expression[at - 1] != "\\"):
            quoted = not quoted
        elif quoted:
            continue
        elif character in "({[":
            opened.append(at)
        elif character in ")}]" and opened:
            opened.pop()
    return opened[-1] if opened else None
