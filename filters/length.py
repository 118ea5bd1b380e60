"""Is a sample as long as the student can read and worth reading?"""

from functools import lru_cache
from typing import Any, Literal

from filters.tokenizer_name import Tokenizer, tokenizer_file
from filters.verdict import Verdict, keep, reject, unknown
from generators.errors import UserError
from generators.records import Sample
from generators.registry import Count, register

# UTF-8 bytes of one token: what R1, Qwen3, MiniMax-M2 and OLMo-3 counted of their own traces lies
# between 1.9 (dense mathematics) and 5.1 (plain English), and is taken with a margin.
FEWEST_BYTES, MOST_BYTES = 1.5, 6.0
# Normalisation (NFC) makes at most three bytes of one, and a token is a byte or more.
_EXPANDS = 3


# Of one domain; what is left out is as for the others.
Bounds = dict[Literal["at_least", "at_most"], Count]


@register("filter")
def length(
    sample: Sample,
    *,
    at_most: Count = 32_768,
    at_least: Count = 1,
    unit: Literal["tokens", "characters"] = "tokens",
    domains: dict[str, Count | Bounds] | None = None,
    tokenizer: Tokenizer = Tokenizer(""),  # noqa: B008  a setting's default, never changed
) -> Verdict:
    """Drops samples that are `too_long` or `too_short`, thought and response together.

    At most 32,768 and at least 1 `unit`, which is tokens or characters; `domains` has other
    bounds for some domains: `{code: 16384, general: {at_least: 50}}`. 32,768 is the longest output
    in R1's reinforcement learning and its evaluation (report v2, section 3.2.1).

    Tokens are the student's where its `tokenizer` is named: a tokenizer.json, a folder that holds
    one, or a repository on the Hub (`name` or `name@revision`). Otherwise they are what the server
    counted, and where it did not, a sample is judged only if it keeps or breaks the bounds at 1.5
    as well as at 6 bytes a token, else it is unknown (`tokens_unknown`). Template tokens do not
    count.

    The score is 1 within the bounds, and beyond them the bound's ratio to the length.
    """
    least, most = _bounds(sample.problem.domain, at_least, at_most, domains or {})
    if least > most:
        raise UserError(f"length: at_least {least:,} is more than at_most {most:,}: nothing passes")
    if unit == "characters":
        count = len(sample.reasoning) + len(sample.response)
        return _judge(count, least, most, f"{count:,} characters")
    size = _bytes(sample)
    if name := str(tokenizer):  # of a spec it comes as text
        if least <= 1 and 0 < size * _EXPANDS <= most:
            return keep(1.0, f"at most {size * _EXPANDS:,} tokens")
        count = _tokens(name, sample.reasoning) + _tokens(name, sample.response)
        return _judge(count, least, most, f"{count:,} tokens of {name}")
    if sample.completion_tokens > 0 or not size:
        count = sample.completion_tokens
        return _judge(count, least, most, f"{count:,} tokens as the server counted")
    fewest, largest = int(size / MOST_BYTES) or 1, int(size / FEWEST_BYTES) or 1
    detail = f"{fewest:,} to {largest:,} tokens by its {size:,} bytes"
    verdicts = [_judge(count, least, most, detail) for count in (fewest, largest)]
    if verdicts[0].reason != verdicts[1].reason:
        return unknown("tokens_unknown", f"{detail}; name a tokenizer")
    return verdicts[0]


def _bounds(
    domain: str, least: int, most: int, domains: dict[str, Count | Bounds]
) -> tuple[int, int]:
    own = domains.get(domain, {})
    if isinstance(own, int):
        return least, own
    return own.get("at_least", least), own.get("at_most", most)


def _judge(count: int, least: int, most: int, detail: str) -> Verdict:
    if count > most:
        return reject("too_long", f"{detail}, at most {most:,}", most / count)
    if count < least:
        return reject("too_short", f"{detail}, at least {least:,}", count / least)
    return keep(1.0, detail)


def _bytes(sample: Sample) -> int:
    return sum(
        len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
        for text in (sample.reasoning, sample.response)
    )


def _tokens(name: str, text: str) -> int:
    # Half a surrogate pair is no text to a tokenizer; the replacement character is as long.
    text = text if text.isascii() else text.encode("utf-8", "replace").decode()
    return len(_tokenizer(name).encode(text, add_special_tokens=False).ids)


@lru_cache(maxsize=4)
def _tokenizer(name: str) -> Any:
    """The tokenizer of that file, folder or repository, once in each process."""
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise UserError(
            "length: counting with a tokenizer needs the library tokenizers: "
            "pip install 'reasoning-factory[tokenizers]'"
        ) from None
    file = tokenizer_file(name)
    try:
        return Tokenizer.from_file(str(file))
    except Exception as error:  # noqa: BLE001 - the library raises nothing narrower
        raise UserError(f"length: {file} is no tokenizer.json ({error})") from None
