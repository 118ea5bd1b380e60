"""Whether a number that is shown stands for a value: exactly, rounded or cut to its digits."""

from fractions import Fraction

from filters.equations.arithmetic import Side


def agree(left: Side, right: Side, roughly: bool = False) -> bool:
    """Whether two sides are worth the same, or one is a number that shows the other."""
    if left.value == right.value:
        return True
    if right.places is not None:
        return shows(right, Fraction(left.value), roughly)
    return left.places is not None and shows(left, Fraction(right.value), roughly)


def shows(shown: Side, exact: Fraction, roughly: bool = False) -> bool:
    """Whether a plain number shows this value: rounded or cut to its digits.

    A whole number shows only itself, unless it is meant `roughly` (≈): then its last digit may be
    one off, and its zeros at the end are no digits.
    """
    places, number = shown.places, Fraction(shown.value)
    if places is None or (places <= 0 and not roughly):
        return exact == number
    if roughly and places == 0 and number:
        digits = str(number)
        places -= len(digits) - len(digits.rstrip("0"))
    unit = Fraction(10) ** -places
    off = abs(exact - number)
    if off * 2 <= unit or (roughly and off <= unit):
        return True
    # Cut: nearer to zero than the value, by less than one in the last digit.
    return off < unit and abs(number) <= abs(exact)
