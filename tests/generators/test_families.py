"""What the families make is right: answers from the question alone, equations of the solutions."""

import ast
import json
import math
import operator
import re
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from generators.families import FAMILIES
from generators.procedural import Made, problem

MANY = 400

# --- answers, worked out a second time from the question alone ------------------------------------

_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda a, b: Fraction(a) / Fraction(b),
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.Lt: operator.lt,
    ast.Gt: operator.gt,
    ast.Not: operator.not_,
}


def value(text: str, **names: int) -> Any:
    """The value of an expression as Python reads it, without running it."""

    def walk(node: ast.AST) -> Any:
        match node:
            case ast.Expression():
                return walk(node.body)
            case ast.Constant():
                return node.value
            case ast.Name():
                return names[node.id]
            case ast.BinOp():
                return _OPERATORS[type(node.op)](walk(node.left), walk(node.right))
            case ast.UnaryOp():
                return _OPERATORS[type(node.op)](walk(node.operand))
            case ast.Compare():
                return _OPERATORS[type(node.ops[0])](walk(node.left), walk(node.comparators[0]))
            case ast.BoolOp():
                parts = [walk(part) for part in node.values]
                return all(parts) if isinstance(node.op, ast.And) else any(parts)
        raise AssertionError(ast.dump(node))

    return walk(ast.parse(text.strip(), mode="eval"))


def plain(text: str) -> str:
    return text.replace("×", "*").replace("÷", "/").replace("^", "**")


def numbers(text: str) -> list[int]:
    return [int(found) for found in re.findall(r"(?<![\d)])-?\d+", text)]


def expression(question: str) -> str:
    (found,) = re.findall(r"[(\d][\d ×÷+\-/()]*[\d)]", question)
    return plain(found)


def chain(question: str) -> str:
    return str(value(expression(question)))


def multiply(question: str) -> str:
    a, b = numbers(question)
    return str(a * b)


def modulo(question: str) -> str:
    found, m = re.findall(r"\d+(?: × \d+|\^\d+)?", question)
    return str(value(plain(found)) % int(m))


def gcd(question: str) -> str:
    least = "multiple" in question or "倍" in question or "lcm" in question
    return str((math.lcm if least else math.gcd)(*numbers(question)))


def fractions(question: str) -> str:
    # A written fraction binds tighter than the sign of division.
    return str(value(re.sub(r"(\d+/\d+)", r"(\1)", expression(question))))


def base(question: str) -> str:
    found = (
        re.search(r"base-(?P<old>\d+) number (?P<n>\w+) in base (?P<new>\d+)", question)
        or re.search(r"is (?P<n>\w+) \(base (?P<old>\d+)\) in base (?P<new>\d+)", question)
        or re.search(r"is (?P<n>\w+) \(base (?P<old>\d+)\) in (?P<new>decimal)", question)
        or re.search(r"(?P<old>\d+) 进制[数的] ?(?P<n>\w+) .*?(?P<new>\d+) 进制", question)
        or re.search(r"(?P<old>\d+) 进制[数的] ?(?P<n>\w+) .*(?P<new>十进制)", question)
    )
    assert found, question
    number, new = int(found["n"], int(found["old"])), found["new"]
    new = int(new) if new.isdigit() else 10
    digits = ""
    while number:
        number, digit = divmod(number, new)
        digits = "0123456789ABCDEF"[digit] + digits
    return digits


def linear(question: str, answer: str) -> bool:
    side = r"[-+()\dxyntk ]*"
    (equation,) = re.findall(rf"\d+[xyntk(]{side} = -?\d{side}", question)
    (letter,) = set(re.findall("[xyntk]", equation))
    left, right = re.sub(r"(\d)(?=[xyntk(])", r"\1*", equation).split("=")
    names = {letter: int(answer)}
    return bool(value(left, **names) == value(right, **names))


def system(question: str) -> str:
    rows = re.findall(r"(\d+)x \+ (\d+)y = (-?\d+)", question)
    (a, b, p), (c, d, q) = [tuple(map(int, row)) for row in rows]
    det = a * d - b * c
    x, y = Fraction(p * d - b * q, det), Fraction(a * q - p * c, det)
    asked = re.findall(r"3x - 2y|x [+\-×] y(?! =)", question)[-1]
    asked = re.sub(r"(\d)(?=[xy])", r"\1*", plain(asked))
    assert x.denominator == y.denominator == 1
    return str(value(asked, x=int(x), y=int(y)))


def sequence(question: str) -> str:
    if "a(1)" in question:
        rule = re.search(r"a\(1\) = (\d+).*= (\d+) × a\(n\) ([+-]) (\d+)", question)
        assert rule
        term, factor, plus = int(rule[1]), int(rule[2]), int(rule[3] + rule[4])
        for _ in range(int(re.findall(r"a\((\d+)\)", question)[-1]) - 1):
            term = factor * term + plus
        return str(term)
    shown = re.search(r"(-?\d+), (-?\d+), (-?\d+)", question)
    assert shown
    first, second, third = map(int, shown.groups())
    assert third - second == second - first
    (n,) = [int(one) for one in re.findall(r"\d+", question.replace(shown[0], ""))]
    terms = [first + k * (second - first) for k in range(n)]
    is_sum = re.search(r"sum|Add|和", question)
    return str(sum(terms) if is_sum else terms[-1])


def sort(question: str) -> str:
    down = "from the largest" in question or "从大到小" in question
    return ", ".join(map(str, sorted(numbers(question), reverse=down)))


def boolean(question: str) -> str:
    (found,) = re.findall(r"[(\d]*(?:not )?\(.*\)", question)
    return str(value(found))


def compare(question: str) -> str:
    options = re.findall(r"^([A-E])\. (\S+)$", question, re.MULTILINE)
    greatest = re.search(r"largest|greatest|最大", question)
    pick = max if greatest else min
    return pick(options, key=lambda option: Fraction(option[1]))[0]


def letters(question: str) -> str:
    (word,) = re.findall(r"(?:word|of|Encode|单词|将|把|加密) ([a-z]{5,9})\b", question)
    if shift := re.search(r"\d+", question):
        word = "".join(chr((ord(c) - 97 + int(shift[0])) % 26 + 97) for c in word)
    backwards = re.search(r"backwards|reverse|Reverse|倒过来|颠倒", question)
    return word[::-1] if backwards else word


MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December"]  # fmt: skip
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
ZH_DAYS = [f"星期{day}" for day in "一二三四五六日"]


def dates(question: str) -> list[date]:
    english = re.findall(r"(\d+) ([A-Z][a-z]+) (\d{4})", question)
    chinese = re.findall(r"(\d{4})年(\d+)月(\d+)日", question)
    found = [date(int(y), MONTHS.index(m) + 1, int(d)) for d, m, y in english]
    return found + [date(int(y), int(m), int(d)) for y, m, d in chinese]


def days(question: str) -> str:
    return str((max(dates(question)) - min(dates(question))).days)


def weekday(question: str) -> str:
    names = ZH_DAYS if "星期" in question else DAYS
    (told,) = [number for number, name in enumerate(names) if name in question]
    known = dates(question)
    if known:
        assert min(known).weekday() == told or known[0].weekday() == told
        return names[max(known).weekday()]
    (later,) = re.findall(r"\d+", question)
    return names[(date(2024, 1, 1) + timedelta(told + int(later))).weekday()]


def program(question: str) -> str:
    """Run by hand: assignments, and one loop over the indented lines."""
    names: dict[str, int] = {}
    repeats, body = 1, []
    for line in question.splitlines()[1:]:
        if line.startswith("for"):
            repeats = int(re.findall(r"\d+", line)[0])
        elif line.startswith("print"):
            for _ in range(repeats):
                for name, right in body:
                    names[name] = value(right, **names)
            return str(value(line[6:-1], **names))
        else:
            name, right = line.strip().split(" = ")
            if line.startswith(" ") or not right.isdigit():
                body.append((name, right))
            else:
                names[name] = int(right)
    raise AssertionError(question)


STORIES: list[tuple[str, Callable[..., Any]]] = [
    ("boxes|盒", lambda boxes, each, gone, *_: boxes * each - gone),
    ("hours for|小时，每小时", lambda hours, wage, bonus: hours * wage + bonus),
    ("buys|买", lambda n, p, m, q, paid: paid - n * p - m * q),
    ("saves|存", lambda start, weekly, goal: Fraction(goal - start, weekly)),
    ("trains|火车", lambda apart, slow, fast: Fraction(slow * apart, slow + fast)),
    ("tank|水箱", lambda full, held, inn, out: Fraction(full - held, inn - out)),
]


def story(question: str) -> str:
    (formula,) = [formula for words, formula in STORIES if re.search(words, question)]
    return str(formula(*numbers(question)))


CHECKS: dict[str, Callable[[str], str]] = {
    "base": base, "boolean": boolean, "chain": chain, "compare": compare, "days": days,
    "fractions": fractions, "gcd": gcd, "letters": letters, "modulo": modulo,
    "multiply": multiply, "program": program, "sequence": sequence, "sort": sort, "story": story,
    "system": system, "weekday": weekday,
}  # fmt: skip


def made(family: str, count: int = MANY) -> list[Made]:
    return [problem(family, 1, index) for index in range(count)]


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_answers_are_right(family: str) -> None:
    for one in made(family):
        if family == "linear":
            assert linear(one.question, one.answer), one
        else:
            assert CHECKS[family](one.question) == one.answer, one


EQUATION = re.compile(r"[-\d(][\d\s()+\-×*÷/]*(?: = [-\d(][\d\s()+\-×*÷/]*)+")


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_equation_of_a_solution_holds(family: str) -> None:
    checked = 0
    for one in made(family):
        for piece in re.split(r"[\n;]", one.steps):
            for found in EQUATION.findall(piece.strip()):
                sides = {value(plain(side)) for side in found.split(" = ")}
                assert len(sides) == 1, (found, one)
                checked += 1
    assert checked >= MANY or family in ("boolean", "letters", "sort")


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_solutions_are_in_words_of_the_question_language(family: str) -> None:
    for one in made(family, 60):
        has_chinese = re.search(r"[\u4e00-\u9fff]", one.steps) is not None
        assert has_chinese == (one.language == "zh"), one
        assert (re.search(r"[\u4e00-\u9fff]", one.question) is not None) == (one.language == "zh")
        assert one.steps.count("\n") >= 1
        assert "answer" not in one.steps.lower()
        assert "答案" not in one.steps
        assert one.steps == json.loads(one.check)["steps"]
