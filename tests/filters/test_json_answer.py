"""Kind json: what is found in a reply, what is equal, what a schema and a field make of it."""

import json
import time
from typing import Any

import pytest

from filters.kinds.json_answer import json_answer
from filters.kinds.json_field import field_of
from filters.kinds.json_values import NotJson, read
from filters.verdict import Verdict
from filters.verify import verify_response
from generators.records import Problem

REFERENCE = '{"a": 1, "b": ["x", null]}'
RIGHT = '{"a": 1, "b": ["x", null]}'
FENCE = "```"


def judged(response: str, answer: str = "", check: Any = None) -> Verdict:
    text = check if isinstance(check, str) else json.dumps(check) if check is not None else ""
    return verify_response(Problem("p", "?", answer, "json", "", "", "en", text), response)


def short(verdict: Verdict) -> str:
    return f"{verdict.outcome}: {verdict.reason}".removesuffix(": ")


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        # The whole reply.
        (RIGHT, "keep"),
        (f"\n\n  {RIGHT}\n", "keep"),
        ('{"b":["x",null],"a":1}', "keep"),
        ('{"a": 1.0, "b": ["x", null]}', "keep"),
        ('{"a": 1e0, "b": ["\\u0078", null]}', "keep"),
        (f"<think>{{}}</think>{RIGHT}<|im_end|>", "keep"),
        # In a fence.
        (f"{FENCE}json\n{RIGHT}\n{FENCE}", "keep"),
        (f"{FENCE}JSON\n{RIGHT}\n{FENCE}", "keep"),
        (f"{FENCE}\n{RIGHT}\n{FENCE}", "keep"),
        (f"{FENCE}json {RIGHT} {FENCE}", "keep"),
        (f"{FENCE}json\n{RIGHT}{FENCE}", "keep"),
        (f"~~~json\n{RIGHT}\n~~~", "keep"),
        (f"Sure, here it is:\n\n{FENCE}json\n{RIGHT}\n{FENCE}\n\nAsk me [more] {{soon}}.", "keep"),
        (f"  {FENCE}json\n  {RIGHT}\n  {FENCE}", "keep"),
        (
            f"Code:\n{FENCE}python\nx = {{}}\n{FENCE}\nResult:\n{FENCE}json\n{RIGHT}\n{FENCE}",
            "keep",
        ),
        (f"{FENCE}json\n{RIGHT}\n{FENCE}\n\n{FENCE}python\nx = {{}}\n{FENCE}", "keep"),
        (f"{FENCE}json\n{RIGHT}", "keep"),
        # In prose.
        (f"The answer is {RIGHT}.", "keep"),
        (f"The answer is {RIGHT}. See [1].", "keep"),
        (f'It\'s "quoted {{" and {RIGHT}', "keep"),
        (f"Use {{name}} for a name: {RIGHT} :]", "keep"),
        (f"<answer>{RIGHT}</answer>", "keep"),
        # Two values: the last one counts.
        (f'First {{"a": 2}}, then {RIGHT}', "keep"),
        (f'{FENCE}json\n{{"a": 2}}\n{FENCE}\nor better\n{FENCE}json\n{RIGHT}\n{FENCE}', "keep"),
        (f'First {RIGHT}, no: {{"a": 2, "b": []}}', "reject: wrong_answer"),
        (
            f'{FENCE}json\n{RIGHT}\n{FENCE}\n{FENCE}json\n{{"a": 2}}\n{FENCE}',
            "reject: wrong_answer",
        ),
        # Another value.
        ('{"a": 2, "b": ["x", null]}', "reject: wrong_answer"),
        ('{"a": true, "b": ["x", null]}', "reject: wrong_answer"),
        ('{"a": "1", "b": ["x", null]}', "reject: wrong_answer"),
        ('{"a": 1.0000000000000000001, "b": ["x", null]}', "reject: wrong_answer"),
        ('{"a": 1, "b": [null, "x"]}', "reject: wrong_answer"),
        ('{"a": 1, "b": ["x"]}', "reject: wrong_answer"),
        ('{"a": 1, "b": ["X", null]}', "reject: wrong_answer"),
        ('{"a": 1}', "reject: wrong_answer"),
        ('{"a": 1, "b": ["x", null], "c": 0}', "reject: wrong_answer"),
        ('[{"a": 1, "b": ["x", null]}]', "reject: wrong_answer"),
        # No JSON.
        ('{"a": 1, "b": ["x", null],}', "reject: not_json"),
        ('{"a": 1, "b": ["x", null,]}', "reject: not_json"),
        ("{'a': 1, 'b': ['x', null]}", "reject: not_json"),
        ('{a: 1, "b": ["x", null]}', "reject: not_json"),
        ('{"a": 1, "b": ["x", None]}', "reject: not_json"),
        ('{"a": 01, "b": ["x", null]}', "reject: not_json"),
        ('{"a": 1, // one\n"b": ["x", null]}', "reject: not_json"),
        ('{"a": NaN, "b": ["x", null]}', "reject: not_json"),
        ('{"a": -Infinity, "b": ["x", null]}', "reject: not_json"),
        ('{"a": 1, "b": ["x\n", null]}', "reject: not_json"),
        ('{"a": 1, "b": ["\\x", null]}', "reject: not_json"),
        ('{"a": 1, "b": ["x", null]', "reject: not_json"),
        ('"a": 1, "b": ["x", null]', "reject: not_json"),
        ("I cannot say.", "reject: not_json"),
        ("", "reject: no_answer"),
        # A broken last word is not passed over for an earlier one.
        (
            f'{FENCE}json\n{RIGHT}\n{FENCE}\nno:\n{FENCE}json\n{{"a": 1,}}\n{FENCE}',
            "reject: not_json",
        ),
        (f"{RIGHT} or rather {{'a': 1}}", "reject: not_json"),
        ('{"a": 1, "b": ["x", null], "a": 1}', "reject: duplicate_key"),
        ('Well: {"a": 1, "b": ["x", null], "\\u0061": 1}', "reject: duplicate_key"),
    ],
)
def test_replies(response: str, expected: str) -> None:
    assert short(judged(response, REFERENCE)) == expected


@pytest.mark.parametrize(
    ("answer", "response", "expected"),
    [
        # Fences and brackets inside strings.
        ('{"c": "```py\\nx\\n```"}', '{"c": "```py\\nx\\n```"}', "keep"),
        ('{"c": "```"}', f'{FENCE}json\n{{"c": "```"}}\n{FENCE}', "keep"),
        ('{"c": "}"}', 'So {"c": "}"} it is', "keep"),
        ('{"c": "\\"]"}', 'So {"c": "\\"]"} it is', "keep"),
        ('{"c": "\\\\"}', 'So {"c": "\\\\"} it is', "keep"),
        # Values that are no object.
        ("[1, 2]", "The list is [1, 2.0], or {a}", "keep"),
        ("[1, 2]", "[2, 1]", "reject: wrong_answer"),
        ("42", "42", "keep"),
        ("42", f"{FENCE}json\n42.0\n{FENCE}", "keep"),
        ('"é"', '"\\u00e9"', "keep"),
        ('"😀"', '"\\ud83d\\ude00"', "keep"),
        ('"a"', '"A"', "reject: wrong_answer"),
        ('"x"', '"\\ud800"', "reject: wrong_answer"),
        ("null", "null", "keep"),
        ("null", "false", "reject: wrong_answer"),
        ("0", "false", "reject: wrong_answer"),
        ("0", "-0.0", "keep"),
        ("0.1", "0.10", "keep"),
        ("0.1", "0.1000000000000000055511151231257827", "reject: wrong_answer"),
        ("1e400", "1e401", "reject: wrong_answer"),
        (f"1{'0' * 1200}", "1e1200", "keep"),
        # What cannot be judged.
        ("", RIGHT, "unknown: bad_check"),
        ("{oops", RIGHT, "unknown: no_reference"),
        ("[]", "[" * 101 + "]" * 101, "unknown: too_deep"),
        ("[]", f"[{' ' * 1_000_000}]", "unknown: too_long"),
    ],
)
def test_values(answer: str, response: str, expected: str) -> None:
    verdict = judged(response, answer)
    assert short(verdict) == expected
    verdict.detail.encode()  # it is stored as UTF-8


def test_strict_reads_the_whole_reply_or_its_one_fence() -> None:
    check = {"strict": True}
    assert short(judged(RIGHT, REFERENCE, check)) == "keep"
    assert short(judged(f"{FENCE}json\n{RIGHT}\n{FENCE}", REFERENCE, check)) == "keep"
    assert short(judged(f"Here: {RIGHT}", REFERENCE, check)) == "reject: not_json"
    prose = f"Here:\n{FENCE}json\n{RIGHT}\n{FENCE}"
    assert short(judged(prose, REFERENCE, check)) == "reject: not_json"


PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string", "minLength": 1}, "age": {"type": "integer"}},
    "required": ["name"],
    "additionalProperties": False,
}
TREE = {"$defs": {"t": {"items": {"$ref": "#/$defs/t"}, "type": "array"}}, "$ref": "#/$defs/t"}


@pytest.mark.parametrize(
    ("schema", "response", "expected"),
    [
        (PERSON, '{"name": "Ann", "age": 3}', "keep"),
        (PERSON, '{"name": "Ann", "age": 3.0}', "keep"),
        (PERSON, 'Her data, see [1]: {"name": "Ann"} [2]', "keep"),
        (PERSON, '{"name": "Ann", "age": 3.5}', "reject: schema_mismatch"),
        (PERSON, '{"name": "Ann", "age": "3"}', "reject: schema_mismatch"),
        (PERSON, '{"name": ""}', "reject: schema_mismatch"),
        (PERSON, '{"age": 3}', "reject: schema_mismatch"),
        (PERSON, '{"name": "Ann", "x": 1}', "reject: schema_mismatch"),
        (PERSON, '{"name": "Ann", "name": "Bob"}', "reject: duplicate_key"),
        (PERSON, "Ann", "reject: not_json"),
        ({"maximum": 5}, "1e999", "unknown: too_large"),
        ({"pattern": "^a+$"}, '"aaa"', "keep"),
        ({"pattern": "^a+$"}, '"aab"', "reject: schema_mismatch"),
        (TREE, "[[], [[]]]", "keep"),
        (TREE, "[[], [1]]", "reject: schema_mismatch"),
        (True, "1", "keep"),
        (False, "1", "reject: schema_mismatch"),
        ({"type": "nothing"}, "1", "unknown: bad_check"),
        ({"$ref": "#/$defs/missing"}, "1", "unknown: bad_check"),
        ({"$ref": "https://example.org/schema.json"}, "1", "unknown: bad_check"),
        ({"$ref": "#"}, "1", "unknown: too_deep"),
        ([], "1", "unknown: bad_check"),
    ],
)
def test_schemas(schema: Any, response: str, expected: str) -> None:
    assert short(judged(response, "", {"schema": schema})) == expected


def test_a_schema_and_a_reference() -> None:
    check = {"schema": PERSON}
    assert short(judged('{"name": "Ann"}', '{"name": "Ann"}', check)) == "keep"
    assert short(judged('{"name": "Bob"}', '{"name": "Ann"}', check)) == "reject: wrong_answer"
    assert short(judged('{"name": 1}', '{"name": "Ann"}', check)) == "reject: schema_mismatch"


def test_a_pattern_that_never_ends() -> None:
    check = json.dumps({"schema": {"properties": {"a": {"pattern": "^(a+)+$"}}}})
    problem = Problem("p", "?", "", "json", "", "", "en", check)
    assert short(json_answer(problem, '{"a": "aa"}')) == "keep"
    start = time.monotonic()
    never = f'{{"a": "{"a" * 40}!"}}'
    assert short(json_answer(problem, never, seconds=0.5)) == "unknown: timeout"
    assert time.monotonic() - start < 4


@pytest.mark.parametrize(
    "check", ["{", "[]", '{"scheme": {}}', '{"strict": 1}', '{"field": "a"}', '{"schema": 3}']
)
def test_a_check_that_is_none(check: str) -> None:
    assert short(judged(RIGHT, REFERENCE, check)) == "unknown: bad_check"


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ('{"reasoning": "r", "answer": "1/2"}', "keep"),
        ('{"answer": 0.5}', "keep"),
        ('{"answer": "\\\\frac{1}{2}"}', "keep"),
        # A command that JSON reads as a form feed, and strings that JSON does not allow.
        ('{"answer": "\\frac{1}{2}"}', "keep"),
        ('{"reasoning": "\\(x\\)\nso", "answer": "1/2"}', "keep"),
        (f'{FENCE}json\n{{"reasoning": "a\nb", "answer": "\\(1/2\\)"}}\n{FENCE}', "keep"),
        # Quotes that end a string too soon: what stands after the name can be read all the same.
        ('{"reasoning": "he said "no"", "answer": "1/2"}', "keep"),
        ('{"reasoning": "r", "answer": 1/2}', "keep"),
        ('{"answer": "1/3"}', "reject: wrong_answer"),
        ('{"answer": "1/2"} or {"answer": "1/3"}', "reject: wrong_answer"),
        ('{"reasoning": "1/2"}', "reject: no_answer"),
        ('{"answer": ""}', "reject: no_answer"),
        ('{"answer": null}', "unknown: no_answer"),
        ('{"answer": "1/2" "so"}', "unknown: no_answer"),
        ("1/2", "reject: no_answer"),
    ],
)
def test_one_field_as_an_answer(response: str, expected: str) -> None:
    check = {"field": "answer", "kind": "math"}
    assert short(judged(response, "1/2", check)) == expected


def test_a_field_of_another_kind() -> None:
    check = {"field": "choice", "kind": "choice"}
    assert short(judged('{"choice": "B"}', "B", check)) == "keep"
    assert short(judged('{"choice": "C"}', "B", check)) == "reject: wrong_answer"
    assert short(judged("{}", "B", {"field": "a", "kind": "json"})) == "unknown: bad_check"
    assert short(judged("{}", "B", {"field": "a", "kind": "poem"})) == "unknown: bad_check"
    assert field_of('{"a": [1, 2.50, true]}', "a") == "1, 2.50, True"


@pytest.mark.parametrize(
    "unit",
    ['"', '\\"', "[", "]", "[}", '{"a":', "\\", "```\n", "```json\n[1", '{"a":1} ', '"answer":',
     '"a" ]', "~", '"\n', "9", " ", '{"answer": "\\', "}\n```\n"],
)  # fmt: skip
def test_hostile_replies_end_soon(unit: str) -> None:
    text = unit * (900_000 // len(unit))
    for check in ({}, {"field": "answer", "kind": "math"}):
        start = time.process_time()
        assert judged(text, "3", check).outcome != "keep"
        assert time.process_time() - start < 5
    assert judged(text * 12, "3").reason == "too_long"


def test_reading_is_exact_or_in_floats() -> None:
    assert read("0.1") != 0.1
    assert read("0.1", exact=False) == 0.1
    with pytest.raises(NotJson) as told:
        read("1e999", exact=False)
    assert told.value.reason == "too_large"
