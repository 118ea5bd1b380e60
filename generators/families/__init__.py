"""Families of made problems: each is a function of a Draw and a level, with an exact answer.

To add one, write such a function and name it here. What a family has once made it must make for
ever: a change of meaning is a new family under a new name.
"""

from collections.abc import Callable

from generators.families.algebra import linear, sequence, system
from generators.families.arithmetic import chain, fractions, multiply
from generators.families.dates import days, weekday
from generators.families.draw import Draft, Draw
from generators.families.numerals import base, gcd, modulo
from generators.families.stories import program, story
from generators.families.words import boolean, compare, letters, sort

FAMILIES: dict[str, Callable[[Draw, int], Draft]] = {
    family.__name__: family
    for family in (
        base, boolean, chain, compare, days, fractions, gcd, letters, linear, modulo, multiply,
        program, sequence, sort, story, system, weekday,
    )
}  # fmt: skip

__all__ = ["FAMILIES", "Draft", "Draw"]
