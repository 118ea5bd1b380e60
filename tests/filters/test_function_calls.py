"""Function calls: read in the shapes that models use, compared as BFCL's answers say, never run."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from filters.kinds.function_calls import accepts
from filters.verdict import Verdict
from filters.verify import verify_response
from generators.records import Problem

DATA = Path(os.environ.get("FACTORY_DATA") or Path(__file__).parents[3] / "shared" / "data")
BFCL = DATA / "real" / "general" / "bfcl_v4"
WEATHER = [{"weather.get": {"city": ["Paris", "Paris, France"], "days": [3], "unit": ["c", ""]}}]


def judged(response: str, calls: Any) -> Verdict:
    check = json.dumps({"calls": calls})
    return verify_response(Problem("p", "?", "", "json", "", "", "en", check), response)


def short(verdict: Verdict) -> str:
    return f"{verdict.outcome}: {verdict.reason}".removesuffix(": ")


CALL = '{"name": "weather.get", "arguments": {"city": "Paris", "days": 3}}'
SENT = (
    '{"tool_calls": [{"id": "1", "type": "function", "function": '
    '{"name": "weather_get", "arguments": "{\\"city\\": \\"Paris\\", \\"days\\": 3}"}}]}'
)


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (CALL, "keep"),
        (f"[{CALL}]", "keep"),
        (SENT, "keep"),
        ('{"weather.get": {"city": "Paris", "days": 3}}', "keep"),
        ('{"name": "weather.get", "parameters": {"city": "Paris", "days": 3}}', "keep"),
        (f"<tool_call>\n{CALL}\n</tool_call>", "keep"),
        (f"I look it up.\n```json\n{CALL}\n```", "keep"),
        (f"I look it up: {CALL}", "keep"),
        ('weather.get(city="Paris", days=3)', "keep"),
        ("[weather.get(city='paris', days=3, unit='C')]", "keep"),
        ('`weather_get(city="Paris, France", days=3.0)`', "keep"),
        ('I look it up.\n\n[weather.get(city="Paris",\n  days=3)]', "keep"),
        ('```python\nweather.get(city="Paris", days=3)\n```', "keep"),
        # Another call.
        ('weather.get(city="Rome", days=3)', "reject: wrong_arguments"),
        ('weather.get(city="Paris", days=4)', "reject: wrong_arguments"),
        ('weather.get(city="Paris", days="3")', "reject: wrong_arguments"),
        ('weather.get(city="Paris", days=True)', "reject: wrong_arguments"),
        ('weather.get(city="Paris", days=-3)', "reject: wrong_arguments"),
        ('weather.get(city="Paris")', "reject: wrong_arguments"),
        ('weather.get(city="Paris", days=3, unit="f")', "reject: wrong_arguments"),
        ('weather.get(city="Paris", days=3, when="now")', "reject: wrong_arguments"),
        ('forecast(city="Paris", days=3)', "reject: wrong_function"),
        (f"[{CALL}, {CALL}]", "reject: wrong_number"),
        ("[]", "reject: no_call"),
        ("It is sunny.", "reject: no_call"),
        ("", "reject: no_answer"),
        # What cannot be read.
        ("weather.get('Paris', 3)", "unknown: undecided"),
        ('weather.get(city="Paris", days=1+2)', "unknown: undecided"),
        ('weather.get(city=city, days=f"{3}")', "unknown: undecided"),
        ('weather.get(**{"city": "Paris", "days": 3})', "unknown: undecided"),
        ("I would call weather.get for Paris.", "unknown: undecided"),
        ("<tool_call>weather</tool_call>", "unknown: undecided"),
        ('{"name": "weather.get", "arguments": "{city"}', "unknown: undecided"),
        ('{"name": "weather.get", "name": "x", "arguments": {}}', "unknown: undecided"),
    ],
)
def test_one_call(response: str, expected: str) -> None:
    assert short(judged(response, WEATHER)) == expected


SONGS = [{"play": {"by": ["A", "B"]}}, {"play": {"by": ["A"]}}]


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        # The first of them may be either: the second takes what only it can take.
        ("[play(by='A'), play(by='B')]", "keep"),
        ("[play(by='B'), play(by='A')]", "keep"),
        ("play(by='B')\nplay(by='A')", "keep"),
        ("[play(by='A'), play(by='A')]", "keep"),
        ("[play(by='B'), play(by='B')]", "reject: wrong_arguments"),
        ("[play(by='A')]", "reject: wrong_number"),
    ],
)
def test_calls_in_any_order(response: str, expected: str) -> None:
    assert short(judged(response, SONGS)) == expected


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("None of the functions helps.", "keep"),
        ("[]", "keep"),
        ("The area is 25 (10 * 5 / 2).", "keep"),
        ("weather.get(city='Paris')", "reject: wrong_number"),
        (f"Well: {CALL}", "reject: wrong_number"),
        ("", "reject: no_answer"),
    ],
)
def test_no_call_is_expected(response: str, expected: str) -> None:
    assert short(judged(response, [])) == expected


def test_exact_calls() -> None:
    calls = [{"name": "f", "arguments": {"a": 0.5, "b": {"c": ["x"]}}}]
    assert short(judged("f(a=0.5, b={'c': ['x']})", calls)) == "keep"
    assert (
        short(judged('{"name": "f", "arguments": {"b": {"c": ["x"]}, "a": 0.50}}', calls)) == "keep"
    )
    assert short(judged("f(a=0.5, b={'c': ['X']})", calls)) == "reject: wrong_arguments"
    assert short(judged("f(a=0.5)", calls)) == "reject: wrong_arguments"


@pytest.mark.parametrize("calls", ["f", [1], [{"f": 1}], [{"f": {"a": 1}}], [{}], [{"f": {}}] * 65])
def test_a_check_that_is_none(calls: Any) -> None:
    assert short(judged("f()", calls)) == "unknown: bad_check"


@pytest.mark.parametrize(
    ("wanted", "got", "same"),
    [
        ("April 1, 2024", "april 1 2024", True),
        ("10/12/2024", "10-12-2024", True),
        ("100,000", "100000", True),
        ("5 pm", "5pm", True),
        ("x^2", "x**2", True),
        ("it's", 'it"s', True),
        ("1.5", "15", False),
        ("-5", "5", False),
        ("1/2", "12", False),
        ("Paris", "Pari", False),
        (5, 5.0, True),
        (5, True, False),
        (1, "1", False),
        (None, None, True),
        (None, "", False),
        (["A b", 1], ["a b", 1.0], True),
        (["a", "b"], ["b", "a"], False),
        ({"x": ["a", ""], "y": [1]}, {"y": 1}, True),
        ({"x": ["a", ""], "y": [1]}, {"x": "b", "y": 1}, False),
        ({"x": ["a"], "y": [1]}, {"y": 1}, False),
        ({"x": ["a"]}, {"x": "a", "z": 1}, False),
        ([{"x": ["a", "b"]}], [{"x": "b"}], True),
    ],
)
def test_acceptable_values(wanted: Any, got: Any, same: bool) -> None:
    assert accepts(wanted, got) is same


def test_code_in_an_argument_does_not_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    for code in (f"open({str(marker)!r}, 'w')", f"[open({str(marker)!r}, 'w') for x in [1]]"):
        assert judged(f"weather.get(city={code}, days=3)", WEATHER).outcome == "unknown"
        assert judged(f"{code}", WEATHER).outcome != "keep"
    assert not marker.exists()


@pytest.mark.parametrize(
    "unit", ["f(", "f(a=1)\n", "<tool_call>", "-", "f(a=[", "f(a=-", "[", '{"f": {"a": ', "a."]
)
def test_hostile_replies_end_soon(unit: str) -> None:
    for size in (19_000, 900_000):
        text = "f(a=" + unit * (size // len(unit)) + ")"
        start = time.process_time()
        assert judged(text, WEATHER).outcome != "keep"
        assert time.process_time() - start < 5


# --- the leaderboard's own rows -------------------------------------------------------------

needs_data = pytest.mark.skipif(not BFCL.is_dir(), reason=f"no function calls at {BFCL}")
Made = list[tuple[str, dict[str, Any]]]


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (BFCL / name).read_text("utf-8").splitlines()]


def right(acceptable: list[Any]) -> Any:
    """The first acceptable value, with the same of what is in it; None for "leave it out"."""
    first = next((value for value in acceptable if value != ""), None)
    if isinstance(first, dict):
        return {name: right(values) for name, values in first.items() if right(values) is not None}
    if isinstance(first, list):
        return [right([value]) if isinstance(value, dict) else value for value in first]
    return first


def made(answer: list[dict[str, Any]]) -> Made:
    """Calls that an answer accepts, without what may be left out."""
    return [
        (name, {key: right(values) for key, values in arguments.items() if "" not in values})
        for call in answer
        for name, arguments in call.items()
    ]


def shapes(calls: Made) -> Iterator[str]:
    named = [{"name": name, "arguments": arguments} for name, arguments in calls]
    sent = [
        {"function": {"name": name.replace(".", "_"), "arguments": json.dumps(arguments)}}
        for name, arguments in calls
    ]
    python = ", ".join(
        f"{name}({', '.join(f'{key}={value!r}' for key, value in arguments.items())})"
        for name, arguments in calls
    )
    yield json.dumps(named)
    yield json.dumps({"tool_calls": sent})
    yield "\n".join(f"<tool_call>{json.dumps(one)}</tool_call>" for one in named)
    yield f"[{python}]"
    yield f"These calls:\n\n```python\n[{python}]\n```"


def wrong(calls: Made) -> Iterator[Made]:
    (name, arguments), *rest = calls
    yield rest
    yield [*calls, calls[0]]
    yield [(name + "_", arguments), *rest]
    yield [(name, {**arguments, "no such parameter": 1}), *rest]
    for key, value in arguments.items():
        yield [(name, {one: other for one, other in arguments.items() if one != key}), *rest]
        yield [(name, {**arguments, key: _other(value)}), *rest]


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1_000_000
    return [*value, "z"] if isinstance(value, list) else "something else"


@needs_data
@pytest.mark.parametrize(("name", "count"), [("simple_python", 400), ("parallel", 200)])
def test_the_leaderboards_answers(name: str, count: int) -> None:
    answers = rows(f"possible_answer/BFCL_v4_{name}.json")
    assert len(answers) == count
    for row in answers:
        calls = made(row["ground_truth"])
        for response in shapes(calls[::-1]):
            assert short(judged(response, row["ground_truth"])) == "keep", row["id"]
        for changed in wrong(calls):
            response = json.dumps([{"name": one, "arguments": given} for one, given in changed])
            assert judged(response, row["ground_truth"]).outcome == "reject", row["id"]


@needs_data
def test_questions_that_need_no_call() -> None:
    questions = rows("BFCL_v4_irrelevance.json")
    assert len(questions) == 240
    for row in questions:
        name, asked = row["function"][0]["name"], row["question"][0][0]["content"]
        assert short(judged(f"No function here can do this: {asked}", [])) == "keep", row["id"]
        assert short(judged(f"[{name}()]", [])) == "reject: wrong_number", row["id"]
