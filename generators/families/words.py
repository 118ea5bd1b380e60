"""Families that need no formula: order, truth, choice and letters."""

from fractions import Fraction

from generators.families.draw import Draft, Draw


def sort(draw: Draw, level: int) -> Draft:
    """Numbers to be put in order."""
    numbers = draw.distinct(3 + 2 * level, -40 * (level - 1), 60 * level + 40)
    down = bool(draw.integer(0, 1))
    ordered = sorted(numbers, reverse=down)
    shown = ", ".join(map(str, numbers))
    english = "from the largest to the smallest" if down else "from the smallest to the largest"
    chinese = "从大到小" if down else "从小到大"
    question = draw.wording(
        (
            f"Sort these numbers {english}: {shown}. Separate them with commas.",
            f"把这些数{chinese}排列：{shown}。用逗号分隔。",
        ),
        (
            f"Write {shown} in order {english}, separated by commas.",
            f"将 {shown} 按{chinese}的顺序写出，用逗号分隔。",
        ),
    )
    left, steps = list(numbers), []
    english, chinese = ("largest", "最大") if down else ("smallest", "最小")
    for number in ordered[:-1]:
        rest = ", ".join(map(str, left))
        steps.append(
            draw.say(f"Of {rest} the {english} is {number}.", f"{rest} 中{chinese}的是 {number}。")
        )
        left.remove(number)
    steps.append(draw.say(f"{left[0]} is left.", f"剩下 {left[0]}。"))
    return Draft(question, ", ".join(map(str, ordered)), steps, kind="text", domain="logic")


def boolean(draw: Draw, level: int) -> Draft:
    """Comparisons joined by and, or, not."""
    text, value, steps = _clause(draw, level + 1)
    question = draw.wording(
        (
            f"Is the following expression True or False? {text}",
            f"下面的表达式是 True 还是 False？{text}",
        ),
        (
            f"Evaluate {text}. Answer True or False.",
            f"求表达式 {text} 的值，回答 True 或 False。",
        ),
    )
    return Draft(question, str(value), steps, kind="text", domain="logic")


def _clause(draw: Draw, leaves: int) -> tuple[str, bool, list[str]]:
    """An expression with so many comparisons, its value, and the steps to it."""
    if leaves == 1:
        a, b = draw.distinct(2, 1, 99)
        less = bool(draw.integer(0, 1))
        text, value = f"{a} {'<' if less else '>'} {b}", (a < b) == less
    else:
        split = draw.integer(1, leaves - 1)
        left, a_value, a_steps = _clause(draw, split)
        right, b_value, b_steps = _clause(draw, leaves - split)
        word = draw.choice(["and", "or"])
        text = f"({left}) {word} ({right})"
        value = a_value and b_value if word == "and" else a_value or b_value
        shown = f"{a_value} {word} {b_value}"
        steps = [*a_steps, *b_steps, draw.say(f"{shown} is {value}.", f"{shown} 的值是 {value}。")]
    if leaves == 1:
        steps = [draw.say(f"{text} is {value}.", f"{text} 的值是 {value}。")]
    if draw.integer(0, 3) == 0:
        text, negated = f"not ({text})", not value
        steps.append(draw.say(f"not {value} is {negated}.", f"not {value} 的值是 {negated}。"))
        value = negated
    return text, value, steps


def compare(draw: Draw, level: int) -> Draft:
    """Multiple choice: which fraction is the largest or the smallest?"""
    fractions: list[Fraction] = []
    while len(fractions) < level + 2:
        fraction = Fraction(draw.integer(1, 40), draw.integer(3, 40))
        if fraction.denominator > 1 and fraction not in fractions:
            fractions.append(fraction)
    greatest = bool(draw.integer(0, 1))
    best, steps = fractions[0], []
    for other in fractions[1:]:
        left = best.numerator * other.denominator
        right = other.numerator * best.denominator
        relation = "<" if left < right else ">"
        steps.append(f"{best.numerator} × {other.denominator} = {left}")
        steps.append(f"{other.numerator} × {best.denominator} = {right}")
        steps.append(
            draw.say(f"So {best} {relation} {other}.", f"所以 {best} {relation} {other}。")
        )
        best = max(best, other) if greatest else min(best, other)
    options = tuple(map(str, fractions))
    letters = "ABCDE"[: len(options)]
    listed = "\n".join(
        f"{letter}. {option}" for letter, option in zip(letters, options, strict=True)
    )
    question = draw.wording(
        (
            f"Which of these fractions is the {'largest' if greatest else 'smallest'}?\n{listed}",
            f"下列分数中哪一个最{'大' if greatest else '小'}？\n{listed}",
        ),
        (
            f"Choose the {'greatest' if greatest else 'least'} of these numbers.\n{listed}",
            f"选出这些数中最{'大' if greatest else '小'}的一个。\n{listed}",
        ),
    )
    answer = letters[fractions.index(best)]
    return Draft(question, answer, steps, kind="choice", options=options)


_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def letters(draw: Draw, level: int) -> Draft:
    """Letters of a made word, reversed or shifted."""
    word = "".join(
        draw.choice("aeiou" if place % 2 else "bcdfghjklmnprstvwz")
        for place in range(draw.integer(4, 6) + level)
    )
    if level == 1:
        steps = [
            draw.say(
                f"The letters of {word} from the last to the first.", f"从后往前读 {word} 的字母。"
            )
        ]
        steps.append(" ".join(reversed(word)))
        question = draw.wording(
            (f"Write the word {word} backwards.", f"把单词 {word} 倒过来写。"),
            (f"Reverse the letters of {word}.", f"将 {word} 的字母顺序颠倒。"),
        )
        return Draft(question, word[::-1], steps, kind="text", domain="general")
    shift = draw.integer(1, 12)
    moved = "".join(_ALPHABET[(_ALPHABET.index(letter) + shift) % 26] for letter in word)
    steps = [draw.say(f"Move each letter {shift} places on.", f"每个字母往后移 {shift} 位。")]
    steps += [f"{old} -> {new}" for old, new in zip(word, moved, strict=True)]
    if level == 2:
        question = draw.wording(
            (
                f"Shift every letter of {word} by {shift} places in the alphabet, z followed by a.",
                f"把 {word} 的每个字母在字母表中后移 {shift} 位，z 之后回到 a，结果是什么？",
            ),
            (
                f"Encode {word} with a Caesar shift of {shift}.",
                f"用移动 {shift} 位的凯撒密码加密 {word}。",
            ),
        )
        return Draft(question, moved, steps, kind="text", domain="general")
    steps.append(draw.say(f"Now read {moved} backwards.", f"再把 {moved} 倒过来读。"))
    question = draw.wording(
        (
            f"Encode {word} with a Caesar shift of {shift}, then reverse the result.",
            f"先用移动 {shift} 位的凯撒密码加密 {word}，再把结果倒过来写。",
        ),
        (
            f"Move each letter of {word} {shift} places on in the alphabet, z followed by a, "
            "and write the result backwards.",
            f"把 {word} 的每个字母在字母表中后移 {shift} 位，z 之后回到 a，"
            "再倒过来写，结果是什么？",
        ),
    )
    return Draft(question, moved[::-1], steps, kind="text", domain="general")
