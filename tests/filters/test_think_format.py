import pytest

from filters.think_format import think_format
from filters.verdict import keep, reject
from generators.records import Problem, Sample
from generators.registry import UserError, find
from generators.transcript import split

PROBLEM = Problem("p", "1 + 1?", "2", "math", "math", "test", "en")


def turn(text: str, field: str | None = None, prefilled: bool = False) -> Sample:
    parts = split(text, field, prefilled=prefilled)
    return Sample("s", PROBLEM, parts.reasoning, parts.response, "rl", "test", "m", "r")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<think>a</think>b", ""),
        ("<think>\na\n</think>\n\nb", ""),
        ("a</think>b", ""),
        ("<|begin_of_thought|>a<|end_of_thought|>b", ""),
        ("<think>a</think>b `<think>` c", ""),
        ("<think>a < b</think><answer>2</answer>", ""),
        ("b", "no_thought"),
        ("", "no_thought"),
        ("</think>b", "no_thought"),
        ("<think></think>b", "no_thought"),
        ("<think> \n</think>b", "no_thought"),
        ("<think>a</think>", "no_response"),
        ("<think>a</think>\n \n", "no_response"),
        ("a</think>", "no_response"),
        ("<think>a", "thought_not_closed"),
        ("<think>", "thought_not_closed"),
        ("<think>a</think>b<think>c", "thought_not_closed"),
        ("<think>a</think>b</think>c", "thought_closed_twice"),
        ("<think>a</think></think>b", "thought_closed_twice"),
        ("<think>a</think>b<think>c</think>d", "thought_closed_twice"),
        ("<think>a `</think>` c</think>b", "thought_closed_twice"),
        ("<think>a<think>b</think>c", "nested_thought"),
        ("<think><think>a</think></think>b", "nested_thought"),
        ("x<think>a</think>b", "text_before_thought"),
        ("<|begin_of_solution|>b", "response_not_closed"),
        ("<think>a</think>b<|im_end|>", "template_token"),
        ("<think>a<|im_start|>assistant</think>b", "template_token"),
        ("<think>a</think>b<｜User｜>c", "template_token"),
        ("<think>a</think>b<start_of_turn>user", "template_token"),
    ],
)
def test_think_format(text: str, reason: str) -> None:
    verdict = think_format(turn(text))
    assert verdict.reason == reason
    assert verdict.outcome == ("reject" if reason else "keep")
    assert verdict.score == (0.0 if reason else 1.0)


@pytest.mark.parametrize(
    "completion",
    [
        "a</think>b", "a", "</think>b", "a</think>", "a<think>b</think>c", "a</think>b</think>c",
        "a</think>b<think>c</think>d", "a</think>b<|im_end|>",
    ],
)  # fmt: skip
def test_equal_with_and_without_prefill(completion: str) -> None:
    whole = think_format(turn("<think>\n" + completion))
    assert think_format(turn(completion, prefilled=True)) == whole
    if "</think>" in completion and "<think>" not in completion:
        assert think_format(turn(completion)) == whole, "the flag is needed only where it tells"


@pytest.mark.parametrize(
    ("text", "field"), [("b", "a"), ("b</think>c", "a"), ("</think>b", "a"), ("", "a"), ("b", "")]
)
def test_equal_from_a_field_of_its_own(text: str, field: str) -> None:
    inline = think_format(turn(f"<think>{field}</think>{text}"))
    assert think_format(turn(text, field)) == inline


def test_a_thought_may_be_optional() -> None:
    assert think_format(turn("b"), required=False) == keep(1.0)
    assert think_format(turn(""), required=False) == reject("no_response")
    assert think_format(turn("<think>a"), required=False) == reject("thought_not_closed", "<think>")


def test_registered_with_a_strict_setting() -> None:
    entry = find("filter", "think_format")
    assert entry.check({}, "f") == {"required": True}
    with pytest.raises(UserError, match="did you mean 'required'"):
        entry.check({"require": False}, "f")
    with pytest.raises(UserError, match="required"):
        entry.check({"required": "no"}, "f")
