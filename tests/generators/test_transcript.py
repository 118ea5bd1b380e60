import json
import os
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.transcript import (
    CLOSING,
    OPENING,
    SOLUTION,
    STYLES,
    Transcript,
    fault,
    join,
    message,
    split,
)

DATA = Path(os.environ.get("FACTORY_DATA", Path(__file__).parents[3] / "shared" / "data"))
SKY = (
    "<|begin_of_thought|>\n\na\n\n<|end_of_thought|>\n\n"
    "<|begin_of_solution|>\n\nb\n<|end_of_solution|>"
)


def rows(name: str) -> list[dict[str, object]]:
    path = DATA / "real" / "long_cot" / name
    if not path.exists():
        pytest.skip(f"no real data at {path} (set FACTORY_DATA)")
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


@pytest.mark.parametrize(
    ("text", "reasoning", "response"),
    [
        # pairs, in every style
        ("<think>a</think>b", "a", "b"),
        ("\n <think>\na\n\n c\n</think>\n\nb\n", "a\n\n c", "b"),
        ("<thinking>a</thinking>b", "a", "b"),
        (SKY, "a", "b"),
        ("<|begin_of_thought|> a <|end_of_thought|> b", "a", "b"),
        ("<|begin_of_solution|>b<|end_of_solution|>", "", "b"),
        # the prompt's template opened the thought
        ("a\n</think>\n\nb", "a", "b"),
        ("a<|end_of_thought|><|begin_of_solution|>b<|end_of_solution|>", "a", "b"),
        # no thought, or an empty one (Qwen3 told not to think)
        ("b", "", "b"),
        ("", "", ""),
        (" \n", "", ""),
        ("<think>\n\n</think>\n\nb", "", "b"),
        ("</think>b", "", "b"),
        ("1 < 2 <b>bold</b> <|x", "", "1 < 2 <b>bold</b> <|x"),
        # a response of its own tags is none of ours
        ("<think>a</think><answer>4</answer>", "a", "<answer>4</answer>"),
        ("<think>a</think>", "a", ""),
        # never closed: all thought, the tag stays
        ("<think>abc", "<think>abc", ""),
        ("<think>", "<think>", ""),
        ("<|begin_of_thought|>abc", "<|begin_of_thought|>abc", ""),
        ("<think>a<|end_of_thought|>b", "<think>a<|end_of_thought|>b", ""),
        ("<think>a</think", "<think>a</think", ""),
        # what else does not pair stays where it is
        ("<think>a</think>b</think>c", "a", "b</think>c"),
        ("a</think>b</think>c", "a", "b</think>c"),
        ("<think>a</think>b<think>c</think>d", "a", "b<think>c</think>d"),
        ("<think>a<think>b</think>c", "a<think>b", "c"),
        ("<think><think>a</think>b", "<think>a", "b"),
        ("x <think>a</think>b", "", "x <think>a</think>b"),
        ("x <think>a", "", "x <think>a"),
        (SKY.removesuffix("<|end_of_solution|>"), "a", "<|begin_of_solution|>\n\nb"),
        (SKY + "c", "a", "<|begin_of_solution|>\n\nb\n<|end_of_solution|>c"),
        # a mention is no tag
        ("<think>I end with `</think>` now</think>b", "I end with `</think>` now", "b"),
        ("The tag `</think>` ends it.", "", "The tag `</think>` ends it."),
        ("so it is `x`</think>b", "so it is `x`", "b"),
    ],
)
def test_inline_shapes(text: str, reasoning: str, response: str) -> None:
    assert split(text) == Transcript(reasoning, response)


@pytest.mark.parametrize(
    ("text", "field", "reasoning", "response"),
    [
        ("b", "a", "a", "b"),
        ("\n\nb\n", "\na\n", "a", "b"),
        (None, "a", "a", ""),
        ("", "a", "a", ""),
        ("b", None, "", "b"),
        ("b", " \n", "", "b"),
        (None, None, "", ""),
        # the field is there and empty, the thought is in the text
        ("<think>a</think>b", "", "a", "b"),
        # tags left in the field
        ("b", "<think>a</think>", "a", "b"),
        ("b", "<think>a", "a", "b"),
        ("b", "a</think>", "a", "b"),
        ("</think>b", "<think>a", "a", "b"),
        ("b", "<think></think>", "", "b"),
        # the field's end has closed the thought: as in one text, a further tag is one too many
        ("</think>b", "a", "a", "</think>b"),
        ("<think></think>b", "a", "a", "<think></think>b"),
        # both at once: the same thought is dropped, another one stays visible
        ("<think>\na\n</think>b", "a", "a", "b"),
        ("a</think>b", "a", "a", "b"),
        ("<think>c</think>b", "a", "a", "<think>c</think>b"),
        ("c</think>b", "a", "a", "c</think>b"),
        ("<think>a", "a", "a", "<think>a"),
        # cut in the thought, with the tag in the field
        (None, "<think>a", "<think>a", ""),
        # Sky-T1 behind a server that splits
        ("<|begin_of_solution|>b<|end_of_solution|>", "a", "a", "b"),
    ],
)
def test_a_field_of_its_own(text: str, field: str, reasoning: str, response: str) -> None:
    assert split(text, field) == Transcript(reasoning, response)


@pytest.mark.parametrize(
    "completion",
    ["a</think>b", "abc", "</think>b", "a<think>b</think>c", "a</think>b</think>c", "<think>a"],
)
def test_a_prefilled_turn_equals_the_whole_turn(completion: str) -> None:
    assert split(completion, prefilled=True) == split("<think>\n" + completion)


def test_prefilled_and_never_closed_is_all_thought() -> None:
    cut = split("abc", prefilled=True)
    assert cut == Transcript("<think>\nabc", "")
    assert fault(cut.reasoning, cut.response) == ("thought_not_closed", "<think>")
    assert split("", prefilled=True) == Transcript("", "")
    assert split("b", "a", prefilled=True) == Transcript("a", "b"), "the server has split already"


@pytest.mark.parametrize(
    "raw",
    [
        {"content": "<think>a</think>b"},
        {"content": "a</think>b"},
        {"content": "b", "reasoning": "a"},
        {"content": "b", "reasoning_content": "a"},
        {"content": "b", "reasoning": None, "reasoning_content": "a"},
        {"content": "b", "reasoning": "", "reasoning_content": "\na\n"},
        {"content": "b", "reasoning": "a", "reasoning_content": "a"},
        {"content": "b", "thinking": "a"},
        {"content": "<think>a</think>b", "reasoning_content": "a"},
        {"content": "<think>a</think>b", "reasoning": None, "reasoning_details": []},
        {"content": "b", "reasoning_details": [{"type": "reasoning.text", "text": "a"}]},
        {
            "content": "b",
            "reasoning": "a",
            "reasoning_details": [{"type": "reasoning.encrypted", "data": "zzz"}],
        },
        {
            "content": "b",
            "reasoning_details": [
                {"type": "reasoning.text", "text": "a", "signature": None},
                {"type": "reasoning.summary", "summary": "it thinks a"},
            ],
        },
        {"content": "b", "reasoning_details": [{"type": "reasoning.summary", "summary": "a"}]},
        {"content": [{"type": "text", "text": "<think>a</think>"}, {"type": "text", "text": "b"}]},
        {"content": [{"type": "thinking", "thinking": "a"}, {"type": "text", "text": "b"}]},
        {
            "content": [
                {"type": "thinking", "thinking": [{"type": "text", "text": "a"}]},
                {"type": "text", "text": "b"},
            ]
        },
        {
            "content": [
                {"type": "reasoning", "summary": [{"type": "summary_text", "text": "a"}]},
                {"type": "redacted_thinking", "data": "zzz"},
                {"type": "output_text", "text": "b"},
            ]
        },
        {"content": [{"type": "reasoning", "text": "a"}, "b"]},
        {"role": "assistant", "content": "b", "reasoning": "a", "tool_calls": None},
    ],
)
def test_every_provider_s_message_is_the_same_turn(raw: dict[str, object]) -> None:
    assert message(raw) == Transcript("a", "b")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"content": None, "reasoning": "a"}, Transcript("a", "")),
        ({"content": None}, Transcript("", "")),
        ({}, Transcript("", "")),
        ({"content": []}, Transcript("", "")),
        (
            {"content": "b", "reasoning_details": [{"type": "reasoning.encrypted", "data": "z"}]},
            Transcript("", "b"),
        ),
        (
            {"reasoning_details": [{"text": "a"}, {"text": "b"}], "content": "c"},
            Transcript("ab", "c"),
        ),
        (
            {"reasoning_details": [{"summary": "a"}, {"summary": "b"}], "content": "c"},
            Transcript("a\n\nb", "c"),
        ),
    ],
)
def test_messages_that_hold_less(raw: dict[str, object], expected: Transcript) -> None:
    assert message(raw) == expected


def test_a_prefilled_message() -> None:
    assert message({"content": "abc"}, prefilled=True) == Transcript("<think>\nabc", "")
    assert message({"content": "b", "reasoning": "a"}, prefilled=True) == Transcript("a", "b")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({"content": 7}, "content is int, not text"),
        ({"content": "b", "reasoning": {"effort": "high"}}, "reasoning is dict, not text"),
        ({"content": [{"type": "image_url", "image_url": {}}]}, "'image_url'"),
        ({"content": [{"type": "text"}]}, "'text'"),
        ({"content": [["b"]]}, "'list'"),
        ({"content": "b", "reasoning_details": ["a"]}, "not a list of objects"),
    ],
)
def test_a_message_that_is_not_text_is_an_error(raw: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        message(raw)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<think>a</think>b", ""),
        ("a</think>b", ""),
        ("b", ""),
        (SKY, ""),
        ("<think>abc", "thought_not_closed"),
        ("x <think>abc", "thought_not_closed"),
        ("<think>a</think>b<think>c", "thought_not_closed"),
        ("<think>a</think>b</think>c", "thought_closed_twice"),
        ("<think>a</think>b<think>c</think>d", "thought_closed_twice"),
        ("<think>a</think>b<|end_of_thought|>c", "thought_closed_twice"),
        ("a<|end_of_thought|></think>b", "thought_closed_twice"),
        ("<think>a<think>b</think>c", "nested_thought"),
        ("<think><think>a</think>b", "nested_thought"),
        ("<think>a<think>b</think>c</think>d", "nested_thought"),
        ("x <think>a</think>b", "text_before_thought"),
        (SKY.removesuffix("<|end_of_solution|>"), "response_not_closed"),
        (SKY + "c", "template_token"),
        ("<think>a</think>b<|end_of_solution|>", "template_token"),
        ("<think>a</think>Write `<think>` first.", ""),
        ("<think>a</think>Write `</think>` last.", ""),
        ("<think>I write `<think>` first.</think>b", "nested_thought"),
        ("<think>I write `</think>` last.</think>b", "thought_closed_twice"),
        ("<think>a</think>b `<think>` </think>", "thought_closed_twice"),
    ],
)
def test_fault_names_what_is_left_over(text: str, reason: str) -> None:
    turn = split(text)
    assert fault(turn.reasoning, turn.response)[0] == reason


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("b<|im_end|>", "<|im_end|>"),
        ("b<|eot_id|>c", "<|eot_id|>"),
        ("b<｜end▁of▁sentence｜>", "<｜end▁of▁sentence｜>"),
        ("b<end_of_turn>", "<end_of_turn>"),
        ("b `<|im_end|>` c", ""),
        ("x <| y |> z", ""),
        ("a <|" + "b" * 40 + "|>", ""),
        ("2 < 3 <td> <|> <||>", ""),
    ],
)
def test_template_tokens_are_asked_for(text: str, token: str) -> None:
    assert fault("a", text) == ("", "")
    assert fault("a", text, tokens=True) == (("template_token", token) if token else ("", ""))
    if token:
        assert fault(text, "b", tokens=True) == ("template_token", token)


free = st.text(st.sampled_from("ab<>/|`\n x你\ud800\0\u2028"), max_size=12)
tagged = st.lists(st.one_of(free, st.sampled_from((*OPENING, *CLOSING, *SOLUTION)))).map("".join)


def without_tags(text: str) -> bool:
    return not any(tag in text for tag in (*OPENING, *CLOSING, *SOLUTION))


@given(free.map(str.strip).filter(without_tags), free.map(str.strip).filter(without_tags))
def test_split_undoes_join(reasoning: str, response: str) -> None:
    assert split(join(reasoning, response)) == Transcript(reasoning, response)


@given(tagged)
def test_nothing_is_lost_but_one_pair(text: str) -> None:
    turn = split(text)
    kept = "".join((turn.reasoning + turn.response).split())
    pairs = [""] + [tags for o, c in STYLES for tags in (c, o + c)]
    allowed = [Counter(pair + wrap) for pair in pairs for wrap in ("", "".join(SOLUTION))]
    assert Counter("".join(text.split())) - Counter(kept) in allowed
    assert not Counter(kept) - Counter(text), "and nothing is made up"


@given(tagged)
def test_what_was_split_is_read_back_as_it_was(text: str) -> None:
    turn = split(text)
    if fault(turn.reasoning, turn.response) == ("", ""):
        assert split(turn.response, turn.reasoning) == turn
        assert split(join(turn.reasoning, turn.response)) == turn


@given(tagged, st.booleans())
def test_fault_passes_one_thought_at_the_start_or_none(text: str, prefilled: bool) -> None:
    """Against a count of the tags alone, on texts without backticks."""
    text = text.replace("`", "").strip()
    turn = split(text, prefilled=prefilled)
    whole = "<think>" + text if prefilled and text else text
    found = re.findall("|".join(map(re.escape, (*OPENING, *CLOSING))), whole)
    match found:
        case []:
            good = True
        case [tag]:
            good = tag in CLOSING
        case [tag, other]:
            good = (tag, other) in STYLES and whole.startswith(tag)
        case _:
            good = False
    left = any(tag in turn.reasoning + turn.response for tag in SOLUTION)
    assert (fault(turn.reasoning, turn.response) == ("", "")) is (good and not left)


@pytest.mark.parametrize(
    "piece",
    ["<think>", "</think>", "`</think>`", "<think></think>", "<", "<|", "<|aaaaaaaa", "`", " \n"],
)
def test_ten_hostile_megabytes_take_no_more_than_seconds(piece: str) -> None:
    text = piece * (10_000_000 // len(piece))
    start = time.process_time()
    turn = split(text)
    fault(turn.reasoning, turn.response, tokens=True)
    fault("", text, tokens=True)
    split(text, text)
    assert time.process_time() - start < 10


def test_real_traces_split_as_their_publishers_split_them() -> None:
    for name in ("math500_deepseek_r1_parsed", "pilot_math500_qwen7b"):
        for row in rows(f"math500_r1_traces/{name}.jsonl"):
            turn = split(str(row["full_response"]))
            assert turn.reasoning == str(row["reasoning_trace"]).strip()
            assert turn.response == str(row["answer_text"]).strip()


def test_real_traces_that_only_close() -> None:
    for row in rows("thought_anchors_math/base_solutions.jsonl"):
        text = str(row["solution"])
        turn = split(text)
        assert turn == split(text, prefilled=True)
        assert turn.reasoning
        assert turn.response
        assert fault(turn.reasoning, turn.response, tokens=True) == ("", "")


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("14B__amc23__62c402d", {"": 24, "thought_not_closed": 16}),
        (
            "32B-ckpts__checkpoint-133__aime24__4b1231e",
            {"": 19, "thought_not_closed": 9, "response_not_closed": 2},
        ),
        ("32B-ckpts__checkpoint-63__aime24__a953fe0", {"": 17, "thought_not_closed": 13}),
        ("32B-short-ckpts__checkpoint-49__aime24__8d640e2", {"": 30}),
    ],
)
def test_real_sky_t1_outputs(name: str, reasons: dict[str, int]) -> None:
    found: Counter[str] = Counter()
    for row in rows(f"skythought_outputs/Sky-T1-math-correct-5K-{name}.jsonl"):
        turn = split(str(row["response"]))
        found[fault(turn.reasoning, turn.response, tokens=True)[0]] += 1
    assert found == reasons
