"""<think>...</think> in and out of text, and every provider's field for the thought.

Splitting is lossless: a tag is removed only as half of a pair (one thought, at the start). Any
other tag stays where the model wrote it, so that a filter can see it and `fault` can name it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What opens and closes a thought: R1, QwQ, Qwen3, OLMo; prompts in Anthropic's manner; Sky-T1.
STYLES = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
)
OPENING = tuple(opening for opening, _ in STYLES)
CLOSING = tuple(closing for _, closing in STYLES)
# Sky-T1 wraps the response as well.
SOLUTION = ("<|begin_of_solution|>", "<|end_of_solution|>")

# Every alternative starts with a literal after the "<" and repeats nothing without a bound: linear
# on any text, and the scanner passes quickly over other uses of "<".
_TAGS = "|".join(re.escape(tag[1:]) for tag in (*OPENING, *CLOSING, *SOLUTION))
_TAG = re.compile(f"<(?:{_TAGS})")
# The same, and what templates put between turns: <|im_end|>, <｜User｜>, <end_of_turn> ...
_TOKEN = re.compile(
    f"<(?:{_TAGS}"
    r"|\|[a-z0-9_]{2,32}\|>|｜[^｜<>\s]{2,32}｜>|start_of_turn>|end_of_turn>)"
)

# Where servers put the thought. The first that holds text is read: some send two copies.
FIELDS = ("reasoning", "reasoning_content", "thinking")


@dataclass(frozen=True, slots=True)
class Transcript:
    """One turn of a model, with the thought apart from the response."""

    reasoning: str
    response: str


def join(reasoning: str, response: str) -> str:
    """The turn as it is trained on; without a thought, just the response."""
    return f"<think>\n{reasoning}\n</think>\n\n{response}" if reasoning else response


def split(text: str | None, reasoning: str | None = None, *, prefilled: bool = False) -> Transcript:
    """Thought and response of one turn, in whichever of these shapes it comes.

    - `<think>a</think>b`, and the same in another style of STYLES;
    - `a</think>b`: the prompt's template opened the thought;
    - the thought in a field of its own, with or without its tags, and perhaps once more in the
      text;
    - no thought: all is response.

    `prefilled` says that the prompt ended in `<think>`. The tag is put back, and the whole turn is
    read as if the model had written it: the verdicts are the same with and without a prefill.

    What cannot be paired stays. A thought that never ends is reasoning with its opening tag (the
    response is then empty), a second thought stays in the response, and so does everything where
    other text stands before the opening tag.
    """
    text = (text or "").strip()
    thought = (reasoning or "").strip()
    if thought:
        return _beside(thought, text)
    return _inline("<think>\n" + text if prefilled and text else text)


def message(raw: Mapping[str, Any], *, prefilled: bool = False) -> Transcript:
    """Thought and response of a message as OpenAI-style servers send it.

    The thought is read from FIELDS, else `reasoning_details` (OpenRouter), else content parts of
    type "thinking" (Mistral, Anthropic), else from tags in the text. Encrypted and redacted
    thoughts are nobody's text and read as none. ValueError where a field holds something else
    than text.
    """
    content, thinking = _parts(raw.get("content"))
    for field in FIELDS:
        thought = _text(raw.get(field), field)
        if thought.strip():
            return split(content, thought)
    return split(content, _details(raw.get("reasoning_details")) or thinking, prefilled=prefilled)


def fault(reasoning: str, response: str, *, tokens: bool = False) -> tuple[str, str]:
    """What the first tag left over by `split` says is wrong, as (reason, tag); ("", "") for none.

    Reasons: thought_not_closed, nested_thought, thought_closed_twice, text_before_thought,
    response_not_closed, template_token. With `tokens`, the tokens of chat templates count too.

    In a response, a tag directly between backticks is a mention. In a thought every tag counts:
    servers and tokenizers know no backticks and would end the thought there.
    """
    pattern = _TOKEN if tokens else _TAG
    found = pattern.search(reasoning)
    if found:
        tag = found[0]
        if tag in OPENING:
            cut = not response and found.start() == 0
            return ("thought_not_closed" if cut else "nested_thought"), tag
        return ("thought_closed_twice" if tag in CLOSING else "template_token"), tag
    found = _unquoted(pattern, response)
    if not found:
        return "", ""
    tag = found[0]
    if tag in CLOSING:
        return "thought_closed_twice", tag
    if tag in OPENING:
        if _find(response, dict(STYLES)[tag], found.end()) < 0:
            return "thought_not_closed", tag
        return ("thought_closed_twice" if reasoning else "text_before_thought"), tag
    if tag == SOLUTION[0] and SOLUTION[1] not in response:
        return "response_not_closed", tag
    return "template_token", tag


def _inline(text: str) -> Transcript:
    """Split a stripped text by its tags."""
    for opening, closing in STYLES:
        if text.startswith(opening):
            end = _find(text, closing, len(opening))
            if end < 0:
                return Transcript(text, "")
            return _cut(text, len(opening), end, closing)
    found = _unquoted(_TAG, text)
    while found and found[0] in SOLUTION:
        found = _unquoted(_TAG, text, found.end())
    if found and found[0] in CLOSING:
        return _cut(text, 0, found.start(), found[0])
    return Transcript("", _unwrapped(text))


def _beside(thought: str, text: str) -> Transcript:
    """Join a thought from its own field with the text that came with it, both stripped."""
    for opening, closing in STYLES:
        if thought.endswith(closing):
            thought = thought.removeprefix(opening).removesuffix(closing).strip()
        elif thought.startswith(opening) and text:
            # The field's end closes the thought, or the tag that the server left in the text does.
            thought, text = thought.removeprefix(opening).strip(), text.removeprefix(closing)
    inner = _inline(text.strip())
    # A server may send the thought in both places.
    if not thought or inner.reasoning == thought:
        return inner
    return Transcript(thought, _unwrapped(text.strip()))


def _cut(text: str, start: int, end: int, closing: str) -> Transcript:
    return Transcript(text[start:end].strip(), _unwrapped(text[end + len(closing) :].strip()))


def _unwrapped(text: str) -> str:
    """A response without Sky-T1's pair of tags around it; with one of them it stays as it is."""
    begin, end = SOLUTION
    if text.startswith(begin) and text.endswith(end):
        return text.removeprefix(begin).removesuffix(end).strip()
    return text


def _find(text: str, tag: str, start: int) -> int:
    """Where the tag stands, not counting tags directly between backticks; -1 for nowhere."""
    at = text.find(tag, start)
    while at >= 0 and _quoted(text, at, at + len(tag)):
        at = text.find(tag, at + len(tag))
    return at


def _unquoted(pattern: re.Pattern[str], text: str, start: int = 0) -> re.Match[str] | None:
    found = pattern.search(text, start)
    while found and _quoted(text, found.start(), found.end()):
        found = pattern.search(text, found.end())
    return found


def _quoted(text: str, start: int, end: int) -> bool:
    return start > 0 and text[start - 1] == "`" and text.startswith("`", end)


def _text(value: Any, name: str) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise ValueError(f"{name} is {type(value).__name__}, not text")


def _details(items: Any) -> str:
    """OpenRouter's list: pieces of the thought itself, or else its summaries."""
    if not isinstance(items, list):
        return _text(items, "reasoning_details")
    if not all(isinstance(item, dict) for item in items):
        raise ValueError("reasoning_details is not a list of objects")
    pieces = [_text(item.get("text"), "reasoning_details") for item in items]
    summaries = [_text(item.get("summary"), "reasoning_details") for item in items]
    return "".join(pieces) or "\n\n".join(filter(None, summaries))


def _parts(content: Any) -> tuple[str, str]:
    """Text and thought of a message's content: text, or a list of typed parts."""
    if not isinstance(content, list):
        return _text(content, "content"), ""
    text: list[str] = []
    thinking: list[str] = []
    for part in content:
        match part:
            case str():
                text.append(part)
            case {"type": "text" | "output_text" | "summary_text", "text": inner}:
                text.append(_text(inner, "content"))
            case (
                {"type": "thinking", "thinking": inner}
                | {"type": "reasoning", "text": inner}
                | {"type": "reasoning", "reasoning": inner}
                | {"type": "reasoning", "summary": inner}
            ):
                thinking.extend(_parts(inner))
            case {"type": "redacted_thinking"}:
                pass
            case _:
                kind = part.get("type") if isinstance(part, dict) else type(part).__name__
                raise ValueError(f"content has a part of type {kind!r}, not text")
    return "".join(text), "".join(thinking)
